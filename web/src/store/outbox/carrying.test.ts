import "fake-indexeddb/auto";
import { beforeEach, describe, expect, it } from "vitest";
import { Drafts } from "../drafts";
import { Vault } from "../vault";
import { NotTakenIn, packWork, takeIn, unpackWork } from "./carrying";
import { Outbox } from "./outbox";
import { PretendedServer, roadTo } from "./pretended";

const PASSWORD = "seven lanterns in a row";
const INSTANCE = "2d0c9f4e-1111-4222-8333-444455556666";
let count = 0;

interface Device {
  vault: Vault;
  outbox: Outbox;
  drafts: Drafts;
  instance: string;
  server: PretendedServer;
}
async function device(owner: string, server = new PretendedServer()): Promise<Device> {
  const vault = await Vault.open(`carrying-${String(++count)}`, 64);
  await vault.unlock(owner, "secret");
  return { vault, outbox: new Outbox(vault, roadTo(server)), drafts: new Drafts(vault), instance: INSTANCE, server };
}

let amina: Device;
let file: Uint8Array<ArrayBuffer>;
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "taken",
    (error: unknown) => (error instanceof NotTakenIn ? error.code : String(error)),
  );

beforeEach(async () => {
  amina = await device("amina");
  await amina.outbox.add({ kind: "cases", id: "r1", create: true, data: { name_first: "Noor" } });
  await amina.outbox.add({ kind: "cases", id: "r1", create: false, data: { age: 9 } });
  await amina.drafts.put("cases/new", { mine: { name_first: "Salma" } });
  file = await packWork(amina.vault, INSTANCE, PASSWORD, 64);
});

describe("unsent work as a file", () => {
  it("holds nothing that can be read", () => {
    const text = new TextDecoder("latin1").decode(file);
    for (const word of ["Noor", "Salma", "name_first", "amina", "r1"]) expect(text).not.toContain(word);
    expect(text.startsWith('{"format":"cpims-unsent-work","version":1')).toBe(true);
  });

  it("is taken in on another device of the same account, and goes out once", async () => {
    const other = await device("amina", amina.server);
    expect(await takeIn(file, PASSWORD, other)).toEqual({ items: 2, drafts: 1, left: 0 });
    expect(other.drafts.get("cases/new")?.value).toEqual({ mine: { name_first: "Salma" } });
    await other.outbox.flush();
    await amina.outbox.flush();
    expect(amina.server.done.map((one) => one.item["action"])).toEqual(["register_case", "amend_case"]);
    expect(amina.outbox.items.get().map((item) => item.state)).toEqual(["confirmed", "confirmed"]);
  });

  it("is harmless twice, and where everything still lies", async () => {
    expect(await takeIn(file, PASSWORD, amina)).toEqual({ items: 0, drafts: 0, left: 0 });
    const other = await device("amina");
    await takeIn(file, PASSWORD, other);
    expect(await takeIn(file, PASSWORD, other)).toEqual({ items: 0, drafts: 0, left: 0 });
    expect(await other.vault.ids("item")).toHaveLength(2);
  });

  it("leaves a draft that lies here as it is", async () => {
    const other = await device("amina");
    await other.drafts.put("cases/new", { mine: { name_first: "Huda" } });
    expect(await takeIn(file, PASSWORD, other)).toMatchObject({ drafts: 0, left: 1 });
    expect(other.drafts.get("cases/new")?.value).toEqual({ mine: { name_first: "Huda" } });
  });

  it("is not taken in by another account, nor on another instance", async () => {
    const bilal = await device("bilal");
    expect(await codeOf(takeIn(file, PASSWORD, bilal))).toBe("outbox.import.of_another");
    const elsewhere = { ...(await device("amina")), instance: "another" };
    expect(await codeOf(takeIn(file, PASSWORD, elsewhere))).toBe("outbox.import.of_another");
    expect([await bilal.vault.ids("item"), bilal.outbox.items.get(), bilal.drafts.all.get()]).toEqual([[], [], []]);
  });

  it("opens by its password alone, and not when a byte of it was changed", async () => {
    expect(await codeOf(unpackWork(file, "another password"))).toBe("outbox.import.wrong_password");
    const head = file.indexOf(10);
    for (const at of [head + 1, file.length - 1]) {
      const torn = file.slice();
      torn[at] = (torn[at] ?? 0) ^ 1;
      expect(await codeOf(unpackWork(torn, PASSWORD))).toBe("outbox.import.wrong_password");
    }
  });

  it("knows what is no such file, what is newer, and what would only cost time", async () => {
    const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
    const head = JSON.parse(new TextDecoder().decode(file.subarray(0, file.indexOf(10)))) as { kdf: object };
    expect(await codeOf(unpackWork(bytes("a photo"), PASSWORD))).toBe("outbox.import.not_ours");
    expect(await codeOf(unpackWork(bytes('{"format":"cpims-unsent-work","version":2}\n'), PASSWORD))).toBe("outbox.import.newer");
    const dear = { ...head, kdf: { ...head.kdf, memory: 4_000_000 } };
    expect(await codeOf(unpackWork(bytes(`${JSON.stringify(dear)}\nx`), PASSWORD))).toBe("outbox.import.not_ours");
  });
});
