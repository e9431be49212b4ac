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
document.addEventListener("keydown", (event) => {
  const menu = document.querySelector(".menu");
  if (event.key !== "Escape" || !menu.open) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

// What is folded beside a requirement: its code below both columns, and the cases after the first.
async function folded(e) {
  await load(document.body.dataset.margins);
  return window.cofferMargins[e.closest(".req").id];
}
for (const details of document.querySelectorAll("aside .code")) details.addEventListener("toggle", async () => {
  const req = details.closest(".req"), key = details.dataset.code;
  req.querySelector(`.opened[data-code="${key}"]`)?.remove();
  if (!details.open) return;
  const { code } = await folded(details);
  if (!details.open) return;
  const opened = make("div", { class: "opened", "data-code": key });
  opened.innerHTML = code[key]; // of this page's own script
  details.querySelector(".where").hidden = true; // it stands above the code
  opened.prepend(make("p", { class: "where" }, details.querySelector(".where a").cloneNode(true)));
  req.append(opened);
});
for (const details of document.querySelectorAll("aside .also")) details.addEventListener("toggle", async () => {
  details.querySelector("ul").innerHTML = (await folded(details)).also; // of this page's own script
}, { once: true });
for (const more of document.querySelectorAll("aside .more")) {
  more.hidden = false;
  more.addEventListener("click", async () => {
    const { cases } = await folded(more);
    more.previousElementSibling.insertAdjacentHTML("beforeend", cases); // of this page's own script
    more.remove();
  });
}

// Copying.
for (const button of document.querySelectorAll("[data-copy]")) button.addEventListener("click", async () => {
  await load(button.dataset.copy);
  const text = JSON.stringify(window.cofferCase, null, 2);
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch { // without permission, or a page that may not
    button.textContent = "It cannot be copied from here";
  }
});

// Search.
const search = element("search"), results = element("results");
const MOST_RESULTS = 30;

/** How well an entry fits the words, in any order: 0 if one of them is missing. The chapters come before cases and code. */
function score([page, title, text, kind], words) {
  const lowTitle = title.toLowerCase(), lowText = text.toLowerCase(), about = page.toLowerCase();
  let sum = { "": 5, error: 30 }[kind] ?? 1;
  for (const word of words) {
    if (lowTitle === word) sum += 100;
    else if (lowTitle.includes(word)) sum += ["walk", "case", "code"].includes(kind) ? 3 : 20;
    else if (lowText.includes(word)) sum += new RegExp(`\\b${word.replace(/\W/g, "\\$&")}`).test(lowText) ? 4 : 2;
    else if (about.includes(word)) sum += 1;
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

/** Shows or hides what was found. */
function showFound(on) {
  element("found").hidden = !on;
  search.setAttribute("aria-expanded", on);
  search.removeAttribute("aria-activedescendant");
}

async function find() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) { showFound(false); return; }
  try {
    await load("search.js");
  } catch (error) {
    results.replaceChildren();
    element("more-results").textContent = error.message;
    showFound(true);
    return;
  }
  const fitting = window.cofferIndex.map((entry) => [score(entry, words), entry]).filter(([s]) => s > 0);
  fitting.sort((a, b) => b[0] - a[0]);
  results.replaceChildren(...fitting.slice(0, MOST_RESULTS).map(([, [page, title, text]], i) =>
    make("a", { href: root + page, role: "option", id: `result-${i}`, "aria-selected": "false", tabindex: "-1" }, make("b", {}, title), " ", ...excerpt(text, words))));
  element("more-results").textContent = fitting.length > MOST_RESULTS ? `${fitting.length - MOST_RESULTS} more` : fitting.length ? "" : "Nothing was found.";
  showFound(true);
}

function choose(step) {
  const links = [...results.children];
  if (!links.length) return;
  const now = links.findIndex((link) => link.classList.contains("chosen"));
  links[now]?.classList.remove("chosen");
  links[now]?.setAttribute("aria-selected", "false");
  const next = links[(now + step + links.length + (now < 0 && step < 0 ? 1 : 0)) % links.length];
  next.classList.add("chosen");
  next.setAttribute("aria-selected", "true");
  search.setAttribute("aria-activedescendant", next.id);
  next.scrollIntoView({ block: "nearest" });
}

search.addEventListener("input", find);
search.addEventListener("focus", find);
search.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    choose(event.key === "ArrowDown" ? 1 : -1);
    event.preventDefault();
  } else if (event.key === "Enter") {
    (results.querySelector(".chosen") ?? results.firstElementChild)?.click();
  } else if (event.key === "Escape") {
    showFound(false);
    search.blur();
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !/^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName)) {
    event.preventDefault();
    search.focus();
    search.select();
  }
});
document.addEventListener("click", (event) => {
  if (!event.target.closest(".search") || event.target.closest("#results a")) showFound(false);
});

// The dump of a container, whose scripts are loaded when it is wanted.
async function dump() {
  for (const name of ["view.js", "steps.js", "content.js", "decode.js", "dump.js", "container.js", "set.js", "inspect.js"]) await load(name);
}
element("inspect").addEventListener("click", async () => { await dump(); element("dump").showModal(); });
for (const button of document.querySelectorAll("[data-example]")) button.addEventListener("click", async () => { await dump(); tryExample(); });
for (const input of document.querySelectorAll("[data-file]")) input.addEventListener("change", async () => { if (!input.files.length) return; await dump(); inspectDropped([...input.files]); });
for (const button of document.querySelectorAll("[data-case]")) button.addEventListener("click", async () => { await dump(); await load(button.dataset.script); inspectCase(button.dataset.case, button.dataset.as); });

let depth = 0; // of the elements that a file is dragged over
const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
const dropping = (on) => { depth = on ? depth : 0; element("dropping").hidden = !on; };
addEventListener("dragenter", (event) => {
  if (!hasFiles(event)) return;
  event.preventDefault();
  if (++depth === 1) {
    const open = element("dump").open ? element("dump") : document.body; // a dialog covers all that is not in it
    open.append(element("dropping"));
    dropping(true);
  }
});
addEventListener("dragleave", (event) => { if (hasFiles(event) && --depth <= 0) dropping(false); });
addEventListener("dragover", (event) => { if (hasFiles(event)) event.preventDefault(); });
addEventListener("drop", async (event) => {
  dropping(false);
  if (!hasFiles(event)) return;
  event.preventDefault();
  const files = [...event.dataTransfer.files]; // what was dropped is there now and not after waiting
  const item = [...event.dataTransfer.items].find((item) => item.webkitGetAsEntry?.()?.isDirectory);
  const folder = item && { entry: item.webkitGetAsEntry(), handle: item.getAsFileSystemHandle?.().catch(() => {}) };
  if (!files.length) return;
  await dump();
  inspectDropped(files, folder);
});
