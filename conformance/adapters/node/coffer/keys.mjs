// Chapter 3: keys.
import { fail } from "./errors.mjs";
import { bytesOf, equal, hex, unhex } from "./bytes.mjs";
import { hmac, randomBytes } from "./primitives.mjs";

/** A new backup key [KEY-1], [KEY-2]. */
export const newKey = () => randomBytes(32);

/** Section 3.2: Derive(K, label). */
export const derive = async (key, label) => (await hmac(key, bytesOf(`coffer/v1 ${label}\x01`))).subarray(0, 32);
export const keyCheckOf = (key) => derive(key, "key check");
export const fits = async (key, keyCheck) => equal(await keyCheckOf(key), keyCheck);

/** Section 3.3: the key that somebody typed. It is given as a text, or as the bytes of one. */
export function parseKey(typed) {
  const isText = typeof typed === "string", text = isText ? typed : new TextDecoder("utf-8", { ignoreBOM: true }).decode(typed);
  if ((isText ? bytesOf(text) : typed).length > 4096) fail("malformed_key", "the text has more than 4096 bytes"); // [KEY-5]
  let digits = "", n = 0;
  for (const c of text) {
    n++;
    if ("\t\n\v\f\r -".includes(c)) continue; // [KEY-6]
    if (!/^[0-9a-fA-F]$/.test(c)) fail("malformed_key", `character ${n} is no digit of a key`); // [KEY-8], [KEY-10]
    digits += c; // [KEY-7]
  }
  if (digits.length !== 64) fail("malformed_key", `the key has ${digits.length} digits instead of 64`); // [KEY-9], [KEY-11]
  return unhex(digits);
}
/** Section 3.3: the key as it is shown [KEY-4]. */
export function formatKey(key) {
  const groups = hex(key).match(/.{4}/g);
  return [0, 4, 8, 12].map((i) => groups.slice(i, i + 4).join(" ")).join("\n");
}
/** Section 3.4. */
export const fingerprintOf = (keyCheck) => hex(keyCheck).replace(/^(.{4})(.{4}).*$/, "$1-$2");

/** Section 3.5: the key that was meant, or null. Nothing may use it before the holder has agreed [KEY-18]. */
export async function repairKey(key, keyCheck) {
  const typed = hex(key), candidates = new Set([typed]);
  const put = (i, digits) => candidates.add(typed.slice(0, i) + digits + typed.slice(i + digits.length));
  for (let i = 0; i < 64; i++) for (const d of "0123456789abcdef") put(i, d);
  for (let i = 0; i < 63; i++) put(i, typed[i + 1] + typed[i]);
  const found = await Promise.all([...candidates].map(async (c) => ((await fits(unhex(c), keyCheck)) ? unhex(c) : null)));
  return found.find((k) => k) ?? null;
}
