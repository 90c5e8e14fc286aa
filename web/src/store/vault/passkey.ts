import type { Bytes } from "./database";
import { random } from "./keys";

/** A secret that only this authenticator gives, for a passkey and a salt, after it saw that she is there. */
export interface PasskeyAnswer {
  credential: Bytes;
  answer: Bytes;
}

const WAIT_MS = 60_000;

/** Whether this browser can be asked at all; what the authenticator can do shows only when it is asked. */
export function passkeysPossible(): boolean {
  return isSecureContext && typeof PublicKeyCredential === "function";
}

/**
 * Makes a passkey on this device that can give a secret (the PRF extension); null when it cannot, or she said no.
 * The server never hears of it: it opens what lies here, and nothing else.
 */
export async function makePasskey(label: string, salt: Bytes): Promise<PasskeyAnswer | null> {
  const made = await navigator.credentials
    .create({
      publicKey: {
        challenge: random(32),
        rp: { id: location.hostname, name: "CPIMS" },
        user: { id: random(16), name: label, displayName: label },
        pubKeyCredParams: [
          { type: "public-key", alg: -7 },
          { type: "public-key", alg: -257 },
        ],
        authenticatorSelection: { residentKey: "discouraged", userVerification: "required" },
        timeout: WAIT_MS,
        extensions: { prf: { eval: { first: salt } } },
      },
    })
    .catch(() => null);
  if (!(made instanceof PublicKeyCredential)) return null;
  const { prf } = made.getClientExtensionResults();
  const credential = new Uint8Array(made.rawId);
  const first = prf?.results?.first;
  if (first) return { credential, answer: bytesOf(first) };
  // Some tell at the making only that they can, and give the secret when asked.
  return prf?.enabled === true ? askPasskey([{ credential, salt }]) : null;
}

/** Asks for any of these passkeys; null when none of them is here, or she said no. */
export async function askPasskey(known: readonly { credential: Bytes; salt: Bytes }[]): Promise<PasskeyAnswer | null> {
  if (known.length === 0) return null;
  const given = await navigator.credentials
    .get({
      publicKey: {
        challenge: random(32),
        rpId: location.hostname,
        allowCredentials: known.map(({ credential }) => ({ type: "public-key" as const, id: credential })),
        userVerification: "required",
        timeout: WAIT_MS,
        extensions: { prf: { evalByCredential: Object.fromEntries(known.map(({ credential, salt }) => [base64Url(credential), { first: salt }])) } },
      },
    })
    .catch(() => null);
  if (!(given instanceof PublicKeyCredential)) return null;
  const first = given.getClientExtensionResults().prf?.results?.first;
  return first ? { credential: new Uint8Array(given.rawId), answer: bytesOf(first) } : null;
}

function bytesOf(source: BufferSource): Bytes {
  return ArrayBuffer.isView(source) ? new Uint8Array(source.buffer as ArrayBuffer, source.byteOffset, source.byteLength) : new Uint8Array(source);
}

function base64Url(bytes: Bytes): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}
