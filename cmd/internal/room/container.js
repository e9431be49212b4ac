"use strict";
// The dump of a container: its bytes, and with a secret its plaintext, its entries and what was computed.
const PREFIX = 56, CHUNK = 16384, SEALED = 16400; // of spec chapter 4

/** A field as those of its parts: of many chunks each. */
function chunksOf(field) {
  const [, prefix, first, last] = /^(.*chunks)\[(\d+)\.\.(\d+)\]$/.exec(field.name) ?? [];
  if (!prefix) return [field];
  return Array.from({ length: last - first + 1 }, (_, i) => {
    const name = `${prefix}[${Number(first) + i}]`, offset = field.offset + i * SEALED;
    return [{ ...field, offset, length: CHUNK, name: `${name}.ciphertext`, meaning: "plaintext, encrypted", requirement: "COB-5" },
      { ...field, offset: offset + CHUNK, length: SEALED - CHUNK, name: `${name}.tag`, meaning: "authenticates the chunk" }];
  }).flat();
}

class ContainerDump extends Dump {
  what = "container";
  secretTabs = ["Plaintext", "Entries", "Derivation"];

  /** Draws what is known without a secret. */
  async build(data) {
    this.data = data;
    this.json = await ask("inspect", data);
    this.d = JSON.parse(this.json);
    this.frame(this.facts());
    this.container = new BytesView(data, (this.d.fields ?? []).flatMap(chunksOf), { label: "container", note: (f) => this.sealedNote(f) });
    this.tab("Container", () => this.container.whole);
    this.tab("JSON", () => make("div", {}, make("p", { class: "soft" }, "As “coffer inspect --hex --json” prints it."), make("pre", { id: "dump-json", tabindex: "0" }, this.json)));
    this.select("Container");
    return this;
  }

  facts() {
    const { d, data } = this;
    const facts = make("dl", { class: "facts" });
    const fact = (term, ...text) => facts.append(make("div", {}, make("dt", {}, term), make("dd", {}, ...text)));
    fact("file", `${this.name}, ${count(data.length, "byte")}`);
    if (d.error) {
      fact("error", make("span", { class: "fault" }, faultText(d.error)));
      return facts;
    }
    fact("purpose", d.purpose);
    fact("key", make("code", {}, d.key));
    fact("container id", make("code", {}, d.container));
    fact("slots", d.slots?.length ? d.slots.map((s) => s.type).join(", ") : d.slots ? "none: the 64-digit key, or the keyring of its set, opens it" : "do not decode");
    fact("payload", count(d.chunks, "chunk") + (d.plaintext === null ? ", cut" : `, ${count(d.plaintext, "byte")} of plaintext`));
    for (const fault of d.faults) fact("fault", make("span", { class: "fault" }, `${fault.name}: ${fault.detail}`));
    return facts;
  }

  asking(kind, text) {
    return ask("open", this.data, kind, text);
  }

  failed(found) {
    return found.purpose === undefined;
  }

  /** Shows what is in it. */
  async opened(found) {
    this.found = found;
    const authentic = found.plaintext >= 0 ? `Every byte of the header and of ${count(found.plaintext, "byte")} of plaintext is authentic.` : "The header is authentic; of the payload, the chunks that open.";
    if (found.error) {
      this.say(faultText(found.error));
      this.answer.append(make("p", {}, authentic, found.salvaged ? " The entries are what salvage finds." : ""));
    } else this.answer.replaceChildren(make("p", { class: "holds" }, "✓ It opens. ", authentic));
    if (found.plaintext >= 0) {
      this.plain = new BytesView(await ask("plaintext"), found.fields, { label: "plaintext", note: (f) => this.plainNote(f) });
      this.tab("Plaintext", () => this.plain.whole, "JSON");
    }
    if (found.purpose === "archive") this.tab("Entries", () => this.entries(), "JSON");
    this.tab("Derivation", () => this.derivation(), "JSON");
    this.select(found.purpose === "archive" ? "Entries" : "Plaintext");
  }

  /** What the bytes of a chunk hold. */
  sealedNote(field) {
    const m = /^payload\.chunks\[(\d+)\]\.(ciphertext|tag)$/.exec(field.name);
    if (!m || !this.plain || this.found.plaintext <= m[1] * CHUNK) return null;
    return [m[2] === "tag" ? "It is that of " : "It holds ", this.goto("plaintext", Number(m[1]) * CHUNK, `chunk ${m[1]} of the plaintext`), "."];
  }

  /** Where a byte of the plaintext lies in the file. */
  plainNote(field) {
    const first = Math.floor(field.offset / CHUNK), last = Math.floor((field.offset + field.length - 1) / CHUNK);
    const at = this.found.payload + PREFIX + first * SEALED + (field.offset % CHUNK);
    return [first === last ? `In chunk ${first}, sealed from ` : `In chunks ${first} to ${last}, sealed from `, this.goto("container", at, `byte ${at} of the file`), " on; the tags of these chunks authenticate it."];
  }

  goto(layer, offset, text) {
    const button = make("button", { type: "button", class: "place" }, text);
    button.addEventListener("click", () => this.show(layer, offset));
    return button;
  }

  /** Shows where something lies. */
  show(layer, offset) {
    this.select(layer === "container" ? "Container" : "Plaintext");
    (layer === "container" ? this.container : this.plain).select(offset);
  }

  entries() {
    const { entries } = this.found;
    if (!entries.length) return make("p", {}, "It has no entries.");
    const list = make("ul", { class: "entries" }), viewer = make("div", { class: "viewer", "aria-live": "polite" });
    const item = (i) => {
      const entry = entries[i], look = make("button", { type: "button", class: "look" }, entry.path);
      look.addEventListener("click", async () => {
        list.querySelector(".chosen")?.classList.remove("chosen");
        li.classList.add("chosen");
        const content = await ask("content", i);
        if (!li.classList.contains("chosen")) return;
        viewer.replaceChildren(...this.entry(entry, content));
        viewer.scrollIntoView({ block: "nearest" });
      });
      const li = make("li", {}, look, make("span", { class: "soft" }, ` ${entry.kind}, ${count(entry.size, "byte")}`), entry.status === "whole" ? "" : make("span", { class: "fault" }, ` ${entry.status}`));
      return li;
    };
    const draw = (fitting) => {
      list.replaceChildren(...fitting.slice(0, MOST_FIELDS).map(item));
      if (fitting.length > MOST_FIELDS) list.append(make("li", { class: "soft" }, `${count(fitting.length - MOST_FIELDS, "more entry").replace("entrys", "entries")}: type a part of a path above`));
    };
    const all = [...entries.keys()];
    draw(all);
    const finder = entries.length > 1 ? narrowing("Find entries by path", (fits) => {
      const fitting = all.filter((i) => fits(entries[i].path));
      draw(fitting);
      return `${fitting.length} of ${count(entries.length, "entry").replace("entrys", "entries")}`;
    }) : "";
    return make("div", { class: "browse" }, make("div", { class: "found-entries" }, finder, list), viewer);
  }

  /** An entry: what it is, where it lies, and what can be seen of it. */
  entry(entry, content) {
    const parts = [make("h3", {}, entry.path)];
    const when = entry.modified_ms === null ? "at a time that is not known" : new Date(entry.modified_ms).toISOString();
    parts.push(make("p", { class: "soft" }, `${entry.kind}, ${count(entry.size, "byte")}, modified ${when}`));
    if (typeof content === "string") return [...parts, make("p", { class: "fault" }, content)];
    const save = make("button", { type: "button" }, "Save it");
    save.addEventListener("click", () => saveAs(entry.path, content));
    parts.push(make("p", {}, save));
    if (entry.record) {
      const way = make("ol", { class: "way" });
      way.append(make("li", {}, "Its ", this.goto("plaintext", entry.record.offset, "record"), " in the segment names its frame."));
      entry.spans.slice(0, 20).forEach((s) => {
        const first = Math.floor(s.offset / CHUNK), last = Math.floor((s.offset + s.length - 1) / CHUNK);
        way.append(make("li", {}, `Bytes ${s.content} to ${s.content + s.length - 1} lie in the `, this.goto("plaintext", s.offset, `plaintext from ${s.offset}`), `, in ${first === last ? `chunk ${first}` : `chunks ${first} to ${last}`}, sealed from `,
          this.goto("container", this.found.payload + PREFIX + first * SEALED + (s.offset % CHUNK), `byte ${this.found.payload + PREFIX + first * SEALED + (s.offset % CHUNK)} of the file`), " on."));
      });
      parts.push(way);
    }
    parts.push(contentView(content));
    return parts;
  }

  /** What is computed from what, for which the secret is stretched again. */
  async derivation() {
    const steps = JSON.parse(await this.working("It is being computed …", ask("steps")));
    const whole = make("div", { class: "steps" }, make("p", { class: "soft" }, "What is computed from what, from the secret to an entry. The values are those of this container, K among them: whoever sees them can open it."));
    if (steps.error) whole.append(make("p", { class: "fault" }, steps.error.detail));
    else whole.append(...stepItems(steps, (layer, offset) => this.show(layer, offset), "derived"));
    return whole;
  }
}
