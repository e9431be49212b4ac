// The conformance suite's adapter in Node.
import { createInterface } from "node:readline";
import { answering } from "./protocol.mjs";

const answer = answering("Coffer in JavaScript, in Node");
for await (const line of createInterface({ input: process.stdin })) console.log(await answer(line));
