// Chapter 5: passwords.
import { fail } from "./errors.mjs";
import { bytesOf, isWellFormed, textOf } from "./bytes.mjs";

const bad = (why) => fail("malformed_password", why);

/** Section 5.1: the prepared password. It is given as a text, or as the bytes of one. */
export function preparePassword(password) {
  const isText = typeof password === "string", bytes = isText ? bytesOf(password) : password;
  if (bytes.length > 4096) bad("more than 4096 bytes"); // [PWD-2]
  if (bytes.length === 0) bad("empty"); // [PWD-3]
  const text = isText ? password : textOf(bytes);
  if (text === null || !isWellFormed(text)) bad("not valid UTF-8"); // [PWD-4]
  if (/[\u0000-\u001f\u007f-\u009f]/.test(text)) bad("a control character"); // [PWD-5]
  const spaced = text.replace(/[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/g, " "); // [PWD-6]
  const prepared = bytesOf(spaced.normalize("NFC")); // [PWD-7]
  return prepared.length > 1024 ? bad("more than 1024 bytes when prepared") : prepared; // [PWD-8]
}
