// Entries that lie in several frames: the blocks of section 8.1, and the overlay of section 8.4.
import { fail } from "./errors.mjs";

const bad = (why) => fail("malformed_archive", why);
export const BLOCK = 4096;
const blocksIn = (size) => Math.ceil(size / BLOCK);

/** Whether a run may come behind the block `after`, of an entry of this size [ARC-88]. */
export const runFits = ({ first, count }, after, size) => count > 0 && first > after && first + count <= blocksIn(size);
/** How many bytes of an entry a run supplies. */
const bytesOfRun = ({ first, count }, size) => Math.min((first + count) * BLOCK, size) - first * BLOCK;
export const suppliedBy = (runs, size) => runs.reduce((n, run) => n + bytesOfRun(run, size), 0);

/** The stretches of an entry that a frame has, in order: {from, to, start}, of the entry and where it begins in the plaintext. */
export function stretchesOf({ runs, size, start }) {
  if (!runs) return size ? [{ from: 0, to: size, start }] : [];
  let at = start;
  return runs.map((run) => {
    const n = bytesOfRun(run, size), from = run.first * BLOCK, stretch = { from, to: from + n, start: at };
    at += n;
    return stretch;
  });
}
/**
 * The stretches of an entry of this size whose frames, the oldest first, are these [ARC-86], each with the number of its
 * frame. It is an error if a byte of a block is not in the last frame that has the block [ARC-87].
 */
export function overlay(frames, size) {
  const n = blocksIn(size), parts = frames.map(stretchesOf);
  if (parts.flat().reduce((sum, s) => sum + blocksIn(s.to - s.from), 0) < n) bad("blocks that no frame has"); // [CON-3]
  const alone = parts.length === 1 && parts[0].length === 1 && parts[0][0];
  if (alone && alone.from === 0 && alone.to === size) return [{ ...alone, frame: 0 }];
  const winner = new Uint16Array(n), out = [];
  parts.forEach((stretches, i) => {
    for (const s of stretches) winner.fill(i + 1, Math.min(n, s.from / BLOCK), Math.min(n, blocksIn(s.to)));
  });
  const next = parts.map(() => 0); // of each frame, the stretch that has the block or a later one
  for (let block = 0; block < n; block++) {
    const from = block * BLOCK, to = Math.min(size, from + BLOCK), i = winner[block] - 1;
    if (i < 0) bad("a block that no frame has");
    while (parts[i][next[i]].to <= from) next[i]++;
    const s = parts[i][next[i]], start = s.start + from - s.from, last = out.at(-1);
    if (s.to < to) bad("a block of which a frame has a part");
    if (last?.frame === i && last.start + last.to - last.from === start) last.to = to; else out.push({ from, to, start, frame: i });
  }
  return out;
}
