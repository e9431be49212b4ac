"use strict";
// Draws a walk: steps beside the bytes that they are about, or acts that are unfolded into bytes.
const MOST = 1024; // bytes of a field of which all are in the data
(async () => {
  const place = element("walk");
  await Promise.all([load("view.js"), load("steps.js"), load("sentences.js"), load(place.dataset.walk)]);
  const { layers, steps, acts } = window.cofferWalk;
  place.replaceChildren();
  if (steps) stepped(place, layers, steps);
  else {
    const all = acts.map(acted);
    place.append(jump("Part", all), listed(all), ...all.map(({ whole }) => whole));
    setTimeout(drawAll);
  }
  if (location.hash) element(location.hash.slice(1))?.scrollIntoView();
})();

/** The list of what follows, {title, part, id} each, under the names of its parts. */
function listed(items, attributes = { class: "listed", role: "navigation", "aria-label": "on this page" }) {
  const list = make("div", attributes);
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

/** A bar that stays in sight and says what is being read, with the list of all and the ways to the one before and the next. */
function jump(what, items, ...more) {
  const all = `${items.length} ${what.toLowerCase()}s`, now = make("span", {}, all);
  const open = make("details", {}, make("summary", {}, now), listed(items, { class: "others" }));
  const [before, next] = ["‹", "›"].map((sign) => make("a", { class: "turn-to", hidden: "" }, sign));
  const bar = make("div", { class: "jump", role: "navigation", "aria-label": `the ${what.toLowerCase()} that is being read` }, open, before, next, ...more);
  open.addEventListener("click", (event) => { if (event.target.closest("a")) open.open = false; });
  open.addEventListener("keydown", (event) => { if (event.key === "Escape" && open.open) { open.open = false; open.firstChild.focus(); } });
  document.addEventListener("click", (event) => { if (!open.contains(event.target)) open.open = false; });
  const turn = (link, how, i) => {
    link.hidden = !items[i];
    if (!items[i]) return;
    link.href = `#${items[i].id}`;
    link.setAttribute("aria-label", `${how}: ${items[i].title}`);
  };
  let shown, drawing;
  const draw = () => {
    drawing = false;
    const line = bar.getBoundingClientRect().bottom + innerHeight / 5;
    const i = items.findLastIndex(({ id }) => element(id).getBoundingClientRect().top < line);
    if (i === shown) return;
    shown = i;
    now.replaceChildren(make("span", { class: "of" }, items[i] ? `${what} ${i + 1} of ${items.length}` : all), ...(items[i] ? [" ", make("b", {}, items[i].title)] : []));
    turn(before, "the one before", i - 1);
    turn(next, "the next", i + 1);
  };
  addEventListener("scroll", () => { drawing ||= requestAnimationFrame(draw); }, { passive: true });
  requestAnimationFrame(draw);
  return bar;
}

/** Gives the heading of a part of the page a link to it. */
function anchored(part) {
  const heading = part.querySelector("h2, h3"), { id } = part;
  heading.append(" ", make("a", { href: `#${id}`, class: "here-link", "aria-label": `link to “${heading.textContent}”` }, "#"));
  return part;
}

/** Steps, and beside them the bytes. On a narrow screen these lie below, and are opened and closed. */
function stepped(place, layers, steps) {
  const views = new Map();
  const side = make("aside", { class: "side", "aria-label": "the bytes" }), tabs = make("div", { class: "choice" }), shown = make("div", { class: "shown" });
  const open = make("button", { type: "button", class: "open-side", "aria-label": "show the bytes" }, "Bytes"), close = make("button", { type: "button", class: "close-side", "aria-label": "close the bytes" }, "✕");
  let from = open; // where the focus goes back to
  const lift = (on) => { side.classList.toggle("lifted", on); if (on) close.focus({ preventScroll: true }); else from.focus({ preventScroll: true }); };
  const isApart = () => getComputedStyle(open).display !== "none";
  open.addEventListener("click", () => { from = open; lift(true); });
  close.addEventListener("click", () => lift(false));
  side.addEventListener("keydown", (event) => { if (event.key === "Escape" && isApart()) lift(false); });
  const view = (name) => {
    if (!views.has(name)) {
      const { hex, fields } = layers.find((layer) => layer.name === name);
      views.set(name, new BytesView(expanded(hex), fields, { label: name, width: innerWidth < 640 || (!isApart() && innerWidth < 1400) ? 8 : 16, most: MOST }));
    }
    return views.get(name);
  };
  const choose = (name) => {
    for (const tab of tabs.children) tab.setAttribute("aria-pressed", tab.textContent === name);
    shown.replaceChildren(view(name).whole);
  };
  for (const { name } of layers) {
    const tab = make("button", { type: "button" }, name);
    tab.addEventListener("click", () => choose(name));
    tabs.append(tab);
  }
  const show = (name, offset) => {
    choose(name);
    if (isApart()) { from = document.activeElement; lift(true); }
    view(name).select(offset);
  };
  const items = steps.map(({ title, part }, i) => ({ title, part, id: `step-${i + 1}` }));
  const list = make("div", { class: "steps" }, jump("Step", items, open), listed(items), ...stepItems(steps, show, "step"));
  list.querySelectorAll(".step").forEach(anchored);
  side.append(make("div", { class: "side-head" }, tabs, close), shown);
  place.className = "stepped";
  place.append(list, side);
  choose(layers[0].name);
}

/** What has not been drawn yet, by what it is folded in: all of it can be searched, but the page is there before. */
const waiting = new Map();
function drawIn(folded) {
  const draw = waiting.get(folded);
  waiting.delete(folded);
  draw?.();
}

/** Draws what waits, and lets the page answer between. */
function drawAll() {
  const [next] = waiting.keys();
  if (!next) return;
  drawIn(next);
  setTimeout(drawAll);
}

/** An act, which is unfolded into its bytes. */
function acted({ title, name, digest, text, section, layers }, i) {
  const whole = make("section", { class: "act", id: `act-${i + 1}` }, make("h2", {}, `${i + 1}. ${title}`), make("p", { class: "name" }, make("code", {}, name)), ...text.map((paragraph) => make("p", {}, ...prose(paragraph))));
  if (digest) whole.children[1].append(make("br"), "SHA-256 ", make("code", {}, digest));
  whole.lastChild.append(" ", make("a", { href: sectionPlace(section) }, `Section ${section}`), ".");
  for (const { name, hex, fields } of layers) {
    const { offset, length } = fields.at(-1);
    const layer = make("details", { class: "layer" }, make("summary", {}, `${name}: ${count(offset + length, "byte")}, ${count(fields.length, "field")}`));
    waiting.set(layer, () => layer.append(new BytesView(expanded(hex), fields, { label: name, most: MOST }).whole));
    layer.addEventListener("toggle", () => drawIn(layer));
    whole.append(layer);
  }
  return { title, id: whole.id, whole: anchored(whole) };
}

// What is folded is on paper, too.
let opened = [];
addEventListener("beforeprint", () => {
  opened = [...document.querySelectorAll("#walk .folded:not([open]), #walk .layer:not([open])")];
  for (const details of opened) {
    drawIn(details);
    details.open = true;
  }
});
addEventListener("afterprint", () => { for (const details of opened) details.open = false; });
