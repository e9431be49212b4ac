"use strict";
// Draws a walk: steps beside the bytes that they are about, or acts that are unfolded into bytes.
const MOST = 1024; // bytes of a field of which all are in the data
(async () => {
  const place = element("walk");
  await Promise.all([load("view.js"), load("sentences.js"), load(place.dataset.walk)]);
  const { layers, steps, acts } = window.cofferWalk;
  place.replaceChildren();
  if (steps) stepped(place, layers, steps);
  else place.append(listed(acts.map(({ title }, i) => ({ title, id: `act-${i + 1}` }))), ...acts.map(acted));
  if (location.hash) element(location.hash.slice(1))?.scrollIntoView();
})();

/** The list of what follows, under the names of its parts. */
function listed(items) {
  const list = make("div", { class: "listed", role: "navigation", "aria-label": "on this page" });
  let part, group;
  for (const { title, id, part: named } of items) {
    if (!group || named !== part) {
      part = named;
      group = make("ol", { start: list.querySelectorAll("li").length + 1 });
      list.append(...(named ? [make("p", {}, named)] : []), group);
    }
    group.append(make("li", {}, make("a", { href: `#${id}` }, title)));
  }
  return list;
}

/** Gives a part of the page a place, and its heading a link to that. */
function anchored(part, id) {
  const heading = part.querySelector("h2, h3");
  part.id = id;
  heading.append(" ", make("a", { href: `#${id}`, class: "here-link", "aria-label": `link to “${heading.textContent}”` }, "#"));
  return part;
}

/** Steps, and beside them the bytes. On a narrow screen these lie below, and are opened and closed. */
function stepped(place, layers, steps) {
  const views = new Map();
  const side = make("aside", { class: "side", "aria-label": "the bytes" }), tabs = make("div", { class: "choice" }), shown = make("div", { class: "shown" });
  const open = make("button", { type: "button", class: "open-side" }, "Show the bytes"), close = make("button", { type: "button", class: "close-side", "aria-label": "close the bytes" }, "✕");
  let from = open; // where the focus goes back to
  const lift = (on) => { side.classList.toggle("lifted", on); if (on) close.focus({ preventScroll: true }); else from.focus({ preventScroll: true }); };
  const isApart = () => getComputedStyle(open).display !== "none";
  open.addEventListener("click", () => { from = open; lift(true); });
  close.addEventListener("click", () => lift(false));
  side.addEventListener("keydown", (event) => { if (event.key === "Escape" && isApart()) lift(false); });
  const choose = (name) => {
    for (const tab of tabs.children) tab.setAttribute("aria-pressed", tab.textContent === name);
    shown.replaceChildren(views.get(name).whole);
  };
  for (const { name, hex, fields } of layers) {
    views.set(name, new BytesView(expanded(hex), fields, { label: name, width: innerWidth < 1400 ? 8 : 16, most: MOST }));
    const tab = make("button", { type: "button" }, name);
    tab.addEventListener("click", () => choose(name));
    tabs.append(tab);
  }
  const show = (name, offset) => {
    choose(name);
    if (isApart()) { from = document.activeElement; lift(true); }
    views.get(name).select(offset);
  };
  const list = make("div", { class: "steps" }, listed(steps.map(({ title, part }, i) => ({ title, part, id: `step-${i + 1}` }))), open, ...stepItems(steps, show));
  list.querySelectorAll(".step").forEach((step, i) => anchored(step, `step-${i + 1}`));
  side.append(make("div", { class: "side-head" }, tabs, close), shown);
  place.className = "stepped";
  place.append(list, side);
  choose(layers[0].name);
}

/** An act, whose bytes are drawn when they are wanted. */
function acted({ title, name, digest, text, section, layers }, i) {
  const act = make("section", { class: "act" }, make("h2", {}, `${i + 1}. ${title}`), make("p", { class: "name" }, make("code", {}, name)), ...text.map((paragraph) => make("p", {}, paragraph)));
  if (digest) act.children[1].append(make("br"), "SHA-256 ", make("code", {}, digest));
  act.lastChild.append(" ", make("a", { href: sectionPlace(section) }, `Section ${section}`), ".");
  for (const { name, hex, fields } of layers) {
    const bytes = expanded(hex);
    const unfolded = make("details", { class: "layer" }, make("summary", {}, `${name}: ${count(bytes.length, "byte")}, ${count(fields.length, "field")}`));
    unfolded.addEventListener("toggle", () => {
      if (unfolded.open && unfolded.children.length === 1) unfolded.append(new BytesView(bytes, fields, { label: name, most: MOST }).whole);
    });
    act.append(unfolded);
  }
  return anchored(act, `act-${i + 1}`);
}
