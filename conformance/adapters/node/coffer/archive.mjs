// Chapter 8: the structures of an archive, and opening one (section 8.6).
import { fail } from "./errors.mjs";
import { compare, hex, isZero, textOf } from "./bytes.mjs";
import { Decoder } from "./structures.mjs";

const ERROR = "malformed_archive", LIST = 67108864;
const bad = (why) => fail(ERROR, why);
const hasControls = (text) => /[\u0000-\u001f\u007f-\u009f]/.test(text);

/** Section 8.3. It is exact: a length is below 2^53, and all that is multiplied or divided by is a power of two. */
export function padded(L) {
  const unit = unitOf(L);
  return Math.ceil(L / unit) * unit;
}
/** The greatest length below L that is equal to its padded length. */
export const paddedBelow = (L) => Math.floor((L - 1) / unitOf(L - 1)) * unitOf(L - 1);
function unitOf(L) { // of which padded lengths with the highest bit of L are multiples
  let e = 0, s = 0;
  while (2 ** (e + 1) <= L) e++;
  while (2 ** s <= e) s++; // floor(log2(e)) + 1
  return 2 ** (e - s);
}
/** The text of a path, or null if [ARC-5] refuses it. */
export function pathOf(bytes) {
  const text = textOf(bytes);
  if (text === null || hasControls(text) || text.includes("\\")) return null;
  return text.split("/").some((part) => part === "" || part === "." || part === "..") ? null : text;
}
/** [ARC-3] */
export const kindOf = (kind) => (kind > 8 ? 0 : kind);

/**
 * The frame at an offset, whose fields may reach up to `end`: an entry frame, a padding frame, or another of which only
 * the type is read. Each field is checked before the next is read, since that may lie in a chunk that does not open.
 */
export async function readFrame(source, offset, end) {
  let at = offset;
  const field = async (n) => {
    if (n > end - at) bad("a frame is too long"); // [CON-3]
    const bytes = await source.bytes(at, n);
    at += n;
    return new Decoder(bytes, ERROR);
  };
  const type = (await field(1)).uint(1);
  if (type === 2) return { type, size: (await field(8)).uint64(), start: at };
  if (type !== 1) return { type };
  const n = (await field(2)).uint(2);
  if (n < 1 || n > 1024) bad("the length of a path");
  const pathBytes = (await field(n)).bytes, kind = (await field(1)).uint(1);
  const modified_ms = (await field(8)).time(), size = (await field(8)).uint64();
  return { type, pathBytes, kind, modified_ms, size, start: at };
}
/** The frame of a record [ARC-26]. */
export async function readRecordFrame(source, record) {
  const frame = await readFrame(source, record.offset, record.limit);
  if (frame.type !== 1) bad("a record of what is not an entry frame");
  if (frame.size !== record.size) bad("the sizes of a frame and of its record differ");
  if (frame.size > record.limit - frame.start) bad("the frame of an entry is too long");
  return frame;
}

function decodeIndex(bytes) {
  const d = new Decoder(bytes, ERROR);
  if (d.uint(1) !== 4) bad("the trailer does not point to an index frame"); // [ARC-18]
  const index = {
    set_id: d.take(16), generation: d.uint64(), epoch: d.uint64(), created_ms: d.time(), complete: d.uint(1),
    previous: d.take(24), producer: d.vector(0, 255), segments: [],
  };
  const refs = new Decoder(d.vector(40, 640), ERROR);
  d.done();
  while (refs.left) index.segments.push({ container: hex(refs.take(24)), offset: refs.uint64(), length: refs.uint64() });
  return index;
}
/** Step 2 of section 8.6, behind the decoding. `id` is the container's, `at` the offset of the index. */
function checkIndex(ix, N, at, id) {
  const inSet = !isZero(ix.set_id), own = ix.segments.at(-1), producer = textOf(ix.producer);
  if (inSet && N < 262144) bad("the length of an archive in a set"); // [ARC-9]
  if (ix.complete > 1 || producer === null || hasControls(producer)) bad("a field of the index"); // [ARC-19]
  if (own.container !== id || own.offset < 9 || own.offset + own.length !== at ||
      ix.segments.slice(0, -1).some((r) => r.container === id)) bad("the reference to the own segment"); // [ARC-20]
  if (ix.segments.some((r) => r.length < 9 || r.length > 2 * LIST + 9)) bad("the length of a segment"); // [ARC-40]
  if (inSet !== (ix.generation !== 0) || inSet !== (ix.epoch !== 0)) bad("the place in a set"); // [ARC-21]
  if (!inSet && (ix.complete !== 1 || !isZero(ix.previous) || ix.segments.length > 1)) bad("a stand-alone index"); // [ARC-22]
  return { ...ix, producer, inSet, segment: own.offset, region: own.offset - 9 };
}

/** The length of the segment frame at an offset, for who has no index. */
export async function segmentLength(source, offset) {
  const uint = async (at, n) => new Decoder(await source.bytes(offset + at, n), ERROR).uint(n);
  if ((await uint(0, 1)) !== 3) bad("no segment frame");
  const live = await uint(1, 4), removed = live > LIST ? bad("a segment") : await uint(5 + live, 4);
  return removed > LIST ? bad("a segment") : 9 + live + removed;
}
/** Step 3 of section 8.6, without [ARC-24]: the records and the removed paths of a segment frame. */
export function decodeSegment(bytes, id, standAlone) {
  const d = new Decoder(bytes, ERROR);
  if (d.uint(1) !== 3) bad("the index names what is no segment frame");
  const live = new Decoder(d.vector(0, LIST), ERROR), removed = new Decoder(d.vector(0, LIST), ERROR);
  d.done(); // [ARC-23]
  const records = [], paths = new Set();
  let last = null;
  const next = (pathBytes) => {
    const path = pathOf(pathBytes) ?? fail("unsafe_path"); // [ARC-5]
    if (last && compare(last, pathBytes) >= 0) bad("paths that do not increase"); // [ARC-12]
    last = pathBytes;
    return path;
  };
  while (live.left) {
    const container = hex(live.take(24)), offset = live.uint64(), pathBytes = live.vector(1, 1024);
    const kind = live.uint(1), modified_ms = live.time(), size = live.uint64();
    const path = next(pathBytes);
    records.push({ path, kind: kindOf(kind), modified_ms, size, container, offset, own: container === id });
    paths.add(path);
  }
  last = null;
  while (removed.left) if (paths.has(next(removed.vector(1, 1024)))) bad("a path that is live and removed"); // [ARC-12]
  if (standAlone && removed.bytes.length) bad("a stand-alone archive with removed paths"); // [ARC-22]
  return records;
}
/** Step 4 of section 8.6. Gives each record `limit`, where the frame must have ended [ARC-26]. */
function checkRecords(records, inSet, region) {
  const paths = new Set(records.map((r) => r.path));
  for (const path of paths)
    for (let i = path.indexOf("/"); i >= 0; i = path.indexOf("/", i + 1))
      if (paths.has(path.slice(0, i))) bad("a path is the folder of another"); // [ARC-13]
  for (const r of records) {
    if (r.own && r.offset + 21 + r.size > region) bad("a record outside the entry region"); // [ARC-15]
    if (!r.own && !inSet) bad("a stand-alone archive with a record of another container"); // [ARC-22]
  }
  const order = (a, b) => (a.container === b.container ? a.offset - b.offset : a.container < b.container ? -1 : 1);
  const inOrder = [...records].sort(order);
  inOrder.forEach((r, i) => {
    const next = inOrder[i + 1];
    r.limit = next?.container === r.container ? next.offset : region;
    if (next?.container === r.container && r.offset + 21 + r.size > next.offset) bad("records that overlap"); // [ARC-14]
  });
}

/** Section 8.6, over a source of the plaintext of the container with this id. The records are in the order of the paths. */
export async function decodeArchive(source, container_id) {
  const N = source.length, id = hex(container_id);
  if (N < 128 || N !== padded(N)) bad("the length of the plaintext"); // [ARC-9]
  const at = new Decoder(await source.bytes(N - 8, 8), ERROR).uint64(), size = N - 8 - at;
  if (size < 109 || size > 964) bad("the trailer"); // [ARC-18]
  const index = checkIndex(decodeIndex(await source.bytes(at, size)), N, at, id);
  const other = index.segments.find((r) => r.container !== id);
  if (other) fail("missing_container", `a segment in ${other.container}`); // [ARC-24]
  const records = decodeSegment(await source.bytes(index.segment, at - index.segment), id, !index.inSet);
  checkRecords(records, index.inSet, index.region);
  return { ...index, records };
}
