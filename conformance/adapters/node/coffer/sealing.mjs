// Sealing containers: chapters 6 to 8, as they concern writers.
import { fail } from "./errors.mjs";
import { bytesOf, compare, concat, isWellFormed, sourceOf } from "./bytes.mjs";
import { time, uint, vector } from "./structures.mjs";
import { randomBytes } from "./primitives.mjs";
import { derive } from "./keys.mjs";
import { PREFIX, seal } from "./cobblestone.mjs";
import { isKnown, sealSlots } from "./slots.mjs";
import { ARCHIVE, payloadContext, readHeader, sealHeader, unlock } from "./header.mjs";
import { decodeArchive, padded } from "./archive.mjs";

/** A container of whose payload plaintextOf(container id) is the plaintext. random(n) gives n bytes. */
export async function sealContainer(purpose, K, slots, plaintextOf, random = randomBytes) {
  const sealed = await sealSlots(K, slots, random), id = random(24); // [HDR-1]
  const payload = await seal(await derive(K, "payload"), id, payloadContext(purpose), await plaintextOf(id));
  return concat(await sealHeader(K, purpose, concat(...sealed), payload.subarray(0, PREFIX)), payload);
}

const encodeEntry = (e) =>
  concat(vector(bytesOf(e.path), 1024), uint(e.kind, 1), time(e.modified_ms), uint(e.content.length, 8));

/** The plaintext of section 8.1, of a stand-alone archive. */
function encodeArchive(id, entries, created_ms, producer) {
  const frames = [], records = [];
  let offset = 0;
  const inOrder = [...entries].sort((a, b) => (b.kind === 1) - (a.kind === 1)); // [ARC-2]; the sort is stable
  for (const given of inOrder) {
    const entry = { ...given, path: given.path.normalize("NFC") }; // [ARC-6]
    if (!isWellFormed(entry.path)) fail("unsafe_path", "a path that is no text");
    if (entry.kind > 8) fail("malformed_archive", "an unknown kind"); // [ARC-4]
    const head = concat([1], encodeEntry(entry));
    frames.push(head, entry.content);
    records.push({ path: bytesOf(entry.path), encoded: concat(vector(concat(id, uint(offset, 8)), 32768), encodeEntry(entry)) });
    offset += head.length + entry.content.length;
  }
  records.sort((a, b) => compare(a.path, b.path)); // [ARC-11]
  const segment = concat([3], vector(concat(...records.map((r) => r.encoded)), 67108864), uint(0, 4), uint(0, 3));
  const index = (at) => concat([4], new Uint8Array(32), time(created_ms), [1], new Uint8Array(24),
    vector(bytesOf(producer), 255), vector(concat(id, uint(at, 8), uint(segment.length, 8)), 640));
  const L = offset + 9 + segment.length + index(0).length + 8, n = padded(L) - L; // [ARC-8]
  const at = offset + 9 + n;
  return concat(...frames, [2], uint(n, 8), new Uint8Array(n), segment, index(at), uint(at + segment.length, 8));
}
/** A stand-alone archive, as a Uint8Array. Entries are {path, kind, modified_ms, content}; a time may be null. */
export async function sealArchive({ key, slots, entries, created_ms, producer }, random) {
  if (!isWellFormed(producer)) fail("malformed_archive", "a producer that is no text");
  return sealContainer(ARCHIVE, key, slots, async (id) => {
    const plaintext = encodeArchive(id, entries, created_ms, producer);
    await decodeArchive(sourceOf(plaintext), id); // what a reader would refuse is not sealed [CON-10]
    return plaintext;
  }, random);
}
/** The container with other slots, and the same payload [HDR-4]. Slots of unknown types stay at their places [SLT-3]. */
export async function setSlots(file, secret, slots, random = randomBytes) {
  const h = await readHeader(file), { K } = await unlock(h, secret), fresh = await sealSlots(K, slots, random), out = [];
  for (const slot of h.slots) {
    if (!isKnown(slot)) out.push(slot.encoded);
    else if (fresh.length) out.push(fresh.shift());
  }
  const header = await sealHeader(K, h.purpose, concat(...out, ...fresh), h.first);
  return concat(header, await h.payload.bytes(0, h.payload.length));
}
