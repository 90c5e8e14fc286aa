import "fake-indexeddb/auto";
import { openDB } from "idb";
import { beforeEach, describe, expect, it } from "vitest";
import { HERS } from "./database";
import { random } from "./keys";
import { Vault } from "./vault";

const MEMORY = 64;
let count = 0;
let name = "";
const open = (): Promise<Vault> => Vault.open(name, MEMORY);

beforeEach(() => {
  name = `vault-${String(++count)}`;
});

/** Everything that lies in the database, as text: what somebody who copies the storage can read. */
async function copied(): Promise<string> {
  const db = await openDB(name);
  let text = "";
  for (const store of db.objectStoreNames) {
    for (const value of (await db.getAll(store)) as Record<string, unknown>[]) {
      for (const [key, inner] of Object.entries(value)) {
        text += `${key}=`;
        if (inner instanceof ArrayBuffer || ArrayBuffer.isView(inner)) text += new TextDecoder("latin1").decode(inner);
        else if (typeof inner === "string") text += inner;
      }
    }
  }
  db.close();
  return text;
}

describe("the vault", () => {
  it("gives back what was put in, and goes on with the key that the page before held in memory", async () => {
    const vault = await open();
    await vault.unlock("amina", "secret-1");
    await vault.put("draft", "cases/new", { name: "Noor" });
    const opened = vault.opened!;
    vault.close();
    const again = await open();
    await expect(again.get("draft", "cases/new")).rejects.toThrow();
    expect(await again.resume(opened)).toBe(true);
    expect(await again.get("draft", "cases/new")).toEqual({ name: "Noor" });
  });

  it("makes one key, however many sign-ins and windows open it for the first time at once", async () => {
    const [here, there] = [await open(), await open()];
    await Promise.all([here.unlock("amina", "secret-1"), there.unlock("amina", "secret-1"), here.unlock("amina", "secret-1")]);
    expect(await here.wrappings("amina")).toHaveLength(1);
    await here.put("draft", "cases/new", { name: "Noor" });
    expect(await there.get("draft", "cases/new")).toEqual({ name: "Noor" });
    // A changed password makes one more, and only one.
    await Promise.all([here.unlock("amina", "secret-2"), there.unlock("amina", "secret-2")]);
    expect(new Set((await here.wrappings("amina")).map((one) => one.key)).size).toBe(1);
    expect(await there.get("draft", "cases/new")).toEqual({ name: "Noor" });
  });

  it("takes no key for which nothing lies here any more", async () => {
    const vault = await open();
    await vault.unlock("amina", "secret-1");
    const opened = vault.opened!;
    await vault.wipe("amina");
    expect(await vault.resume(opened)).toBe(false);
    expect(vault.owner).toBeNull();
  });

  it("shows nobody who copies the storage a name, a note or what the draft is of", async () => {
    const vault = await open();
    await vault.unlock("amina", "secret-1");
    await vault.put("draft", "cases/new", { name: "Noor Haddad", note: "hidden at the aunt's" });
    const text = await copied();
    expect(text).not.toContain("Noor");
    expect(text).not.toContain("aunt");
    expect(text).not.toContain("secret-1");
  });

  it("lays no key on the device, and lets nobody take out the one in memory", async () => {
    const vault = await open();
    await vault.unlock("amina", "secret-1");
    await vault.put("draft", "d", { name: "Noor" });
    const db = await openDB(name);
    for (const store of db.objectStoreNames) {
      const rows = JSON.stringify(await db.getAll(store), (_key, value: unknown) => (value instanceof CryptoKey ? "A KEY" : value));
      expect(rows).not.toContain("A KEY");
    }
    db.close();
    expect(vault.opened!.secret.extractable).toBe(false);
    await expect(crypto.subtle.exportKey("raw", vault.opened!.secret)).rejects.toThrow();
  });

  it("is closed after sign-out and opens again with the password", async () => {
    const vault = await open();
    await vault.unlock("amina", "secret-1");
    await vault.put("item", "i1", { age: 9 });
    vault.lock();
    expect(vault.opened).toBeNull();
    await expect(vault.get("item", "i1")).rejects.toThrow();
    await vault.unlock("amina", "secret-1");
    expect(await vault.get("item", "i1")).toEqual({ age: 9 });
  });

  it("keeps A's things from B, and B's sign-in deletes nothing of A's", async () => {
    const vault = await open();
    await vault.unlock("amina", "secret-1");
    await vault.put("item", "i1", { of: "amina" });
    vault.lock();
    await vault.unlock("bilal", "secret-2");
    expect(await vault.all("item")).toEqual([]);
    expect(await vault.get("item", "i1")).toBeNull();
    await vault.put("item", "i1", { of: "bilal" });
    vault.lock();
    await vault.unlock("amina", "secret-1");
    expect(await vault.all("item")).toEqual([{ of: "amina" }]);
  });

  it("keeps what was sealed before the password was reset elsewhere, and opens it with the earlier one", async () => {
    const vault = await open();
    await vault.unlock("amina", "secret-1");
    await vault.put("draft", "d", { name: "Noor" });
    vault.lock();
    await vault.unlock("amina", "secret-2");
    expect(await vault.all("draft")).toEqual([]);
    expect(await vault.countClosed()).toBe(1);
    expect(await vault.openEarlier("wrong")).toBe(false);
    expect(await vault.openEarlier("secret-1")).toBe(true);
    expect(await vault.all("draft")).toEqual([{ name: "Noor" }]);
    expect(await vault.countClosed()).toBe(0);
    vault.lock();
    await vault.unlock("amina", "secret-2");
    expect(await vault.all("draft")).toEqual([{ name: "Noor" }]);
  });

  it("follows a password changed here", async () => {
    const vault = await open();
    await vault.unlock("amina", "secret-1");
    await vault.put("draft", "d", { name: "Noor" });
    expect(await vault.isOpenedBy("wrong")).toBe(false);
    expect(await vault.isOpenedBy("secret-1")).toBe(true);
    await vault.rewrap("secret-1", "secret-9");
    vault.lock();
    expect(await vault.unlockAlone("amina", "secret-1")).toBe(false);
    expect(await vault.unlockAlone("amina", "secret-9")).toBe(true);
    expect(await vault.get("draft", "d")).toEqual({ name: "Noor" });
  });

  it("does not take a sealed thing put in another's place", async () => {
    const vault = await open();
    await vault.unlock("amina", "secret-1");
    await vault.put("item", "a", { x: 1 });
    const db = await openDB(name);
    const sealed = (await db.get("sealed", ["amina", "item", "a"])) as Record<string, unknown>;
    await db.put("sealed", { ...sealed, id: "b" });
    db.close();
    await expect(vault.get("item", "b")).rejects.toThrow();
  });

  it("carries over what lies here when the password turns out to be another while it is open", async () => {
    const vault = await open();
    await vault.unlock("amina", "secret-1");
    await vault.put("draft", "d", { name: "Noor" });
    await vault.unlock("amina", "secret-2");
    expect(await vault.countClosed()).toBe(0);
    expect(await vault.get("draft", "d")).toEqual({ name: "Noor" });
    vault.lock();
    expect(await vault.unlockAlone("amina", "secret-1")).toBe(false);
  });

  it("does many things in one transaction, or none", async () => {
    const vault = await open();
    await vault.unlock("amina", "secret-1");
    await vault.putMany("record", [
      ["a", 1],
      ["b", 2],
      ["c", 3],
    ]);
    expect(await vault.getMany("record", ["c", "x", "a"])).toEqual([3, null, 1]);
    expect(await vault.ids("record")).toEqual(["a", "b", "c"]);
    await vault.write({ put: [["summary", "cases", ["b"]]], drop: [["record", "a"]] });
    expect([await vault.ids("record"), await vault.all("summary")]).toEqual([["b", "c"], [["b"]]]);
    await vault.dropMany("record", ["b", "c"]);
    expect(await vault.ids("record")).toEqual([]);
    const circle: unknown[] = [];
    circle.push(circle);
    await expect(vault.write({ put: [["record", "d", 4], ["record", "e", circle]], drop: [["summary", "cases"]] })).rejects.toThrow();
    expect([await vault.ids("record"), await vault.ids("summary")]).toEqual([[], ["cases"]]);
  });

  it("keeps the ids of one sort from another's", async () => {
    const vault = await open();
    await vault.unlock("amina", "secret-1");
    for (const sort of [...HERS, "kept", "record", "summary"] as const) await vault.put(sort, "same", sort);
    expect([await vault.all("record"), await vault.ids("item"), await vault.count("amina", "draft")]).toEqual([["record"], ["same"], 1]);
  });

  it("opens by what a passkey answered, also after the password was changed here, and not by another answer", async () => {
    const vault = await open();
    await vault.unlock("amina", "secret-1");
    await vault.put("draft", "d", { name: "Noor" });
    const answer = random(32);
    const means = { by: "passkey", salt: random(32), credential: random(16), name: "thumb", madeAt: "2026-11-25T08:00:00Z" } as const;
    expect(await vault.wrapBy(means, answer, "wrong")).toBe(false);
    expect(await vault.wrapBy(means, answer, "secret-1")).toBe(true);
    await vault.rewrap("secret-1", "secret-2");
    vault.lock();
    const wrapping = (await vault.presentWrappings()).find((one) => one.means.by === "passkey")!;
    expect(await vault.unlockBy(wrapping, random(32))).toBe(false);
    expect(vault.owner).toBeNull();
    expect(await vault.unlockBy(wrapping, answer)).toBe(true);
    expect(await vault.get("draft", "d")).toEqual({ name: "Noor" });
    await vault.dropWrapping(wrapping.id);
    expect((await vault.wrappings("amina")).map((one) => one.means.by)).toEqual(["argon2id"]);
  });

  it("offers no passkey of a key that a password changed elsewhere has closed; it still opens what waits under it", async () => {
    const vault = await open();
    await vault.unlock("amina", "secret-1");
    await vault.put("draft", "d", { name: "Noor" });
    const answer = random(32);
    await vault.wrapBy({ by: "passkey", salt: random(32), credential: random(16), name: "thumb", madeAt: "" }, answer, "secret-1");
    vault.lock();
    await vault.unlock("amina", "secret-2");
    expect((await vault.presentWrappings("amina")).map((one) => one.means.by)).toEqual(["argon2id"]);
    expect(await vault.openEarlier(answer)).toBe(true);
    expect(await vault.get("draft", "d")).toEqual({ name: "Noor" });
  });

  it("wraps by Argon2id at the stated cost, and writes the cost beside it", async () => {
    const vault = await Vault.open(name);
    await vault.unlock("amina", "secret-1");
    expect((await vault.wrappings("amina")).map((one) => one.means)).toMatchObject([{ by: "argon2id", memory: 19456, passes: 2 }]);
    vault.close();
    const cheaper = await open();
    expect(await cheaper.unlockAlone("amina", "secret-1")).toBe(true);
  });

  it("takes everything of one account away, also while it is closed, and nothing of another", async () => {
    const vault = await open();
    await vault.unlock("amina", "secret-1");
    await vault.put("item", "i", { of: "amina" });
    await vault.putHandover("i", random(8));
    await vault.putOpen("amina", "device", { id: 1 });
    vault.lock();
    await vault.unlock("bilal", "secret-2");
    await vault.put("item", "i", { of: "bilal" });
    await vault.putHandover("i", random(8));
    await vault.putOpen("bilal", "device", { id: 2 });
    await vault.wipe("amina");
    expect(vault.owner).toBe("bilal");
    expect([await vault.all("item"), (await vault.handovers()).map((one) => one.owner), await vault.allOpen("device")]).toEqual([
      [{ of: "bilal" }],
      ["bilal"],
      [{ owner: "bilal", value: { id: 2 } }],
    ]);
    expect([await vault.count("amina", "item"), await vault.wrappings("amina"), await vault.getOpen("amina", "device")]).toEqual([0, [], null]);
    expect(await copied()).not.toContain("amina");
  });

  it("reads what is to be handed over though it is locked", async () => {
    const vault = await open();
    await vault.unlock("amina", "secret-1");
    await vault.putHandover("i1", new Uint8Array([1, 2]));
    vault.lock();
    expect((await vault.handovers("amina")).map(({ id, bytes }) => [id, [...bytes]])).toEqual([["i1", [1, 2]]]);
    await vault.dropHandover("i1", "amina");
    expect(await vault.handovers()).toEqual([]);
  });

  it("lets go of the database when a newer version of the app wants it", async () => {
    const vault = await open();
    await vault.unlock("amina", "secret-1");
    const newer = await openDB(name, 99);
    expect(newer.version).toBe(99);
    expect(vault.owner).toBeNull();
    newer.close();
  });
});
