"use strict";
// What the pages do by themselves: search, the theme, and the dump of a container. Nothing is loaded but files beside this one.
const root = document.body.dataset.root;
const element = (id) => document.getElementById(id);

/** An element with text, or with further elements in it. */
function make(name, attributes = {}, ...content) {
  const e = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) e.setAttribute(key, value);
  e.append(...content);
  return e;
}

/** Runs a script of this folder, once. */
const scripts = new Map();
function load(name) {
  if (!scripts.has(name)) scripts.set(name, new Promise((resolve, reject) => {
    const script = make("script", { src: root + name });
    script.onload = resolve;
    script.onerror = () => { scripts.delete(name); reject(new Error(`${name} cannot be loaded`)); };
    document.head.append(script);
  }));
  return scripts.get(name);
}

element("theme").addEventListener("click", () => {
  const dark = document.documentElement.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  const theme = dark === "dark" ? "light" : "dark";
  document.documentElement.dataset.theme = theme;
  try { localStorage.setItem("coffer-theme", theme); } catch {}
});

// The menu of a narrow screen closes when a place in this page is chosen.
document.querySelector("nav").addEventListener("click", (event) => {
  if (event.target.closest("a")) document.querySelector(".menu").open = false;
});

// Search.
const search = element("search"), results = element("results");
const MOST_RESULTS = 30;

/** How well an entry fits the words: 0 if one of them is missing. The chapters come before cases and code. */
function score([, title, text, kind], words) {
  const lowTitle = title.toLowerCase(), lowText = text.toLowerCase();
  let sum = kind ? 1 : 5;
  for (const word of words) {
    if (lowTitle === word) sum += 100;
    else if (lowTitle.includes(word)) sum += kind ? 3 : 20;
    else if (lowText.includes(word)) sum += new RegExp(`\\b${word.replace(/\W/g, "\\$&")}`).test(lowText) ? 4 : 2;
    else return 0;
  }
  return sum;
}

/** The part of a text around the first of the words, in which they are marked. */
function excerpt(text, words) {
  const first = Math.min(...words.map((word) => text.toLowerCase().indexOf(word)).filter((at) => at >= 0), text.length);
  const from = first > 80 && first < text.length ? text.lastIndexOf(" ", first - 50) + 1 : 0;
  const piece = (from ? "… " : "") + text.slice(from, from + 180) + (from + 180 < text.length ? " …" : "");
  const pattern = new RegExp(`(${words.map((word) => word.replace(/\W/g, "\\$&")).join("|")})`, "gi");
  return piece.split(pattern).map((part, i) => (i % 2 ? make("mark", {}, part) : part));
}

async function find() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) { results.hidden = true; return; }
  try {
    await load("search.js");
  } catch (error) {
    results.replaceChildren(make("li", { class: "none" }, error.message));
    results.hidden = false;
    return;
  }
  const fitting = window.cofferIndex.map((entry) => [score(entry, words), entry]).filter(([s]) => s > 0);
  fitting.sort((a, b) => b[0] - a[0]);
  results.replaceChildren(...fitting.slice(0, MOST_RESULTS).map(([, [page, title, text]]) =>
    make("li", {}, make("a", { href: root + page }, make("b", {}, title), ...excerpt(text, words)))));
  if (!fitting.length) results.append(make("li", { class: "none" }, "Nothing was found."));
  if (fitting.length > MOST_RESULTS) results.append(make("li", { class: "none" }, `${fitting.length - MOST_RESULTS} more`));
  results.hidden = false;
}

function choose(step) {
  const links = [...results.querySelectorAll("a")];
  const now = links.findIndex((link) => link.classList.contains("chosen"));
  links[now]?.classList.remove("chosen");
  const next = links[(now + step + links.length + (now < 0 && step < 0 ? 1 : 0)) % links.length];
  next?.classList.add("chosen");
  next?.scrollIntoView({ block: "nearest" });
}

search.addEventListener("input", find);
search.addEventListener("focus", find);
search.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    choose(event.key === "ArrowDown" ? 1 : -1);
    event.preventDefault();
  } else if (event.key === "Enter") {
    (results.querySelector("a.chosen") ?? results.querySelector("a"))?.click();
  } else if (event.key === "Escape") {
    results.hidden = true;
    search.blur();
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !/^(INPUT|TEXTAREA)$/.test(document.activeElement.tagName)) {
    event.preventDefault();
    search.focus();
    search.select();
  }
});
document.addEventListener("click", (event) => {
  if (!event.target.closest(".search") || event.target.closest("#results a")) results.hidden = true;
});

// The dump of a container.
const dialog = element("dump"), body = element("dump-body");
const LARGEST = 256 << 20; // bytes that a page takes into memory
const MOST_FIELDS = 2000, MOST_LINES = 8, WIDTH = 16;

/** The function of the reference, which is started the first time. */
let inspecting;
function decoder() {
  inspecting ??= (async () => {
    await load("decoder.js");
    const packed = Uint8Array.from(atob(window.cofferDecoder), (c) => c.charCodeAt(0));
    const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    const go = new Go();
    const { instance } = await WebAssembly.instantiate(await new Response(unpacked).arrayBuffer(), go.importObject);
    go.run(instance);
    return window.cofferInspect;
  })().catch((error) => { inspecting = undefined; throw error; });
  return inspecting;
}

let latest = 0; // a file that was dropped later is shown, whichever is decoded first
async function inspect(file) {
  const turn = ++latest;
  if (!dialog.open) dialog.showModal();
  try {
    if (file.size > LARGEST) throw new Error(`it has more than ${LARGEST >> 20} MiB; "coffer inspect --hex" takes it`);
    body.replaceChildren(make("p", { class: "soft" }, "The decoder is being loaded …"));
    const decode = await decoder();
    const data = new Uint8Array(await file.arrayBuffer());
    if (turn === latest) show(file.name, data, decode(data));
  } catch (error) {
    if (turn === latest) body.replaceChildren(make("p", { class: "fault" }, `${file.name} cannot be shown: ${error.message}`));
  }
}

function show(name, data, json) {
  const d = JSON.parse(json);
  const fields = d.fields ?? []; // none of an empty file
  const facts = make("dl", { class: "facts" });
  const fact = (term, ...text) => facts.append(make("dt", {}, term), make("dd", {}, ...text));
  fact("file", `${name}, ${data.length} bytes`);
  if (d.error) {
    fact("error", make("span", { class: "fault" }, d.error.name ? `${d.error.name}: ` : "", d.error.detail));
  } else {
    fact("purpose", d.purpose);
    fact("key", d.key);
    fact("container id", make("code", {}, d.container));
    fact("slots", d.slots?.length ? d.slots.map((s) => s.type).join(", ") : d.slots ? "none: the 64-digit key only" : "do not decode");
    fact("payload", `${d.chunks} ${d.chunks === 1 ? "chunk" : "chunks"}` + (d.plaintext === null ? ", cut" : `, ${d.plaintext} bytes of plaintext`));
    for (const fault of d.faults) fact("fault", make("span", { class: "fault" }, `${fault.name}: ${fault.detail}`));
    fact("", make("span", { class: "soft" }, "Nothing of this is authenticated before a secret opens the container."));
  }
  const rows = fields.slice(0, MOST_FIELDS).map((field) => row(field, data));
  const table = make("table", { class: "dump" },
    make("thead", {}, make("tr", {}, ...["offset", "bytes", "field", "value", "what it is"].map((head) => make("th", {}, head)))),
    make("tbody", {}, ...rows));
  const more = fields.length > MOST_FIELDS ? [make("p", { class: "soft" }, `${fields.length - MOST_FIELDS} more fields`)] : [];
  body.replaceChildren(facts, make("div", { class: "scroll" }, table), ...more,
    make("details", {}, make("summary", {}, "as JSON, as “coffer inspect --hex --json” prints it"), make("pre", { id: "dump-json", tabindex: "0" }, json)));
}

const hex = (bytes) => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join(" ");

function row(field, data) {
  const lines = [];
  for (let at = field.offset; at < field.offset + field.length; at += WIDTH) {
    lines.push(hex(data.subarray(at, Math.min(at + WIDTH, field.offset + field.length))));
    if (lines.length === 1 && field.length > MOST_LINES * WIDTH) {
      const last = field.offset + Math.floor((field.length - 1) / WIDTH) * WIDTH;
      lines.push(`… ${last - at - WIDTH} more bytes …`);
      at = last - WIDTH;
    }
  }
  const about = make("td", {}, field.meaning ?? "");
  if (field.section) about.append(" ", make("a", { href: root + place(field.section) }, field.section));
  if (field.fault) about.append(make("div", { class: "fault" }, field.fault));
  return make("tr", {}, make("td", { class: "at" }, String(field.offset)), make("td", { class: "hex" }, lines.join("\n")),
    make("td", {}, make("b", {}, field.name)), make("td", { class: "value" }, field.value ?? ""), about);
}

/** Where a section is, "7.1" or "7". */
function place(section) {
  const [chapter] = section.split(".");
  const link = [...document.querySelectorAll("nav .number")].find((n) => n.textContent === chapter)?.parentElement;
  const page = link?.getAttribute("href").split("/").pop() ?? "index.html";
  return section === chapter ? page : `${page}#s${section}`;
}

element("inspect").addEventListener("click", () => dialog.showModal());
element("file").addEventListener("change", (event) => event.target.files.length && inspect(event.target.files[0]));
dialog.addEventListener("click", (event) => {
  const link = event.target.closest("a");
  if (event.target === dialog || link) dialog.close();
});
let depth = 0; // of the elements that a file is dragged over
const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
addEventListener("dragenter", (event) => { if (hasFiles(event)) { depth++; document.body.classList.add("dropping"); event.preventDefault(); } });
addEventListener("dragleave", (event) => { if (hasFiles(event) && --depth <= 0) document.body.classList.remove("dropping"); });
addEventListener("dragover", (event) => { if (hasFiles(event)) event.preventDefault(); });
addEventListener("drop", (event) => {
  depth = 0;
  document.body.classList.remove("dropping");
  if (!hasFiles(event)) return;
  event.preventDefault();
  if (event.dataTransfer.files.length) inspect(event.dataTransfer.files[0]);
});
