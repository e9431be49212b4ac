"use strict";
// What the dump of a container and that of a backup set have in common: the question for a secret, what goes on, and tabs.
// All of it stays in this page. What a container holds is shown as text or as an image, and never as a page.
const dialog = element("dump"), body = element("dump-body");

/** What is not as it should be: an error {name, detail} of the reference. */
const faultText = ({ name, detail }) => `${name ? `${name}: ` : ""}${detail}`;

class Dump {
  constructor(name) {
    Object.assign(this, { name, tabs: new Map() });
  }

  /** Draws facts, the question for a secret, and room for what comes of it. */
  frame(facts) {
    this.tablist = make("div", { role: "tablist", "aria-label": "what is shown" });
    this.panels = make("div", { class: "panels" });
    this.tablist.addEventListener("keydown", (event) => this.key(event));
    this.status = make("div", { role: "status" });
    this.answer = make("div", { class: "answer", "aria-live": "polite" });
    this.unproved = make("p", { class: "soft" }, `Nothing of this is authenticated before a secret opens the ${this.what}.`);
    this.asked = this.d.error ? "" : this.form();
    body.replaceChildren(...(this.back ? [this.back] : []), facts, this.d.error ? "" : this.unproved, this.asked, this.status, this.answer, this.tablist, this.panels);
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
        this.say(`The passkey did not answer: ${error.message}`);
      }
    });
    return button;
  }

  /** Opens it with a secret: what the reference returns is shown by opened(). */
  async open(kind, text) {
    begin();
    this.shut();
    const found = JSON.parse(await this.working("It is being opened …", this.asking(kind, text)));
    if (this.failed(found)) return this.say(faultText(found.error));
    this.unproved.hidden = true;
    this.asked.open = false;
    this.opened(found, kind, text);
  }

  /** Takes away what only a secret shows. */
  shut() {
    for (const name of this.secretTabs) this.remove(name);
    this.answer.replaceChildren();
    this.unproved.hidden = false;
  }

  /** Says what goes on until its result is there, and lets the holder stop it. */
  async working(text, result) {
    const stop = make("button", { type: "button", class: "stop" }, "Stop");
    stop.addEventListener("click", () => this.stop());
    this.status.replaceChildren(make("progress", { "aria-label": "at work" }), ` ${text} `, halt ? stop : "");
    const found = await result;
    if (this.status.contains(document.activeElement)) this.tablist.querySelector('[tabindex="0"]').focus();
    this.status.replaceChildren();
    return found;
  }

  /** Stops what goes on, with which the thread forgets what it had opened. */
  stop() {
    begin();
    this.shut();
    this.status.replaceChildren();
    this.say("It was stopped, and has to be opened anew.");
    if (this.asked) this.asked.open = true;
    element("secret")?.focus();
    if (!this.tablist.querySelector('[aria-selected="true"]')) this.select(this.tabs.keys().next().value);
  }

  /** Says what went wrong. */
  say(text) {
    this.answer.replaceChildren(make("p", { class: "fault" }, text));
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
    const t = this.tabs.get(name), { content } = t;
    t.content = null;
    if (content) t.panel.replaceChildren(await content());
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

