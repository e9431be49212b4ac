// Chapter 10: salvage.
import { createHash } from "node:crypto";
import { CofferError, Decoder, fail } from "./wire.mjs";
import { derive, fits } from "./keys.mjs";
import { KEYRING, contextOf, macVerifies, readHeader } from "./header.mjs";
import { CHUNK, SEALED, commitmentFits, derivation, openChunk } from "./cobblestone.mjs";
import { matching, openSlot } from "./slots.mjs";
import { decodeEntry, decodeSegment, frameOf, openArchive, safePath } from "./archive.mjs";

class Lost extends CofferError { constructor() { super("payload_tampered", "lost"); } }

/** The plaintext with holes: bytes() throws Lost where a byte is lost. */
class Holes {
  constructor(key, context, payload) {
    this.d = derivation(key, payload.subarray(0, 24), context);
    const rest = payload.length - 56, last = rest % SEALED;
    this.chunks = [];
    for (let i = 0; i * SEALED < rest; i++) this.chunks.push(openChunk(this.d, payload, i));
    this.length = Math.floor(rest / SEALED) * CHUNK + Math.max(0, last - 16);
    this.endKnown = last >= 16 && this.chunks.at(-1) !== null;
    this.damaged = this.chunks.includes(null);
  }
  /** The ranges of [offset, offset + length) that are lost, relative to offset, joined. */
  lost(offset, length) {
    const out = [], end = offset + length;
    for (let p = offset; p < end;) {
      const i = Math.floor(p / CHUNK), c = p < this.length ? this.chunks[i] : null;
      const stop = p >= this.length ? end : Math.min(end, (i + 1) * CHUNK, this.length);
      if (!c) {
        if (out.length && out.at(-1)[0] + out.at(-1)[1] === p - offset) out.at(-1)[1] += stop - p;
        else out.push([p - offset, stop - p]);
      }
      p = stop;
    }
    return out;
  }
  bytes(offset, length) {
    if (this.lost(offset, length).length) throw new Lost();
    const out = [];
    for (let p = offset; p < offset + length;) {
      const piece = this.chunks[Math.floor(p / CHUNK)].subarray(p % CHUNK, (p % CHUNK) + offset + length - p);
      out.push(piece);
      p += piece.length;
    }
    return Buffer.concat(out);
  }
}

/** A refusal of slots or of what opens them is called damage where the header is damaged [section 10.1]. */
const damagedFirst = (name, faults) => fail(faults.includes("damaged_header") ? "damaged_header" : name);

function fromSlot(h, secret, faults) {
  try {
    return openSlot(matching(h.slots, secret), secret);
  } catch (e) {
    if (!(e instanceof CofferError) || e.code === "malformed_password") throw e;
    return damagedFirst(e.code, faults);
  }
}

/** K, and the faults on the way [section 10.1]. */
function unlockDamaged(h, secret, faults) {
  const note = (name) => faults.push(name);
  const fitsPayload = (K) => commitmentFits(derive(K, "payload"), contextOf(1), h.payload);
  const K = secret.kind === "key" ? secret.key : fromSlot(h, secret, faults);
  if (!fits(K, h.keyCheck)) {
    if (!fitsPayload(K)) fail("wrong_secret"); // [SLV-4]
    note("header_tampered"); // [HDR-18], [SLT-9]
  }
  if (!macVerifies(K, h)) note("header_tampered");
  else if (h.purpose === KEYRING) fail("malformed_archive", "keyring"); // [SLV-15]
  if (!fitsPayload(K)) { note("payload_tampered"); fail(faults[0]); }
  return K;
}

function status(source, start, size, entry) {
  const lost = source.lost(start, size), n = lost.reduce((a, [, l]) => a + l, 0);
  if (n === 0) {
    const h = createHash("sha512");
    for (let p = 0; p < size; p += CHUNK) h.update(source.bytes(start + p, Math.min(CHUNK, size - p)));
    return { ...entry, status: "whole", lost, sha512: h.digest() };
  }
  return { ...entry, status: n === size ? "missing" : "damaged", lost };
}
const missing = (entry) => ({ ...entry, status: "missing", lost: [] });

function walk(source) {
  const frames = [], unsafe = [];
  let p = 0, padding = false;
  const horizon = Number.MAX_SAFE_INTEGER;
  try {
    while (!padding) {
      const d = new Decoder(source, p, horizon, "malformed_archive"), type = d.u(1);
      if (type === 1) {
        const e = decodeEntry(d);
        frames.push({ offset: p, start: d.pos, ...e });
        p = d.pos + e.size;
      } else if (type === 2) { p = d.u64() + d.pos; padding = true; } else break;
    }
  } catch (e) { if (!(e instanceof CofferError)) throw e; }
  return { frames, end: p };
}

export function salvage(file, secret) {
  const faults = [], note = (name) => faults.push(name);
  const tolerate = (name, what) => {
    note(name);
    if (what === "slots" && secret.kind !== "key") damagedFirst(name, faults);
  };
  const h = readHeader(file, tolerate);
  const K = unlockDamaged(h, secret, faults);
  const source = new Holes(derive(K, "payload"), contextOf(1), h.payload);
  const out = { indexed: false, end_reached: true, walk_end: null, entries: [], unsafe: [] };
  let archive = null;
  if (source.endKnown) {
    try { archive = openArchive(source, h.id); } catch (e) { if (!(e instanceof CofferError)) throw e; note(e.code); }
  } else note("payload_tampered");
  if (archive) {
    out.indexed = true;
    for (const r of archive.records) {
      const entry = { ...r, confirmed: true };
      try {
        if (!r.own) fail("missing_container");
        out.entries.push(status(source, frameOf(source, archive, r), r.size, entry));
      } catch (e) { if (!(e instanceof CofferError)) throw e; note(e.code); out.entries.push(missing(entry)); }
    }
  } else {
    const w = walk(source);
    let segment = null;
    try { segment = decodeSegment(source, w.end, null, Number.MAX_SAFE_INTEGER, true); } catch (e) { if (!(e instanceof CofferError)) throw e; }
    const records = new Map(segment?.live.filter((r) => r.container.equals(h.id)).map((r) => [r.offset, r]));
    for (const f of w.frames) {
      if (segment) {
        const r = records.get(f.offset);
        if (!r) continue; // abandoned
        const entry = { ...r, confirmed: true };
        if (r.size === f.size) out.entries.push(status(source, f.start, f.size, entry));
        else { note("malformed_archive"); out.entries.push(missing(entry)); }
      } else {
        const text = safePath(f.path);
        if (text === null) { note("unsafe_path"); out.unsafe.push(f.offset); } // [SLV-8]
        else out.entries.push(status(source, f.start, f.size, { ...f, text, confirmed: false }));
      }
    }
    out.end_reached = segment !== null;
    if (!out.end_reached) out.walk_end = w.end;
  }
  if (source.damaged) note("payload_tampered");
  out.fault = faults[0] ?? null;
  return out;
}
