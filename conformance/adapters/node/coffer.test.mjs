// What the conformance suite does not reach.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { openArchive, preparePassword, salvage, sealArchive } from "./coffer/index.mjs";
import { bytesOf, concat } from "./coffer/bytes.mjs";
import { joined, seal } from "./coffer/cobblestone.mjs";
import { openStream, sealStream } from "./coffer/streams.mjs";

const key = new Uint8Array(32).fill(7), secret = { kind: "key", key }, zeros = (n) => new Uint8Array(n);
const big = zeros(40000).map((_, i) => i * i);
const sealed = (entries) => sealArchive({ key, slots: [], entries, created_ms: 1, producer: "test" });
const entry = (path, content) => ({ path, kind: 0, modified_ms: 0, content });
const code = (name) => (e) => e.code === name;

test("the example of the README runs as it is printed", async () => {
  const [, example] = readFileSync(new URL("README.md", import.meta.url), "utf8").match(/```js\n([^]*?)```/);
  const source = example.replace("./coffer/index.mjs", new URL("coffer/index.mjs", import.meta.url).href);
  const printed = [], { log } = console;
  console.log = (...words) => printed.push(words.join(" "));
  try { await import(`data:text/javascript,${encodeURIComponent(source)}`); } finally { console.log = log; }
  assert.deepEqual(printed, ["chats/anna.json 2", "wrong_secret", "1"]);
});

test("a Blob is read like a Uint8Array", async () => {
  const file = await sealed([entry("b", big), entry("a", zeros(0))]);
  for (const form of [file, new Blob([file.subarray(0, 1000), file.subarray(1000)])]) {
    const archive = await openArchive(form, secret), restored = [];
    for await (const e of archive.restore()) restored.push([e.path, e.content]);
    assert.deepEqual(restored, [["b", big], ["a", zeros(0)]]);
    assert.deepEqual(await archive.extract("b"), big);
  }
});

test("an error of an opened archive stays", async () => {
  const file = await sealed([entry("a", big), entry("b", zeros(40000))]);
  file[117 + 56 + 16400] ^= 1;
  const archive = await openArchive(file, secret);
  await assert.rejects(archive.extract("a"), code("payload_tampered"));
  await assert.rejects(archive.extract("b"), code("payload_tampered")); // whose own chunks are whole
});

test("salvage gives what is left of an entry, with zero bytes for what is not", async () => {
  const file = await sealed([entry("a", big)]);
  file[117 + 56 + 16400] ^= 1;
  const { fault, entries: [found] } = await salvage(file, secret);
  const [[from, length]] = found.lost;
  assert.deepEqual([fault, found.status, found.lost.length], ["payload_tampered", "damaged", 1]);
  assert.deepEqual(await found.content(), concat(big.subarray(0, from), zeros(length), big.subarray(from + length)));
});

test("a text with an unpaired surrogate is refused, not changed", async () => {
  assert.throws(() => preparePassword("horse \ud83d battery"), code("malformed_password"));
  await assert.rejects(sealed([entry("\ud83d", big)]), code("unsafe_path"));
  const archive = await openArchive(await sealed([entry("\ufffd", big)]), secret);
  await assert.rejects(archive.extract("\ud83d"), code("entry_not_found"));
});

test("streams give the same as what is whole, in whichever pieces they arrive", async () => {
  const salt = zeros(24), context = bytesOf("test");
  for (const n of [0, 1, 16383, 16384, 16385, 32768, 40000])
    for (const size of [1000, 16384, 16400, 70000]) {
      const cut = (b) => Array.from({ length: Math.ceil(b.length / size) }, (_, i) => b.subarray(i * size, (i + 1) * size));
      const plaintext = big.subarray(0, n), message = await seal(key, salt, context, plaintext);
      assert.deepEqual(await joined(sealStream(key, salt, context, cut(plaintext))), message);
      assert.deepEqual(await joined(openStream(key, context, cut(message))), plaintext);
      assert.deepEqual(await joined(openStream(key, context, new Blob(cut(message)).stream())), plaintext);
      for (const end of [71, Math.floor(n / 16384) * 16400 + 71]) // of the whole, and of the last chunk
        await assert.rejects(joined(openStream(key, context, cut(message.subarray(0, end)))), code("truncated"));
      message[message.length - 1] ^= 1;
      await assert.rejects(joined(openStream(key, context, cut(message))), code("payload_tampered"));
    }
});
