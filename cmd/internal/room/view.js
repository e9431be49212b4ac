"use strict";
// Bytes beside their fields, and values that are computed from each other: what the dump of a container and the walks have in common.

const LONG = 128, HEAD = 64, TAIL = 32; // bytes of a field that is cut, and how many of them are shown
const MOST_FIELDS = 1500; // that are shown at once

const hexOf = (bytes, between = " ") => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join(between);
const bytesOf = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
/** Bytes in the notation of the test vectors, "00*16384 ff". */
const expanded = (notation) => bytesOf(notation.split(" ").map((group) => { const [digits, times] = group.split("*"); return digits.repeat(Number(times ?? 1)); }).join(""));
const count = (n, what) => `${n.toLocaleString("en").replaceAll(",", "\u202f")} ${what}${n === 1 ? "" : "s"}`;

/** What a field is like, for its colour. */
function kindOf({ name, value, meaning, fault }) {
  if (fault) return "bad";
  if (meaning === "how many bytes follow") return "length";
  if (/(ciphertext|chunks\[\d+\.\.\d+\])$/.test(name)) return "sealed";
  if (/(content|zeros|path|producer|rp_id)$/.test(name)) return "text";
  return value && !/magic/.test(name) ? "number" : "opaque";
}

/** The page and place of a section, "7.1" or "7". */
function sectionPlace(section) {
  const [chapter] = section.split(".");
  const link = [...document.querySelectorAll("nav .number")].find((n) => n.textContent === chapter)?.parentElement;
  const page = link?.getAttribute("href").split("/").pop() ?? "index.html";
  return root + (section === chapter ? page : `${page}#s${section}`);
}

/** The sentence of a requirement, once sentences.js is there, and its place. */
function sentence(id) {
  const [page, text] = window.cofferSentences?.[id] ?? [];
  return page ? make("p", { class: "rule" }, make("a", { href: `${root}${page}#${id}`, class: "ref" }, id), " ", ...marked(text)) : "";
}

/** A sentence of the specification with its code and its keyword marked. */
function marked(text) {
  return text.split(/(`[^`]*`|\b(?:MUST|SHOULD)(?: NOT)?\b|\bMAY\b)/).map((part, i) => (i % 2 ? (part[0] === "`" ? make("code", {}, part.slice(1, -1)) : make("b", { class: "kw" }, part)) : part));
}

/** A name that may break between its parts. */
const broken = (name) => name.split(/(?=[.[])/).flatMap((part, i) => (i ? [make("wbr"), part] : [part]));

/**
 * A layer of bytes beside its fields, which light each other. Elements: whole, and select(offset) which shows the field at an
 * offset. note(offset) may add something to what is said of a field.
 */
class BytesView {
  constructor(bytes, fields, { note, width = innerWidth < 640 ? 8 : 16, label = "bytes", most = 1 << 14 } = {}) {
    Object.assign(this, { bytes, fields, note, width, most, shown: Math.min(fields.length, MOST_FIELDS), parts: new Map(), open: new Set() });
    this.hex = make("div", { class: "hexpane", tabindex: "0", role: "group", "aria-label": `${label}, in hexadecimal` });
    this.list = make("div", { class: "fieldpane", role: "listbox", tabindex: "0", "aria-label": `fields of the ${label}` });
    this.about = make("div", { class: "about", "aria-live": "polite" }, make("p", { class: "soft" }, "Point at bytes or at a field; with the keyboard, choose a field with the arrow keys."));
    this.whole = make("div", { class: "bytesview" }, make("div", { class: "panes" }, this.hex, this.list), this.about);
    this.draw();
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
    this.list.addEventListener("focus", () => this.now === undefined && fields.length && this.light(0, this.hex));
  }

  draw() {
    this.parts.clear();
    this.hex.replaceChildren(...this.rows());
    this.list.replaceChildren(...this.fields.slice(0, this.shown).map((field, i) => this.part(i, make("div", { role: "option", id: `${this.name}-${i}`, "aria-selected": "false", class: `field ${kindOf(field)}` },
      make("span", { class: "at" }, String(field.offset)), make("b", {}, ...broken(field.name)), make("span", { class: "value" }, field.value ?? ""), make("span", { class: "meaning" }, field.fault ? `${field.meaning}: ${field.fault}` : field.meaning ?? "")))));
    if (this.fields.length > this.shown) {
      const more = make("button", { type: "button" }, `${count(this.fields.length - this.shown, "more field")}`);
      more.addEventListener("click", () => { this.shown += MOST_FIELDS; this.draw(); });
      this.list.after(more);
      this.more?.remove();
      this.more = more;
    } else this.more?.remove();
  }

  name = `v${BytesView.number = (BytesView.number ?? 0) + 1}`;

  /** Remembers that an element belongs to field i. */
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
    this.draw();
    this.light(i);
  }

  /** Lights field i, and lets a pane show it. */
  light(i, pane) {
    if (this.now !== undefined) for (const e of this.parts.get(this.now) ?? []) { e.classList.remove("lit"); if (e.getAttribute("role") === "option") e.setAttribute("aria-selected", "false"); }
    this.now = i;
    for (const e of this.parts.get(i) ?? []) { e.classList.add("lit"); if (e.getAttribute("role") === "option") e.setAttribute("aria-selected", "true"); }
    const [first] = (this.parts.get(i) ?? []).filter((e) => !pane || pane.contains(e));
    if (pane && first) { // scrollIntoView would scroll the page as well
      const top = first.offsetTop; // from the pane, which is its offset parent
      if (top < pane.scrollTop || top + first.offsetHeight > pane.scrollTop + pane.clientHeight) pane.scrollTop = top - pane.clientHeight / 3;
    }
    this.list.setAttribute("aria-activedescendant", `${this.name}-${i}`);
    this.tell(this.fields[i]);
  }

  /** Says what there is to say of a field. */
  tell(field) {
    const last = field.offset + field.length - 1;
    const facts = make("p", {}, make("b", {}, field.name), " ", make("span", { class: "soft" }, field.length === 1 ? `byte ${field.offset}` : `bytes ${field.offset} to ${last}`), field.value ? make("span", { class: "value" }, ` = ${field.value}`) : "");
    const meaning = make("p", {}, field.meaning ?? "", field.section ? " · " : "");
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
    if (i >= this.shown) { this.shown = i + 1; this.draw(); }
    this.pinned = true;
    this.light(i, this.hex);
    this.light(i, this.list);
  }

  key(event) {
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -1e9, End: 1e9 };
    if (!(event.key in steps)) return;
    event.preventDefault();
    const next = Math.min(Math.max((this.now ?? -1) + steps[event.key], 0), this.shown - 1);
    this.light(next, this.hex);
    this.light(next, this.list);
  }
}

/** A value of a step. show(layer, offset) is called to show where it lies. */
function valueRow(value, show) {
  const long = value.hex && value.hex.length > 400 ? `${value.hex.slice(0, 384)}…` : value.hex;
  const bytes = make("td", { class: "hex" }, long ? long.replace(/(..)(?=.)/g, "$1 ") : value.layer ? "at its place" : "");
  if (value.text) bytes.prepend(make("span", { class: "value" }, long ? JSON.stringify(value.text) : value.text), long ? make("br") : "");
  const name = make("th", { scope: "row" }, value.name);
  if (value.layer) {
    const place = make("button", { type: "button", class: "place" }, `${value.layer} ${value.offset}`);
    place.addEventListener("click", () => show(value.layer, value.offset));
    name.append(" ", place);
  }
  if (value.hex || value.layer) name.append(" ", make("span", { class: "soft" }, count(value.length, "byte")));
  return make("tr", {}, name, bytes);
}

/** A step, with what goes in and what comes out. */
function stepItem(step, number, show) {
  const item = make("section", { class: "step" }, make("h3", {}, `${number}. ${step.title}`));
  if (step.text) item.append(make("p", {}, step.text));
  item.append(make("p", { class: "formula" }, ...step.formula.split("; ").map((one) => make("code", {}, one)), make("a", { href: sectionPlace(step.section) }, `section ${step.section}`)));
  const table = make("table", { class: "values" });
  for (const [head, values] of [["goes in", step.in], ["comes out", step.out], ["compared with", step.with]])
    if (values?.length) table.append(make("tbody", {}, make("tr", {}, make("th", { colspan: "2", class: "soft" }, head)), ...values.map((v) => valueRow(v, show))));
  item.append(make("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": `values of step ${number}` }, table));
  if (step.holds !== undefined) item.append(make("p", { class: step.holds ? "holds" : "fault" }, step.holds ? "✓ They are equal." : "✗ They differ."));
  if (step.requirement) item.append(sentence(step.requirement));
  return item;
}

/** The steps of a way, under the names of its parts. */
function stepItems(steps, show) {
  return steps.flatMap((step, i) => [...(step.part !== steps[i - 1]?.part ? [make("h2", {}, step.part)] : []), stepItem(step, i + 1, show)]);
}
