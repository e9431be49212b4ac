// Chapter 4: Cobblestone-256.
import { createCipheriv, createDecipheriv } from "node:crypto";
import { CofferError, fail } from "./wire.mjs";
import { equal, hmac } from "./keys.mjs";

export const CHUNK = 16384, SEALED = 16400, LONGEST = 4507997673881655;
const NAME = Buffer.from("c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0");

export function derivation(inputKey, salt, context) {
  if (inputKey.length !== 32) throw new RangeError("input key"); // [COB-1]
  const info = Buffer.concat([NAME, salt, Buffer.from(context)]);
  const t1 = hmac(inputKey, info, "\x01"), okm = Buffer.concat([t1, hmac(inputKey, t1, info, "\x02")]);
  return { key: okm.subarray(0, 32), nonce: okm.subarray(32, 44), commitment: okm.subarray(44, 76) };
}
function nonceOf(base, i) {
  const n = Buffer.from(base), k = Buffer.alloc(8);
  k.writeBigUInt64BE(BigInt(i));
  for (let j = 0; j < 8; j++) n[4 + j] ^= k[j];
  return n;
}
export function seal(inputKey, salt, context, plaintext) {
  const d = derivation(inputKey, salt, context), out = [salt, d.commitment];
  for (let i = 0; i * CHUNK <= plaintext.length; i++) {
    const c = createCipheriv("aes-256-gcm", d.key, nonceOf(d.nonce, i));
    out.push(c.update(plaintext.subarray(i * CHUNK, (i + 1) * CHUNK)), c.final(), c.getAuthTag());
  }
  return Buffer.concat(out);
}
/** The checks of a length: [COB-8] to [COB-10], [HDR-11], [HDR-12]. */
export function lengthFault(n) {
  if (n < 72 || (n - 56) % SEALED < 16) return "truncated";
  return n > LONGEST ? "limit_exceeded" : null;
}
export const commitmentFits = (inputKey, context, message) =>
  message.length >= 56 && equal(derivation(inputKey, message.subarray(0, 24), context).commitment, message.subarray(24, 56));

/** Chunk i of a message of whatever length, or null: what opening and salvage share. */
export function openChunk(d, message, i) {
  const sealed = message.subarray(56 + i * SEALED, 56 + (i + 1) * SEALED);
  if (sealed.length < 16) return null;
  const c = createDecipheriv("aes-256-gcm", d.key, nonceOf(d.nonce, i), { authTagLength: 16 });
  c.setAuthTag(sealed.subarray(-16));
  const plain = c.update(sealed.subarray(0, -16));
  try { c.final(); return plain; } catch { return null; }
}

/** An opening of a whole message; every error stays [COB-14]. */
export class Message {
  constructor(inputKey, context, message) {
    const fault = lengthFault(message.length);
    if (fault) fail(fault);
    if (!commitmentFits(inputKey, context, message)) fail("wrong_secret");
    this.d = derivation(inputKey, message.subarray(0, 24), context);
    this.message = message;
    this.chunks = Math.ceil((message.length - 56) / SEALED);
    this.length = message.length - 56 - 16 * this.chunks;
    this.cache = new Map();
    this.opened = new Set();
    this.error = null;
  }
  chunk(i) {
    if (this.error) throw this.error;
    let p = this.cache.get(i);
    if (!p) {
      p = openChunk(this.d, this.message, i);
      if (!p) throw (this.error = new CofferError("payload_tampered", `chunk ${i}`));
      this.opened.add(i);
      if (this.cache.size > 64) this.cache.clear();
      this.cache.set(i, p);
    }
    return p;
  }
  openLast() { if (!this.opened.has(this.chunks - 1)) this.chunk(this.chunks - 1); } // [COB-19]
  /** What there is of a range, chunk by chunk. */
  *pieces(offset, length) {
    this.openLast();
    const end = Math.min(offset + length, this.length);
    while (offset < end) {
      const at = offset % CHUNK, p = this.chunk(Math.floor(offset / CHUNK)).subarray(at, at + end - offset);
      yield p;
      offset += p.length;
    }
  }
  bytes(offset, length) { return Buffer.concat([...this.pieces(offset, length)]); }
}

export function open(inputKey, context, message) {
  const m = new Message(inputKey, context, message), out = [];
  try {
    for (let i = 0; i < m.chunks; i++) out.push(m.chunk(i));
  } catch (e) { e.released = Buffer.concat(out); throw e; }
  return Buffer.concat(out);
}
