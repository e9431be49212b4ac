// Chapter 5: preparation.
import { fail, utf8 } from "./wire.mjs";
export function preparePassword(bytes) {
  const bad = (why) => fail("malformed_password", why);
  if (bytes.length > 4096) bad("too long");
  if (bytes.length === 0) bad("empty");
  const text = utf8(bytes) ?? bad("not UTF-8");
  if (/[\u0000-\u001f\u007f-\u009f]/.test(text)) bad("control character");
  const out = Buffer.from(text.replace(/[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/g, " ").normalize("NFC"));
  return out.length > 1024 ? bad("too long when prepared") : out;
}
