// Section 8.9: portable names.
import { sha512 } from "./header.mjs";

const RESERVED = /^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])(\.|$)/i;
const windows = (part) => {
  let name = part.replace(/[<>"|?*]/g, "_");
  if (/[ .]$/.test(name)) name += "_";
  return RESERVED.test(name) ? "_" + name : name;
};
function numbered(name, n) {
  if (n === 1) return name;
  const dot = name.lastIndexOf(".");
  return dot > 0 ? `${name.slice(0, dot)} (${n})${name.slice(dot)}` : `${name} (${n})`;
}
function cut(name) {
  const bytes = Buffer.from(name);
  if (bytes.length <= 255) return name;
  let n = 240;
  while ((bytes[n] & 0xc0) === 0x80) n--;
  return `${bytes.toString("utf8", 0, n)}~${sha512(bytes).toString("hex").slice(0, 8)}`;
}
const fold = (name) => name.normalize("NFD").toUpperCase().toLowerCase().normalize("NFC");

export function portableNames(paths, platform) {
  const win = platform === "windows", root = { children: new Map(), taken: new Set() }, out = new Map();
  for (const path of [...new Set(paths)].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))) {
    let folder = root;
    const names = [];
    for (const part of path.split("/")) {
      let child = folder.children.get(part);
      if (!child) {
        const base = win ? windows(part) : part;
        let n = 1, name, id;
        do { name = cut(numbered(base, n++)); id = win ? fold(name) : name; } while (folder.taken.has(id));
        folder.taken.add(id);
        folder.children.set(part, (child = { name, children: new Map(), taken: new Set() }));
      }
      names.push(child.name);
      folder = child;
    }
    out.set(path, names.join("/"));
  }
  return paths.map((p) => out.get(p));
}
