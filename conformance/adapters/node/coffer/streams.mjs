// Section 4.6: messages whose length is not known when they begin to arrive.
import { fail } from "./errors.mjs";
import { concat } from "./bytes.mjs";
import { fixed } from "./structures.mjs";
import { CHUNK, Cipher, PREFIX, SEALED } from "./cobblestone.mjs";

const CHUNKS = 2 ** 38;

/** What arrives in pieces of any length, an iterable of Uint8Arrays such as a ReadableStream, taken in lengths of one's own. */
class Intake {
  constructor(pieces) {
    this.pieces = (pieces[Symbol.asyncIterator] ?? pieces[Symbol.iterator]).call(pieces);
    this.held = new Uint8Array(0);
  }
  /** n bytes, or what is left if that is less. */
  async take(n) {
    const out = [this.held];
    for (let have = this.held.length; have < n;) {
      const { value, done } = await this.pieces.next();
      if (done) break;
      out.push(value);
      have += value.length;
    }
    const all = concat(...out);
    this.held = all.subarray(n);
    return all.subarray(0, n);
  }
}

/** Opens a message that arrives in pieces; yields its chunks. The plaintext has ended only when this has [COB-15]. */
export async function* openStream(inputKey, context, pieces) {
  const intake = new Intake(pieces), head = await intake.take(72);
  if (head.length < 72) fail("truncated", "a message of fewer than 72 bytes"); // [COB-8]
  const cipher = await Cipher.fitting(inputKey, context, head.subarray(0, PREFIX));
  if (!cipher) fail("wrong_secret", "the commitment"); // [COB-16]
  let begun = head.subarray(PREFIX);
  for (let i = 0; ; i++) {
    const sealed = concat(begun, await intake.take(SEALED - begun.length));
    if (sealed.length < 16) fail("truncated", "the last chunk"); // [COB-17]
    if (i >= CHUNKS) fail("limit_exceeded", "more than 2^38 chunks"); // [COB-18]
    yield (await cipher.openChunk(i, sealed)) ?? fail("payload_tampered", `chunk ${i} does not open`); // [COB-12], [COB-13]
    if (sealed.length < SEALED) return;
    begun = new Uint8Array(0);
  }
}
/** Seals a plaintext that arrives in pieces; yields the pieces of the message. */
export async function* sealStream(inputKey, salt, context, pieces) {
  const cipher = await Cipher.derive(inputKey, fixed(salt, 24), context), intake = new Intake(pieces);
  yield concat(salt, cipher.commitment);
  for (let i = 0; ; i++) {
    const chunk = await intake.take(CHUNK);
    if (i >= CHUNKS) fail("limit_exceeded", "more than 2^38 chunks"); // [COB-6]
    yield await cipher.sealChunk(i, chunk);
    if (chunk.length < CHUNK) return; // [COB-5]
  }
}
