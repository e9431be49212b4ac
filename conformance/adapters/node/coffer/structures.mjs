// Section 2.4: the structures of the TLS presentation language.
import { fail } from "./errors.mjs";
import { concat } from "./bytes.mjs";

export const MAX = 4503599627370495; // 2^52 - 1 [CON-4]: sums of a few such integers are exact in a JavaScript number
const EPOCH = 2 ** 51; // what is added to the milliseconds of a time (section 8.1)
const prefixOf = (max) => (max < 2 ** 8 ? 1 : max < 2 ** 16 ? 2 : max < 2 ** 24 ? 3 : 4);

/** Decodes a byte string from its beginning. Every refusal has the name that is given. */
export class Decoder {
  constructor(bytes, error) { this.bytes = bytes; this.error = error; this.at = 0; }
  get left() { return this.bytes.length - this.at; }
  refuse(why) { fail(this.error, why); }
  take(n) {
    if (n > this.left) this.refuse("a structure ends early"); // [CON-1], [CON-3]
    return this.bytes.subarray(this.at, (this.at += n));
  }
  uint(n) { return this.take(n).reduce((v, b) => v * 256 + b, 0); }
  uint64() {
    const v = this.uint(8);
    return v > MAX ? this.refuse("an integer above 2^52 - 1") : v; // [CON-5]; rounding cannot bring it below
  }
  time() {
    const v = this.uint64();
    return v === 0 ? null : v - EPOCH;
  }
  vector(min, max) {
    const n = this.uint(prefixOf(max));
    if (n < min || n > max) this.refuse("the length of a vector is out of its bounds"); // [CON-1]
    return this.take(n);
  }
  done() { if (this.left) this.refuse("bytes behind a structure"); } // [CON-2]
}

/** An integer in n bytes. What no reader would take is not written [CON-4], [CON-10]. */
export function uint(v, n) {
  if (!Number.isInteger(v) || v < 0 || v > Math.min(MAX, 256 ** n - 1)) fail("limit_exceeded", `the integer ${v}`);
  const out = new Uint8Array(n);
  for (let i = n - 1, rest = v; i >= 0; i--, rest = Math.floor(rest / 256)) out[i] = rest % 256;
  return out;
}
/** A time, in milliseconds since 1970 or null. What 2^51 cannot be added to is not written [ARC-82]. */
export function time(t) {
  if (t === null) return uint(0, 8);
  return t > -EPOCH && t < EPOCH ? uint(t + EPOCH, 8) : fail("limit_exceeded", `the time ${t}`);
}
export function vector(bytes, max) {
  if (bytes.length > max) fail("limit_exceeded", `a vector of ${bytes.length} bytes`);
  return concat(uint(bytes.length, prefixOf(max)), bytes);
}
/** A field of exactly n bytes. */
export function fixed(bytes, n) {
  if (bytes.length !== n) throw new RangeError(`a field of ${n} bytes was given ${bytes.length}`);
  return bytes;
}
