import "fake-indexeddb/auto";
import { readdirSync, readFileSync } from "node:fs";
import { openDB } from "idb";
import { describe, expect, it } from "vitest";
import { dumpProfile, loadProfile, type Profile } from "../../../test/profiles/storage";
import { ownerOf } from "../session";
import { SCHEMA } from "./database";
import { Vault } from "./vault";

const FOLDER = new URL("../../../test/profiles/", import.meta.url);
const read = (file: string): Profile => JSON.parse(readFileSync(new URL(file, FOLDER), "utf8")) as Profile;
const files = readdirSync(FOLDER).filter((file) => file.endsWith(".json"));

describe("what earlier versions left on devices", () => {
  it("is there for every schema before the present one", () => {
    expect(files.map((file) => read(file).version).sort((a, b) => a - b)).toEqual(Array.from({ length: SCHEMA - 1 }, (_, index) => index + 1));
  });

  // The keys of the first schema are slow to derive on purpose.
  it.each(files)("opens with the same password, nothing lost (%s)", { timeout: 60_000 }, async (file) => {
    const name = `profile-${file}`;
    await loadProfile(name, read(file));
    const before = read(file).stores.find((store) => store.name === "sealed")?.rows.length;
    const vault = await Vault.open(name, 64);
    const amina = await ownerOf("amina");
    const bilal = await ownerOf("bilal");
    expect((await vault.count(amina, "item")) + (await vault.count(amina, "draft")) + (await vault.count(amina, "kept")) + (await vault.count(bilal, "item"))).toBe(before);
    expect(await vault.unlockAlone(amina, "not-her-password")).toBe(false);
    expect(await vault.unlockAlone(amina, "amina-password-2")).toBe(true);
    expect(await vault.all("item")).toMatchObject([{ data: { name_nickname: "Noorlet" } }, { action: "register_case", data: { name_first: "Noor", age: 9 } }]);
    expect(await vault.all("draft")).toMatchObject([{ value: { name_nickname: "half typ" } }]);
    expect(await vault.get("kept", "session")).toMatchObject({ userName: "amina" });
    expect(await vault.countClosed()).toBe(1);
    expect(await vault.openEarlier("amina-password-1")).toBe(true);
    expect(await vault.all("item")).toHaveLength(3);
    vault.lock();
    expect(await vault.unlockAlone(bilal, "bilal-password-1")).toBe(true);
    expect(await vault.all("item")).toMatchObject([{ data: { name_nickname: "Bilals" } }]);
    vault.close();
  });

  it("holds no key any more, and is wrapped anew by Argon2id at its first opening", { timeout: 60_000 }, async () => {
    await loadProfile("upcast", read("schema-1.json"));
    const vault = await Vault.open("upcast", 64);
    const amina = await ownerOf("amina");
    await vault.unlockAlone(amina, "amina-password-2");
    const db = await openDB("upcast");
    expect([...db.objectStoreNames]).toEqual(["handover", "open", "sealed", "wrappings"]);
    db.close();
    expect((await vault.wrappings(amina)).map(({ means }) => means.by).sort()).toEqual(["argon2id", "pbkdf2"]);
    expect(vault.opened?.secret.extractable).toBe(false);
    vault.lock();
    expect(await vault.unlockAlone(amina, "amina-password-2")).toBe(true);
    vault.close();
    expect(JSON.stringify(await dumpProfile("upcast", "now"))).not.toContain("$key");
  });
});
