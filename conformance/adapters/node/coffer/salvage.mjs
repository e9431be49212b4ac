// Chapter 10: salvage.
import { CofferError, fail } from "./errors.mjs";
import { behind, hex, sourceOf } from "./bytes.mjs";
import { derive, fits } from "./keys.mjs";
import { matching, openSlot } from "./slots.mjs";
import { ARCHIVE, KEYRING, LONGEST_HEADER, macVerifies, payloadCipher, payloadContext, readHeader } from "./header.mjs";
import { CHUNK, Cipher, LONGEST, PREFIX, SEALED, joined } from "./cobblestone.mjs";
import { contentOf, decodeArchive, decodeSegment, kindOf, paddedBelow, pathOf, readFrame, segmentLength } from "./archive.mjs";
import { overlay, stretchesOf } from "./pieces.mjs";
import { verify } from "./reading.mjs";

/** What a promise gives, or undefined if it is a refusal, of which `note` is told the name. */
async function attempt(promise, note) {
  try { return await promise; } catch (e) {
    if (!(e instanceof CofferError)) throw e;
    note(e.code);
  }
}

/** A source of plaintext with holes, which are refused as `payload_tampered`. Only which chunks open is remembered. */
class Holes {
  static async open(cipher, whole) {
    const payload = await withoutAppended(cipher, whole);
    const holes = new Holes(), sealed = payload.length - PREFIX, last = sealed % SEALED;
    Object.assign(holes, { cipher, payload, appended: whole.length - payload.length, chunks: Math.ceil(sealed / SEALED), lostChunks: new Set() });
    holes.length = Math.floor(sealed / SEALED) * CHUNK + Math.max(0, last - 16);
    for (let i = 0; i < holes.chunks; i++) if ((await holes.chunk(i)) === null) holes.lostChunks.add(i);
    holes.endKnown = last >= 16 && !holes.lostChunks.has(holes.chunks - 1); // section 10.2
    return holes;
  }
  async chunk(i) {
    if (this.recent?.i !== i) {
      const at = PREFIX + i * SEALED, sealed = await this.payload.bytes(at, Math.min(SEALED, this.payload.length - at));
      this.recent = { i, chunk: await this.cipher.openChunk(i, sealed) };
    }
    return this.recent.chunk;
  }
  /** The ranges of [offset, offset + length) that are lost, from offset on, joined [SLV-10]. */
  lost(offset, length) {
    const out = [], end = offset + length;
    for (let p = offset; p < end;) {
      const i = Math.floor(p / CHUNK), beyond = p >= this.length;
      const n = (beyond ? end : Math.min(end, this.length, (i + 1) * CHUNK)) - p, last = out.at(-1);
      if (beyond || this.lostChunks.has(i)) {
        if (last && last[0] + last[1] === p - offset) last[1] += n; else out.push([p - offset, n]);
      }
      p += n;
    }
    return out;
  }
  async *pieces(offset, length) {
    for (let p = offset; p < offset + length;) {
      const at = p % CHUNK, n = Math.min(CHUNK - at, offset + length - p);
      if (this.lost(p, n).length) fail("payload_tampered", "a chunk is lost"); // [SLV-2]
      yield (await this.chunk(Math.floor(p / CHUNK))).subarray(at, at + n);
      p += n;
    }
  }
  async bytes(offset, length) {
    if (this.lost(offset, length).length) fail("payload_tampered", "a chunk is lost"); // before memory is taken [CON-3]
    return joined(this.pieces(offset, length));
  }
  /** The ranges of an entry that are lost, where it lies in these stretches: of them, and between them [SLV-10], [SLV-40]. */
  lostIn(stretches, size) {
    const out = [], lose = (from, n) => {
      const last = out.at(-1);
      if (last && last[0] + last[1] === from) last[1] += n; else if (n) out.push([from, n]);
    };
    let end = 0;
    for (const { from, to, start } of stretches) {
      lose(end, from - end);
      for (const [at, n] of this.lost(start, to - from)) lose(from + at, n);
      end = to;
    }
    lose(end, size - end);
    return out;
  }
  /** What there is of an entry, with zero bytes for what is lost before its last byte that is not [SLV-13]. */
  async filled(stretches, size) {
    const last = this.lostIn(stretches, size).at(-1);
    const out = new Uint8Array(last && last[0] + last[1] === size ? last[0] : size);
    for (const { from, to, start } of stretches)
      for (let p = from; p < Math.min(to, out.length);) {
        const offset = start + p - from, at = offset % CHUNK, n = Math.min(CHUNK - at, to - p, out.length - p);
        const chunk = await this.chunk(Math.floor(offset / CHUNK));
        if (chunk) out.set(chunk.subarray(at, at + n), p);
        p += n;
      }
    return out;
  }
}

/** A payload up to its end, if bytes follow it [SLV-34]. */
async function withoutAppended(cipher, payload) {
  const lastOpens = async (length) => {
    const i = Math.floor((length - PREFIX) / SEALED), at = PREFIX + i * SEALED;
    return (await cipher.openChunk(i, await payload.bytes(at, length - at))) !== null;
  };
  if (await lastOpens(payload.length)) return payload;
  for (let N = Math.min(payload.length, 2 ** 52); (N = paddedBelow(N)) >= 128;) {
    const length = PREFIX + N + 16 * (Math.floor(N / CHUNK) + 1);
    if (length < payload.length && (await lastOpens(length))) return { ...payload, length };
  }
  return payload;
}

/** What opening takes for something else than a whole header of version 1 [SLV-16]. */
const isAnother = (h, faults) => !h || ["not_a_container", "unsupported_version"].includes(faults[0]);

/** K, as section 10.1 says. `faults` are the names of the checks that failed before, `slots` that of the slots'. */
async function keyOf(h, secret, { faults, slots }) {
  if (secret.kind === "key") return secret.key;
  try { return await openSlot(matching(slots || !h ? fail(slots ?? "truncated") : h.slots, secret), secret); } catch (e) {
    if (!(e instanceof CofferError) || e.code === "malformed_password") throw e;
    return fail(faults.includes("damaged_header") ? "damaged_header" : e.code, e.detail); // the slot may be what is damaged
  }
}

/** The payload, its id and its cipher, or null: after the header if K fits there, or at the first place where it does [SLV-36]. */
async function findPayload(source, h, K) {
  const inputKey = await derive(K, "payload"), context = payloadContext(ARCHIVE); // [SLV-20]
  const begin = await source.bytes(0, Math.min(source.length, LONGEST_HEADER + PREFIX));
  const at = async (offset) => {
    const prefix = begin.subarray(offset, offset + PREFIX), cipher = await Cipher.fitting(inputKey, context, prefix);
    return cipher && { cipher, id: prefix.subarray(0, 24), payload: behind(source, offset) };
  };
  const after = h && (await at(h.payload_offset)), offset = after ? -1 : await Cipher.find(inputKey, context, begin);
  return offset < 0 ? after : at(offset);
}

/** The payload as the beginning of the container says that was kept apart, if any of it opens [SLV-39]. */
async function payloadApart(source, h, K) {
  const cipher = await payloadCipher(K, { ...h, purpose: ARCHIVE });
  if (!cipher || source.length < h.payload_offset + PREFIX) return null;
  const found = { cipher, id: h.container_id, payload: behind(source, h.payload_offset) }, plain = await Holes.open(cipher, found.payload);
  return plain.lostChunks.size < plain.chunks ? found : null;
}

/** Reads the header of `file` for salvage: {h, faults, slots} with h null if it is not whole. */
async function examine(file) {
  const checks = { faults: [], slots: undefined };
  const h = await readHeader(file, (name, why, what) => {
    checks.faults.push(name);
    if (what === "slots") checks.slots = name;
  });
  return { ...checks, h: h?.first.length === PREFIX ? h : null };
}

/** K, by the beginning of a container that was kept apart, and its header [SLV-37], [SLV-38]. */
async function openApart(bytes, secret) {
  const checks = await examine(bytes), { h, faults } = checks;
  if (isAnother(h, faults)) fail(faults[0], "the header that was kept apart");
  return { h, K: await keyOf(h, secret, checks) };
}

/** The payload that is to be salvaged. */
async function payloadOf(source, secret, checks, apart) {
  const { h, faults } = checks;
  if (h && h.payload.length > LONGEST) fail(faults[0]); // [SLV-16]
  const K = apart ? apart.K : await keyOf(h, secret, checks);
  const found = (await findPayload(source, h, K)) ?? (apart && (await payloadApart(source, apart.h, K)));
  if (!h || !(await fits(K, h.key_check))) {
    if (!found) fail("wrong_secret"); // [SLV-4]
    faults.push("header_tampered"); // [HDR-18], [SLT-9]
  }
  if (h && !(await macVerifies(K, h))) faults.push("header_tampered"); // [HDR-19]
  else if (h?.purpose === KEYRING) fail("malformed_archive", "a keyring"); // [SLV-15]
  if (h && !(await payloadCipher(K, { ...h, purpose: ARCHIVE }))) faults.push("payload_tampered"); // [HDR-20]
  return found ?? fail(faults[0], "the beginning of the payload is gone");
}

/** An entry that lies in these stretches; they are null if a frame is lost or the entry malformed [SLV-9]. */
function report(source, { path, kind, modified_ms, size }, confirmed, stretches) {
  const entry = { path, kind, modified_ms, size, confirmed };
  if (!stretches) return { ...entry, status: "missing", lost: [], content: async () => new Uint8Array(0) };
  const lost = source.lostIn(stretches, size), n = lost.reduce((sum, [, length]) => sum + length, 0);
  const status = n === 0 ? "whole" : n === size ? "missing" : "damaged";
  return { ...entry, status, lost, content: () => source.filled(stretches, size) };
}

/** Section 10.2: the frames up to where the walk ends, and that. */
async function framesOf(source) {
  const frames = [];
  for (let p = 0; ;) {
    const f = await attempt(readFrame(source, p, Infinity, true), () => {});
    if (f?.start === undefined) return { frames, end: p };
    if (f.type !== 2) frames.push({ ...f, offset: p });
    p = f.start + f.length;
    if (f.type === 2) return { frames, end: p };
  }
}
/** The records of the segment at an offset, if it counts [SLV-29]. */
async function recordsAt(source, end, id) {
  const segment = async () => decodeSegment(await source.bytes(end, await segmentLength(source, end)), id, false);
  const found = await attempt(segment(), () => {}), places = found?.records.flatMap((r) => r.places);
  return places && new Set(places.map((p) => `${p.container} ${p.offset}`)).size === places.length ? found.records : undefined;
}
async function walked(source, id, note) {
  const { frames, end } = await framesOf(source), unsafe = [], entries = [], records = await recordsAt(source, end, id);
  const at = new Map(frames.map((f) => [f.offset, f]));
  for (const r of [...(records ?? [])].sort((a, b) => a.places[0].offset - b.places[0].offset)) { // step F
    if (!r.own || r.places.some((p) => !at.has(p.offset))) continue;
    const own = r.places.map((p) => at.get(p.offset));
    const assembled = async () => (own.at(-1).size === r.size ? overlay(own, r.size) : null);
    entries.push(report(source, r, true, await attempt(assembled(), () => {})));
  }
  for (const f of records ? [] : frames) { // step G
    const path = pathOf(f.pathBytes);
    if (path === null) { unsafe.push(f.offset); note("unsafe_path"); } // [SLV-8]
    else entries.push(report(source, { ...f, path, kind: kindOf(f.kind) }, false, stretchesOf(f))); // [SLV-6], [SLV-7]
  }
  return { indexed: false, end_reached: !!records, walk_end: records ? null : end, entries, unsafe };
}
async function indexed(source, archive, note) {
  await attempt(verify(source, archive), note);
  const entries = [];
  for (const r of archive.records)
    entries.push(report(source, r, true, r.own ? await attempt(contentOf(source, r, archive.inSet), note) : null));
  if (archive.records.some((r) => !r.own)) note("missing_container"); // [ARC-24]
  return { indexed: true, end_reached: true, walk_end: null, entries, unsafe: [] };
}

/**
 * Salvages a container; only if the holder asked for it [SLV-1]. `kept` is its beginning, if that was kept apart. Returns
 * {fault, indexed, end_reached, walk_end, entries, unsafe, appended}, whose fault is the name of the first check that
 * failed, or null. Each entry has status, confirmed, lost, and content(), which promises what [SLV-13] allows to write of it.
 */
export async function salvage(file, secret, kept) {
  const apart = kept && (await openApart(kept, secret)), source = sourceOf(file);
  const checks = await examine(source), { h, faults } = checks, note = (name) => faults.push(name);
  let plain;
  try {
    const { cipher, id, payload } = await payloadOf(source, secret, checks, apart);
    plain = await Holes.open(cipher, payload);
    plain.id = id;
  } catch (e) {
    if (e instanceof CofferError && isAnother(h, faults)) fail(faults[0], e.detail); // [SLV-16]
    throw e;
  }
  if (plain.lostChunks.size || plain.appended) note("payload_tampered");
  const archive = plain.endKnown ? await attempt(decodeArchive(plain, plain.id), note) : undefined;
  const found = archive ? await indexed(plain, archive, note) : await walked(plain, hex(plain.id), note); // [SLV-5]
  return { fault: faults[0] ?? null, ...found, appended: plain.appended };
}
