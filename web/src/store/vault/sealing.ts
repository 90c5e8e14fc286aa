import type { Bytes } from "./database";

/** The key of the instance, to which unsent work is sealed: whoever holds the device cannot open it, the server can. */
export interface InstanceKey {
  id: string;
  /** An uncompressed P-256 point in base64. */
  public_key: string;
}

/** HPKE base mode (RFC 9180): DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM. Gives the encapsulated key, then the ciphertext. */
export async function sealTo(instanceKey: InstanceKey, plain: Uint8Array, info: string): Promise<Bytes> {
  const { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } = await import("@hpke/core");
  const suite = new CipherSuite({ kem: new DhkemP256HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
  const point = Uint8Array.from(atob(instanceKey.public_key), (letter) => letter.charCodeAt(0));
  const recipientPublicKey = await suite.kem.deserializePublicKey(point.buffer);
  const sender = await suite.createSenderContext({ recipientPublicKey, info: new TextEncoder().encode(info).buffer });
  const ciphertext = await sender.seal(new Uint8Array(plain).buffer);
  const sealed = new Uint8Array(sender.enc.byteLength + ciphertext.byteLength);
  sealed.set(new Uint8Array(sender.enc), 0);
  sealed.set(new Uint8Array(ciphertext), sender.enc.byteLength);
  return sealed;
}
