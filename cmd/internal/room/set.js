"use strict";
// The dump of a backup set: its generations, its objects, and who lists whom.

/** A backup set: the files of a folder, of which a keyring opens with a secret. */
class SetDump extends Dump {
  what = "keyring";
  secretTabs = ["Generations", "Objects"];

  /** Draws what is known without a secret of files, a map of their bytes by name. */
  async build(files) {
    this.files = files;
    this.keyring = await ask("keyring", [...files.keys()], [...files.values()]);
    this.d = JSON.parse(await ask("inspect", files.get(this.keyring) ?? new Uint8Array()));
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
    this.frame(facts);
    this.tab("Files", () => make("ul", { class: "entries" }, ...[...this.files.keys()].sort().map((name) => make("li", {}, this.file(name)))));
    this.select("Files");
    return this;
  }

  /** A button that opens a file of the set, with the key of its epoch. */
  file(name, key) {
    const button = make("button", { type: "button", class: "look" }, name);
    button.addEventListener("click", async () => {
      begin();
      const before = [...body.childNodes];
      const dump = new ContainerDump(name);
      dump.back = make("p", {}, make("button", { type: "button", class: "back" }, `← back to ${this.name}`));
      dump.back.addEventListener("click", () => { begin(); body.replaceChildren(...before); });
      await dump.build(this.files.get(name));
      if (key) await dump.open("key", key);
    });
    return button;
  }

  asking(kind, text) {
    return ask("set", [...this.files.keys()], [...this.files.values()], kind, text);
  }

  failed(found) {
    return found.set_id === undefined;
  }

  /** Shows who lists whom. */
  opened(s) {
    const head = s.generations[0];
    if (s.error) this.say(faultText(s.error));
    else this.answer.replaceChildren(make("p", { class: "holds" }, head ? `✓ Epoch ${s.epoch}; the head is generation ${head.number}.` : `✓ Epoch ${s.epoch}; there is no generation yet.`));
    if (s.missing.length) this.answer.append(make("p", { class: "fault" }, `The head lists what is not there: ${s.missing.join(", ")}`));
    const by = new Map(s.objects.map((o) => [o.name, o]));
    const link = (name) => (by.has(name) ? this.file(name, by.get(name).key) : make("span", { class: "fault" }, `${name}, not there`));
    const table = (label, heads, rows) => make("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": label }, make("table", { class: "set" }, make("thead", {}, make("tr", {}, ...heads.map((h) => make("th", { scope: "col" }, h)))), make("tbody", {}, ...rows)));
    const cells = (...content) => make("tr", {}, ...content.map((c) => make("td", {}, ...[c].flat())));
    const list = (names) => names.flatMap((name, i) => (i ? [make("br"), link(name)] : [link(name)]));
    const fault = (error) => (error ? [make("span", { class: "fault" }, faultText(error))] : []);
    this.tab("Generations", () => table("generations", ["generation", "commit", "made", "holds", "lists"], s.generations.map((g) => cells(String(g.number), link(g.name),
      g.created_ms === null ? "at a time that is not known" : new Date(g.created_ms).toISOString(), g.error ? fault(g.error) : `${count(g.entries, "entry").replace("entrys", "entries")}, ${count(g.bytes, "byte")}`, list(by.get(g.name)?.lists ?? [])))), "Files");
    this.tab("Objects", () => table("objects", ["object", "what it is", "size", "key", "listed by"], s.objects.map((o) => cells(this.file(o.name, o.key),
      [o.name === s.keyring ? "the keyring that counts" : o.role || "not of the set", ...(o.error ? [make("br"), ...fault(o.error)] : [])], count(o.size, "byte"),
      o.key ? `of epoch ${o.epoch}${o.old ? ", an old key" : ""}` : "none is known", o.listed_by.length ? list(o.listed_by) : o.role === "data" || (o.role === "commit" && o.name !== head?.name) ? "nobody" : ""))), "Files");
    this.select(s.generations.length ? "Generations" : "Objects");
  }
}
