// The ops of the conformance suite, in Node as in a browser.
import { CofferError } from "./coffer/errors.mjs";
import { bytesOf, concat, hex, sourceOf, unhex } from "./coffer/bytes.mjs";
import { sha512 } from "./coffer/primitives.mjs";
import * as keys from "./coffer/keys.mjs";
import { preparePassword } from "./coffer/passwords.mjs";
import { CHUNK, Message, seal } from "./coffer/cobblestone.mjs";
import { openStream, sealStream } from "./coffer/streams.mjs";
import { checkLimits, decodeSlot, matching, openSlot } from "./coffer/slots.mjs";
import { readHeader, unlock } from "./coffer/header.mjs";
import { Archive, digests } from "./coffer/reading.mjs";
import { openKeyring, sealKeyring } from "./coffer/keyring.mjs";
import { BackupSet } from "./coffer/sets.mjs";
import { sealArchive, setSlots } from "./coffer/sealing.mjs";
import { portableNames } from "./coffer/portable.mjs";
import { salvage } from "./coffer/salvage.mjs";
import { NoAnswer, Vault } from "./coffer/vault.mjs";

/** Draws from the `random` of a request; without it the library draws for itself. */
function drawing(random) {
  let at = 0;
  return random && ((n) => random.subarray(at, (at += n)));
}
/** What a stream of pieces delivered, all of it or excerpts; an error says in `released` what came before it. */
async function collect(pieces, excerpts) {
  if (excerpts) return excerpted(pieces, excerpts);
  const out = [];
  try { for await (const piece of pieces) out.push(piece); } catch (e) { e.released = concat(...out); throw e; }
  return concat(...out);
}
async function excerpted(pieces, ranges) {
  const kept = ranges.map(() => []);
  let at = 0;
  for await (const piece of pieces) {
    ranges.forEach(([offset, n], i) => {
      if (offset < at + piece.length && offset + n > at) kept[i].push(piece.slice(Math.max(0, offset - at), offset + n - at));
    });
    at += piece.length;
  }
  return { length: at, excerpts: kept.map((parts) => concat(...parts)) };
}
/** The source of a recipe, which may be longer than any memory. */
function cook({ length, repeat, parts = [] }) {
  const filling = repeat && unhex(repeat), laid = parts.map(([offset, digits]) => [offset, unhex(digits)]);
  const firstBehind = (at) => { // the first part of which something lies at or behind an offset
    let low = 0, high = laid.length;
    while (low < high) {
      const middle = (low + high) >> 1, [offset, bytes] = laid[middle];
      if (offset + bytes.length > at) high = middle; else low = middle + 1;
    }
    return low;
  };
  return { length, bytes: async (at, n) => {
    const out = new Uint8Array(Math.max(0, Math.min(n, length - at)));
    if (filling) for (let i = 0; i < out.length; i++) out[i] = filling[(at + i) % filling.length];
    for (let i = firstBehind(at); i < laid.length && laid[i][0] < at + out.length; i++) {
      const [offset, bytes] = laid[i];
      out.set(bytes.subarray(Math.max(0, at - offset), at + out.length - offset), Math.max(0, offset - at));
    }
    return out;
  } };
}
async function* chunksOf({ length, bytes }) { for (let at = 0; at < length; at += CHUNK) yield bytes(at, CHUNK); }
/** What is delivered in pieces of these lengths, of which the last repeats. */
function pieces(bytes, delivery) {
  const out = [];
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const n = delivery[Math.min(i, delivery.length - 1)];
    out.push(bytes.subarray(at, at + n));
    at += n;
  }
  return out;
}
/** A container; one that arrived in pieces is stored first, as a Blob. */
const fileOf = ({ container, delivery }) => (delivery ? new Blob(pieces(container, delivery)) : container);
const openArchive = (input) => Archive.open(fileOf(input), input.secret);
const openMessage = ({ key, context, message }) => Message.open(key, bytesOf(context), sourceOf(message));
/** Makes of what is to be answered to the name of an error what handles a rejection. */
const named = (answer) => (e) => {
  if (!(e instanceof CofferError)) throw e;
  return answer(e.code);
};
/** The answer to one of several requests to the opening of a message, a promise. */
const part = (message, [offset, length]) =>
  message.then((m) => m.bytes(offset, length)).then((plaintext) => ({ plaintext }), named((error) => ({ error })));
/** What a client sends to a vault that answers so, and what it makes of it; the fields are null if it makes nothing. */
async function transcript({ vault, token, answers, random, memory_kib, passes }, run, fields = []) {
  const requests = [], left = answers.map((a) => (a === null ? null : unhex(a))), output = { requests, outcome: "ok" };
  const post = async (name, message) => {
    if (!left.length) return null;
    requests.push({ name, message });
    return left.shift();
  };
  for (const name of fields) output[name] = null;
  const stretching = memory_kib && passes ? { memory_kib, passes } : {};
  try { return { ...output, ...await run(new Vault({ vault, token, post, random: drawing(random), stretching })) }; } catch (e) {
    if (e instanceof NoAnswer) return { ...output, outcome: "no_answer" };
    if (!(e instanceof CofferError)) throw e;
    return { ...output, outcome: e.code, ...(e.attempts === undefined ? {} : { attempts: e.attempts, wait_ms: e.wait_ms }) };
  }
}
const shownSlot = ({ encoded, ...slot }) => slot;

const ops = (name) => ({
  hello: () => ({ protocol: 1, name, version: "2",
    profiles: ["reader", "writer", "password", "passkey", "vault", "vault_client", "salvage", "sets", "deterministic", "streaming", "large"] }),
  "key.parse": ({ text, utf8 }) => ({ key: keys.parseKey(text ?? utf8) }),
  "key.format": async ({ key }) => ({ text: keys.formatKey(key), fingerprint: keys.fingerprintOf(await keys.keyCheckOf(key)) }),
  "key.derive": async ({ key, label }) => ({ derived: await keys.derive(key, label) }),
  "key.repair": async ({ key, key_check }) => ({ key: await keys.repairKey(key, key_check) }),
  "password.prepare": ({ password }) => ({ prepared: preparePassword(password) }),
  "cobblestone.seal": async ({ key, salt, context, plaintext, delivery, excerpts }) => {
    const whole = plaintext instanceof Uint8Array;
    return { message: whole && !delivery && !excerpts ? await seal(key, salt, bytesOf(context), plaintext) : await collect(
      sealStream(key, salt, bytesOf(context), whole ? pieces(plaintext, delivery ?? [CHUNK]) : chunksOf(plaintext)), excerpts) };
  },
  "cobblestone.open": async ({ delivery, excerpts, ...input }) => ({
    plaintext: await collect(delivery ? openStream(input.key, bytesOf(input.context), pieces(input.message, delivery))
      : (await openMessage(input)).pieces(0, Infinity), excerpts) }),
  "cobblestone.read": async (input) => ({ plaintext: await (await openMessage(input)).bytes(input.offset, input.length) }),
  "cobblestone.reads": async ({ ranges, ...input }) => {
    const message = openMessage(input), answers = [];
    for (const range of ranges) answers.push(await part(message, range));
    return { answers };
  },
  "slot.open": async ({ slot: encoded, secret }) => {
    const slots = [decodeSlot(encoded)];
    checkLimits(slots);
    return { key: await openSlot(matching(slots, secret), secret) };
  },
  "header.read": async (input) => {
    const { version, purpose, key_check, slots, digest, mac, container_id, payload_offset } = await readHeader(fileOf(input));
    return { version, purpose, key_check, fingerprint: keys.fingerprintOf(key_check), slots: slots.map(shownSlot), digest, mac,
      container_id, payload_offset };
  },
  "container.unlock": async (input) => ({ key: (await unlock(await readHeader(fileOf(input)), input.secret)).K }),
  "archive.list": async (input) => {
    const archive = await openArchive(input);
    return { ...archive.index, entries: archive.entries, stored: archive.stored };
  },
  "archive.extract": async (input) => ({ content: await collect((await openArchive(input)).stream(input.path), input.excerpts) }),
  "archive.restore": async (input) => ({ entries: await digests(await openArchive(input)) }),
  "archive.salvage": async ({ container, secret, header }) => {
    const found = await salvage(container, secret, header), entries = [];
    for (const { content, ...entry } of found.entries)
      entries.push(entry.status === "whole" ? { ...entry, sha512: await sha512(await content()) } : entry);
    return { ...found, entries };
  },
  "path.portable": async ({ paths, platform }) => ({ names: await portableNames(paths, platform) }),
  "container.seal": async ({ random, excerpts, ...archive }) => {
    for (const e of archive.entries) e.content = await sourceOf(e.content).bytes(0, Infinity);
    return { container: await collect([await sealArchive(archive, drawing(random))], excerpts) };
  },
  "container.set_slots": async ({ container, secret, slots, random }) =>
    ({ container: await setSlots(container, secret, slots, drawing(random)) }),
  "keyring.open": ({ container, secret }) => openKeyring(container, secret),
  "set.open": async ({ objects, generation, ...input }) => {
    const set = await BackupSet.open(new Map(objects.map((o) => [o.name, o.bytes])), input), entries = [];
    const found = generation === undefined ? set.head : await set.generation(generation);
    for (const { content, ...entry } of found ? await found.list() : [])
      entries.push(await content().then(async (c) => ({ ...entry, sha512: await sha512(c) }), named((error) => ({ ...entry, error }))));
    return { set_id: set.id, epoch: set.epoch, generation: found?.number ?? null, container_id: found?.container_id ?? null,
      earlier: set.earlier, passed_over: set.passedOver.map((p) => p.name).sort(), entries };
  },
  "vault.register": (input) => transcript(input, (v) => v.register(input.password, input.key), ["credential", "export_key", "registration"]),
  "vault.recover": (input) => transcript(input, (v) => v.recover(input.credential, input.password), ["export_key", "report", "attempts", "wait_ms"]),
  "vault.commit": (input) => transcript(input, (v) => v.commit(input.credential, input.registration, input.of, input.key)),
  "vault.destroy": (input) => transcript(input, (v) => v.destroy(input.credential, input.key)),
  "vault.keep_anchor": (input) => transcript(input, (v) => v.keepAnchor(input.credential, input.key, input.anchor)),
  "vault.anchor": (input) => transcript(input, async (v) => ({ anchor: await v.anchor(input.credential, input.key) }), ["anchor"]),
  "keyring.seal": async ({ random, ...ring }) => ({ container: await sealKeyring(ring, drawing(random)) }),
});

/** The fields of requests that are byte strings. The others are text, or of another type. */
const BYTES = new Set(("bytes container content credential export_key head header key key_check message of password plaintext prf random registration salt " +
  "set_id slot token utf8 vault writer").split(" "));
const decode = (value, name) => {
  if (typeof value === "string") return BYTES.has(name) ? unhex(value) : value;
  if (Array.isArray(value)) return value.map((v) => decode(v));
  if (value === null || typeof value !== "object") return value;
  if (BYTES.has(name)) return cook(value);
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, decode(v, k)]));
};

/** Makes a function from a line to the promise of the line that answers it. An error of the program rejects it. */
export function answering(name) {
  const table = new Map(Object.entries(ops(name)));
  return async (line) => {
    const { id, op, input } = JSON.parse(line);
    return JSON.stringify(await reply(id, table.get(op), input, op), (_, v) => (v instanceof Uint8Array ? hex(v) : v));
  };
}
async function reply(id, run, input, op) {
  if (!run) return { id, unsupported: `there is no ${op}` };
  try { return { id, output: await run(decode(input)) }; } catch (e) {
    if (!(e instanceof CofferError)) throw e;
    return { id, error: e.code, detail: e.detail || undefined, released: e.released };
  }
}
