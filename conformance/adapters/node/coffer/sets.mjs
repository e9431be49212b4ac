// Chapter 16: backup sets, as a reader finds them at a provider.
import { CofferError, fail } from "./errors.mjs";
import { bytesOf, compare, hex, sourceOf } from "./bytes.mjs";
import { sha256 } from "./primitives.mjs";
import { fits } from "./keys.mjs";
import { ARCHIVE, KEYRING, openPayload, readHeader } from "./header.mjs";
import { openRing } from "./keyring.mjs";
import { checkRecords, readIndex, readPlace, readSegment } from "./archive.mjs";
import { overlay } from "./pieces.mjs";

const bad = (why) => fail("malformed_archive", why);
const same = (a, b) => compare(a, b) === 0;
const digits = (n) => n.toString(16).padStart(16, "0");
const keyringName = (epoch, copy) => `k-${digits(epoch)}${copy ? ".copy" : ""}.coffer`;
const nameOf = (x) => (x.generation ? `g-${digits(x.generation)}.coffer` : `c-${hex(x.container_id)}.coffer`);
const whole = async (file) => { const source = sourceOf(file); return source.bytes(0, source.length); };

/** The numbers in the names of one form, from the greatest on [SET-2]. */
function numbersIn(names, form) {
  const found = new Set();
  for (const name of names) {
    const match = form.exec(name), n = match ? parseInt(match[1], 16) : 0;
    if (n) found.add(n);
  }
  return [...found].sort((a, b) => b - a);
}
const KEYRINGS = /^k-(000[0-9a-f]{13})(?:\.copy)?\.coffer$/, COMMITS = /^g-(000[0-9a-f]{13})\.coffer$/;

/** What is refused, or null. An error of the program stays one. */
async function refusal(promise) {
  try { await promise; } catch (e) {
    if (e instanceof CofferError) return e;
    throw e;
  }
  return null;
}

/** Section 16.2: the keyring that counts, and what was passed over before it, each {name, error}. */
async function findKeyring(objects, secret) {
  const passedOver = [];
  const examine = (name) => refusal((async () => {
    const h = await readHeader(objects.get(name) ?? fail("missing_container"));
    if (h.purpose !== KEYRING) bad("no keyring");
  })());
  const epochs = numbersIn(objects.keys(), KEYRINGS), isComplete = (epoch) => objects.has(keyringName(epoch, true));
  for (const epoch of [...epochs.filter(isComplete), ...epochs.filter((e) => !isComplete(e)).reverse()])
    for (const name of [keyringName(epoch, false), keyringName(epoch, true)].filter((n) => objects.has(n))) {
      let error = await examine(name), opened;
      if (!error) {
        const refused = await refusal(openRing(objects.get(name), secret).then((o) => { opened = o; }));
        if (refused) { // [SET-7]
          const copy = keyringName(epoch, true);
          if (name === copy || (await examine(copy)) || same(await whole(objects.get(name)), await whole(objects.get(copy)))) throw refused;
          passedOver.push({ name, error: refused });
          opened = await openRing(objects.get(copy), secret);
          if (opened.ring.epoch !== epoch) throw refused;
        }
        if (opened.ring.epoch === epoch) return { ...opened, passedOver };
        error = new CofferError("malformed_archive", `it is of epoch ${opened.ring.epoch}`); // [SET-8]
      }
      passedOver.push({ name, error });
    }
  return fail("missing_container", "no keyring that can be opened"); // [SET-9]
}

/** A backup set, with its keyring and its head. */
export class BackupSet {
  /**
   * Opens the set in a Map of names to files, each a Uint8Array or a Blob. What is `remembered` is {set_id, epoch, generation};
   * if the holder asks for an earlier state, `stale` is true.
   */
  static async open(objects, { secret, remembered, stale = false }) {
    const set = new BackupSet(), { K, ring, passedOver } = await findKeyring(objects, secret);
    Object.assign(set, { objects, K, ring, passedOver, id: ring.set_id, epoch: ring.epoch, head: null });
    if (remembered && !same(remembered.set_id, ring.set_id)) fail("wrong_set"); // [SET-11]
    if (remembered && ring.epoch < remembered.epoch && !stale) fail("stale_backup", "the epoch"); // [SET-12]
    for (const number of numbersIn(objects.keys(), COMMITS)) {
      if (set.head || number < ring.generation) break;
      const error = await refusal(set.eligible(number).then((g) => { set.head = g; })); // [SET-13]
      if (error) passedOver.push({ name: nameOf({ generation: number }), error }); // [SET-15]
    }
    if (!set.head && ring.generation) fail("missing_container", "the commit that the keyring names"); // [SET-16]
    if (remembered && (set.head?.number ?? 0) < remembered.generation && !stale) fail("stale_backup", "the generation"); // [SET-17]
    return set;
  }
  /** The numbers of the earlier generations [SET-18]. */
  get earlier() {
    return this.head ? this.head.stored.map((x) => x.generation).filter((n) => n).sort((a, b) => a - b) : [];
  }
  /** The head, or an earlier generation, by its number. */
  async generation(number) {
    if (this.head?.number === number) return this.head;
    const x = this.head?.stored.find((x) => x.generation === number) ?? fail("missing_container", "a generation that the head does not list");
    return this.commit(await this.listed(x), this.head);
  }

  /** The key of an epoch, and whether it is an old one. */
  keyOf(epoch) {
    const old = this.ring.old_keys.find((o) => o.epoch >= epoch);
    return { key: old?.key ?? this.K, old: Boolean(old) };
  }
  /** An archive under a key, as far as its index. */
  async archive(file, key) {
    const { h, message } = await openPayload(file, { kind: "key", key }, ARCHIVE), id = hex(h.container_id);
    return { id, container_id: h.container_id, message, index: await readIndex(message, id) };
  }
  /** The commit of a generation, if it is eligible. */
  async eligible(number) {
    const file = this.objects.get(nameOf({ generation: number })), { ring, K } = this;
    let key = K;
    if (number === ring.generation) {
      if (!same(await sha256(await whole(file)), ring.head)) fail("payload_tampered", "the digest in the keyring"); // [SET-14]
      const { key_check } = await readHeader(file);
      for (const old of ring.old_keys) if (await fits(old.key, key_check)) key = old.key;
    }
    const archive = await this.archive(file, key), { epoch } = archive.index;
    if (number > ring.generation ? epoch !== ring.epoch : epoch > ring.epoch || !same(this.keyOf(epoch).key, key)) bad("the epoch of a commit");
    if (!same(archive.index.set_id, ring.set_id)) fail("wrong_set");
    if (archive.index.generation !== number) bad("the generation of a commit");
    return this.commit(archive);
  }
  /** A generation whose commit is this archive; `head` is that through which it was reached. */
  async commit(archive, head) {
    if (!archive.index.complete) bad("a commit that does not complete a generation");
    const own = await readSegment(archive.message, archive.index.segments.at(-1), archive.id, false);
    return new Generation(this, archive, own, head);
  }
  /** A container that a commit lists, as far as its index: section 16.4. */
  async listed(x) {
    if (x.epoch > this.ring.epoch) bad("a container of a later epoch than the keyring's"); // [SET-22]
    const file = this.objects.get(nameOf(x)) ?? fail("missing_container", nameOf(x)), { key, old } = this.keyOf(x.epoch);
    if (old) { // [SET-20]
      const bytes = await whole(file);
      if (bytes.length !== x.length || !same(await sha256(bytes), x.digest)) fail("payload_tampered", "what is listed of a container");
    }
    const archive = await this.archive(file, key).catch((e) => { // [SET-37]
      throw e.code === "wrong_secret" ? new CofferError("payload_tampered", "another key") : e;
    });
    const { set_id, epoch, generation } = archive.index; // [SET-21]
    if (!same(archive.container_id, x.container_id)) bad("another container");
    if (!same(set_id, this.ring.set_id)) fail("wrong_set");
    if (epoch !== x.epoch || (x.generation && generation !== x.generation)) bad("the epoch or the generation of a container");
    if (x.generation && !archive.index.complete) bad("a commit that does not complete a generation");
    return archive;
  }
}

/** A generation of a set, whose commit is open as far as its own segment. */
class Generation {
  constructor(set, archive, own, head) {
    Object.assign(this, { set, archive, own, head, stored: own.stored, number: archive.index.generation, container_id: archive.container_id });
  }
  /** Opens a container in which a part of this generation lies. */
  async container(id) {
    if (id === this.archive.id) {
      const file = this.set.objects.get(nameOf({ generation: this.number }));
      return this.set.archive(file, this.set.keyOf(this.archive.index.epoch).key);
    }
    return this.set.listed(this.stored.find((x) => hex(x.container_id) === id) ?? bad("a container that is not listed")); // [SET-19]
  }
  checkKept(id) { // [SET-33]
    const { head, archive } = this;
    if (!head || id === archive.id || id === head.archive.id || head.stored.some((x) => hex(x.container_id) === id)) return;
    fail("missing_container", "a generation that is no longer kept");
  }
  /**
   * The entries in the order of their paths, each with `content`, a function. It is rejected if a container that the entry
   * needs is missing or refused [SET-23].
   */
  async list() {
    const { id, index } = this.archive, live = new Map();
    for (const ref of index.segments) {
      this.checkKept(ref.container);
      const other = ref.container === id ? null : await this.container(ref.container);
      const segment = other ? await readSegment(other.message, ref, ref.container, false) : this.own;
      for (const path of segment.removed) live.delete(path); // [ARC-39]
      for (const record of segment.records) live.set(record.path, record);
    }
    const records = [...live.values()].map((r) => {
      const places = r.places.map((p) => ({ ...p, own: p.container === id }));
      return { ...r, places, own: places.every((p) => p.own) };
    }).sort((a, b) => compare(bytesOf(a.path), bytesOf(b.path)));
    checkRecords(records, this.stored, index, id);
    for (const { places } of records) for (const p of places) this.checkKept(p.container);
    return records.map((r) => ({ path: r.path, kind: r.kind, modified_ms: r.modified_ms, size: r.size, content: () => this.content(r) }));
  }
  /** Containers are opened anew for each entry: damage to one does not concern another [ARC-38]. */
  async content({ places, size }) {
    const containers = new Map(), frames = [];
    for (const { container } of places) if (!containers.has(container)) containers.set(container, await this.container(container));
    for (const place of places) {
      const { message, index } = containers.get(place.container);
      frames.push(await readPlace(message, { ...place, limit: Math.min(place.limit, index.region) }, true));
    }
    const stretches = overlay(frames, size), out = new Uint8Array(size); // which the frames have
    for (const { from, to, start, frame } of stretches)
      out.set(await containers.get(places[frame].container).message.bytes(start, to - from), from);
    return out;
  }
}
