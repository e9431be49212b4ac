// The conformance suite's adapter in a browser: hands the lines of standard input to a page in Chromium.
//
// The page posts each answer, and gets the next line in return, over HTTP on a loopback port (page.mjs). Nothing that it
// loads is built or bundled: the files beside this one are served as they are.
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { startChromium } from "./chromium.mjs";

function die(why) {
  process.stderr.write(`${why}\n`);
  process.exit(1);
}

/** Serves the page and what it imports, at a secret path, and relays lines: the page posts an answer and gets the next. */
function serve(next, answered) {
  const secret = `/${randomUUID()}/`, here = new URL("./", import.meta.url);
  const files = /^(page\.html|(page|protocol|coffer\/[a-z]+)\.mjs|node_modules\/@noble\/(curves|hashes)(\/[\w-]+)+\.js)$/;
  const server = createServer(async (request, response) => {
    const path = request.url.startsWith(secret) ? request.url.slice(secret.length) : "";
    if (path === "alive") { // for as long as the page lives, which no other request is
      response.flushHeaders();
      response.on("close", () => die("the page has crashed"));
    } else if (path === "next" || path === "error") {
      const body = [];
      for await (const piece of request) body.push(piece);
      const text = Buffer.concat(body);
      if (path === "error") die(text);
      if (text.length) answered(text);
      response.end(await next());
    } else if (files.test(path)) {
      response.setHeader("Content-Type", path.endsWith(".html") ? "text/html; charset=utf-8" : "text/javascript");
      response.end(readFileSync(new URL(path, here)));
    } else response.writeHead(404).end();
  });
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve(`http://127.0.0.1:${server.address().port}${secret}page.html`));
  });
}

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const next = async () => {
  const { value, done } = await lines.next();
  if (done) process.exit(0);
  return value;
};
startChromium(await serve(next, (answer) => process.stdout.write(`${answer}\n`)), die);
