"use strict";
// The dump of a container: its bytes, and with a secret its plaintext, its entries and what was computed. All of it stays in this page.
// What a container holds is shown as text or as an image, and never as a page.
const dialog = element("dump"), body = element("dump-body");
const LARGEST = 256 << 20; // bytes that a page takes into memory
const PREFIX = 56, CHUNK = 16384, SEALED = 16400; // of spec chapter 4

/** The functions of the reference, which is started the first time. */
let decoding;
function decoder() {
  decoding ??= (async () => {
    await load("decoder.js");
    const packed = Uint8Array.from(atob(window.cofferDecoder), (c) => c.charCodeAt(0));
    const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    const go = new Go();
    const { instance } = await WebAssembly.instantiate(await new Response(unpacked).arrayBuffer(), go.importObject);
    go.run(instance);
    return window.coffer;
  })().catch((error) => { decoding = undefined; throw error; });
  return decoding;
}

/** Waits until what was changed is drawn. */
const drawn = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));

let latest = 0; // a file that was dropped later is shown, whichever is decoded first

/** Shows a file, or bytes with a name; with a secret {kind, text} also what is in it. */
async function inspect(file, secret) {
  const turn = ++latest;
  if (!dialog.open) dialog.showModal();
  try {
    if (file.size > LARGEST) throw new Error(`it has more than ${LARGEST >> 20} MiB; "coffer inspect --hex" takes it`);
    body.replaceChildren(make("p", { class: "soft" }, "The decoder is being loaded …"));
    const [coffer] = await Promise.all([decoder(), load("sentences.js")]);
    const data = new Uint8Array(await file.arrayBuffer());
    if (turn !== latest) return;
    const dump = new Dump(coffer, file.name, data).build();
    if (secret) await dump.open(secret.kind, secret.text);
  } catch (error) {
    if (turn === latest) body.replaceChildren(make("p", { class: "fault" }, `${file.name} cannot be shown: ${error.message}`));
  }
}

/** Shows another input of a test vector, such as a slot. */
async function inspectInput(input, name, data) {
  const turn = ++latest;
  if (!dialog.open) dialog.showModal();
  body.replaceChildren(make("p", { class: "soft" }, "The decoder is being loaded …"));
  const [coffer] = await Promise.all([decoder(), load("sentences.js")]);
  if (turn !== latest) return;
  const { error, fields } = JSON.parse(coffer.layout(input, data));
  body.replaceChildren(make("p", {}, make("b", {}, name), `, its ${input}: ${count(data.length, "byte")}`), error ? make("p", { class: "fault" }, error.detail) : new BytesView(data, fields, { label: input }).whole);
}

class Dump {
  constructor(coffer, name, data) {
    Object.assign(this, { coffer, name, data, json: coffer.inspect(data), tabs: new Map() });
    this.d = JSON.parse(this.json);
  }

  /** Draws what is known without a secret. */
  build() {
    const { data } = this;
    this.frame(this.facts());
    this.container = new BytesView(data, this.d.fields ?? [], { label: "container", note: (f) => this.sealedNote(f) });
    this.tab("Container", () => this.container.whole);
    this.tab("JSON", () => make("div", {}, make("p", { class: "soft" }, "As “coffer inspect --hex --json” prints it."), make("pre", { id: "dump-json", tabindex: "0" }, this.json)));
    this.select("Container");
    return this;
  }

  /** Draws facts, the question for a secret, and room for tabs. */
  frame(facts) {
    this.tablist = make("div", { role: "tablist", "aria-label": "what is shown" });
    this.panels = make("div", { class: "panels" });
    this.tablist.addEventListener("keydown", (event) => this.key(event));
    this.answer = make("div", { class: "answer", "aria-live": "polite" });
    this.asked = this.d.error ? "" : this.form();
    body.replaceChildren(...(this.back ? [this.back] : []), facts, this.asked, this.answer, this.tablist, this.panels);
  }

  facts() {
    const { d, data } = this;
    const facts = make("dl", { class: "facts" });
    const fact = (term, ...text) => facts.append(make("div", {}, make("dt", {}, term), make("dd", {}, ...text)));
    fact("file", `${this.name}, ${count(data.length, "byte")}`);
    if (d.error) {
      fact("error", make("span", { class: "fault" }, d.error.name ? `${d.error.name}: ` : "", d.error.detail));
      return facts;
    }
    fact("purpose", d.purpose);
    fact("key", make("code", {}, d.key));
    fact("container id", make("code", {}, d.container));
    fact("slots", d.slots?.length ? d.slots.map((s) => s.type).join(", ") : d.slots ? "none: the 64-digit key, or the keyring of its set, opens it" : "do not decode");
    fact("payload", count(d.chunks, "chunk") + (d.plaintext === null ? ", cut" : `, ${count(d.plaintext, "byte")} of plaintext`));
    for (const fault of d.faults) fact("fault", make("span", { class: "fault" }, `${fault.name}: ${fault.detail}`));
    this.unproved = make("p", { class: "soft" }, "Nothing of this is authenticated before a secret opens the container.");
    return make("div", {}, facts, this.unproved);
  }

  /** Asks for a secret. */
  form() {
    const slots = this.d.slots ?? [], types = slots.map((s) => s.type);
    const kinds = [["password", "password"], ["key", "64-digit key"], ["passkey", "PRF output of a passkey"], ["vault", "export key of a vault"]];
    const kind = make("select", { id: "secret-kind", "aria-label": "what the secret is" });
    for (const [value, text] of kinds) if (value === "key" || types.includes(value)) kind.append(make("option", { value }, text));
    const text = make("input", { id: "secret", type: "password", autocomplete: "off", spellcheck: "false", "aria-label": "secret" });
    const see = make("input", { type: "checkbox", id: "secret-seen" });
    see.addEventListener("change", () => { text.type = see.checked ? "text" : "password"; });
    const form = make("form", { class: "secret" }, kind, text, make("label", { class: "seen" }, see, " show"), make("button", { class: "main" }, "Open"));
    form.addEventListener("submit", (event) => { event.preventDefault(); this.open(kind.value, text.value); });
    if (types.includes("passkey")) form.append(this.passkey(slots));
    const password = slots.find((s) => s.type === "password");
    if (password) form.append(make("p", { class: "soft" }, `Argon2id takes ${count(password.memory_kib, "KiB").replace(/s$/, "")} of memory and ${count(password.passes, "pass").replace("passs", "passes")}${password.memory_kib * password.passes > 1 << 16 ? ": this takes a few seconds" : ""}. The secret stays in this page.`));
    return make("details", { open: "" }, make("summary", {}, "Open it with a secret"), form);
  }

  /** A button that asks a passkey for its PRF. */
  passkey(slots) {
    const i = slots.findIndex((s) => s.type === "passkey"), { rp_id: rpId, credential } = slots[i];
    const button = make("button", { type: "button", id: "use-passkey" }, "Use the passkey");
    const reason = !window.PublicKeyCredential ? "this browser has no passkeys for a page that was opened like this one" : !(location.hostname === rpId || location.hostname.endsWith(`.${rpId}`)) ? `passkeys of ${rpId} can be used by pages of ${rpId} only` : "";
    if (reason) {
      button.disabled = true;
      return make("p", { class: "soft" }, button, ` ${reason}; the PRF output can be typed.`);
    }
    button.addEventListener("click", async () => {
      try {
        const salt = this.d.fields.find((f) => f.name === `slots[${i}].body.salt`);
        const first = this.data.slice(salt.offset, salt.offset + salt.length);
        const found = await navigator.credentials.get({ publicKey: { challenge: crypto.getRandomValues(new Uint8Array(32)), rpId, userVerification: "preferred",
          allowCredentials: [{ type: "public-key", id: bytesOf(credential) }], extensions: { prf: { eval: { first } } } } });
        const output = found.getClientExtensionResults().prf?.results?.first;
        if (!output) throw new Error("the passkey has no PRF");
        await this.open("passkey", hexOf(new Uint8Array(output), ""));
      } catch (error) {
        this.answer.replaceChildren(make("p", { class: "fault" }, `The passkey did not answer: ${error.message}`));
      }
    });
    return button;
  }

  /** Opens the container and shows what is in it. */
  async open(kind, text) {
    this.answer.replaceChildren(make("p", { class: "soft" }, "It is being opened …"));
    await drawn();
    const o = JSON.parse(this.coffer.open(this.data, kind, text));
    if (o.purpose === undefined) {
      this.answer.replaceChildren(make("p", { class: "fault" }, o.error.name ? `${o.error.name}: ` : "", o.error.detail));
      return;
    }
    this.opened = o;
    this.unproved.hidden = true;
    this.asked.open = false;
    const authentic = o.plaintext >= 0 ? `Every byte of the header and of ${count(o.plaintext, "byte")} of plaintext is authentic.` : "The header is authentic; of the payload, the chunks that open.";
    this.answer.replaceChildren(make("p", { class: o.error ? "fault" : "holds" }, o.error ? `${o.error.name}: ${o.error.detail}` : "✓ It opens. ", o.error ? "" : authentic));
    if (o.error) this.answer.append(make("p", {}, authentic, o.salvaged ? " The entries are what salvage finds." : ""));
    for (const name of ["Plaintext", "Entries", "Derivation"]) this.remove(name);
    if (o.plaintext >= 0) {
      this.plain = new BytesView(this.coffer.plaintext(), o.fields, { label: "plaintext", note: (f) => this.plainNote(f) });
      this.tab("Plaintext", () => this.plain.whole, "JSON");
    }
    if (o.purpose === "archive") this.tab("Entries", () => this.entries(), "JSON");
    this.tab("Derivation", () => this.derivation(), "JSON");
    this.select(o.purpose === "archive" ? "Entries" : "Plaintext");
  }

  /** What the bytes of a chunk hold. */
  sealedNote(field) {
    const m = /^payload\.chunks\[(\d+)\]\.(ciphertext|tag)$/.exec(field.name);
    if (!m || !this.plain) return null;
    return ["It holds ", this.goto("plaintext", Number(m[1]) * CHUNK, `chunk ${m[1]} of the plaintext`), "."];
  }

  /** Where a byte of the plaintext lies in the file. */
  plainNote(field) {
    const first = Math.floor(field.offset / CHUNK), last = Math.floor((field.offset + field.length - 1) / CHUNK);
    const at = this.opened.payload + PREFIX + first * SEALED + (field.offset % CHUNK);
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
    const { entries } = this.opened;
    const list = make("ul", { class: "entries" }), viewer = make("div", { class: "viewer", "aria-live": "polite" });
    entries.slice(0, MOST_FIELDS).forEach((entry, i) => {
      const look = make("button", { type: "button", class: "look" }, entry.path);
      look.addEventListener("click", () => { list.querySelector(".chosen")?.classList.remove("chosen"); item.classList.add("chosen"); viewer.replaceChildren(...this.entry(entry, i)); viewer.scrollIntoView?.({ block: "nearest" }); });
      const item = make("li", {}, look, make("span", { class: "soft" }, ` ${entry.kind}, ${count(entry.size, "byte")}`), entry.status === "whole" ? "" : make("span", { class: "fault" }, ` ${entry.status}`));
      list.append(item);
    });
    if (!entries.length) return make("p", {}, "It has no entries.");
    if (entries.length > MOST_FIELDS) list.append(make("li", { class: "soft" }, count(entries.length - MOST_FIELDS, "more entry").replace("entrys", "entries")));
    return make("div", { class: "browse" }, list, viewer);
  }

  /** An entry: what it is, where it lies, and what can be seen of it. */
  entry(entry, i) {
    const parts = [make("h3", {}, entry.path)];
    const when = entry.modified_ms === null ? "at a time that is not known" : new Date(entry.modified_ms).toISOString();
    parts.push(make("p", { class: "soft" }, `${entry.kind}, ${count(entry.size, "byte")}, modified ${when}`));
    const content = this.coffer.content(i);
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
          this.goto("container", this.opened.payload + PREFIX + first * SEALED + (s.offset % CHUNK), `byte ${this.opened.payload + PREFIX + first * SEALED + (s.offset % CHUNK)} of the file`), " on."));
      });
      parts.push(way);
    }
    parts.push(contentView(content));
    return parts;
  }

  derivation() {
    const whole = make("div", { class: "steps" }, make("p", { class: "soft" }, "What is computed from what, from the secret to an entry. The values are those of this container, K among them: whoever sees them can open it."));
    const steps = JSON.parse(this.coffer.steps());
    if (steps.error) whole.append(make("p", { class: "fault" }, steps.error.detail));
    else whole.append(...stepItems(steps, (layer, offset) => this.show(layer, offset)));
    return whole;
  }

  /** Adds a tab, whose content is made when it is looked at, before another. */
  tab(name, content, before) {
    const id = name.toLowerCase();
    const tab = make("button", { type: "button", role: "tab", id: `tab-${id}`, "aria-controls": `panel-${id}`, "aria-selected": "false", tabindex: "-1" }, name);
    const panel = make("div", { role: "tabpanel", id: `panel-${id}`, "aria-labelledby": `tab-${id}`, tabindex: "0", hidden: "" });
    tab.addEventListener("click", () => this.select(name));
    this.tabs.set(name, { tab, panel, content });
    this.tablist.insertBefore(tab, this.tabs.get(before)?.tab ?? null);
    this.panels.append(panel);
  }

  remove(name) {
    const t = this.tabs.get(name);
    t?.tab.remove();
    t?.panel.remove();
    this.tabs.delete(name);
  }

  async select(name) {
    for (const [other, { tab, panel }] of this.tabs) {
      tab.setAttribute("aria-selected", other === name);
      tab.tabIndex = other === name ? 0 : -1;
      panel.hidden = other !== name;
    }
    const t = this.tabs.get(name);
    if (!t.content) return;
    const content = t.content;
    t.content = null;
    if (name === "Derivation") { // the secret is stretched again
      t.panel.replaceChildren(make("p", { class: "soft" }, "It is being computed …"));
      await drawn();
    }
    t.panel.replaceChildren(content());
  }

  key(event) {
    const tabs = [...this.tablist.children], now = tabs.indexOf(document.activeElement);
    const next = { ArrowRight: now + 1, ArrowLeft: now - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    const tab = tabs[(next + tabs.length) % tabs.length];
    tab.focus();
    tab.click();
  }
}

/** Opens the worked example of chapter 15, with its password. */
async function tryExample() {
  await load("example.js");
  const { name, container, secret } = window.cofferExample;
  await inspect(new File([bytesOf(container)], name), secret);
}

/** Opens an input of a test vector, such as "container" or "objects.2", whose script is there. */
function inspectCase(path) {
  const { id, input } = window.cofferCase;
  if (path === "objects") return inspectSet(id, new Map(input.objects.map((o) => [o.name, new File([expanded(o.bytes)], o.name)])), caseSecret(input.secret));
  let value = input;
  for (const part of path.split(".")) value = value[part];
  const object = path.startsWith("objects.");
  const data = expanded(object ? value.bytes : value), name = object ? value.name : id;
  if (!object && path !== "container") return inspectInput(path, name, data);
  return inspect(new File([data], name), caseSecret(input.secret));
}

/** The secret of a test vector as it is typed. */
function caseSecret(secret) {
  if (!secret) return undefined;
  const { kind } = secret, text = secret[{ key: "key", password: "password", passkey: "prf", vault: "export_key" }[kind]];
  return text === undefined ? undefined : { kind, text: kind === "password" ? new TextDecoder().decode(bytesOf(text)) : text };
}

element("folder").addEventListener("change", (event) => event.target.files.length && inspectDropped([...event.target.files]));
element("file").addEventListener("change", (event) => event.target.files.length && inspectDropped([...event.target.files]));
dialog.addEventListener("click", (event) => {
  if (event.target === dialog || event.target.closest("a[href]:not([download])")) dialog.close();
});
