// Chapter 8: reading an archive.
import { createHash } from "node:crypto";
import { Decoder, fail, utf8 } from "./wire.mjs";
import { ARCHIVE, openContainer } from "./header.mjs";

const bad = (why) => fail("malformed_archive", why);
const isZero = (b) => b.every((x) => x === 0);

export function padded(L) { // section 8.3; exact below 2^53
  let e = 0, s = 0;
  while (2 ** (e + 1) <= L) e++;
  while (2 ** s <= e) s++; // floor(log2(e)) + 1
  const unit = 2 ** (e - s);
  return Math.ceil(L / unit) * unit;
}
/** The text of a path, or null if [ARC-5] refuses it. */
export function safePath(bytes) {
  const text = utf8(bytes);
  if (text === null || /[\u0000-\u001f\u007f-\u009f\\:]/.test(text)) return null;
  return text.split("/").every((p) => p !== "" && p !== "." && p !== "..") ? text : null;
}
export const decodeEntry = (d) => ({ path: d.vector(1, 1024), kind: d.u(1), modified_ms: d.u64(), size: d.u64() });

function decodeIndex(d) {
  if (d.u(1) !== 4) bad("no index frame");
  const ix = { set_id: d.take(16), generation: d.u64(), epoch: d.u64(), created_ms: d.u64(), complete: d.u(1),
    previous: d.take(24), producer: d.vector(0, 255) };
  const refs = Decoder.of(d.vector(40, 640), "malformed_archive");
  d.done();
  ix.refs = [];
  while (refs.pos < refs.end) ix.refs.push({ container: refs.take(24), offset: refs.u64(), length: refs.u64() });
  return ix;
}
/** Step 3 of section 8.6, but for whether the segment is there. `end` is where the frame ends, if that is known. */
export function decodeSegment(source, offset, end, limit, standAlone) {
  const d = new Decoder(source, offset, limit, "malformed_archive");
  if (d.u(1) !== 3) bad("no segment frame");
  const liveBytes = d.vector(0, 67108864), removedBytes = d.vector(0, 67108864);
  if (end !== null && d.pos !== end) bad("segment length"); // [ARC-23]
  const live = [], names = new Set();
  const path = (p, last) => {
    const text = safePath(p) ?? fail("unsafe_path");
    if (last && Buffer.compare(last, p) >= 0) bad("order"); // [ARC-12]
    return text;
  };
  for (let r = Decoder.of(liveBytes, "malformed_archive"), last = null; r.pos < r.end;) {
    const record = { container: r.take(24), offset: r.u64(), ...decodeEntry(r) };
    record.text = path(record.path, last);
    last = record.path;
    live.push(record);
    names.add(record.text);
  }
  const removed = [];
  for (let r = Decoder.of(removedBytes, "malformed_archive"), last = null; r.pos < r.end;) {
    const p = r.vector(1, 1024), text = path(p, last);
    if (names.has(text)) bad("live and removed"); // [ARC-12]
    last = p;
    removed.push(text);
  }
  if (standAlone && removed.length) bad("stand-alone with removed paths"); // [ARC-22]
  return { live, removed };
}

/** Section 8.6 over a source of plaintext: {bytes(offset, length), length}. */
export function openArchive(source, id) {
  const N = source.length;
  if (N < 128 || N !== padded(N)) bad("length"); // [ARC-9]
  const at = new Decoder(source, N - 8, N, "malformed_archive").u64(), size = N - 8 - at;
  if (size < 109 || size > 964) bad("trailer"); // [ARC-18]
  const ix = decodeIndex(new Decoder(source, at, N - 8, "malformed_archive"));
  const inSet = !isZero(ix.set_id);
  if (inSet && N < 262144) bad("length in a set"); // [ARC-9]
  const producer = utf8(ix.producer);
  if (ix.complete > 1 || producer === null || /[\u0000-\u001f\u007f-\u009f]/.test(producer)) bad("index"); // [ARC-19]
  const own = ix.refs.at(-1);
  if (!own.container.equals(id) || own.length < 9 || own.length > 134217737 || own.offset + own.length !== at ||
      ix.refs.slice(0, -1).some((r) => r.container.equals(id))) bad("own segment"); // [ARC-20]
  if (inSet !== (ix.generation !== 0) || inSet !== (ix.epoch !== 0)) bad("set"); // [ARC-21]
  if (!inSet && (ix.complete !== 1 || !isZero(ix.previous) || ix.refs.length > 1)) bad("stand-alone"); // [ARC-22]

  if (ix.refs.length > 1) fail("missing_container", ix.refs[0].container.toString("hex")); // [ARC-24]
  const { live: records } = decodeSegment(source, own.offset, at, at, !inSet);

  const names = new Set(records.map((r) => r.text));
  for (const name of names)
    for (let i = name.indexOf("/"); i >= 0; i = name.indexOf("/", i + 1))
      if (names.has(name.slice(0, i))) bad("path is a folder"); // [ARC-13]
  const region = own.offset - 9;
  for (const r of records) {
    r.own = r.container.equals(id);
    if (r.own && r.offset + 21 + r.size > region) bad("outside the entry region"); // [ARC-15]
    if (!r.own && !inSet) bad("stand-alone with a foreign record"); // [ARC-22]
  }
  const byPlace = [...records].sort((a, b) => Buffer.compare(a.container, b.container) || a.offset - b.offset);
  byPlace.forEach((r, i) => { // [ARC-14]
    const next = byPlace[i + 1];
    r.next = next && next.container.equals(r.container) ? next.offset : region;
    if (next && next.container.equals(r.container) && r.offset + 21 + r.size > next.offset) bad("overlap");
  });
  return { ...ix, producer, inSet, records, byPlace, region, segment: own.offset, index: at };
}
/** Decodes the frame of a record and returns where its content begins [ARC-26]. */
export function frameOf(source, archive, r) {
  const d = new Decoder(source, r.offset, r.next, "malformed_archive"); // up to the next frame, or the region's end
  if (d.u(1) !== 1) bad("no entry frame");
  if (decodeEntry(d).size !== r.size) bad("size");
  if (r.size > r.next - d.pos) bad("frame too long");
  return d.pos;
}

export function openFile(file, secret) {
  const { h, message } = openContainer(file, secret, ARCHIVE);
  return { message, archive: openArchive(message, h.id) };
}
export function extract(file, secret, path) {
  const { message, archive } = openFile(file, secret), want = Buffer.from(path), out = [];
  const r = archive.records.find((r) => r.path.equals(want)) ?? fail("entry_not_found"); // [ARC-27]
  if (!r.own) fail("missing_container", r.text); // [ARC-24]
  const start = frameOf(message, archive, r);
  try {
    for (const piece of message.pieces(start, r.size)) out.push(piece);
  } catch (e) { e.released = Buffer.concat(out); throw e; }
  return Buffer.concat(out);
}
/** Section 8.7: verifies all of the container, and gives each entry the digest of its content. */
export function restore(file, secret) {
  const { message, archive } = openFile(file, secret), { segment, region } = archive;
  const elsewhere = archive.records.find((r) => !r.own);
  const at = new Map(archive.records.filter((r) => r.own).map((r) => [r.offset, r]));
  let p = 0;
  for (;;) { // the walk
    const d = new Decoder(message, p, segment, "malformed_archive"), type = d.u(1), r = at.get(p);
    if (type === 2 && !r) {
      const n = d.u64();
      if (d.pos + n !== segment) bad("padding does not reach the segment"); // [ARC-30]
      for (const piece of message.pieces(d.pos, n)) if (!isZero(piece)) bad("padding is not zero"); // [ARC-10]
      break;
    }
    if (type !== 1) bad("frame out of order");
    if (r) { r.start = frameOf(message, archive, r); p = r.start + r.size; r.met = true; continue; }
    const e = decodeEntry(d);
    if (e.size > region - d.pos) bad("frame too long");
    for (const _ of message.pieces(d.pos, e.size));
    p = d.pos + e.size;
  }
  if (archive.records.some((r) => r.own && !r.met)) bad("record without a frame"); // [ARC-30]
  for (const r of archive.byPlace.filter((r) => r.own)) {
    const h = createHash("sha512");
    for (const piece of message.pieces(r.start, r.size)) h.update(piece);
    r.sha512 = h.digest();
  }
  for (let i = 0; i < message.chunks; i++) if (!message.opened.has(i)) message.chunk(i); // [ARC-29]
  if (elsewhere) fail("missing_container", elsewhere.text); // [ARC-24]
  return archive;
}
