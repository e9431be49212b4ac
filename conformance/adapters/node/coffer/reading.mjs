// Reading entries (section 8.6), and all of an archive (section 8.7).
import { fail } from "./errors.mjs";
import { isZero } from "./bytes.mjs";
import { joined } from "./cobblestone.mjs";
import { sha512 } from "./primitives.mjs";
import { ARCHIVE, openPayload } from "./header.mjs";
import { contentOf, decodeArchive, readFrame, readPlace } from "./archive.mjs";

const bad = (why) => fail("malformed_archive", why);

/** The walk of section 8.7 over all frames: [ARC-30], [ARC-10]. */
async function walkFrames(source, { records, segment, region, inSet }) {
  const expected = records.flatMap((r) => r.places).filter((p) => p.own).sort((a, b) => a.offset - b.offset);
  for (let p = 0, met = 0; ;) {
    const next = expected[met];
    if (next?.offset === p) {
      const frame = await readPlace(source, next, inSet);
      met++;
      p = frame.start + frame.length;
      continue;
    }
    const frame = await readFrame(source, p, segment, inSet);
    if (frame.type === 2) {
      if (next) bad("a record without a frame");
      if (frame.start + frame.length !== segment) bad("the padding does not reach the segment");
      let zero = true; // the whole is opened before it is judged, so that a damaged chunk has its own name
      for await (const piece of source.pieces(frame.start, frame.length)) zero &&= isZero(piece);
      if (!zero) bad("padding that is not zero");
      return;
    }
    if (frame.type !== 1 && frame.type !== 5) bad("a frame that is out of order");
    if (frame.length > region - frame.start) bad("the frame of an entry is too long");
    const end = frame.start + frame.length;
    if (next?.offset < end) bad("a record without a frame");
    for await (const piece of source.pieces(frame.start, frame.length)) void piece; // no record names it, but it must open [ARC-29]
    p = end;
  }
}
/** Verifies a container: the walk, then every chunk that is left [ARC-48], then what entries are made of [ARC-96]. */
export async function verify(source, archive) {
  await walkFrames(source, archive);
  for await (const piece of source.pieces(0, archive.segment)) void piece;
  for (const r of archive.records) if (r.own) await contentOf(source, r, archive.inSet);
}
async function* piecesOf(source, stretches) {
  for (const { from, to, start } of stretches) yield* source.pieces(start, to - from);
}

/** An archive that was opened. Nothing of it is to be had before the checks of section 8.6 have passed [ARC-25]. */
export class Archive {
  /** `file` is a Uint8Array or a Blob, `secret` one of those in the README. */
  static async open(file, secret) {
    const { h, message } = await openPayload(file, secret, ARCHIVE), archive = new Archive();
    archive.message = message;
    archive.decoded = await decodeArchive(message, h.container_id);
    return archive;
  }
  /** What the index says (section 8.5). */
  get index() {
    const { set_id, generation, epoch, created_ms, complete, previous, producer } = this.decoded;
    return { set_id, generation, epoch, created_ms, complete: complete === 1, previous, producer };
  }
  /** The entries in the order of their paths. */
  get entries() { return this.decoded.records.map(({ path, kind, modified_ms, size }) => ({ path, kind, modified_ms, size })); }

  /** The other containers that the archive lists. */
  get stored() { return this.decoded.stored; }

  /** The content of an entry, piece by piece. If it throws, the pieces before are a beginning of the content. */
  async *stream(path) {
    const record = this.decoded.records.find((r) => r.path === path) ?? fail("entry_not_found"); // [ARC-27]
    if (!record.own) fail("missing_container", "the entry lies in another container"); // [ARC-24]
    yield* piecesOf(this.message, await contentOf(this.message, record, this.decoded.inSet));
  }
  /** The content of an entry. */
  async extract(path) { return joined(this.stream(path)); }

  /** Restores all: yields {path, kind, modified_ms, size, content}. All is whole if and when it ends [ARC-29], [ARC-31]. */
  async *restore() {
    const { records, inSet } = this.decoded;
    if (records.some((r) => !r.own)) fail("missing_container", "entries lie in other containers"); // [ARC-24]
    if (inSet) await verify(this.message, this.decoded);
    else await walkFrames(this.message, this.decoded); // with the contents these are all the chunks
    for (const r of [...records].sort((a, b) => a.places[0].offset - b.places[0].offset)) {
      const { path, kind, modified_ms, size } = r;
      const content = await joined(piecesOf(this.message, await contentOf(this.message, r, inSet)));
      yield { path, kind, modified_ms, size, content };
    }
  }
}
/** The entries of a restore with the SHA-512 of their contents, in the order of the paths. */
export async function digests(archive) {
  const found = new Map();
  for await (const { content, ...entry } of archive.restore()) found.set(entry.path, { ...entry, sha512: await sha512(content) });
  return archive.entries.map((e) => found.get(e.path));
}
