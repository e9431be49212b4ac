// The algorithms of section 2.3. All but Argon2id are those of WebCrypto.
import { argon2idAsync } from "@noble/hashes/argon2.js";
import { concat } from "./bytes.mjs";

const { crypto } = globalThis;
const { subtle } = crypto;

/** n random bytes [CON-7]. */
export const randomBytes = (n) => crypto.getRandomValues(new Uint8Array(n));

export const sha256 = async (bytes) => new Uint8Array(await subtle.digest("SHA-256", bytes));
export const sha512 = async (...parts) => new Uint8Array(await subtle.digest("SHA-512", concat(...parts)));

/** HMAC-SHA-512. No key of Coffer is empty, which some engines would refuse. */
export const hmac = async (key, ...parts) => (await hmacUnder(key))(...parts);
/** HMAC-SHA-512 under a key that is imported once. */
export async function hmacUnder(key) {
  const imported = await subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-512" }, false, ["sign"]);
  return async (...parts) => new Uint8Array(await subtle.sign("HMAC", imported, concat(...parts)));
}

/** Argon2id. It lets other work of the same thread go on every 50 ms. */
export const argon2id = (password, salt, { memory_kib, passes, lanes }, dkLen = 32) =>
  argon2idAsync(password, salt, { m: memory_kib, t: passes, p: lanes, dkLen, asyncTick: 50 });

/** AES-256-GCM with a 16-byte tag behind the ciphertext and without additional data. The key is imported once. */
export class AesGcm {
  constructor(key) { this.key = subtle.importKey("raw", key, "AES-GCM", false, ["encrypt", "decrypt"]); }
  async seal(iv, plaintext) { return new Uint8Array(await subtle.encrypt({ name: "AES-GCM", iv }, await this.key, plaintext)); }
  /** The plaintext, or null if the tag does not verify. */
  async open(iv, sealed) {
    try { return new Uint8Array(await subtle.decrypt({ name: "AES-GCM", iv }, await this.key, sealed)); } catch (e) {
      if (e.name === "OperationError") return null;
      throw e;
    }
  }
}
