// Byte strings: they are Uint8Array everywhere, and never changed once made.

export function concat(...parts) {
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const p of parts) { out.set(p, at); at += p.length; }
  return out;
}
/** Bytewise order, as of Array.prototype.sort. */
export function compare(a, b) {
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) if (a[i] !== b[i]) return a[i] - b[i];
  return a.length - b.length;
}
/** Whether two byte strings are equal, in time that does not depend on where they differ [CON-8]. */
export function equal(a, b) {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= a[i] ^ b[i];
  return difference === 0;
}
export const isZero = (b) => b.every((x) => x === 0);

/** The text of UTF-8, or null if it is not valid. A BOM is a character like any other. */
export function textOf(b) {
  try { return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(b); } catch { return null; }
}
const encoder = new TextEncoder();
/** UTF-8 of a text, which TextEncoder would change if it had an unpaired surrogate: see isWellFormed. */
export const bytesOf = (text) => encoder.encode(text);
export const isWellFormed = (text) => !/\p{Surrogate}/u.test(text);

const DIGITS = bytesOf("0123456789abcdef");
export function hex(b) {
  const out = new Uint8Array(2 * b.length);
  for (let i = 0; i < b.length; i++) { out[2 * i] = DIGITS[b[i] >> 4]; out[2 * i + 1] = DIGITS[b[i] & 15]; }
  return textOf(out);
}
const VALUES = new Uint8Array(128);
"0123456789".split("").forEach((d, i) => { VALUES[d.charCodeAt(0)] = i; });
"abcdef".split("").forEach((d, i) => { VALUES[d.charCodeAt(0)] = VALUES[d.toUpperCase().charCodeAt(0)] = 10 + i; });
/** The bytes of an even number of hexadecimal digits. */
export function unhex(digits) {
  const d = bytesOf(digits), out = new Uint8Array(d.length / 2);
  for (let i = 0; i < out.length; i++) out[i] = (VALUES[d[2 * i]] << 4) | VALUES[d[2 * i + 1]];
  return out;
}

/** What a container is read from, `length` bytes of which bytes(offset, n) gives some: of a Uint8Array, a Blob or itself. */
export function sourceOf(file) {
  if (file instanceof Uint8Array) return { length: file.length, bytes: async (offset, n) => file.subarray(offset, offset + n) };
  if (!(file instanceof Blob)) return file;
  return { length: file.size, bytes: async (offset, n) => new Uint8Array(await file.slice(offset, offset + n).arrayBuffer()) };
}
/** A source without its first bytes. */
export const behind = (source, start) =>
  ({ length: source.length - start, bytes: (offset, n) => source.bytes(start + offset, n) });
