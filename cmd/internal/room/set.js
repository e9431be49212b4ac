"use strict";
// The dump of a backup set: its generations, its objects, and who lists whom.

/** A backup set: the files of a folder, of which a keyring opens with a secret. */
class SetDump extends Dump {
  constructor(coffer, name, files) {
    const names = [...files.keys()], keyring = coffer.keyring(names, [...files.values()]);
    super(coffer, name, files.get(keyring) ?? new Uint8Array());
    Object.assign(this, { files, keyring });
  }

  build() {
    let total = 0;
    for (const data of this.files.values()) total += data.length;
    const facts = make("dl", { class: "facts" });
    const fact = (term, text) => facts.append(make("div", {}, make("dt", {}, term), make("dd", {}, text)));
    fact("folder", `${this.name}: ${count(this.files.size, "file")}, ${count(total, "byte")}`);
    fact("keyring", this.keyring ? make("code", {}, this.keyring) : make("span", { class: "fault" }, "missing_container: there is no keyring that could count"));
    if (this.keyring) {
      fact("key", make("code", {}, this.d.key));
      fact("slots", this.d.slots?.map((s) => s.type).join(", ") || "none: the 64-digit key only");
    }
    this.unproved = make("p", { class: "soft" }, "Nothing of this is authenticated before a secret opens the keyring.");
    this.frame(make("div", {}, facts, this.unproved));
    this.tab("Files", () => make("ul", { class: "entries" }, ...[...this.files.keys()].sort().map((name) => make("li", {}, this.file(name)))));
    this.select("Files");
    return this;
  }

  /** A button that opens a file of the set, with the key of its epoch. */
  file(name, key) {
    const button = make("button", { type: "button", class: "look" }, name);
    button.addEventListener("click", async () => {
      const dump = new Dump(this.coffer, name, this.files.get(name));
      dump.back = make("p", {}, make("button", { type: "button", class: "back" }, `← back to ${this.name}`));
      dump.back.addEventListener("click", () => { const again = new SetDump(this.coffer, this.name, this.files).build(); if (this.secret) again.open(...this.secret); });
      dump.build();
      if (key) await dump.open("key", key);
    });
    return button;
  }

  async open(kind, text) {
    this.answer.replaceChildren(make("p", { class: "soft" }, "It is being opened …"));
    await drawn();
    const s = JSON.parse(this.coffer.set([...this.files.keys()], [...this.files.values()], kind, text));
    if (s.set_id === undefined) {
      this.answer.replaceChildren(make("p", { class: "fault" }, s.error.name ? `${s.error.name}: ` : "", s.error.detail));
      return;
    }
    this.secret = [kind, text];
    this.unproved.hidden = true;
    this.asked.open = false;
    const head = s.generations[0];
    this.answer.replaceChildren(s.error ? make("p", { class: "fault" }, `${s.error.name}: ${s.error.detail}`) : make("p", { class: "holds" }, head ? `✓ Epoch ${s.epoch}; the head is generation ${head.number}.` : `✓ Epoch ${s.epoch}; there is no generation yet.`));
    if (s.missing.length) this.answer.append(make("p", { class: "fault" }, `The head lists what is not there: ${s.missing.join(", ")}`));
    for (const name of ["Generations", "Objects"]) this.remove(name);
    const by = new Map(s.objects.map((o) => [o.name, o]));
    const link = (name) => (by.has(name) ? this.file(name, by.get(name).key) : make("span", { class: "fault" }, `${name}, not there`));
    const table = (label, heads, rows) => make("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": label }, make("table", { class: "set" }, make("thead", {}, make("tr", {}, ...heads.map((h) => make("th", { scope: "col" }, h)))), make("tbody", {}, ...rows)));
    const cells = (...content) => make("tr", {}, ...content.map((c) => make("td", {}, ...[c].flat())));
    const list = (names) => names.flatMap((name, i) => (i ? [make("br"), link(name)] : [link(name)]));
    const fault = (error) => (error ? [make("span", { class: "fault" }, `${error.name}: ${error.detail}`)] : []);
    this.tab("Generations", () => table("generations", ["generation", "commit", "made", "holds", "lists"], s.generations.map((g) => cells(String(g.number), link(g.name),
      g.created_ms === null ? "at a time that is not known" : new Date(g.created_ms).toISOString(), g.error ? fault(g.error) : `${count(g.entries, "entry").replace("entrys", "entries")}, ${count(g.bytes, "byte")}`, list(by.get(g.name)?.lists ?? [])))), "Files");
    this.tab("Objects", () => table("objects", ["object", "what it is", "size", "key", "listed by"], s.objects.map((o) => cells(this.file(o.name, o.key),
      [o.name === s.keyring ? "the keyring that counts" : o.role || "not of the set", ...(o.error ? [make("br"), ...fault(o.error)] : [])], count(o.size, "byte"),
      o.key ? `of epoch ${o.epoch}${o.old ? ", an old key" : ""}` : "none is known", o.listed_by.length ? list(o.listed_by) : o.role === "data" || (o.role === "commit" && o.name !== head?.name) ? "nobody" : ""))), "Files");
    this.select(s.generations.length ? "Generations" : "Objects");
  }
}

/** Shows a folder, or several files: a map of their bytes by name. */
async function inspectSet(name, files, secret) {
  const turn = ++latest;
  if (!dialog.open) dialog.showModal();
  try {
    let total = 0;
    for (const file of files.values()) total += file.size;
    if (total > LARGEST) throw new Error(`it has more than ${LARGEST >> 20} MiB`);
    body.replaceChildren(make("p", { class: "soft" }, "The decoder is being loaded …"));
    const [coffer] = await Promise.all([decoder(), load("sentences.js")]);
    const read = new Map();
    for (const [path, file] of files) read.set(path, new Uint8Array(await file.arrayBuffer()));
    if (turn !== latest) return;
    const dump = new SetDump(coffer, name, read).build();
    if (secret) await dump.open(secret.kind, secret.text);
  } catch (error) {
    if (turn === latest) body.replaceChildren(make("p", { class: "fault" }, `${name} cannot be shown: ${error.message}`));
  }
}

/** The files of a folder that was dropped; folders in it are no part of a set. */
async function filesOf(folder) {
  const reader = folder.createReader(), files = new Map();
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return files;
    for (const entry of some) if (entry.isFile) files.set(entry.name, await new Promise((resolve, reject) => entry.file(resolve, reject)));
  }
}

/** Shows what was dropped: a container, several, or a folder. */
async function inspectDropped(files, folder) {
  if (folder) {
    try {
      await inspectSet(folder.name, await filesOf(folder));
    } catch (error) {
      if (!dialog.open) dialog.showModal(); // browsers let no page from a disk read a folder that is dropped
      body.replaceChildren(make("p", { class: "fault" }, `${folder.name} cannot be shown: ${error.message} Choose the folder above, or drop all of its files.`));
    }
  } else if (files.length > 1) await inspectSet("several files", new Map(files.map((file) => [file.name, file])));
  else await inspect(files[0]);
}
