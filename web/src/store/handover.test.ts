import "fake-indexeddb/auto";
import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from "@hpke/core";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type JsonObject } from "~/lib/json";
import { DEVICE, HANDOVER_INFO } from "./device";
import { Handover } from "./handover";
import { Outbox } from "./outbox";
import { PretendedServer, roadTo } from "./outbox/pretended";
import type { Save } from "./types";
import { Vault, type InstanceKey } from "./vault";

const suite = new CipherSuite({ kem: new DhkemP256HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
let pair: CryptoKeyPair;
let known: InstanceKey;
let vault: Vault;
let server: PretendedServer;
let posts: JsonObject[];
let keep: (id: string) => boolean;
let count = 0;
const save = (record: string): Save => ({ kind: "cases", id: record, create: false, data: { name_first: "Noor" } });

function open(): { outbox: Outbox; handover: Handover } {
  const handover = new Handover(vault, (body) => {
    posts.push(body);
    const ids = (body["items"] as { id: string }[]).map((item) => item.id);
    return Promise.resolve({ data: { received: ids.filter(keep) } });
  });
  return { handover, outbox: new Outbox(vault, roadTo(server), handover) };
}

/** The server's side: its key opens the letter. */
async function openLetter(sealed: string): Promise<JsonObject> {
  const bytes = Uint8Array.from(atob(sealed), (letter) => letter.charCodeAt(0));
  const recipient = await suite.createRecipientContext({ recipientKey: pair.privateKey, enc: bytes.slice(0, 65).buffer, info: new TextEncoder().encode(HANDOVER_INFO).buffer });
  return JSON.parse(new TextDecoder().decode(await recipient.open(bytes.slice(65).buffer))) as JsonObject;
}

beforeAll(async () => {
  pair = await suite.kem.generateKeyPair();
  const raw = new Uint8Array(await suite.kem.serializePublicKey(pair.publicKey));
  known = { id: "k1", public_key: btoa(String.fromCharCode(...raw)) };
});
beforeEach(async () => {
  posts = [];
  keep = () => true;
  server = new PretendedServer();
  vault = await Vault.open(`handover-${String(++count)}`, 64);
  await vault.unlock("amina", "secret-1");
  await vault.putOpen("amina", DEVICE, { id: "d1", secret: "s", sealingKey: known });
});

describe("handing over", () => {
  it("keeps a copy that only the server opens as long as the item waits, and no longer", async () => {
    const { outbox } = open();
    const item = await outbox.add(save("r1"));
    const [copy] = await vault.handovers("amina");
    expect(copy?.id).toBe(item.id);
    expect(new TextDecoder("latin1").decode(copy?.bytes)).not.toContain("Noor");
    await outbox.flush();
    expect(await vault.handovers("amina")).toEqual([]);
  });

  it("drops the copy of what she took back, and of what was replaced", async () => {
    server.judge = () => ({ status: 422, code: "record.invalid" });
    const { outbox } = open();
    await outbox.add(save("r1"));
    await outbox.flush();
    const corrected = await outbox.add(save("r1"));
    expect((await vault.handovers("amina")).map((one) => one.id)).toEqual([corrected.id]);
    await outbox.takeBack(corrected.id);
    expect(await vault.handovers("amina")).toEqual([]);
  });

  it("gives what was not sent to the server though the vault is locked, and keeps what did not arrive", async () => {
    const { outbox, handover } = open();
    const item = await outbox.add(save("r1"));
    const other = await outbox.add(save("r2"));
    vault.lock();
    keep = (id) => id === item.id;
    expect(await handover.handOver("amina")).toBe(false);
    expect((await vault.handovers("amina")).map((one) => one.id)).toEqual([other.id]);
    keep = () => true;
    expect(await handover.handOver("amina")).toBe(true);
    expect(posts.map((body) => [body["id"], body["secret"], (body["items"] as JsonObject[]).length])).toEqual([
      ["d1", "s", 2],
      ["d1", "s", 1],
    ]);
    const letter = (posts[0]?.["items"] as { id: string; action: string; record: string; at: string; sealed: string }[]).find((one) => one.id === item.id);
    expect(letter).toMatchObject({ action: "amend_case", record: "r1" });
    const told = await openLetter(letter?.sealed ?? "");
    expect(told).toMatchObject({ schema: 2, id: item.id, action: "amend_case", at: letter?.at, arguments: { case_id: "r1", values: { name_first: "Noor" } } });
  });

  it("touches nothing of another account of this device", async () => {
    const { outbox, handover } = open();
    await outbox.add(save("r1"));
    vault.lock();
    await vault.unlock("bilal", "secret-2");
    expect(await handover.handOver("bilal")).toBe(true);
    expect([posts, (await vault.handovers("amina")).length]).toEqual([[], 1]);
  });

  it("seals what waited before this browser became a device, and drops what a crash left", async () => {
    await vault.dropOpen("amina", DEVICE);
    const { outbox, handover } = open();
    const item = await outbox.add(save("r1"));
    expect(await vault.handovers("amina")).toEqual([]);
    await vault.putOpen("amina", DEVICE, { id: "d1", secret: "s", sealingKey: known });
    await handover.reconcile(outbox.items.get());
    expect((await vault.handovers("amina")).map((one) => one.id)).toEqual([item.id]);
    await vault.putHandover("an item whose write was cut off", new Uint8Array(4));
    await open().outbox.load();
    expect((await vault.handovers("amina")).map((one) => one.id)).toEqual([item.id]);
  });
});
