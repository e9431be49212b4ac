// Chromium without a window, which ends when this process does.
import { spawn } from "node:child_process";
import { accessSync, constants, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

const NAMES = ["chromium", "chromium-browser", "google-chrome"];
const FLAGS = ["--headless", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--disable-breakpad", "--disable-dev-shm-usage", "--remote-debugging-pipe"];

const isProgram = (path) => { try { accessSync(path, constants.X_OK); return true; } catch { return false; } };
/** The program: CHROMIUM, or the first that is in PATH, or undefined. */
export function findChromium() {
  const places = NAMES.flatMap((name) => (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, name)));
  return process.env.CHROMIUM || places.find(isProgram);
}

/** Waits until this process has ended, however that was; then ends Chromium, and removes its profile, which takes a while. */
const GUARD = `read -r group; cat >/dev/null
for attempt in 1 2 3 4 5 6 7 8 9; do kill -KILL "-$group"; rm -rf "$1"; sleep 0.1; done`;

/** Opens a page with a profile of its own. ended(why) is called if Chromium ends or does not start. */
export function startChromium(url, ended) {
  const program = findChromium();
  if (!program) return ended(`no ${NAMES.join(", ")} in PATH: install one, or name one in CHROMIUM`);
  const profile = mkdtempSync(join(tmpdir(), "coffer-browser-"));
  const guard = spawn("sh", ["-c", GUARD, "sh", profile], { detached: true, stdio: ["pipe", "ignore", "ignore"] });
  const flags = [...FLAGS, `--user-data-dir=${profile}`, ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])];
  // Detached, it has a process group of its own, which has the number of its first process.
  const chromium = spawn(program, [...flags, url], { detached: true, stdio: ["ignore", "ignore", "pipe", "pipe", "pipe"] });
  guard.stdin.write(`${chromium.pid}\n`);
  let said = "";
  chromium.stderr.on("data", (text) => { said = (said + text).slice(-4096); });
  chromium.on("error", (e) => ended(e.message));
  chromium.on("exit", (code, signal) => ended(`Chromium has ended: ${signal ?? code}\n${said}`));
}
