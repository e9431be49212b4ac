"use strict";
// What can be seen of an entry, and saving it. Nothing of it is rendered as a page.
const MOST_TEXT = 1 << 18; // characters of an entry that are shown

/** What a browser can show as an image, by its first bytes. Pictures that are programs, such as SVG, are not among it. */
const IMAGES = [["image/png", "89504e470d0a1a0a"], ["image/jpeg", "ffd8ff"], ["image/gif", "474946383961"], ["image/gif", "474946383761"], ["image/webp", "52494646........57454250"], ["image/bmp", "424d"]];

/** An entry's content as an image, as text, or as bytes. */
function contentView(content) {
  const begin = hexOf(content.subarray(0, 16), "");
  const image = IMAGES.find(([, magic]) => new RegExp(`^${magic}`).test(begin));
  if (image) {
    const url = URL.createObjectURL(new Blob([content], { type: image[0] }));
    const picture = make("img", { src: url, alt: "the entry, as an image", class: "picture" });
    picture.onload = picture.onerror = () => URL.revokeObjectURL(url);
    return picture;
  }
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(content);
    if (!/[\u0000-\u0008\u000e-\u001f]/.test(text)) {
      const cut = text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT)}\n… ${count(text.length - MOST_TEXT, "more character")}` : text;
      return make("pre", { class: "content", tabindex: "0" }, cut);
    }
  } catch {} // it is no text
  const lines = [];
  for (let at = 0; at < Math.min(content.length, 1024); at += 16) lines.push(`${String(at).padStart(6)}  ${hexOf(content.subarray(at, at + 16))}`);
  if (content.length > 1024) lines.push(`… ${count(content.length - 1024, "more byte")}`);
  return make("pre", { class: "content", tabindex: "0" }, lines.join("\n"));
}

/** Saves bytes under the last part of a path, without characters that mean something to a file system. */
function saveAs(path, content) {
  const name = path.split("/").pop().replace(/[<>:"\\|?*\u0000-\u001f]/g, "_").replace(/^\.+|[. ]+$/g, "_") || "entry";
  const url = URL.createObjectURL(new Blob([content], { type: "application/octet-stream" }));
  make("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60000);
}
