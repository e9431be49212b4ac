"use strict";
// The functions of the reference. They run in a thread of their own, so that the page goes on answering while a password is stretched; where a page is given no such thread, they run in the page's.

/** What answers, from when it is wanted first until it is stopped: ask(name, ...args) of the reference's functions. */
let running;
function decoder() {
  running ??= compiled().then((program) => aside(program).catch(() => here(program))).catch((error) => { running = undefined; throw error; });
  return running;
}

let halt; // ends what the other thread does, once there is one

/** The program, which is loaded and compiled once. */
let compiling;
function compiled() {
  compiling ??= (async () => {
    await load("decoder.js");
    const packed = Uint8Array.from(atob(window.cofferDecoder), (c) => c.charCodeAt(0));
    const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    return WebAssembly.compile(await new Response(unpacked).arrayBuffer());
  })().catch((error) => { compiling = undefined; throw error; });
  return compiling;
}

/** Starts the program, in either thread, and returns how its functions are called. */
async function started(glue, program) {
  if (!globalThis.Go) glue();
  const go = new Go();
  go.run(await WebAssembly.instantiate(program, go.importObject));
  return (name, args) => {
    const result = globalThis.coffer[name](...args);
    if (go.exited) throw new Error("the decoder ended, perhaps for want of memory");
    return result;
  };
}

/** What the other thread does: it starts the program that it is sent, and then answers in turn. */
function answers(glue) {
  let call;
  onmessage = async ({ data: { program, name, args } }) => {
    try {
      if (program) call = await started(glue, program);
      const result = program ? "started" : call(name, args);
      postMessage({ result }, result instanceof Uint8Array ? [result.buffer] : []);
    } catch (error) {
      postMessage({ error: error.message });
    }
  };
}

/** Runs the program in another thread. Its script is made of this one, since a page from a disk may load none for it. */
async function aside(program) {
  const url = URL.createObjectURL(new Blob([`"use strict";\n${started}\n(${answers})(${window.cofferGlue});\n`], { type: "text/javascript" }));
  const worker = new Worker(url), waiting = [];
  const end = (error) => {
    worker.terminate();
    running = halt = undefined;
    for (const { reject } of waiting.splice(0)) reject(error);
  };
  const send = (message) => new Promise((resolve, reject) => { waiting.push({ resolve, reject }); worker.postMessage(message); });
  worker.onmessage = ({ data: { result, error } }) => (error === undefined ? waiting.shift().resolve(result) : end(new Error(error)));
  worker.onerror = () => end(new Error("there is no other thread"));
  await send({ program }).finally(() => URL.revokeObjectURL(url));
  halt = () => { if (waiting.length) end(new Error("it was stopped")); };
  return (name, ...args) => send({ name, args });
}

/** Runs the program in the page's own thread, which draws once more before each of its answers. */
async function here(program) {
  const call = await started(window.cofferGlue, program);
  return async (name, ...args) => {
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    try {
      return call(name, args);
    } catch (error) {
      running = undefined;
      throw error;
    }
  };
}

let turn = 0; // of the work, which nobody waits for once other work has begun

/** Ends what goes on, and returns the turn of what begins. */
function begin() {
  halt?.();
  return ++turn;
}

/** Asks the reference, whose answer never comes if other work has begun in the meantime. */
async function ask(name, ...args) {
  const now = turn;
  const [answer, error] = await decoder().then((asked) => asked(name, ...args)).then((answer) => [answer], (error) => [, error]);
  if (now !== turn) return new Promise(() => {});
  if (error) throw error;
  return answer;
}
