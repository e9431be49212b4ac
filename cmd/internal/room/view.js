"use strict";
// Bytes beside their fields: what the dump of a container and the walks have in common.

const LONG = 128, HEAD = 64, TAIL = 32; // bytes of a field that is cut, and how many of them are shown
const MOST_FIELDS = 1500; // that are shown at once
const FEW = 20; // fields that can be looked through without being searched

const hexOf = (bytes, between = " ") => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join(between);
const bytesOf = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
/** Bytes in the notation of the test vectors, "00*16384 ff". */
function expanded(notation) {
  const groups = notation.split(" ").map((group) => group.split("*")).map(([digits, times = 1]) => [bytesOf(digits), Number(times)]);
  const all = new Uint8Array(groups.reduce((sum, [bytes, times]) => sum + bytes.length * times, 0));
  let at = 0;
  for (const [bytes, times] of groups) {
    if (bytes.length === 1) all.fill(bytes[0], at, at + times);
    else for (let i = 0; i < times; i++) all.set(bytes, at + i * bytes.length);
    at += bytes.length * times;
  }
  return all;
}
const count = (n, what) => `${n.toLocaleString("en").replaceAll(",", "\u202f")} ${what}${n === 1 ? "" : "s"}`;

/** What a field is like, for its colour. */
function kindOf({ name, value, meaning, fault }) {
  if (fault) return "bad";
  if (meaning === "how many bytes follow") return "length";
  if (/(ciphertext|chunks\[\d+\.\.\d+\])$/.test(name)) return "sealed";
  if (/(content|zeros|path|producer|rp_id)$/.test(name)) return "text";
  return value && !/magic/.test(name) ? "number" : "opaque";
}

const SHORT = 64, SHOWN = 8; // bytes of a field whose value is its bytes, and how many of them its line shows

/** The value of a field, or its bytes if they are few: whole, and as its line shows them. */
function valueOf({ offset, length, value, fault, name }, bytes) {
  if (value) return [value, value.replace(/^\d+(?: = 2\^51 .*)?, (?=\d{4}-)/, "")]; // of a time its line shows the date
  if (length > SHORT || fault) return ["", ""];
  const own = bytes.subarray(offset, offset + length);
  if (/content$/.test(name)) {
    const text = new TextDecoder().decode(own);
    if (!/[\u0000-\u0008\u000e-\u001f\ufffd]/.test(text)) return [JSON.stringify(text), JSON.stringify(text)];
  }
  const hex = hexOf(own, "");
  return [hex, length > SHOWN ? `${hex.slice(0, 2 * SHOWN)}…` : hex];
}

/** A name that may break between its parts. */
const broken = (name) => name.split(/(?=[.[])/).flatMap((part, i) => (i ? [make("wbr"), part] : [part]));

/** An input that narrows a list while it is typed in: narrow(fits) is called with what tells whether a text has all of the words, and returns what is left. */
function narrowing(label, narrow) {
  const input = make("input", { type: "search", class: "narrowing", placeholder: label, "aria-label": label, autocomplete: "off", spellcheck: "false" }), left = make("span", { class: "soft", role: "status" });
  input.addEventListener("input", () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    const said = narrow((text) => words.every((word) => text.toLowerCase().includes(word)));
    left.textContent = words.length ? said : "";
  });
  return make("div", { class: "narrow" }, input, left);
}

/**
 * A layer of bytes beside its fields, which light each other. Elements: whole, and select(offset) which shows the field at an
 * offset. note(offset) may add something to what is said of a field.
 */
class BytesView {
  constructor(bytes, fields, { note, width = innerWidth < 640 ? 8 : 16, label = "bytes", most = 1 << 14 } = {}) {
    Object.assign(this, { bytes, fields, note, width, most, shown: Math.min(fields.length, MOST_FIELDS), listed: MOST_FIELDS, fitting: [...fields.keys()], parts: new Map(), items: new Map(), open: new Set() });
    this.hex = make("div", { class: "hexpane", tabindex: "0", role: "group", "aria-label": `${label}, in hexadecimal` });
    this.list = make("div", { class: "fieldpane", role: "listbox", tabindex: "0", "aria-label": `fields of the ${label}` });
    this.about = make("div", { class: "about", "aria-live": "polite" }, make("p", { class: "soft" }, "Point at bytes or at a field; with the keyboard, choose a field with the arrow keys."));
    this.whole = make("div", { class: "bytesview" }, make("div", { class: "panes" }, this.hex, make("div", { class: "side-fields" }, fields.length > FEW ? this.finder() : "", this.list)), this.about);
    this.drawBytes();
    this.drawFields();
    for (const pane of [this.hex, this.list]) {
      const other = pane === this.hex ? this.list : this.hex;
      pane.addEventListener("mouseover", (event) => {
        const part = event.target.closest("[data-f]");
        if (part && !this.pinned) this.light(Number(part.dataset.f), other);
      });
      pane.addEventListener("click", (event) => {
        const gap = event.target.closest("[data-gap]"), part = event.target.closest("[data-f]");
        if (gap) this.unfold(Number(gap.dataset.gap));
        else if (part) {
          const i = Number(part.dataset.f);
          this.pinned = !(this.pinned && this.now === i);
          this.light(i, other);
        }
      });
    }
    this.list.addEventListener("keydown", (event) => this.key(event));
    this.list.addEventListener("focus", () => this.now === undefined && this.fitting.length && this.light(this.fitting[0], this.hex));
  }

  drawBytes() {
    this.parts.clear();
    this.hex.replaceChildren(...this.rows());
  }

  drawFields() {
    this.items.clear();
    this.list.replaceChildren(...this.fitting.slice(0, this.listed).map((i) => this.item(i)));
    this.more?.remove();
    if (this.fitting.length <= this.listed) return;
    this.more = make("button", { type: "button" }, count(this.fitting.length - this.listed, "more field"));
    this.more.addEventListener("click", () => { this.listed += MOST_FIELDS; this.drawFields(); });
    this.list.after(this.more);
  }

  /** The line of field i in the list. */
  item(i) {
    const field = this.fields[i];
    const item = make("div", { role: "option", id: `${this.name}-${i}`, "data-f": i, "aria-selected": "false", class: `field ${kindOf(field)}` },
      make("span", { class: "at" }, String(field.offset)), make("b", {}, ...broken(field.name)), this.valueIn(field), make("span", { class: "meaning" }, field.fault ? `${field.meaning}: ${field.fault}` : field.meaning ?? ""));
    this.items.set(i, item);
    return item;
  }

  /** Narrows the list of the fields by their names and values. */
  finder() {
    return narrowing("Find fields by name or value", (fits) => {
      this.fitting = [...this.fields.keys()].filter((i) => fits(`${this.fields[i].name} ${valueOf(this.fields[i], this.bytes)[0]}`));
      this.list.removeAttribute("aria-activedescendant");
      this.now = undefined;
      this.drawFields();
      return `${this.fitting.length} of ${count(this.fields.length, "field")}`;
    });
  }

  /** The value of a field in its line. */
  valueIn(field) {
    const [whole, shown] = valueOf(field, this.bytes);
    return make("span", { class: field.value ? "value" : "value hex", ...(whole === shown ? {} : { title: whole }) }, shown);
  }

  name = `v${BytesView.number = (BytesView.number ?? 0) + 1}`;

  /** Remembers that bytes belong to field i. */
  part(i, e) {
    e.dataset.f = i;
    this.parts.has(i) ? this.parts.get(i).push(e) : this.parts.set(i, [e]);
    return e;
  }

  /** The lines of the bytes, without the middle of long fields. */
  *rows() {
    const { width } = this;
    let line, at = -1;
    const put = (i, from, to) => {
      while (from < to) {
        const start = from - (from % width);
        if (start !== at) {
          if (line) line.append("\n");
          at = start;
          line = make("div", { class: "line" }, make("span", { class: "at" }, String(start).padStart(6)), "  ".concat("   ".repeat(from - start)));
          lines.push(line);
        }
        const end = Math.min(to, start + width);
        line.append(this.part(i, make("span", { class: kindOf(this.fields[i]) }, hexOf(this.bytes.subarray(from, end)))), " ");
        from = end;
      }
    };
    const lines = [];
    for (let i = 0; i < this.shown; i++) {
      const { offset, length } = this.fields[i], end = offset + length;
      const first = Math.ceil((offset + HEAD) / width) * width, last = Math.floor((end - TAIL) / width) * width;
      if (length > LONG && last > first && !this.open.has(i)) {
        put(i, offset, first);
        const more = count(last - first, "byte"), { name } = this.fields[i];
        const what = /zeros$/.test(name) ? "zeros" : { sealed: "ciphertext", text: "content" }[kindOf(this.fields[i])] ?? name;
        const gap = length > this.most ? make("div", { class: "gap" }, `… ${more} of ${what}, not on this page …`) : make("button", { type: "button", class: "gap", "data-gap": i }, `… ${more} more …`);
        lines.push(gap);
        at = -1;
        put(i, last, end);
      } else put(i, offset, end);
    }
    yield* lines;
  }

  /** Shows the middle of a field. */
  unfold(i) {
    this.open.add(i);
    this.drawBytes();
    this.light(i);
  }

  /** Lights field i, and lets a pane show it. */
  light(i, pane) {
    if (i >= this.shown) { this.shown = i + 1; this.drawBytes(); }
    for (const e of this.whole.querySelectorAll(".lit")) e.classList.remove("lit");
    this.items.get(this.now)?.setAttribute("aria-selected", "false");
    this.now = i;
    const parts = this.parts.get(i) ?? [], item = this.items.get(i);
    for (const e of [...parts, ...(item ? [item] : [])]) e.classList.add("lit");
    item?.setAttribute("aria-selected", "true");
    const first = pane === this.list ? item : parts[0];
    if (pane && first) { // scrollIntoView would scroll the page as well
      const top = first.offsetTop; // from the pane, which is its offset parent
      if (top < pane.scrollTop || top + first.offsetHeight > pane.scrollTop + pane.clientHeight) pane.scrollTop = top - pane.clientHeight / 3;
    }
    if (item) this.list.setAttribute("aria-activedescendant", item.id);
    this.tell(this.fields[i]);
  }

  /** Says what there is to say of a field. */
  tell(field) {
    const last = field.offset + field.length - 1;
    const [value] = valueOf(field, this.bytes);
    const facts = make("p", {}, make("b", {}, field.name), " ", make("span", { class: "soft" }, field.length === 1 ? `byte ${field.offset}` : `bytes ${field.offset} to ${last}`), value ? make("span", { class: field.value ? "value" : "value hex" }, " = ", ...(/^\d+ = 2\^51 /.test(value) ? prose(value) : [value])) : "");
    const meaning = make("p", {}, ...prose(field.meaning ?? ""), field.section ? " · " : "");
    if (field.section) meaning.append(make("a", { href: sectionPlace(field.section) }, `section ${field.section}`));
    const parts = [facts, meaning];
    if (field.fault) parts.push(make("p", { class: "fault" }, field.fault));
    if (field.requirement) parts.push(sentence(field.requirement));
    const note = this.note?.(field);
    if (note) parts.push(make("p", { class: "soft" }, ...note));
    this.about.replaceChildren(...parts);
  }

  /** Shows the field at an offset, and keeps it. */
  select(offset) {
    let i = this.fields.findIndex((f) => offset >= f.offset && offset < f.offset + f.length);
    if (i < 0) return;
    if (!this.items.has(i)) this.showAll(i);
    this.pinned = true;
    this.light(i, this.hex);
    this.light(i, this.list);
  }

  /** Shows the whole list again, at least as far as field i. */
  showAll(i) {
    const input = this.whole.querySelector(".narrowing");
    if (input?.value) {
      input.value = "";
      input.dispatchEvent(new Event("input"));
    }
    this.listed = Math.max(this.listed, i + 1);
    this.drawFields();
  }

  key(event) {
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -1e9, End: 1e9 };
    if (!(event.key in steps)) return;
    event.preventDefault();
    const at = Math.min(Math.max(this.fitting.indexOf(this.now) + steps[event.key], 0), Math.min(this.fitting.length, this.listed) - 1);
    if (at < 0) return;
    this.light(this.fitting[at], this.hex);
    this.light(this.fitting[at], this.list);
  }
}
