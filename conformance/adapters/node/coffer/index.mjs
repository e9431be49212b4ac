// What an application needs. The README beside this folder shows how.
import { readHeader, unlock } from "./header.mjs";
import { Archive } from "./reading.mjs";
import { BackupSet } from "./sets.mjs";

export { CofferError } from "./errors.mjs";
export { fingerprintOf, formatKey, keyCheckOf, newKey, parseKey, repairKey } from "./keys.mjs";
export { preparePassword } from "./passwords.mjs";
export { readHeader } from "./header.mjs";
export { openKeyring, sealKeyring } from "./keyring.mjs";
export { portableNames } from "./portable.mjs";
export { salvage } from "./salvage.mjs";
export { sealArchive, setSlots } from "./sealing.mjs";

/** Opens an archive, of a Uint8Array or a Blob. */
export const openArchive = (file, secret) => Archive.open(file, secret);
/** Opens a backup set, of a Map of the names to the objects that lie at a provider. */
export const openSet = (objects, options) => BackupSet.open(objects, options);
/** The backup key of a container, which [KEY-4] shows how to show. */
export const keyOf = async (file, secret) => (await unlock(await readHeader(file), secret)).K;
