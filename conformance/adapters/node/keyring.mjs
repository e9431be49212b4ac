// Chapter 9: keyring.
import { Decoder, fail, uint, vector } from "./wire.mjs";
import { derive } from "./keys.mjs";
import { KEYRING, contextOf, openContainer, sealHeader } from "./header.mjs";
import { seal } from "./cobblestone.mjs";
import { sealSlot } from "./slots.mjs";

function decode(plain, K) {
  const d = Decoder.of(plain, "malformed_archive");
  const ring = { set_id: d.take(16), epoch: d.u64(), old_keys: [] };
  const list = Decoder.of(d.vector(0, 40960), "malformed_archive");
  d.done();
  while (list.pos < list.end) ring.old_keys.push({ epoch: list.u64(), key: list.take(32) });
  if (ring.epoch === 0 || ring.set_id.every((b) => b === 0)) d.bad("zero"); // [KRG-2]
  let last = 0;
  const keys = new Set([K.toString("hex")]);
  for (const { epoch, key } of ring.old_keys) {
    if (epoch <= last || epoch >= ring.epoch) d.bad("epochs"); // [KRG-3]
    if (keys.has(key.toString("hex"))) d.bad("equal keys"); // [KRG-4]
    last = epoch;
    keys.add(key.toString("hex"));
  }
  return ring;
}
export function openKeyring(file, secret) {
  const { K, message } = openContainer(file, secret, KEYRING);
  if (message.length > 40986) fail("malformed_archive", "too long"); // [KRG-5]
  return decode(message.bytes(0, message.length), K);
}
export function sealKeyring(K, slots, ring, random, weak) {
  const plain = Buffer.concat([ring.set_id, uint(ring.epoch, 8),
    vector(Buffer.concat(ring.old_keys.flatMap((o) => [uint(o.epoch, 8), o.key])), 40960)]);
  decode(plain, K); // [CON-10]
  const sealed = Buffer.concat(slots.map((s) => sealSlot(K, s, random, weak)));
  const payload = seal(derive(K, "payload"), random(24), contextOf(KEYRING), plain);
  return Buffer.concat([sealHeader(K, KEYRING, sealed, payload.subarray(0, 56)), payload]);
}
