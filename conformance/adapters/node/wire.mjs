// Chapter 2 and 11: errors, and the presentation language.
export class CofferError extends Error {
  constructor(code, detail = "") { super(`${code} ${detail}`); this.code = code; this.detail = detail; }
}
export const fail = (code, detail) => { throw new CofferError(code, detail); };
export const MAX = 4503599627370495; // 2^52 - 1 [CON-4]

/** Decodes from anything with bytes(offset, length) and a limit; every refusal has the name given. */
export class Decoder {
  constructor(source, pos, end, error) { Object.assign(this, { source, pos, end, error }); }
  static of(buffer, error) { return new Decoder({ bytes: (o, n) => buffer.subarray(o, o + n) }, 0, buffer.length, error); }
  bad(detail) { fail(this.error, detail); }
  take(n) {
    if (n > this.end - this.pos) this.bad("ends early"); // [CON-3]
    const b = this.source.bytes(this.pos, n);
    this.pos += n;
    return b;
  }
  u(n) { return this.take(n).readUIntBE(0, n); }
  u64() {
    const b = this.take(8), v = b.readUInt32BE(0) * 2 ** 32 + b.readUInt32BE(4);
    return v > MAX ? this.bad("integer above 2^52-1") : v; // [CON-5]
  }
  vector(min, max) {
    const n = this.u(max < 256 ? 1 : max < 65536 ? 2 : max < 16777216 ? 3 : 4);
    if (n < min || n > max) this.bad("vector out of bounds"); // [CON-1]
    return this.take(n);
  }
  done() { if (this.pos !== this.end) this.bad("trailing bytes"); } // [CON-2]
}

export const uint = (v, n) => { const b = Buffer.alloc(n); for (let i = n; i--; v = Math.floor(v / 256)) b[i] = v % 256; return b; };
export const vector = (b, max) => Buffer.concat([uint(b.length, max < 256 ? 1 : max < 65536 ? 2 : max < 16777216 ? 3 : 4), b]);
export const utf8 = (b) => { // the text, or null if it is not UTF-8
  try { return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(b); } catch { return null; }
};
