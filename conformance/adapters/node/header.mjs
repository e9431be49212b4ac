// Chapter 7: header and opening.
import { createHash } from "node:crypto";
import { fail, uint, vector } from "./wire.mjs";
import { derive, equal, fits, hmac } from "./keys.mjs";
import { checkLimits, decodeSlots, matching, openSlot } from "./slots.mjs";
import { Message, commitmentFits, lengthFault } from "./cobblestone.mjs";

const MAGIC = Buffer.from("894346520d0a1a0a", "hex");
export const ARCHIVE = 1, KEYRING = 2;
export const contextOf = (purpose) => (purpose === ARCHIVE ? "coffer/v1 archive" : "coffer/v1 keyring");
export const sha512 = (...parts) => { const h = createHash("sha512"); parts.forEach((p) => h.update(p)); return h.digest(); };

/**
 * Section 7.3. tolerate(name, hold) is asked at every check from [HDR-11] on; a reader throws, salvage notes
 * what it need not hold.
 */
export function readHeader(file, tolerate = fail) {
  if (file.length < 8 || !file.subarray(0, 8).equals(MAGIC)) fail("not_a_container");
  if (file.length < 10) fail("truncated");
  if (file.readUInt16BE(8) !== 1) fail("unsupported_version");
  if (file.length < 45) fail("truncated");
  const S = file.readUInt16BE(43), offset = 117 + S;
  if (file.length < offset) fail("truncated");
  const payload = file.subarray(offset), first = payload.subarray(0, 56), prefix = file.subarray(0, 45 + S);
  const h = {
    version: 1, purpose: file[10], keyCheck: file.subarray(11, 43), digest: file.subarray(45 + S, 53 + S),
    mac: file.subarray(53 + S, offset), id: payload.subarray(0, 24), offset, payload, prefix, first, slots: null,
  };
  const fault = lengthFault(payload.length);
  if (fault) tolerate(fault);
  if (!h.digest.equals(digestOf(prefix, first))) tolerate("damaged_header");
  if (h.purpose !== ARCHIVE && h.purpose !== KEYRING) tolerate("malformed_header", "purpose");
  try {
    h.slots = decodeSlots(file.subarray(45, 45 + S));
    checkLimits(h.slots);
  } catch (e) { tolerate(e.code, "slots"); }
  return h;
}
const digestOf = (prefix, first) => sha512(prefix, first).subarray(0, 8);
const macOf = (K, h) => hmac(derive(K, "header"), h.prefix, h.digest, h.first);
export const macVerifies = (K, h) => equal(macOf(K, h), h.mac);

/** Section 7.4 up to [HDR-20]: K. */
export function unlock(h, secret) {
  let K;
  if (secret.kind === "key") {
    K = secret.key;
    if (!fits(K, h.keyCheck)) // [HDR-18]
      fail(commitmentFits(derive(K, "payload"), contextOf(h.purpose), h.payload) ? "header_tampered" : "wrong_secret");
  } else {
    K = openSlot(matching(h.slots, secret), secret);
    if (!fits(K, h.keyCheck)) fail("header_tampered", "key check"); // [SLT-9]
  }
  if (!macVerifies(K, h)) fail("header_tampered", "MAC"); // [HDR-19]
  if (!commitmentFits(derive(K, "payload"), contextOf(h.purpose), h.payload)) fail("payload_tampered", "commitment"); // [HDR-20]
  return K;
}
/** The payload of a container of the purpose that was asked for. */
export function openContainer(file, secret, purpose) {
  const h = readHeader(file), K = unlock(h, secret);
  if (h.purpose !== purpose) fail("malformed_archive", "purpose"); // [HDR-21]
  const message = new Message(derive(K, "payload"), contextOf(purpose), h.payload);
  message.openLast(); // 11.2, step 9
  return { h, K, message };
}
export function sealHeader(K, purpose, slots, first) {
  const prefix = Buffer.concat([MAGIC, uint(1, 2), uint(purpose, 1), derive(K, "key check"), vector(slots, 65535)]);
  decodeSlots(slots); // [CON-10]
  const h = { prefix, first, digest: digestOf(prefix, first) };
  return Buffer.concat([prefix, h.digest, macOf(K, h)]);
}
