// Chapter 9: keyring.
import { fail } from "./errors.mjs";
import { concat, hex, isZero } from "./bytes.mjs";
import { Decoder, fixed, time, uint, vector } from "./structures.mjs";
import { KEYRING, openPayload } from "./header.mjs";
import { sealContainer } from "./sealing.mjs";

function decode(plaintext, K) {
  const d = new Decoder(plaintext, "malformed_archive"); // [KRG-1]
  const ring = { set_id: d.take(16), epoch: d.uint64(), writer: d.take(16), created_ms: d.time(), generation: d.uint64(), head: d.take(32), old_keys: [] };
  const list = new Decoder(d.vector(0, 40960), "malformed_archive");
  d.done();
  while (list.left) ring.old_keys.push({ epoch: list.uint64(), key: list.take(32) });
  if (ring.epoch === 0 || isZero(ring.set_id)) d.refuse("a set_id or an epoch of zero"); // [KRG-2]
  if (isZero(ring.writer)) d.refuse("a writer of zero"); // [KRG-8]
  if ((ring.generation === 0) !== isZero(ring.head)) d.refuse("a generation without its commit"); // [KRG-9]
  let last = 0;
  for (const { epoch } of ring.old_keys) {
    if (epoch <= last || epoch >= ring.epoch) d.refuse("the epochs of the old keys"); // [KRG-3]
    last = epoch;
  }
  const keys = new Set([K, ...ring.old_keys.map((o) => o.key)].map(hex));
  if (keys.size <= ring.old_keys.length) d.refuse("a key twice"); // [KRG-4]
  return ring;
}
/** A keyring and its key. */
export async function openRing(file, secret) {
  const { K, message } = await openPayload(file, secret, KEYRING);
  if (message.length > 41050) fail("malformed_archive", "a keyring that is too long"); // [KRG-5]
  return { K, ring: decode(await message.bytes(0, message.length), K) };
}
/** {set_id, epoch, writer, created_ms, generation, head, old_keys: [{epoch, key}]} */
export const openKeyring = async (file, secret) => (await openRing(file, secret)).ring;
export async function sealKeyring({ key, slots, set_id, epoch, writer, created_ms, generation, head, old_keys }, random) {
  const list = concat(...old_keys.flatMap((o) => [uint(o.epoch, 8), fixed(o.key, 32)]));
  const plaintext = concat(fixed(set_id, 16), uint(epoch, 8), fixed(writer, 16), time(created_ms), uint(generation, 8), fixed(head, 32),
    vector(list, 40960));
  decode(plaintext, key); // [CON-10]
  return sealContainer(KEYRING, key, slots, () => plaintext, random);
}
