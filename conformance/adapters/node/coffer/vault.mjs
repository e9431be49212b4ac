// Chapter 18: the client of a vault.
import { CofferError, fail } from "./errors.mjs";
import { bytesOf, concat, equal, sourceOf } from "./bytes.mjs";
import { Decoder, fixed, uint } from "./structures.mjs";
import { hmac, randomBytes, sha256 } from "./primitives.mjs";
import { derive } from "./keys.mjs";
import { preparePassword } from "./passwords.mjs";
import { Message, seal } from "./cobblestone.mjs";
import { publicKey, recovery, registration, sign } from "./opaque.mjs";

const OK = 0, WAIT = 1, DESTROYED = 3, STALE = 5, STATUSES = 9; // Status
const LIVE = 2, SUPERSEDED = 3, STATES = 5; // RecordState
const TRIES = 5, PROOFS = 3;
const NO_PROOF = new Uint8Array(97), NO_REGISTRATION = new Uint8Array(32);
const label = (text) => bytesOf(`coffer/v1 vault ${text}`);

/** Section 18.5: the answers, after their status. */
const ANSWERS = {
  state: (d) => ({ state: enumerated(d, STATES), attempts: d.uint(1), wait_ms: d.uint64(), sequence: d.uint64(), live: d.take(32),
    version: d.uint64(), anchor: d.take(136) }),
  register: (d) => ({ response: d.take(64) }),
  store: () => ({}),
  commit: (d) => ({ sequence: d.uint64() }),
  recover: (d) => ({ attempts: d.uint(1), wait_ms: d.uint64(), ke2: d.take(320) }),
  finish: (d) => {
    const start = d.at, failures = d.uint(4), failed_ms = Array.from({ length: 10 }, () => d.uint64()), superseded_ms = d.uint64();
    return { report: { failures, failed_ms: failed_ms.slice(0, failures), superseded_ms }, encoded: d.bytes.subarray(start, d.at), mac: d.take(64) };
  },
  destroy: (d) => ({ sequence: d.uint64() }),
  anchor: (d) => ({ version: d.uint64() }),
};
const enumerated = (d, count) => {
  const v = d.uint(1);
  return v < count ? v : d.refuse("a number that is not in a list");
};
function decode(name, bytes) {
  const d = new Decoder(bytes, "vault_refused"), answer = { status: enumerated(d, STATUSES), ...ANSWERS[name](d) }; // [VLT-17]
  d.done();
  return answer;
}

/** There was no answer, as often as the client asked. */
export class NoAnswer extends Error {}
/** A refusal after which the holder is told what is left [VLT-34]. */
function refuseWith(code, { attempts, wait_ms }) {
  throw Object.assign(new CofferError(code, `${attempts} attempts are left`), { attempts, wait_ms });
}
/** [VLT-17], [VLT-18]. */
function judge({ status, ...answer }) {
  if (status === DESTROYED) fail("vault_destroyed", "the record is destroyed");
  if (status !== OK) fail("vault_refused", `the status ${status}`);
  return answer;
}

/**
 * A vault. `post(name, request)` sends a request and gives the promise of the answer, which is null if there is none;
 * it speaks to nobody but the vault of this identifier [VLT-2]. `random(n)` gives n random bytes.
 */
export class Vault {
  constructor({ vault, token, post, random = randomBytes, stretching }) {
    Object.assign(this, { vault: fixed(vault, 32), token: fixed(token, 160), post, random, stretching });
    this.account = token.subarray(32, 64);
  }
  /** Asks until there is an answer, always the same [VLT-33], [VLT-35]. */
  async ask(name, credential, ...fields) {
    const request = concat(this.token, credential, ...fields);
    for (let i = 0; i < TRIES; i++) {
      const answer = await this.post(name, request);
      if (answer) return decode(name, answer);
    }
    throw new NoAnswer(name);
  }
  /** Registers a password, and stores the record, which is pending then: {credential, export_key, registration} [VLT-41]. */
  async register(password, key) {
    const prepared = preparePassword(password), credential = this.random(32); // [VLT-40]
    const { request, finish } = registration(prepared, this.random(96), { vault: this.vault, credential }, this.stretching);
    const made = await finish(judge(await this.ask("register", credential, request)).response);
    if (!made) fail("vault_refused", "the answer has no elements");
    const management = publicKey(await derive(key, "vault management"));
    judge(await this.ask("store", credential, made.record, management));
    return { credential, export_key: made.exportKey, registration: await sha256(concat(made.record, management)) };
  }
  /** The export key, and the report, which is null if nobody knows what others have tried [VLT-37]. */
  async recover(credential, password) {
    const prepared = preparePassword(password); // [VLT-30]
    const { ke1, finish } = recovery(prepared, this.random(128), { vault: this.vault, credential }, this.stretching);
    const second = await this.ask("recover", credential, ke1);
    if (second.status === WAIT) refuseWith("vault_refused", second);
    const found = await finish(judge(second).ke2);
    if (!found) refuseWith("wrong_secret", second); // [VLT-13]
    return { export_key: found.exportKey, report: await this.report(credential, await sha256(ke1), found) };
  }
  async report(credential, session, { ke3, sessionKey }) {
    try {
      const { status, report, encoded, mac } = await this.ask("finish", credential, session, ke3);
      return status === OK && equal(mac, await hmac(sessionKey, label("report"), encoded)) ? report : null; // [VLT-38]
    } catch (e) {
      if (e instanceof NoAnswer || e instanceof CofferError) return null; // [VLT-36]
      throw e;
    }
  }
  /** Sends what has a proof of the record `of`, of which one holds the key, as long as it answers [VLT-45], [VLT-46]. */
  async proving(operation, of, key, credential, registered, send) {
    for (let i = 1; ; i++) {
      const { state, sequence } = judge(await this.ask("state", of));
      let proof = NO_PROOF;
      if (state === LIVE || state === SUPERSEDED) {
        const statement = concat(label(operation), this.vault, this.account, uint(sequence, 8), of, credential, registered);
        proof = concat([1], of, sign(await derive(key, "vault management"), statement));
      }
      const answer = await send(proof);
      if (answer.status !== STALE || i === PROOFS) return answer;
    }
  }
  /** Makes a record live. It replaces the record `of`, if one is given with its key. */
  async commit(credential, registered, of, key) {
    const send = (proof) => this.ask("commit", credential, registered, proof);
    judge(of ? await this.proving("commit", of, key, credential, registered, send) : await send(NO_PROOF));
  }
  /** Destroys the record; one that is destroyed is no error [VLT-18]. */
  async destroy(credential, key) {
    const answer = await this.proving("destroy", credential, key, credential, NO_REGISTRATION, (proof) => this.ask("destroy", credential, proof));
    if (answer.status !== DESTROYED) judge(answer);
  }
  /** Keeps the anchor {set_id, epoch, generation, head} [VLT-49]. */
  async keepAnchor(credential, key, { set_id, epoch, generation, head }) {
    const plaintext = concat(fixed(set_id, 16), uint(epoch, 8), uint(generation, 8), fixed(head, 32)), version = uint(generation, 8);
    const sealed = await seal(await derive(key, "vault anchor"), this.random(24), concat(label("anchor"), credential), plaintext);
    const proof = sign(await derive(key, "vault management"), concat(label("anchor"), this.vault, this.account, credential, version, sealed));
    judge(await this.ask("anchor", credential, version, sealed, proof));
  }
  /** The anchor of the record, or null if there is none [VLT-50]. */
  async anchor(credential, key) {
    const { version, anchor } = judge(await this.ask("state", credential));
    if (version === 0) return null;
    try {
      const message = await Message.open(await derive(key, "vault anchor"), concat(label("anchor"), credential), sourceOf(anchor));
      const d = new Decoder(await message.bytes(0, 64), "stale_backup");
      return { set_id: d.take(16), epoch: d.uint64(), generation: d.uint64(), head: d.take(32) };
    } catch (e) {
      return e instanceof CofferError ? fail("stale_backup", "the anchor does not open") : Promise.reject(e); // [VLT-51]
    }
  }
}
