import type { Bytes, Means, Wrapping } from "./database";
import { stretch } from "./stretch";

const encoder = new TextEncoder();
const AES = "AES-GCM";

/** A vault key as it stands in memory: it seals and opens, and cannot be taken out. */
export interface Opened {
  owner: string;
  key: string;
  secret: CryptoKey;
}

/** The cost of trying one password: 19 MiB and two passes take a slow phone less than half a second. */
export const MEMORY_KIB = 19 * 1024;
const PASSES = 2;

export function random(size: number): Bytes {
  return crypto.getRandomValues(new Uint8Array(size));
}

/** A new vault key for an account, taken out once to be wrapped. */
export function makeKey(): Promise<CryptoKey> {
  return crypto.subtle.generateKey({ name: AES, length: 256 }, true, ["encrypt", "decrypt"]);
}

/** The same key, closed: nobody takes it out of the browser any more. */
export async function closeKey(secret: CryptoKey): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", await crypto.subtle.exportKey("raw", secret), AES, false, ["encrypt", "decrypt"]);
}

async function wrappingKeyOf(means: Means, given: string | Bytes): Promise<CryptoKey> {
  if (means.by === "pbkdf2") {
    const material = await crypto.subtle.importKey("raw", bytesOf(given), "PBKDF2", false, ["deriveKey"]);
    return crypto.subtle.deriveKey({ name: "PBKDF2", hash: "SHA-256", salt: means.salt, iterations: means.rounds }, material, { name: AES, length: 256 }, false, ["wrapKey", "unwrapKey"]);
  }
  if (means.by === "argon2id") {
    const raw = await stretch({ password: bytesOf(given), salt: means.salt, memory: means.memory, passes: means.passes });
    return crypto.subtle.importKey("raw", raw, AES, false, ["wrapKey", "unwrapKey"]);
  }
  const material = await crypto.subtle.importKey("raw", bytesOf(given), "HKDF", false, ["deriveKey"]);
  return crypto.subtle.deriveKey({ name: "HKDF", hash: "SHA-256", salt: means.salt, info: encoder.encode("cpims vault by passkey") }, material, { name: AES, length: 256 }, false, [
    "wrapKey",
    "unwrapKey",
  ]);
}

function bytesOf(given: string | Bytes): Bytes {
  return typeof given === "string" ? encoder.encode(given) : given;
}

/** `given` is the password, or what the passkey answered. Raises: an error when it is not the right one. */
export async function unwrap(wrapping: Wrapping, given: string | Bytes, extractable = false): Promise<CryptoKey> {
  const by = await wrappingKeyOf(wrapping.means, given);
  return crypto.subtle.unwrapKey("raw", wrapping.bytes, by, { name: AES, iv: wrapping.iv }, AES, extractable, ["encrypt", "decrypt"]);
}

export async function opens(wrapping: Wrapping, given: string | Bytes): Promise<boolean> {
  return unwrap(wrapping, given).then(
    () => true,
    () => false,
  );
}

/** `secret` must be one that can be taken out: fresh, or unwrapped for this. */
export async function wrap(secret: CryptoKey, of: { owner: string; key: string }, means: Means, given: string | Bytes, id: string = crypto.randomUUID()): Promise<Wrapping> {
  const iv = random(12);
  const by = await wrappingKeyOf(means, given);
  return { id, owner: of.owner, key: of.key, means, iv, bytes: await crypto.subtle.wrapKey("raw", secret, by, { name: AES, iv }) };
}

export function byPassword(memory: number): Means {
  return { by: "argon2id", salt: random(16), memory, passes: PASSES };
}

/** Where a sealed thing lies is sealed with it: put in another's place it does not open. */
export function placeOf(owner: string, sort: string, id: string): Bytes {
  return encoder.encode(`${owner}/${sort}/${id}`);
}

/** Bytes as they are; a value as its JSON. */
export async function seal(secret: CryptoKey, place: Bytes, value: unknown): Promise<{ iv: Bytes; bytes: ArrayBuffer }> {
  const iv = random(12);
  const plain = value instanceof Uint8Array ? (value as Bytes) : encoder.encode(JSON.stringify(value));
  return { iv, bytes: await crypto.subtle.encrypt({ name: AES, iv, additionalData: place }, secret, plain) };
}

export async function unseal(secret: CryptoKey, place: Bytes, sealed: { iv: Bytes; bytes: ArrayBuffer }): Promise<unknown> {
  return JSON.parse(new TextDecoder().decode(await unsealBytes(secret, place, sealed))) as unknown;
}

export async function unsealBytes(secret: CryptoKey, place: Bytes, sealed: { iv: Bytes; bytes: ArrayBuffer }): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.decrypt({ name: AES, iv: sealed.iv, additionalData: place }, secret, sealed.bytes));
}
