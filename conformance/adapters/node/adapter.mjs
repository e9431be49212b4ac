// The line protocol of the conformance suite.
import { createInterface } from "node:readline";
import { randomBytes } from "node:crypto";
import { pathToFileURL } from "node:url";
import { CofferError } from "./wire.mjs";
import * as keys from "./keys.mjs";
import { preparePassword } from "./password.mjs";
import * as cobblestone from "./cobblestone.mjs";
import { checkLimits, decodeOneSlot, matching, openSlot } from "./slots.mjs";
import { readHeader, unlock } from "./header.mjs";
import { extract, openFile, restore } from "./archive.mjs";
import { salvage } from "./salvage.mjs";
import { openKeyring, sealKeyring } from "./keyring.mjs";
import { portableNames } from "./portable.mjs";
import { sealArchive, setSlots } from "./writer.mjs";

const BYTES = new Set(("body container container_id content credential derived digest export_key key key_check mac message " +
  "password plaintext prepared previous prf random salt sealed_key set_id sha512 slot vault").split(" "));
const decode = (v, name) => typeof v === "string" ? (BYTES.has(name) ? Buffer.from(v, "hex") : v)
  : Array.isArray(v) ? v.map((x) => decode(x)) : v && typeof v === "object"
    ? Object.fromEntries(Object.entries(v).map(([k, x]) => [k, decode(x, k)])) : v;
const encode = (v) => v instanceof Uint8Array ? Buffer.from(v).toString("hex") : Array.isArray(v) ? v.map(encode)
  : v && typeof v === "object" ? Object.fromEntries(Object.entries(v).map(([k, x]) => [k, encode(x)])) : v;

const drawer = (random) => { let p = 0; return random ? (n) => random.subarray(p, (p += n)) : randomBytes; };
const entryOf = (r) => ({ path: r.text, kind: r.kind > 8 ? 0 : r.kind, modified_ms: r.modified_ms, size: r.size });
const slotOf = ({ raw, context, rp_id, ...s }) => (rp_id ? { ...s, rp_id: rp_id.toString("latin1") } : s);

export const ops = {
  hello: () => ({ protocol: 1, name: "node adapter", version: "1",
    profiles: ["reader", "writer", "password", "passkey", "vault", "salvage", "deterministic"] }),
  "key.parse": ({ text }) => ({ key: keys.parseKey(text) }),
  "key.format": ({ key }) => ({ text: keys.formatKey(key), fingerprint: keys.fingerprint(keys.derive(key, "key check")) }),
  "key.derive": ({ key, label }) => ({ derived: keys.derive(key, label) }),
  "key.repair": ({ key, key_check }) => ({ key: keys.repairKey(key, key_check) }),
  "password.prepare": ({ password }) => ({ prepared: preparePassword(password) }),
  "cobblestone.seal": ({ key, salt, context, plaintext }) => ({ message: cobblestone.seal(key, salt, context, plaintext) }),
  "cobblestone.open": ({ key, context, message }) => ({ plaintext: cobblestone.open(key, context, message) }),
  "cobblestone.read": ({ key, context, message, offset, length }) =>
    ({ plaintext: new cobblestone.Message(key, context, message).bytes(offset, length) }),
  "slot.open": ({ slot, secret }) => {
    const s = decodeOneSlot(slot);
    checkLimits([s]);
    return { key: openSlot(matching([s], secret), secret) };
  },
  "header.read": ({ container }) => {
    const h = readHeader(container);
    return { version: h.version, purpose: h.purpose, key_check: h.keyCheck, fingerprint: keys.fingerprint(h.keyCheck),
      slots: h.slots.map(slotOf), digest: h.digest, mac: h.mac, container_id: h.id, payload_offset: h.offset };
  },
  "container.unlock": ({ container, secret }) => ({ key: unlock(readHeader(container), secret) }),
  "archive.list": ({ container, secret }) => {
    const { archive: a } = openFile(container, secret);
    return { set_id: a.set_id, generation: a.generation, epoch: a.epoch, created_ms: a.created_ms, complete: a.complete === 1,
      previous: a.previous, producer: a.producer, entries: a.records.map(entryOf) };
  },
  "archive.extract": ({ container, secret, path }) => ({ content: extract(container, secret, path) }),
  "archive.restore": ({ container, secret }) =>
    ({ entries: restore(container, secret).records.map((r) => ({ ...entryOf(r), sha512: r.sha512 })) }),
  "archive.salvage": ({ container, secret }) => {
    const s = salvage(container, secret);
    return { ...s, entries: s.entries.map((r) => ({ ...entryOf(r), status: r.status, confirmed: r.confirmed, lost: r.lost,
      ...(r.sha512 && { sha512: r.sha512 }) })) };
  },
  "path.portable": ({ paths, platform }) => ({ names: portableNames(paths, platform) }),
  "container.seal": ({ key, slots, random, ...a }) => ({ container: sealArchive(key, slots, a, drawer(random), !!random) }),
  "container.set_slots": ({ container, secret, slots, random }) =>
    ({ container: setSlots(container, secret, slots, drawer(random), !!random) }),
  "keyring.open": ({ container, secret }) => openKeyring(container, secret),
  "keyring.seal": ({ key, slots, random, ...ring }) => ({ container: sealKeyring(key, slots, ring, drawer(random), !!random) }),
};
export function answer({ id, op, input }) {
  if (!Object.hasOwn(ops, op)) return { id, unsupported: `no ${op}` };
  try { return { id, output: encode(ops[op](decode(input))) }; } catch (e) {
    if (!(e instanceof CofferError)) throw e;
    return { id, error: e.code, detail: e.detail || undefined, ...(e.released && { released: e.released.toString("hex") }) };
  }
}
if (import.meta.url === pathToFileURL(process.argv[1]).href)
  for await (const line of createInterface({ input: process.stdin })) console.log(JSON.stringify(answer(JSON.parse(line))));
