"use strict";
// What is said of bytes, with links to what it refers to; and steps, of which each computes values from others or compares them.

/** The page and place of a section, "7.1" or "7". */
function sectionPlace(section) {
  const [chapter] = section.split(".");
  const link = [...document.querySelectorAll("nav .number")].find((n) => n.textContent === chapter)?.parentElement;
  const page = link?.getAttribute("href").split("/").pop() ?? "index.html";
  return root + (section === chapter ? page : `${page}#s${section}`);
}

const MARKED = new RegExp([
  /(?<foreign>(?:RFC \d+|800-\d+[A-Z]?|FIPS [\d-]+),\s+sections?\s+[\d.]+)/, // a section of another document
  /`(?<code>[^`]*)`/,
  /\b(?<keyword>(?:MUST|SHOULD)(?: NOT)?|MAY)\b/,
  /\b(?<id>[A-Z]{3}-[1-9]\d*)\b/,
  /\b(?<sections>(?:[Cc]hapter|[Ss]ection)s?\s+\d+(?:\.\d+)?(?:(?:, | and | to )\d+(?:\.\d+)?)*)/,
  /(?<=\()(?<bare>\d+\.\d+)(?=\))/,
  /\b(?<steps>steps? \d+(?: to \d+)?)/,
  /\b(?<power>\d+\^\d+)\b/,
  /\b(?<here>(?:this|these) (?:table|list|section|order|way|form|bounds|steps|checks|candidates|cases|lengths|states|configuration)|the (?:list|paragraph|steps|bytes) (?:above|below))\b/,
].map((r) => r.source).join("|"), "g");

/**
 * A text as nodes: what it refers to is linked, and its code, its keywords and its powers are marked. Steps are those whose ids
 * begin with prefix; here is the place of what the text itself belongs to, "this table" for instance.
 */
function prose(text, { prefix, here } = {}) {
  const nodes = [];
  let at = 0;
  for (const { 0: whole, index, groups: g } of text.matchAll(MARKED)) {
    nodes.push(text.slice(at, index));
    at = index + whole.length;
    const requirement = window.cofferSentences?.[g.id];
    const numbers = (pattern, place) => whole.split(pattern).filter(Boolean).map((part) => (pattern.test(part) ? make("a", { href: place(/[\d.]+$/.exec(part)[0]) }, part) : part));
    if (g.code !== undefined) nodes.push(make("code", {}, g.code));
    else if (g.keyword) nodes.push(make("b", { class: "kw" }, whole));
    else if (requirement) nodes.push(requirementLink(g.id));
    else if (g.sections) nodes.push(...numbers(/((?:[Cc]hapter|[Ss]ection)s?\s+\d[\d.]*\b|\b\d[\d.]*\b)/, sectionPlace));
    else if (g.bare) nodes.push(make("a", { href: sectionPlace(whole) }, whole));
    else if (g.steps && prefix) nodes.push(...numbers(/(steps? \d+|\b\d+)/, (n) => `#${prefix}-${n}`));
    else if (g.power) nodes.push(whole.split("^")[0], make("sup", {}, whole.split("^")[1]));
    else if (g.here && here) nodes.push(make("a", { href: here }, whole));
    else nodes.push(whole);
  }
  return [...nodes, text.slice(at)];
}

/** A link to a requirement, whose sentence it has as its title. */
function requirementLink(id) {
  const [page, text] = window.cofferSentences[id];
  return make("a", { href: `${root}${page}#${id}`, class: "ref", title: text }, id);
}

/** The sentence of a requirement, once sentences.js is there, and its place. */
function sentence(id) {
  const [page, text] = window.cofferSentences?.[id] ?? [];
  return page ? make("p", { class: "rule" }, requirementLink(id), " ", ...prose(text, { here: `${root}${page}#${id}` })) : "";
}

/** A value of a step. show(layer, offset) is called to show where it lies. */
function valueRow(value, show) {
  const long = value.hex && value.hex.length > 400 ? `${value.hex.slice(0, 384)}…` : value.hex;
  const bytes = make("td", { class: "hex" }, long ? long.replace(/(..)(?=.)/g, "$1 ") : value.layer ? "at its place" : "");
  if (value.text) bytes.prepend(make("span", { class: "value" }, long ? JSON.stringify(value.text) : value.text), long ? make("br") : "");
  const name = make("th", { scope: "row" }, value.name);
  if (value.layer) {
    const place = make("button", { type: "button", class: "place" }, `${value.layer} ${value.offset}`);
    place.addEventListener("click", () => show(value.layer, value.offset));
    name.append(" ", place);
  }
  if (value.hex || value.layer) name.append(" ", make("span", { class: "soft" }, count(value.length, "byte")));
  return make("tr", {}, name, bytes);
}

/** The values of a step, which are folded on a narrow screen. */
function valuesOf(step, number, show) {
  const groups = [["goes in", "goes in", "go in", step.in], ["comes out", "comes out", "come out", step.out], ["compared with", "to compare with", "to compare with", step.with]].filter(([, , , values]) => values?.length);
  const table = make("table", { class: "values" }, ...groups.map(([head, , , values]) => make("tbody", {}, make("tr", {}, make("th", { colspan: "2", class: "soft" }, head)), ...values.map((v) => valueRow(v, show)))));
  const folded = make("details", { class: "folded" }, make("summary", {}, "The values: ", groups.map(([, one, more, { length }]) => `${length} ${length === 1 ? one : more}`).join(", ")),
    make("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": `values of step ${number}` }, table));
  folded.open = matchMedia("(min-width: 64.01rem)").matches;
  return folded;
}

/** A step, with what goes in and what comes out. What said has of it from an earlier step, a text or a requirement by the number of that, is referred to. */
function stepItem(step, number, show, prefix, said) {
  const item = make("section", { class: "step", id: `${prefix}-${number}` }, make("h3", {}, `${number}. ${step.title}`));
  const first = (what) => said.get(what) ?? (said.set(what, number), number);
  const stepLink = (n) => make("a", { href: `#${prefix}-${n}` }, `step ${n}`);
  if (step.text) item.append(make("p", {}, ...prose(step.text, { prefix })));
  const before = new Set();
  for (const text of step.common ?? []) {
    const n = first(text);
    if (n === number) item.append(make("p", {}, ...prose(text, { prefix })));
    else before.add(n);
  }
  if (before.size) item.append(make("p", { class: "soft" }, "What ", ...[...before].flatMap((n, i) => [i ? " and " : "", stepLink(n)]), before.size > 1 ? " say of it holds here, too." : " says of it holds here, too."));
  item.append(make("p", { class: "formula" }, ...step.formula.split("; ").map((one) => make("code", {}, one)), make("a", { href: sectionPlace(step.section) }, `section ${step.section}`)), valuesOf(step, number, show));
  if (step.holds !== undefined) item.append(make("p", { class: step.holds ? "holds" : "fault" }, step.holds ? "✓ They are equal." : "✗ They differ."));
  if (step.requirement && window.cofferSentences?.[step.requirement]) {
    const n = first(step.requirement);
    item.append(n === number ? sentence(step.requirement) : make("p", { class: "rule soft" }, requirementLink(step.requirement), ", as in ", stepLink(n)));
  }
  return item;
}

/** The steps of a way, under the names of its parts. The ids of the steps begin with prefix. */
function stepItems(steps, show, prefix) {
  const said = new Map();
  return steps.flatMap((step, i) => [...(step.part !== steps[i - 1]?.part ? [make("h2", {}, step.part)] : []), stepItem(step, i + 1, show, prefix, said)]);
}
