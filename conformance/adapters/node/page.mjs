// The page of browser.mjs: answers one line after the other.
const post = async (path, body) => (await fetch(path, { method: "POST", body })).text();
fetch("alive"); // its end tells that the page has crashed
try {
  const { answering } = await import("./protocol.mjs");
  const answer = answering(`Coffer in JavaScript, in ${navigator.userAgent.match(/Chrom\w*\/\d+/) ?? "a browser"}`);
  for (let answered = ""; ;) answered = await answer(await post("next", answered));
} catch (e) {
  await post("error", e.stack ?? String(e));
}
