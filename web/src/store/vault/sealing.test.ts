import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from "@hpke/core";
import { sealTo, type InstanceKey } from "./sealing";

/** Sealed letters to one fixed key pair; the server opens the same ones in its own test. */
interface Vectors {
  key: InstanceKey & { scalar: string };
  letters: { info: string; plain: string; sealed: string }[];
}
const { key, letters } = JSON.parse(readFileSync(new URL("../../../../contracts/vectors/sealing.json", import.meta.url), "utf8")) as Vectors;

const suite = new CipherSuite({ kem: new DhkemP256HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });

async function open(sealed: Uint8Array, info: string): Promise<string> {
  const recipientKey = await suite.kem.deserializePrivateKey(new Uint8Array(Buffer.from(key.scalar, "hex")).buffer);
  const recipient = await suite.createRecipientContext({ recipientKey, enc: new Uint8Array(sealed.slice(0, 65)).buffer, info: new TextEncoder().encode(info).buffer });
  return new TextDecoder().decode(await recipient.open(new Uint8Array(sealed.slice(65)).buffer));
}

describe("a letter to the instance", () => {
  it.each(letters.map((letter, index) => [index, letter] as const))("opens with the instance's key (%i)", async (_index, { info, plain, sealed }) => {
    expect(await open(new Uint8Array(Buffer.from(sealed, "base64")), info)).toBe(plain);
    expect(await open(await sealTo(key, new TextEncoder().encode(plain), info), info)).toBe(plain);
  });

  it("is another each time, and tells nothing of what is in it but its length", async () => {
    const plain = new TextEncoder().encode("Noor");
    const [one, two] = await Promise.all([sealTo(key, plain, "a"), sealTo(key, plain, "a")]);
    expect(Buffer.from(one).equals(Buffer.from(two))).toBe(false);
    expect([one.length, two.length]).toEqual([65 + 4 + 16, 65 + 4 + 16]);
    expect(Buffer.from(one).includes("Noor")).toBe(false);
  });

  it("opens for its purpose only, and not when a byte was changed", async () => {
    const sealed = await sealTo(key, new TextEncoder().encode("Noor"), "cpims/handover/1");
    await expect(open(sealed, "cpims/handover/2")).rejects.toThrow();
    sealed[sealed.length - 1]! ^= 1;
    await expect(open(sealed, "cpims/handover/1")).rejects.toThrow();
  });

  it("is not sealed to what is no point of the curve", async () => {
    const wrong = Buffer.from(key.public_key, "base64");
    wrong[40]! ^= 1;
    await expect(sealTo({ id: "x", public_key: wrong.toString("base64") }, new Uint8Array(3), "a")).rejects.toThrow();
  });
});
