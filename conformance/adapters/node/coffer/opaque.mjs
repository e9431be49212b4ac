// Section 18.4: the client of OPAQUE-3DH (RFC 9807) over ristretto255 (RFC 9497).
import { ed25519, ristretto255, ristretto255_hasher } from "@noble/curves/ed25519.js";
import { bytesToNumberLE } from "@noble/curves/utils.js";
import { bytesOf, concat, equal } from "./bytes.mjs";
import { uint } from "./structures.mjs";
import { argon2id, hmac, sha512 } from "./primitives.mjs";

const { Point } = ristretto255, { Fn } = Point;
const SUITE = "OPRFV1-\0-ristretto255-SHA512", CONTEXT = bytesOf("coffer/v1 vault");
/** The key stretching of a vault [VLT-10]. */
export const STRETCHING = { memory_kib: 65536, passes: 3 };

const prefixed = (bytes) => concat(uint(bytes.length, 2), bytes);
const extract = (ikm) => hmac(new Uint8Array(64), ikm);
async function expand(prk, n, ...info) {
  let out = new Uint8Array(0), last = out;
  for (let i = 1; out.length < n; i++) { last = await hmac(prk, last, ...info, [i]); out = concat(out, last); }
  return out.subarray(0, n);
}
/** An element, or null if the bytes are none, or the identity [VLT-12]. */
function element(bytes) {
  try { const e = Point.fromBytes(bytes); return e.is0() ? null : e; } catch { return null; }
}
/** A scalar of 64 random bytes. */
const scalar = (uniform) => Fn.create(bytesToNumberLE(uniform));
const times = (s, e) => e.multiply(s).toBytes();
/** DeriveKeyPair for the key exchange. */
function keyPair(seed) {
  const info = bytesOf("OPAQUE-DeriveDiffieHellmanKeyPair");
  const secret = ristretto255_hasher.hashToScalar(concat(seed, prefixed(info), [0]), { DST: `DeriveKeyPair${SUITE}` });
  return { secret, share: Point.BASE.multiply(secret).toBytes() };
}
/** Blind. */
const blinded = (password, blind) => times(blind, ristretto255_hasher.hashToCurve(password, { DST: `HashToGroup-${SUITE}` }));
/** Finalize, and the randomized password. */
async function randomized(password, blind, evaluated, stretching) {
  const output = await sha512(prefixed(password), prefixed(times(Fn.inv(blind), evaluated)), bytesOf("Finalize"));
  return extract(concat(output, await argon2id(output, new Uint8Array(16), { ...STRETCHING, ...stretching, lanes: 1 }, 64)));
}
/** What an envelope of this nonce has for a client. */
async function opened(prk, nonce) {
  const [authKey, exportKey, seed] = await Promise.all([[64, "AuthKey"], [64, "ExportKey"], [32, "PrivateKey"]].map(([n, label]) =>
    expand(prk, n, nonce, bytesOf(label))));
  return { authKey, exportKey, keys: keyPair(seed) };
}
const authTag = (authKey, nonce, serverPublic, { vault, credential }) =>
  hmac(authKey, nonce, serverPublic, prefixed(vault), prefixed(credential));
const maskingKey = (prk) => expand(prk, 64, bytesOf("MaskingKey"));

/** A registration, which is answered with a RegistrationResponse. `random` has the blind and the envelope's nonce. */
export function registration(password, random, identities, stretching) {
  const blind = scalar(random.subarray(0, 64)), nonce = random.subarray(64, 96);
  return { request: blinded(password, blind), /** The record and the export key, or null for what is no element. */
    async finish(response) {
      const evaluated = element(response.subarray(0, 32)), serverPublic = response.subarray(32);
      if (!evaluated || !element(serverPublic)) return null;
      const prk = await randomized(password, blind, evaluated, stretching), { authKey, exportKey, keys } = await opened(prk, nonce);
      return { exportKey, record: concat(keys.share, await maskingKey(prk), nonce, await authTag(authKey, nonce, serverPublic, identities)) };
    } };
}
/** A recovery, which is answered with KE2. `random` has the blind, the nonce, and the seed of the key share. */
export function recovery(password, random, { vault, credential }, stretching) {
  const blind = scalar(random.subarray(0, 64)), own = keyPair(random.subarray(96));
  const ke1 = concat(blinded(password, blind), random.subarray(64, 96), own.share);
  return { ke1, /** KE3, the session key and the export key, or null if the password is wrong, or the answer altered [VLT-13]. */
    async finish(ke2) {
      const evaluated = element(ke2.subarray(0, 32)), serverShare = element(ke2.subarray(224, 256));
      if (!evaluated || !serverShare) return null;
      const prk = await randomized(password, blind, evaluated, stretching); // once [VLT-14]
      const pad = await expand(await maskingKey(prk), 128, ke2.subarray(32, 64), bytesOf("CredentialResponsePad"));
      const clear = pad.map((b, i) => b ^ ke2[64 + i]), serverPublic = clear.subarray(0, 32), nonce = clear.subarray(32, 64);
      const { authKey, exportKey, keys } = await opened(prk, nonce);
      if (!equal(clear.subarray(64), await authTag(authKey, nonce, serverPublic, { vault, credential }))) return null;
      const server = element(serverPublic);
      if (!server) return null;
      const ikm = concat(times(own.secret, serverShare), times(own.secret, server), times(keys.secret, serverShare));
      const preamble = concat(bytesOf("OPAQUEv1-"), prefixed(CONTEXT), prefixed(credential), ke1, prefixed(vault), ke2.subarray(0, 256));
      const transcript = await sha512(preamble), root = await extract(ikm);
      const secret = (key, name, context) => {
        const label = bytesOf(`OPAQUE-${name}`);
        return expand(key, 64, uint(64, 2), [label.length], label, [context.length], context);
      };
      const none = new Uint8Array(0), handshake = await secret(root, "HandshakeSecret", transcript);
      const mac = await hmac(await secret(handshake, "ServerMAC", none), transcript);
      if (!equal(mac, ke2.subarray(256))) return null;
      const ke3 = await hmac(await secret(handshake, "ClientMAC", none), await sha512(preamble, mac));
      return { ke3, exportKey, sessionKey: await secret(root, "SessionKey", transcript) };
    } };
}

/** Ed25519, of a private key in the sense of RFC 8032. */
export const sign = (privateKey, message) => ed25519.sign(message, privateKey);
export const publicKey = (privateKey) => ed25519.getPublicKey(privateKey);
