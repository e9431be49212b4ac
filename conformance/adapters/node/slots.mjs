// Chapter 6: slots.
import { argon2id } from "@noble/hashes/argon2";
import { Decoder, fail, uint, vector } from "./wire.mjs";
import { hmac } from "./keys.mjs";
import { preparePassword } from "./password.mjs";
import * as cobblestone from "./cobblestone.mjs";

const TYPES = { password: 1, vault: 2, passkey: 3 };
const LAYOUT = {
  1: (d) => ({ salt: d.take(32), memory_kib: d.u(4), passes: d.u(4), lanes: d.u(1) }),
  2: (d) => ({ vault: d.take(32), credential: d.take(32) }),
  3: (d) => ({ salt: d.take(32), rp_id: d.vector(1, 255), credential: d.vector(1, 1023) }),
};

/** The next slot. Its bytes are kept, since the MAC and a rewriting need them as they were. */
function decodeSlot(d) {
  const start = d.pos, type = d.u(2), body = d.vector(0, 65535), raw = d.source.bytes(start, d.pos - start);
  if (!LAYOUT[type]) return { type, body, raw }; // [SLT-2]
  const b = Decoder.of(body, "malformed_header"), fields = LAYOUT[type](b);
  const before = body.subarray(0, b.pos), sealed_key = b.take(104);
  b.done();
  if (type === 3 && !/^[a-z0-9.-]+$/.test(fields.rp_id.toString("latin1"))) d.bad("rp_id"); // [SLT-16]
  const context = Buffer.concat([Buffer.from("coffer/v1 slot"), uint(type, 2), before]);
  return { type, body, raw, ...fields, sealed_key, context };
}
export function decodeSlots(bytes) {
  const d = Decoder.of(bytes, "malformed_header"), slots = [];
  while (d.pos < d.end) slots.push(decodeSlot(d));
  if (slots.length > 16) d.bad("too many slots"); // [SLT-20]
  if (slots.filter((s) => s.type === 1 || s.type === 2).length > 1) d.bad("password beside vault"); // [SLT-21]
  const keys = slots.filter((s) => s.type === 3).map((s) => `${s.rp_id} ${s.credential.toString("hex")}`);
  if (new Set(keys).size < keys.length) d.bad("same passkey twice"); // [SLT-17]
  return slots;
}
export function checkLimits(slots) { // [SLT-10]
  for (const s of slots.filter((s) => s.type === 1))
    if (s.lanes < 1 || s.lanes > 4 || s.passes < 1 || s.passes > 10 || s.memory_kib < 8 * s.lanes || s.memory_kib > 262144)
      fail("limit_exceeded", "Argon2id");
}
export function decodeOneSlot(bytes) {
  const d = Decoder.of(bytes, "malformed_header"), slot = decodeSlot(d);
  d.done();
  return slot;
}

export const matching = (slots, secret) => slots.find((s) => s.type === TYPES[secret.kind] && (
  s.type === 1 ||
  (s.type === 2 && s.vault.equals(secret.vault) && s.credential.equals(secret.credential)) ||
  (s.type === 3 && s.rp_id.equals(Buffer.from(secret.rp_id)) && s.credential.equals(secret.credential)))) ??
  fail("no_matching_slot", secret.kind);

function inputKey(slot, secret) {
  if (slot.type === 1)
    return Buffer.from(argon2id(preparePassword(secret.password), slot.salt,
      { m: slot.memory_kib, t: slot.passes, p: slot.lanes, dkLen: 32, maxmem: 2 ** 30 }));
  return slot.type === 2 ? hmac(secret.export_key, "coffer/v1 vault slot\x01").subarray(0, 32)
    : hmac(secret.prf, "coffer/v1 passkey slot\x01").subarray(0, 32);
}
/** K as the slot gives it; whether it fits the key check is the caller's to know [SLT-9]. */
export function openSlot(slot, secret) {
  const key = inputKey(slot, secret);
  if (!cobblestone.commitmentFits(key, slot.context, slot.sealed_key)) fail("wrong_secret"); // [SLT-7]
  const d = cobblestone.derivation(key, slot.sealed_key.subarray(0, 24), slot.context);
  return cobblestone.openChunk(d, slot.sealed_key, 0) ?? fail("header_tampered", "sealed key"); // [SLT-8]
}
/** Seals K. `s` is {type, ...secret and fields}; random(n) draws. */
export function sealSlot(K, s, random, weak = false) {
  let fields, slot = { ...s, type: TYPES[s.type] };
  if (s.type === "password") {
    slot = { memory_kib: 65536, passes: 3, lanes: 1, ...slot, salt: random(32) };
    checkLimits([slot]);
    if (!weak && (slot.memory_kib < 65536 || slot.passes < 3)) fail("limit_exceeded", "weak Argon2id"); // [SLT-11]
    fields = [slot.salt, uint(slot.memory_kib, 4), uint(slot.passes, 4), uint(slot.lanes, 1)];
  } else if (s.type === "vault") fields = [s.vault, s.credential];
  else fields = [s.salt, vector(Buffer.from(s.rp_id), 255), vector(s.credential, 1023)];
  const before = Buffer.concat(fields), type = uint(slot.type, 2);
  const context = Buffer.concat([Buffer.from("coffer/v1 slot"), type, before]);
  const sealed = cobblestone.seal(inputKey(slot, s), random(24), context, K);
  return Buffer.concat([type, vector(Buffer.concat([before, sealed]), 65535)]);
}
