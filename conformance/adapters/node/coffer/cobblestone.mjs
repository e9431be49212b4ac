// Chapter 4: Cobblestone-256.
import { CofferError, fail } from "./errors.mjs";
import { behind, bytesOf, concat, equal } from "./bytes.mjs";
import { fixed, uint } from "./structures.mjs";
import { AesGcm, hmac, hmacUnder } from "./primitives.mjs";

export const CHUNK = 16384, SEALED = 16400, PREFIX = 56;
export const LONGEST = 4507997673881655;
const NAME = bytesOf("c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0");

/** The key schedule of section 4.2, and the chunks of one message. */
export class Cipher {
  static async derive(inputKey, salt, context) {
    const info = concat(NAME, salt, context), prk = fixed(inputKey, 32); // [COB-1]
    const t1 = await hmac(prk, info, [1]), t2 = await hmac(prk, t1, info, [2]); // HKDF-Expand: 76 of 128 bytes [COB-2]
    const cipher = new Cipher();
    cipher.aes = new AesGcm(t1.subarray(0, 32));
    cipher.baseNonce = t1.subarray(32, 44);
    cipher.commitment = concat(t1.subarray(44), t2.subarray(0, 12));
    return cipher;
  }
  /** The cipher of the message that begins with these 56 bytes, or null if the commitment does not fit. */
  static async fitting(inputKey, context, prefix) {
    if (prefix.length < PREFIX) return null;
    const cipher = await Cipher.derive(inputKey, prefix.subarray(0, 24), context);
    return equal(cipher.commitment, prefix.subarray(24, PREFIX)) ? cipher : null;
  }
  /** The first offset at which 56 bytes begin a message of this input key, or -1. */
  static async find(inputKey, context, bytes) {
    const t1 = await hmacUnder(inputKey), likely = async (at) => { // by the part of the commitment that T(1) has
      const t = await t1(NAME, bytes.subarray(at, at + 24), context, [1]);
      return equal(t.subarray(44), bytes.subarray(at + 24, at + 44)) ? at : -1;
    };
    for (let from = 0; from + PREFIX <= bytes.length; from += 512) { // so many at a time
      const offsets = Array.from({ length: Math.min(512, bytes.length - PREFIX + 1 - from) }, (_, i) => from + i);
      for (const at of await Promise.all(offsets.map(likely)))
        if (at >= 0 && (await Cipher.fitting(inputKey, context, bytes.subarray(at, at + PREFIX)))) return at;
    }
    return -1;
  }
  nonce(i) { // section 4.3
    const nonce = this.baseNonce.slice();
    uint(i, 8).forEach((b, j) => { nonce[4 + j] ^= b; });
    return nonce;
  }
  sealChunk(i, chunk) { return this.aes.seal(this.nonce(i), chunk); } // [COB-7]
  /** The chunk, or null if it does not open [COB-12]. */
  async openChunk(i, sealed) { return sealed.length < 16 ? null : this.aes.open(this.nonce(i), sealed); }
}

/** Seals a message. Nobody may use the salt for another plaintext [COB-4]. */
export async function seal(inputKey, salt, context, plaintext) {
  const cipher = await Cipher.derive(inputKey, fixed(salt, 24), context), out = [salt, cipher.commitment];
  for (let i = 0; i * CHUNK <= plaintext.length; i++) // [COB-5]
    out.push(await cipher.sealChunk(i, plaintext.subarray(i * CHUNK, (i + 1) * CHUNK)));
  return concat(...out);
}

/** The name under which a message of this length is refused, or null: [COB-8] to [COB-10], [HDR-11], [HDR-12]. */
export function lengthFault(n) {
  if (n < 72 || (n - PREFIX) % SEALED < 16) return "truncated";
  return n > LONGEST ? "limit_exceeded" : null;
}

/** A message that is being opened: a source of its plaintext (section 4.7). */
export class Message {
  static async open(inputKey, context, source) {
    const fault = lengthFault(source.length);
    if (fault) fail(fault, "the length of a message");
    const cipher = await Cipher.fitting(inputKey, context, await source.bytes(0, PREFIX));
    return new Message(cipher ?? fail("wrong_secret", "the commitment"), source); // [COB-11]
  }
  constructor(cipher, source) {
    this.cipher = cipher;
    this.sealed = behind(source, PREFIX);
    this.chunks = Math.ceil(this.sealed.length / SEALED);
    this.length = this.sealed.length - 16 * this.chunks;
    this.recent = new Map(); // the chunks that were opened last
    this.lastOpened = false;
    this.error = null;
  }
  async chunk(i) {
    if (this.error) throw this.error; // [COB-14]
    if (this.recent.has(i)) return this.recent.get(i);
    const at = i * SEALED, sealed = await this.sealed.bytes(at, Math.min(SEALED, this.sealed.length - at));
    const chunk = await this.cipher.openChunk(i, sealed);
    if (chunk === null) throw (this.error ??= new CofferError("payload_tampered", `chunk ${i} does not open`));
    if (this.recent.size >= 16) this.recent.clear();
    this.recent.set(i, chunk);
    return chunk;
  }
  async openLast() { // [COB-19]
    if (this.error) throw this.error; // [COB-14], of a request for no byte, too
    if (!this.lastOpened) await this.chunk(this.chunks - 1);
    this.lastOpened = true;
  }
  /** What there is of a range, chunk by chunk. */
  async *pieces(offset, length) {
    await this.openLast();
    const end = Math.min(offset + length, this.length);
    for (let p = offset; p < end;) {
      const at = p % CHUNK, piece = (await this.chunk(Math.floor(p / CHUNK))).subarray(at, at + end - p);
      yield piece;
      p += piece.length;
    }
  }
  async bytes(offset, length) { return joined(this.pieces(offset, length)); }
}
export async function joined(pieces) {
  const out = [];
  for await (const piece of pieces) out.push(piece);
  return out.length === 1 ? out[0] : concat(...out);
}
