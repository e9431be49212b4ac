// Section 8.9: portable names.
import { bytesOf, compare, hex, textOf } from "./bytes.mjs";
import { sha512 } from "./primitives.mjs";

const RESERVED = /^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])(\.|$)/i;
function windowsName(part) { // step 1
  let name = part.replace(/[<>:"|?*]/g, "_");
  if (/[ .]$/.test(name)) name += "_";
  return RESERVED.test(name) ? `_${name}` : name;
}
async function cut(name) { // step 2
  const bytes = bytesOf(name);
  if (bytes.length <= 255) return name;
  let n = 240;
  while ((bytes[n] & 0xc0) === 0x80) n--; // back to the first byte of a character
  return `${textOf(bytes.subarray(0, n))}~${hex(await sha512(bytes)).slice(0, 8)}`;
}
function numbered(name, n) { // step 3
  if (n === 1) return name;
  const dot = name.lastIndexOf(".");
  return dot > 0 ? `${name.slice(0, dot)} (${n})${name.slice(dot)}` : `${name} (${n})`;
}
/** Full case folding of a character, as far as its classes go: JavaScript has only upper and lower case, which join U+0131 and
    the letter i, and part U+1E9E from ss [ARC-59]. */
const folded = (c) => (c === "\u0131" ? c : c === "\u1e9e" ? "ss" : c.toUpperCase().toLowerCase());
const fold = (name) => [...name.normalize("NFC")].map(folded).join("").normalize("NFC");

/** The names of paths, in the order of the paths. `platform` is "posix", "apple" or "windows". */
export async function portableNames(paths, platform) {
  const windows = platform === "windows", folder = () => ({ parts: new Map(), taken: new Set() });
  const root = folder(), names = new Map();
  const inOrder = [...new Set(paths)].map((path) => ({ path, bytes: bytesOf(path) })).sort((a, b) => compare(a.bytes, b.bytes));
  for (const { path } of inOrder) {
    let at = root;
    const out = [];
    for (const part of path.split("/")) {
      if (!at.parts.has(part)) {
        const base = windows ? windowsName(part) : part;
        let n = 1, name, same;
        do { name = await cut(numbered(base, n++)); same = platform === "posix" ? name : fold(name); } while (at.taken.has(same));
        at.taken.add(same);
        at.parts.set(part, { name, ...folder() });
      }
      at = at.parts.get(part);
      out.push(at.name);
    }
    names.set(path, out.join("/"));
  }
  return paths.map((p) => names.get(p));
}
