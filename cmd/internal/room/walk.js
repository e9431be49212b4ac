"use strict";
// Draws a walk: steps beside the bytes that they are about, or acts that are unfolded into bytes.
const MOST = 1024; // bytes of a field of which all are in the data
(async () => {
  const place = element("walk");
  await Promise.all([load("view.js"), load("sentences.js"), load(place.dataset.walk)]);
  const { layers, steps, acts } = window.cofferWalk;
  place.replaceChildren();
  if (steps) stepped(place, layers, steps);
  else place.append(...acts.map(acted));
  if (location.hash) element(location.hash.slice(1))?.scrollIntoView();
})();

/** Steps, and beside them the bytes. */
function stepped(place, layers, steps) {
  const views = new Map();
  const side = make("aside", { class: "side", "aria-label": "the bytes" }), tabs = make("div", { class: "choice" }), shown = make("div", {});
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
    views.get(name).select(offset);
    if (getComputedStyle(side).position !== "sticky") side.scrollIntoView({ block: "nearest" });
  };
  const list = make("div", { class: "steps" }, ...stepItems(steps, show));
  side.append(tabs, shown);
  place.className = "stepped";
  place.append(list, side);
  choose(layers[0].name);
}

/** An act, whose bytes are drawn when they are wanted. */
function acted({ title, name, text, section, layers }, i) {
  const act = make("section", { class: "act", id: `act-${i + 1}` }, make("h2", {}, `${i + 1}. ${title}`), name ? make("p", { class: "name" }, make("code", {}, name)) : "", make("p", {}, text, " ", make("a", { href: sectionPlace(section) }, `Section ${section}`), "."));
  for (const { name, hex, fields } of layers) {
    const bytes = expanded(hex);
    const unfolded = make("details", { class: "layer" }, make("summary", {}, `${name}: ${count(bytes.length, "byte")}, ${count(fields.length, "field")}`));
    unfolded.addEventListener("toggle", () => {
      if (unfolded.open && unfolded.children.length === 1) unfolded.append(new BytesView(bytes, fields, { label: name, most: MOST }).whole);
    });
    act.append(unfolded);
  }
  return act;
}
