// Chapter 8: the structures of an archive, and opening one (section 8.6).
import { fail } from "./errors.mjs";
import { compare, hex, isZero, textOf } from "./bytes.mjs";
import { Decoder } from "./structures.mjs";
import { overlay, runFits, suppliedBy } from "./pieces.mjs";

const ERROR = "malformed_archive", LIST = 67108864, STORED = 5242880, RUNS = 8388608;
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
 * The frame at an offset, whose fields may reach up to `end`: an entry frame, a piece frame if there may be `pieces`, a
 * padding frame, or another of which only the type is read. `length` is that of what stands behind the fields. Each field
 * is checked before the next is read, since that may lie in a chunk that does not open.
 */
export async function readFrame(source, offset, end, pieces) {
  let at = offset;
  const field = async (n) => {
    if (n > end - at) bad("a frame is too long"); // [CON-3]
    const bytes = await source.bytes(at, n);
    at += n;
    return new Decoder(bytes, ERROR);
  };
  const type = (await field(1)).uint(1);
  if (type === 2) return { type, length: (await field(8)).uint64(), start: at };
  if (type !== 1 && !(type === 5 && pieces)) return { type }; // [ARC-89]
  const n = (await field(2)).uint(2);
  if (n < 1 || n > 1024) bad("the length of a path");
  const pathBytes = (await field(n)).bytes, kind = (await field(1)).uint(1);
  const modified_ms = (await field(8)).time(), size = (await field(8)).uint64();
  const frame = { type, pathBytes, kind, modified_ms, size, length: size };
  if (type === 5) Object.assign(frame, await readRuns(field, size));
  return { ...frame, start: at };
}
async function readRuns(field, size) {
  const n = (await field(3)).uint(3), runs = [];
  if (n < 8 || n > RUNS || n % 8) bad("the length of the runs");
  for (let after = -1; runs.length < n / 8;) {
    const d = await field(8), run = { first: d.uint(4), count: d.uint(4) };
    if (!runFits(run, after, size)) bad("a run"); // [ARC-88]
    runs.push(run);
    after = run.first + run.count;
  }
  return { runs, length: suppliedBy(runs, size) };
}
/** The frame at a place of a record [ARC-26]. */
export async function readPlace(source, place, pieces) {
  const frame = await readFrame(source, place.offset, place.limit, pieces);
  if (frame.type !== 1 && frame.type !== 5) bad("a place of what is neither an entry frame nor a piece frame");
  if (place.size !== undefined && frame.size !== place.size) bad("the sizes of a frame and of its record differ");
  if (frame.length > place.limit - frame.start) bad("the frame of an entry is too long");
  return frame;
}
/** Where the content of an entry lies, all of whose places are the container's own [ARC-95]. */
export async function contentOf(source, record, pieces) {
  const frames = [];
  for (const place of record.places) frames.push(await readPlace(source, place, pieces));
  return overlay(frames, record.size);
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
  if (ix.segments.some((r) => r.length < 12 || r.length > 2 * LIST + STORED + 12)) bad("the length of a segment"); // [ARC-40]
  if (inSet !== (ix.generation !== 0) || inSet !== (ix.epoch !== 0)) bad("the place in a set"); // [ARC-21]
  if (!inSet && (ix.complete !== 1 || !isZero(ix.previous) || ix.segments.length > 1)) bad("a stand-alone index"); // [ARC-22]
  return { ...ix, producer, inSet, segment: own.offset, region: own.offset - 9 };
}

/** The length of the segment frame at an offset, for who has no index. */
export async function segmentLength(source, offset) {
  const uint = async (at, n) => new Decoder(await source.bytes(offset + at, n), ERROR).uint(n);
  if ((await uint(0, 1)) !== 3) bad("no segment frame");
  const live = await uint(1, 4), removed = live > LIST ? bad("a segment") : await uint(5 + live, 4);
  const stored = removed > LIST ? bad("a segment") : await uint(9 + live + removed, 3);
  return stored > STORED ? bad("a segment") : 12 + live + removed + stored;
}
function decodePlaces(bytes, id) {
  const d = new Decoder(bytes, ERROR), places = [];
  while (d.left) {
    const container = hex(d.take(24));
    places.push({ container, offset: d.uint64(), own: container === id });
  }
  return places;
}
function decodeStored(bytes) {
  const d = new Decoder(bytes, ERROR), stored = [];
  for (let last = null; d.left;) {
    const x = { container_id: d.take(24), generation: d.uint64(), epoch: d.uint64(), length: d.uint64(), digest: d.take(32) };
    if (x.epoch === 0 || (last && compare(last, x.container_id) >= 0)) bad("the stored containers"); // [ARC-91]
    stored.push(x);
    last = x.container_id;
  }
  return stored;
}
/** Step 3 of section 8.6, without [ARC-24]: the records and the stored containers of a segment frame. */
export function decodeSegment(bytes, id, standAlone) {
  const d = new Decoder(bytes, ERROR);
  if (d.uint(1) !== 3) bad("the index names what is no segment frame");
  const live = new Decoder(d.vector(0, LIST), ERROR), removed = new Decoder(d.vector(0, LIST), ERROR);
  const storedBytes = d.vector(0, STORED);
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
    const places = decodePlaces(live.vector(32, 32768), id), pathBytes = live.vector(1, 1024);
    const kind = live.uint(1), modified_ms = live.time(), size = live.uint64();
    const path = next(pathBytes);
    places.at(-1).size = size;
    records.push({ path, kind: kindOf(kind), modified_ms, size, places, own: places.every((p) => p.own) });
    paths.add(path);
  }
  last = null;
  const gone = [];
  while (removed.left) {
    gone.push(next(removed.vector(1, 1024)));
    if (paths.has(gone.at(-1))) bad("a path that is live and removed"); // [ARC-12]
  }
  const stored = decodeStored(storedBytes);
  if (standAlone && (removed.bytes.length || stored.length)) bad("a stand-alone archive with what is not in it"); // [ARC-22]
  return { records, removed: gone, stored };
}
/**
 * Step 4 of section 8.6, for the container with this id. Gives each place `limit`, where the frame must have ended [ARC-26],
 * unless it is the last one in another container.
 */
export function checkRecords(records, stored, { inSet, region }, id) {
  const paths = new Set(records.map((r) => r.path));
  for (const path of paths)
    for (let i = path.indexOf("/"); i >= 0; i = path.indexOf("/", i + 1))
      if (paths.has(path.slice(0, i))) bad("a path is the folder of another"); // [ARC-13]
  if (stored.some((x) => hex(x.container_id) === id)) bad("the container lists itself"); // [ARC-92]
  for (const { places, own, size } of records) {
    for (const p of places) {
      p.least = places.length === 1 ? 21 + size : 21;
      if (p.own && p.offset + p.least > region) bad("a place outside the entry region"); // [ARC-15]
    }
    if (!inSet && (!own || places.length > 1)) bad("a stand-alone archive with places of another container, or several"); // [ARC-22]
  }
  const order = (a, b) => (a.container === b.container ? a.offset - b.offset : a.container < b.container ? -1 : 1);
  const inOrder = records.flatMap((r) => r.places).sort(order);
  inOrder.forEach((p, i) => {
    const next = inOrder[i + 1];
    p.limit = next?.container === p.container ? next.offset : p.own ? region : Infinity;
    if (next?.container === p.container && p.offset + p.least > next.offset) bad("frames that overlap"); // [ARC-14]
  });
}

/** Steps 1 and 2 of section 8.6, over a source of the plaintext of the container with this id. */
export async function readIndex(source, id) {
  const N = source.length;
  if (N < 128 || N !== padded(N)) bad("the length of the plaintext"); // [ARC-9]
  const at = new Decoder(await source.bytes(N - 8, 8), ERROR).uint64(), size = N - 8 - at;
  if (size < 109 || size > 964) bad("the trailer"); // [ARC-18]
  return checkIndex(decodeIndex(await source.bytes(at, size)), N, at, id);
}
/** The segment that an index refers to, in the container with this id. */
export const readSegment = async (source, { offset, length }, id, standAlone) =>
  decodeSegment(await source.bytes(offset, length), id, standAlone);

/** Section 8.6, for a container by itself. The records are in the order of the paths. */
export async function decodeArchive(source, container_id) {
  const id = hex(container_id), index = await readIndex(source, id);
  const other = index.segments.find((r) => r.container !== id);
  if (other) fail("missing_container", `a segment in ${other.container}`); // [ARC-24]
  const { records, stored } = await readSegment(source, index.segments.at(-1), id, !index.inSet);
  checkRecords(records, stored, index, id);
  return { ...index, records, stored };
}
