// Chapter 7: header.
import { CofferError, fail } from "./errors.mjs";
import { behind, bytesOf, compare, concat, equal, sourceOf } from "./bytes.mjs";
import { uint, vector } from "./structures.mjs";
import { hmac, sha512 } from "./primitives.mjs";
import { derive, fits, keyCheckOf } from "./keys.mjs";
import { checkLimits, decodeSlots, matching, openSlot } from "./slots.mjs";
import { Cipher, Message, PREFIX, lengthFault } from "./cobblestone.mjs";

const MAGIC = new Uint8Array([0x89, 0x43, 0x46, 0x52, 0x0d, 0x0a, 0x1a, 0x0a]);
export const ARCHIVE = 1, KEYRING = 2, LONGEST_HEADER = 117 + 65535;
export const payloadContext = (purpose) => bytesOf(purpose === KEYRING ? "coffer/v1 keyring" : "coffer/v1 archive");

/**
 * Section 7.3: the header of a file, a Uint8Array or a Blob. `refuse` is told the name of every check that fails; that of
 * salvage lets them pass, and gets what decodes as a header of version 1, or null.
 */
export async function readHeader(file, refuse = fail) {
  const source = sourceOf(file), n = source.length, head = await source.bytes(0, Math.min(n, 45));
  if (n < 8 || compare(head.subarray(0, 8), MAGIC) !== 0) refuse("not_a_container"); // [HDR-6]
  else if (n < 10) refuse("truncated", "no version"); // [HDR-7]
  else if (head[8] !== 0 || head[9] !== 1) refuse("unsupported_version", `version ${head[8] * 256 + head[9]}`); // [HDR-8]
  const S = head[43] * 256 + head[44], offset = 117 + S;
  if (n < 45 || n < offset) { refuse("truncated", "the header"); return null; } // [HDR-10]
  const all = await source.bytes(0, Math.min(n, offset + PREFIX)), payload = behind(source, offset);
  const h = {
    version: 1, purpose: all[10], key_check: all.subarray(11, 43), slots: null,
    digest: all.subarray(45 + S, 53 + S), mac: all.subarray(53 + S, offset),
    prefix: all.subarray(0, 45 + S), first: all.subarray(offset), // of the header, and of the payload
    container_id: all.subarray(offset, offset + 24), payload_offset: offset, payload,
  };
  const fault = lengthFault(payload.length);
  if (fault) refuse(fault, "the length of the payload"); // [HDR-11], [HDR-12]
  if (compare(await digestOf(h), h.digest) !== 0) refuse("damaged_header", "the digest"); // [HDR-13]
  if (h.purpose !== ARCHIVE && h.purpose !== KEYRING) refuse("malformed_header", "the purpose"); // [HDR-14]
  try {
    h.slots = decodeSlots(all.subarray(45, 45 + S)); // [HDR-15]
    checkLimits(h.slots); // [SLT-10]
  } catch (e) {
    if (!(e instanceof CofferError)) throw e;
    refuse(e.code, e.detail, "slots");
  }
  return h;
}
// Section 7.2.
const digestOf = async (h) => (await sha512(h.prefix, h.first)).subarray(0, 8);
const macOf = async (K, h) => hmac(await derive(K, "header"), h.prefix, h.digest, h.first);
export const macVerifies = async (K, h) => equal(await macOf(K, h), h.mac); // [CON-8]
/** The cipher of the payload, or null if its commitment does not fit. */
export const payloadCipher = async (K, h) => Cipher.fitting(await derive(K, "payload"), payloadContext(h.purpose), h.first);

/** Section 7.4: K and the cipher of the payload, after all checks through [HDR-20]. */
export async function unlock(h, secret) {
  const K = secret.kind === "key" ? secret.key : await openSlot(matching(h.slots, secret), secret);
  const cipher = await payloadCipher(K, h);
  if (!(await fits(K, h.key_check))) // [HDR-18], [SLT-9]
    fail(secret.kind !== "key" || cipher ? "header_tampered" : "wrong_secret", "the key check");
  if (!(await macVerifies(K, h))) fail("header_tampered", "the MAC"); // [HDR-19]
  if (!cipher) fail("payload_tampered", "the commitment"); // [HDR-20]
  return { K, cipher };
}
/** Opens the payload of a container of the purpose that is asked for, up to step 9 of section 11.2. */
export async function openPayload(file, secret, purpose) {
  const h = await readHeader(file), { K, cipher } = await unlock(h, secret);
  if (h.purpose !== purpose) fail("malformed_archive", "the other purpose"); // [HDR-21]
  const message = new Message(cipher, h.payload);
  await message.openLast();
  return { h, K, message };
}

/** The header before a payload whose first 56 bytes are given, with its slots as they are encoded. */
export async function sealHeader(K, purpose, slots, first) {
  decodeSlots(slots); // [CON-10]
  const prefix = concat(MAGIC, uint(1, 2), uint(purpose, 1), await keyCheckOf(K), vector(slots, 65535));
  const h = { prefix, first };
  h.digest = await digestOf(h); // [HDR-5]
  return concat(prefix, h.digest, await macOf(K, h));
}
