// Writing a stand-alone archive (chapters 6 to 8).
import { MAX, fail, uint, vector } from "./wire.mjs";
import { derive } from "./keys.mjs";
import { ARCHIVE, contextOf, readHeader, sealHeader, unlock } from "./header.mjs";
import { seal } from "./cobblestone.mjs";
import { sealSlot } from "./slots.mjs";
import { openArchive, padded, safePath } from "./archive.mjs";

const encodeEntry = (e) => Buffer.concat([vector(e.path, 1024), uint(e.kind, 1), uint(e.modified_ms, 8), uint(e.content.length, 8)]);

function plaintextOf(id, entries, created_ms, producer) {
  const list = entries.map((e) => ({ ...e, path: Buffer.from(e.path.normalize("NFC")) })); // [ARC-6]
  for (const e of list) {
    if (e.path.length > 1024 || safePath(e.path) === null) fail("unsafe_path");
    if (e.kind > 8 || e.modified_ms > MAX) fail("malformed_archive", "kind or time"); // [ARC-4], [CON-4]
  }
  list.sort((a, b) => (a.kind === 1 ? 0 : 1) - (b.kind === 1 ? 0 : 1)); // [ARC-2]; the sort is stable
  const frames = [];
  let offset = 0;
  for (const e of list) {
    e.offset = offset;
    const head = Buffer.concat([uint(1, 1), encodeEntry(e)]);
    frames.push(head, e.content);
    offset += head.length + e.content.length;
  }
  const records = [...list].sort((a, b) => Buffer.compare(a.path, b.path)) // [ARC-11]
    .map((e) => Buffer.concat([id, uint(e.offset, 8), encodeEntry(e)]));
  const segment = Buffer.concat([uint(3, 1), vector(Buffer.concat(records), 67108864), uint(0, 4)]);
  const index = (at) => Buffer.concat([uint(4, 1), Buffer.alloc(32), uint(created_ms, 8), uint(1, 1), Buffer.alloc(24),
    vector(Buffer.from(producer), 255), vector(Buffer.concat([id, uint(at, 8), uint(segment.length, 8)]), 640)]);
  const L = offset + 9 + segment.length + index(0).length + 8, n = padded(L) - L; // [ARC-8]
  const at = offset + 9 + n;
  return Buffer.concat([...frames, uint(2, 1), uint(n, 8), Buffer.alloc(n), segment, index(at), uint(at + segment.length, 8)]);
}
export function sealArchive(K, slots, { entries, created_ms, producer }, random, weak) {
  if (!producer.isWellFormed?.() || Buffer.byteLength(producer) > 255 || created_ms > MAX) fail("malformed_archive", "index");
  const sealed = Buffer.concat(slots.map((s) => sealSlot(K, s, random, weak))), id = random(24);
  const plain = plaintextOf(id, entries, created_ms, producer);
  openArchive({ length: plain.length, bytes: (o, n) => plain.subarray(o, o + n) }, id); // [CON-10]
  const payload = seal(derive(K, "payload"), id, contextOf(ARCHIVE), plain);
  return Buffer.concat([sealHeader(K, ARCHIVE, sealed, payload.subarray(0, 56)), payload]);
}
/** Other slots for a container; unknown ones keep their place [SLT-3]. */
export function setSlots(file, secret, slots, random, weak) {
  const h = readHeader(file), K = unlock(h, secret), fresh = slots.map((s) => sealSlot(K, s, random, weak)), out = [];
  for (const s of h.slots) {
    if (s.type < 1 || s.type > 3) out.push(s.raw);
    else if (fresh.length) out.push(fresh.shift());
  }
  return Buffer.concat([sealHeader(K, h.purpose, Buffer.concat([...out, ...fresh]), h.first), h.payload]);
}
