// How the adapter in a browser ends. Chromium must end with it, and leave nothing behind.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { findChromium } from "./chromium.mjs";

const HELLO = '{"id": "a", "op": "hello", "input": {"protocol": 1}}\n';
const sleep = (ms) => new Promise((done) => { setTimeout(done, ms); });
const skip = findChromium() ? false : "there is no Chromium";

for (const [how, end, status] of [
  ["its input ends", (adapter) => adapter.stdin.end(), 0],
  ["it is killed", (adapter) => adapter.kill("SIGKILL"), null],
  ["the page fails", (adapter) => adapter.stdin.write("no request\n"), 1],
]) test(`nothing is left when ${how}`, { skip }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "coffer-test-")), adapter = spawn(process.execPath, ["browser.mjs"],
    { cwd: import.meta.dirname, env: { ...process.env, TMPDIR: folder }, stdio: ["pipe", "pipe", "ignore"] });
  adapter.stdin.write(HELLO);
  const [line] = await once(createInterface({ input: adapter.stdout }), "line");
  assert.match(JSON.parse(line).output.name, /Chrom/);
  const profiles = () => readdirSync(folder).filter((name) => name.startsWith("coffer-browser-"));
  assert.equal(profiles().length, 1);
  end(adapter);
  assert.equal((await once(adapter, "exit"))[0], status);
  for (let i = 0; i < 100 && profiles().length; i++) await sleep(50);
  await sleep(1000); // it does not come back
  assert.deepEqual(profiles(), []);
  rmSync(folder, { recursive: true });
});
