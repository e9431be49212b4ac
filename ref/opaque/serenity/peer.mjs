// Calls @serenity-kit/opaque for the tests of package opaque: of each line of standard
// input, {"side": "client" or "server", "call": a function's name, "args": its argument},
// it writes the result as a line, {"result": ...}, or {"error": ...} for what was thrown.
import { createInterface } from "node:readline";
import * as opaque from "@serenity-kit/opaque";

await opaque.ready;
for await (const line of createInterface({ input: process.stdin })) {
  const { side, call, args } = JSON.parse(line);
  let answer;
  try {
    answer = { result: opaque[side][call](args) ?? null };
  } catch (error) {
    answer = { error: String(error) };
  }
  console.log(JSON.stringify(answer));
}
