import "fake-indexeddb/auto";
import { openDB } from "idb";
import { beforeEach, describe, expect, it } from "vitest";
import { Vault } from "./vault";

const ROUNDS = 1000;
let count = 0;
let name = "";
const open = (): Promise<Vault> => Vault.open(name, ROUNDS);

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
  it("gives back what was put in, and keeps it over a reload while signed in", async () => {
    const vault = await open();
    await vault.unlock("amina", "secret-1");
    await vault.put("draft", "cases/new", { name: "Noor" });
    vault.close();
    const again = await open();
    expect(await again.resume("amina")).toBe(true);
    expect(await again.get("draft", "cases/new")).toEqual({ name: "Noor" });
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

  it("holds the live key so that it cannot be taken out", async () => {
    const vault = await open();
    await vault.unlock("amina", "secret-1");
    const db = await openDB(name);
    const [live] = (await db.getAll("live")) as { secret: CryptoKey }[];
    db.close();
    expect(live?.secret.extractable).toBe(false);
    await expect(crypto.subtle.exportKey("raw", live!.secret)).rejects.toThrow();
  });

  it("is closed after sign-out and opens again with the password", async () => {
    const vault = await open();
    await vault.unlock("amina", "secret-1");
    await vault.put("item", "i1", { age: 9 });
    await vault.lock();
    expect(await vault.resume("amina")).toBe(false);
    await expect(vault.get("item", "i1")).rejects.toThrow();
    await vault.unlock("amina", "secret-1");
    expect(await vault.get("item", "i1")).toEqual({ age: 9 });
  });

  it("keeps A's things from B, and B's sign-in deletes nothing of A's", async () => {
    const vault = await open();
    await vault.unlock("amina", "secret-1");
    await vault.put("item", "i1", { of: "amina" });
    await vault.lock();
    await vault.unlock("bilal", "secret-2");
    expect(await vault.all("item")).toEqual([]);
    expect(await vault.get("item", "i1")).toBeNull();
    await vault.put("item", "i1", { of: "bilal" });
    await vault.lock();
    await vault.unlock("amina", "secret-1");
    expect(await vault.all("item")).toEqual([{ of: "amina" }]);
  });

  it("keeps what was sealed before the password was reset elsewhere, and opens it with the earlier one", async () => {
    const vault = await open();
    await vault.unlock("amina", "secret-1");
    await vault.put("draft", "d", { name: "Noor" });
    await vault.lock();
    await vault.unlock("amina", "secret-2");
    expect(await vault.all("draft")).toEqual([]);
    expect(await vault.countClosed()).toBe(1);
    expect(await vault.openEarlier("wrong")).toBe(false);
    expect(await vault.openEarlier("secret-1")).toBe(true);
    expect(await vault.all("draft")).toEqual([{ name: "Noor" }]);
    expect(await vault.countClosed()).toBe(0);
    await vault.lock();
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
    await vault.lock();
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
});
