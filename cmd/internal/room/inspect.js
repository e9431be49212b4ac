"use strict";
// What is inspected: a file or a folder that is chosen or dropped, the worked example, and the inputs of test vectors.
const LARGEST = 256 << 20; // bytes that a page takes into memory

/** Shows what is drawn of data that is read, unless something else is wanted in the meantime. */
async function inspecting(name, size, read, draw) {
  const now = begin();
  if (!dialog.open) dialog.showModal();
  body.replaceChildren(make("p", { role: "status" }, make("progress", { "aria-label": "at work" }), " The decoder is being loaded …"));
  try {
    if (size > LARGEST) throw new Error(`it has more than ${LARGEST >> 20} MiB; "coffer inspect --hex" takes a file of any size`);
    const [data] = await Promise.all([read(), decoder(), load("sentences.js")]);
    if (now === turn) await draw(data);
  } catch (error) {
    if (now === turn) body.replaceChildren(make("p", { class: "fault" }, `${name} cannot be shown: ${error.message}`));
  }
}

const bytesIn = async (file) => new Uint8Array(await file.arrayBuffer());

/** Shows a file, or bytes with a name; with a secret {kind, text} also what is in it. */
function inspect(file, secret) {
  return inspecting(file.name, file.size, () => bytesIn(file), async (data) => {
    const dump = await new ContainerDump(file.name).build(data);
    if (secret) await dump.open(secret.kind, secret.text);
  });
}

/** Shows a folder, or several files: a map of them by name. */
function inspectSet(name, files, secret) {
  const size = [...files.values()].reduce((sum, file) => sum + file.size, 0);
  const read = async () => new Map(await Promise.all([...files].map(async ([path, file]) => [path, await bytesIn(file)])));
  return inspecting(name, size, read, async (data) => {
    const dump = await new SetDump(name).build(data);
    if (secret) await dump.open(secret.kind, secret.text);
  });
}

/** Shows another part of a test vector, such as a slot. */
function inspectInput(as, name, data) {
  return inspecting(name, data.length, async () => data, async () => {
    const { error, fields } = JSON.parse(await ask("layout", as, data));
    body.replaceChildren(make("p", {}, make("b", {}, name), `, its ${as}: ${count(data.length, "byte")}`), error ? make("p", { class: "fault" }, error.detail) : new BytesView(data, fields, { label: as }).whole);
  });
}

/** The files of a folder that was dropped; folders in it are no part of a set. Chromium lets a page from a disk read it by its handle only, other browsers have none. */
async function filesOf({ entry, handle }) {
  const files = new Map(), folder = await handle;
  if (folder) {
    for await (const file of folder.values()) if (file.kind === "file") files.set(file.name, await file.getFile());
    return files;
  }
  const reader = entry.createReader();
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return files;
    for (const file of some) if (file.isFile) files.set(file.name, await new Promise((resolve, reject) => file.file(resolve, reject)));
  }
}

/** Shows what was dropped: a container, several, or a folder. */
async function inspectDropped(files, folder) {
  if (folder) {
    try {
      await inspectSet(folder.entry.name, await filesOf(folder));
    } catch (error) {
      if (!dialog.open) dialog.showModal(); // some browsers let no page from a disk read it
      body.replaceChildren(make("p", { class: "fault" }, `${folder.entry.name} cannot be shown: ${error.message} Choose the folder above, or drop all of its files.`));
    }
  } else if (files.length > 1) await inspectSet("several files", new Map(files.map((file) => [file.name, file])));
  else await inspect(files[0]);
}

/** Opens the worked example of chapter 15, with its password. */
async function tryExample() {
  await load("example.js");
  const { name, container, secret } = window.cofferExample;
  await inspect(new File([bytesOf(container)], name), secret);
}

/** The bytes of a value of a test vector: its own, or those of a recipe. */
function bytesOfValue(value) {
  if (typeof value === "string") return expanded(value);
  const { length, repeat = "00", parts = [] } = value;
  const bytes = new Uint8Array(length), again = expanded(repeat);
  for (let at = 0; at < length; at++) bytes[at] = again[at % again.length];
  for (const [offset, part] of parts) bytes.set(expanded(part), offset);
  return bytes;
}

/** Opens a part of a test vector, whose script is there: as a set, as a container, or as what "layout" has fields of. */
function inspectCase(path, as) {
  const { id, input } = window.cofferCase;
  const secret = caseSecret(input.secret ?? (typeof input.key === "string" ? { kind: "key", key: input.key } : undefined));
  if (as === "set") return inspectSet(id, new Map(input.objects.map((o) => [o.name, new File([expanded(o.bytes)], o.name)])), secret);
  let value = window.cofferCase, owner;
  for (const part of path.split(".")) [owner, value] = [value, value[part]];
  const data = bytesOfValue(value);
  return as === "container" ? inspect(new File([data], path.endsWith(".bytes") ? owner.name : id), secret) : inspectInput(as, id, data);
}

/** The secret of a test vector as it is typed. */
function caseSecret(secret) {
  if (!secret) return undefined;
  const { kind } = secret, text = secret[{ key: "key", password: "password", passkey: "prf", vault: "export_key" }[kind]];
  return text === undefined ? undefined : { kind, text: kind === "password" ? new TextDecoder().decode(bytesOf(text)) : text };
}

element("folder").addEventListener("change", (event) => event.target.files.length && inspectDropped([...event.target.files]));
element("file").addEventListener("change", (event) => event.target.files.length && inspectDropped([...event.target.files]));
dialog.addEventListener("close", () => body.querySelector(".stop")?.click());
dialog.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]:not([download])");
  if (event.target === dialog || (link && !dialog.contains(element(link.hash.slice(1))))) dialog.close();
});
