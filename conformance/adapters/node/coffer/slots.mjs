// Chapter 6: slots.
import { fail } from "./errors.mjs";
import { bytesOf, compare, concat, hex, textOf } from "./bytes.mjs";
import { Decoder, fixed, uint, vector } from "./structures.mjs";
import { argon2id, hmac } from "./primitives.mjs";
import { preparePassword } from "./passwords.mjs";
import { Cipher, PREFIX, seal } from "./cobblestone.mjs";

/** The types, and for each the fields of its body before the sealed key: how to decode and how to encode them. */
const TYPES = {
  1: {
    kind: "password",
    decode: (d) => ({ salt: d.take(32), memory_kib: d.uint(4), passes: d.uint(4), lanes: d.uint(1) }),
    encode: (s) => [fixed(s.salt, 32), uint(s.memory_kib, 4), uint(s.passes, 4), uint(s.lanes, 1)],
  },
  2: {
    kind: "vault",
    decode: (d) => ({ vault: d.take(32), credential: d.take(32) }),
    encode: (s) => [fixed(s.vault, 32), fixed(s.credential, 32)],
  },
  3: {
    kind: "passkey",
    decode: (d) => ({ salt: d.take(32), rp_id: rpId(d.vector(1, 255)), credential: d.vector(1, 1023) }),
    encode: (s) => [fixed(s.salt, 32), vector(bytesOf(s.rp_id), 255), vector(s.credential, 1023)],
  },
};
const rpId = (b) => (/^[a-z0-9.-]+$/.test(textOf(b) ?? "") ? textOf(b) : fail("malformed_header", "an rp_id")); // [SLT-16]
export const isKnown = (slot) => slot.type in TYPES;
/** Section 6.2: what the sealed key of a slot is bound to. */
const contextOf = (type, fields) => concat(bytesOf("coffer/v1 slot"), uint(type, 2), fields);

/** One slot. `encoded` is all of it, as it was; the fields of a known type have the names of section 6.3 to 6.5. */
function decode(d) {
  const start = d.at, type = d.uint(2), body = d.vector(0, 65535), encoded = d.bytes.subarray(start, d.at);
  if (!(type in TYPES)) return { type, body, encoded }; // [SLT-2]
  const b = new Decoder(body, "malformed_header");
  const slot = { type, body, encoded, ...TYPES[type].decode(b), sealed_key: b.take(104) };
  b.done(); // [SLT-1]
  return slot;
}
export function decodeSlot(bytes) {
  const d = new Decoder(bytes, "malformed_header"), slot = decode(d);
  d.done();
  return slot;
}
export function decodeSlots(bytes) {
  const d = new Decoder(bytes, "malformed_header"), slots = [];
  while (d.left) slots.push(decode(d));
  if (slots.length > 16) d.refuse("more than 16 slots"); // [SLT-20]
  if (slots.filter((s) => s.type === 1 || s.type === 2).length > 1) d.refuse("a second password or vault"); // [SLT-21]
  const passkeys = slots.filter((s) => s.type === 3).map((s) => `${s.rp_id} ${hex(s.credential)}`);
  if (new Set(passkeys).size < passkeys.length) d.refuse("one passkey twice"); // [SLT-17]
  return slots;
}
/** [SLT-10]. Whichever the secret, this comes before it is used. */
export function checkLimits(slots) {
  for (const { type, memory_kib, passes, lanes } of slots)
    if (type === 1 && (lanes < 1 || lanes > 4 || passes < 1 || passes > 10 || memory_kib < 8 * lanes || memory_kib > 262144))
      fail("limit_exceeded", "the parameters of Argon2id");
}

/** The slot that a secret other than the 64-digit key is for: [HDR-17], [SLT-15], [SLT-19]. */
export function matching(slots, secret) {
  const same = (s) => s.type !== 1 && compare(s.credential, secret.credential) === 0 &&
    (s.type === 2 ? compare(s.vault, secret.vault) === 0 : s.rp_id === secret.rp_id);
  return slots.find((s) => TYPES[s.type]?.kind === secret.kind && (s.type === 1 || same(s))) ??
    fail("no_matching_slot", `there is no slot for this ${secret.kind}`);
}
/** Section 6.2: the input key. */
async function inputKey(slot, secret) {
  if (slot.type === 1) return argon2id(preparePassword(secret.password), slot.salt, slot); // [PWD-1]
  const [key, label] = slot.type === 2 ? [secret.export_key, "vault slot"] : [secret.prf, "passkey slot"];
  return (await hmac(key, bytesOf(`coffer/v1 ${label}\x01`))).subarray(0, 32);
}
/** K as the slot gives it. Whether it fits the key check is for the caller to see [SLT-9]. */
export async function openSlot(slot, secret) {
  const context = contextOf(slot.type, slot.body.subarray(0, -104));
  const cipher = await Cipher.fitting(await inputKey(slot, secret), context, slot.sealed_key);
  if (!cipher) fail("wrong_secret", `it is another ${secret.kind}`); // [SLT-6], [SLT-7]
  return (await cipher.openChunk(0, slot.sealed_key.subarray(PREFIX))) ?? fail("header_tampered", "a sealed key"); // [SLT-8]
}

const encodeSlot = (type, fields, sealedKey) => concat(uint(type, 2), vector(concat(fields, sealedKey), 65535));

/**
 * Seals K in new slots, which are given as {type: "password", password} and so on, and returns them one behind the other
 * in a list. random(n) gives n bytes.
 */
export async function sealSlots(K, given, random) {
  const slots = given.map(({ type: kind, ...fields }) => {
    const type = +Object.keys(TYPES).find((t) => TYPES[t].kind === kind);
    return type === 1 ? { memory_kib: 65536, passes: 3, lanes: 1, ...fields, type } : { ...fields, type };
  });
  const fieldsOf = (slot) => concat(...TYPES[slot.type].encode(slot));
  const noSalt = { salt: new Uint8Array(32) };
  checkLimits(slots);
  if (slots.some((s) => s.memory_kib < 65536 || s.passes < 3)) fail("limit_exceeded", "Argon2id that is too weak"); // [SLT-11]
  // What no reader takes is refused before Argon2id runs [CON-10].
  decodeSlots(concat(...slots.map((s) => encodeSlot(s.type, fieldsOf({ ...noSalt, ...s }), new Uint8Array(104)))));

  const sealed = [];
  for (const s of slots) { // one after the other, since they draw from `random`
    const slot = s.type === 1 ? { ...s, salt: random(32) } : s; // [SLT-12]
    const fields = fieldsOf(slot), key = await inputKey(slot, slot);
    sealed.push(encodeSlot(slot.type, fields, await seal(key, random(24), contextOf(slot.type, fields), K))); // [SLT-5]
  }
  return sealed;
}
