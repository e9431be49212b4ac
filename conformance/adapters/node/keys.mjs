// Chapter 3: the backup key.
import { createHmac, timingSafeEqual } from "node:crypto";
import { fail } from "./wire.mjs";

export const hmac = (key, ...parts) => { const h = createHmac("sha512", key); parts.forEach((p) => h.update(p)); return h.digest(); };
export const derive = (key, label) => hmac(key, `coffer/v1 ${label}\x01`).subarray(0, 32);
export const equal = (a, b) => a.length === b.length && timingSafeEqual(a, b);
export const fits = (key, keyCheck) => equal(derive(key, "key check"), keyCheck);

export function parseKey(text) {
  if (Buffer.byteLength(text) > 4096) fail("malformed_key", "too long");
  let digits = "", n = 0;
  for (const c of text) {
    n++;
    if ("\t\n\v\f\r -".includes(c)) continue;
    if (!/^[0-9a-fA-F]$/.test(c)) fail("malformed_key", `character ${n}`);
    digits += c.toLowerCase();
  }
  return digits.length === 64 ? Buffer.from(digits, "hex") : fail("malformed_key", `${digits.length} digits`);
}
export function formatKey(key) {
  const groups = key.toString("hex").match(/.{4}/g);
  return [0, 4, 8, 12].map((i) => groups.slice(i, i + 4).join(" ")).join("\n");
}
export const fingerprint = (keyCheck) => keyCheck.toString("hex").replace(/^(.{4})(.{4}).*/, "$1-$2");

export function repairKey(key, keyCheck) {
  const hex = key.toString("hex"), tries = new Set();
  const put = (i, digits) => tries.add(hex.slice(0, i) + digits + hex.slice(i + digits.length));
  for (let i = 0; i < 64; i++) for (const d of "0123456789abcdef") put(i, d);
  for (let i = 0; i < 63; i++) put(i, hex[i + 1] + hex[i]);
  for (const t of tries) if (fits(Buffer.from(t, "hex"), keyCheck)) return Buffer.from(t, "hex");
  return null;
}
