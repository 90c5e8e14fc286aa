import "fake-indexeddb/auto";
import { openDB } from "idb";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { JsonObject } from "~/lib/json";
import { Outbox } from "../outbox/outbox";
import { PretendedServer, roadTo } from "../outbox/pretended";
import { Drafts } from "../drafts";
import { packWork, takeIn } from "../outbox/carrying";
import type { OutboxItem } from "../types";
import { Vault } from "../vault";
import { filesAt } from "./acts";
import { NoRoom, PIECE, requireRoom, type Made } from "./bytes";
import { Files } from "./files";
import { PretendedUploads, Unreachable } from "./pretended";
import { Thumbs } from "./thumbs";
import type { KeptRecord, Summary } from "../kept";
import { layOver } from "../outbox/acts";
import { watched } from "~/lib/watched";

const CANARY = "Noor in front of the well";
let count = 0;
let name: string;
let clock: number;
let server: PretendedServer;
let uploads: PretendedUploads;
let served: Record<string, Blob>;

/** One window of one device. */
interface Device {
  vault: Vault;
  outbox: Outbox;
  files: Files;
}

async function open(at = name): Promise<Device> {
  const vault = await Vault.open(at, 64);
  await vault.unlock("amina", "secret-1");
  let files: Files | null = null;
  const outbox = new Outbox(vault, roadTo(server, { isUp: (item) => files?.isUp(item) ?? true, sendBytes: (item) => files?.sendBytes(item) ?? false }), null, () => clock);
  files = new Files(vault, {
    ask: uploads.ask,
    askForFile: (path) => (served[path] ? Promise.resolve(served[path]) : Promise.reject(new Unreachable())),
    items: outbox.items,
    add: (save) => outbox.add(save),
    flush: () => outbox.flush(true),
    refuse: (id, said) => outbox.refuse(id, said),
    takeBack: (id) => outbox.takeBack(id),
    again: (id) => outbox.retry(id),
    onSignedOut: () => undefined,
    mine: () => true,
  }, () => clock);
  await files.load();
  await outbox.load();
  return { vault, outbox, files };
}

function bytes(size: number): Uint8Array<ArrayBuffer> {
  const made = Uint8Array.from({ length: size }, (_, at) => (at * 7 + Math.floor(at / 251)) % 256);
  made.set(new TextEncoder().encode(CANARY));
  return made;
}

function isSame(found: ArrayLike<number>, size: number): boolean {
  const wanted = bytes(size);
  return found.length === size && wanted.every((byte, at) => byte === found[at]);
}

function photo(size = 3 * PIECE + 100): Made {
  return { kind: "image", blob: new Blob([bytes(size)], { type: "image/jpeg" }), thumb: new Blob([CANARY], { type: "image/jpeg" }), fileName: "photo.jpg" };
}

const open_ = ({ outbox }: Device): OutboxItem[] => outbox.items.get().filter((item) => item.state !== "confirmed");
const states = ({ outbox }: Device): string[] => outbox.items.get().map((item) => item.state);
/** Until the device has nothing more to do, or the condition holds. */
const until = (holds: () => boolean): Promise<void> => vi.waitFor(() => { expect(holds()).toBe(true); }, { timeout: 15_000, interval: 5 });
vi.setConfig({ testTimeout: 30_000 });

beforeEach(() => {
  clock = Date.parse("2026-03-02T08:00:00Z");
  name = `files-${String(++count)}`;
  server = new PretendedServer();
  uploads = new PretendedUploads();
  served = {};
  // As the server does: the act before its bytes is refused, and leaves no trace.
  server.judge = (item) => {
    const values = (item["arguments"] as JsonObject)["values"] as JsonObject;
    if (item["action"] !== "attach_file") return null;
    const id = String(values["upload"]);
    return uploads.isWhole(id) ? null : { status: uploads.uploads.has(id) ? 409 : 422, code: uploads.uploads.has(id) ? "upload.not_ready" : "upload.unknown" };
  };
});

describe("a file of a case", () => {
  it("goes up in pieces, then its act, and leaves the device", async () => {
    const device = await open();
    await device.files.attach("cases", "r1", "photos", photo(), { description: "at the well" });
    await until(() => states(device).join() === "confirmed");
    const sent = server.done[0]!.item;
    const upload = String(sent["id"]);
    expect(sent).toMatchObject({ action: "attach_file", arguments: { case_id: "r1", values: { upload, field_name: "photos", file_name: "photo.jpg", description: "at the well" } } });
    expect(Object.keys((sent["arguments"] as JsonObject)["values"] as JsonObject).sort()).toEqual(["description", "field_name", "file_name", "upload"]);
    expect(isSame(uploads.uploads.get(upload)!.bytes, 3 * PIECE + 100)).toBe(true);
    expect(uploads.pieces.map(([, at]) => at)).toEqual([0, PIECE, 2 * PIECE, 3 * PIECE]);
    await until(() => device.files.state.get().waiting === 0);
    expect([await device.vault.ids("file"), await device.vault.ids("piece"), await device.vault.ids("item")]).toEqual([[], [], []]);
  });

  it.each(["before", "after"] as const)("goes on at the byte it came to when the line breaks %s a piece was taken", async (when) => {
    const device = await open();
    let broken = 0;
    uploads[when] = (path) => (path.endsWith(`/${String(PIECE)}`) && broken++ === 0 ? new Unreachable() : null);
    await device.files.attach("cases", "r1", "photos", photo(), {});
    await until(() => broken === 1);
    await device.files.run();
    expect(states(device)).toEqual(["waiting"]);
    await device.files.run(true);
    await until(() => states(device).join() === "confirmed");
    // No byte was sent that had been taken already.
    expect(uploads.pieces.map(([, at]) => at)).toEqual([0, PIECE, 2 * PIECE, 3 * PIECE]);
  });

  it("is sent no second time when the device dies between the bytes and the act", async () => {
    const first = await open();
    let alive = true;
    server.before = () => (alive ? null : new Unreachable());
    uploads.after = (path) => {
      if (path.endsWith("/finish")) alive = false;
      return null;
    };
    await first.files.attach("cases", "r1", "photos", photo(), {});
    await until(() => !alive);
    await first.files.run();
    await first.outbox.flush();
    expect(server.done).toEqual([]);
    first.vault.close();
    alive = true;
    uploads.after = () => null;
    const taken = uploads.pieces.length;
    const second = await open();
    await second.files.run(true);
    await until(() => states(second).join() === "confirmed");
    expect([uploads.pieces.length, server.done.length]).toEqual([taken, 1]);
  });

  it("holds up nothing else of its case while its bytes cannot go", async () => {
    const device = await open();
    uploads.before = () => new Unreachable();
    await device.files.attach("cases", "r1", "photos", photo(), {});
    await device.outbox.add({ kind: "cases", id: "r1", create: false, data: { age: 9 } });
    await device.outbox.flush(true);
    expect(server.done.map(({ item }) => item["action"])).toEqual(["amend_case"]);
    expect(open_(device).map((item) => item.action)).toEqual(["attach_file"]);
  });

  it("waits for the case that was registered before it, and for no other work on it", async () => {
    const device = await open();
    const judge = server.judge;
    server.judge = (item) => (item["action"] === "amend_case" ? { status: 422, code: "record.invalid" } : judge(item));
    server.before = () => new Unreachable();
    const made = await device.outbox.add({ kind: "cases", id: "r1", create: true, data: { name: "x" } });
    await device.outbox.add({ kind: "cases", id: "r1", create: false, data: { age: 9 } });
    await device.files.attach("cases", "r1", "photos", photo(), {});
    server.before = () => null;
    await until(() => uploads.asked.some((one) => one.endsWith("/finish")));
    await device.outbox.flush(true);
    await until(() => server.done.length === 2);
    expect(server.done.map(({ item }) => item["action"])).toEqual(["register_case", "attach_file"]);
    expect(server.isDone(made.id)).toBe(true);
  });

  it("is told as refused with the reason, keeps its bytes, and goes when it is tried again", async () => {
    const device = await open();
    uploads.unfit = "attachment.active";
    await device.files.attach("cases", "r1", "photos", photo(), {});
    await until(() => states(device).join() === "refused");
    const item = open_(device)[0]!;
    expect(item.refusal).toMatchObject({ status: 422, problems: [{ code: "attachment.active" }] });
    expect(server.done).toEqual([]);
    uploads.unfit = null;
    uploads.uploads.clear();
    await device.files.retry(item.id);
    await until(() => states(device).join() === "confirmed");
  });

  it("goes up again when the server has lost its bytes", async () => {
    const device = await open();
    let lost = false;
    const judge = server.judge;
    server.judge = (item) => {
      if (!lost) uploads.uploads.clear();
      lost = true;
      return judge(item);
    };
    await device.files.attach("cases", "r1", "photos", photo(PIECE), {});
    await until(() => lost);
    await until(() => uploads.pieces.length === 2);
    clock += 600_000;
    await device.outbox.hurry();
    await until(() => states(device).join() === "confirmed");
  });

  it("begins anew when it was damaged on its way", async () => {
    const device = await open();
    let damaged = false;
    uploads.after = (path) => {
      const upload = [...uploads.uploads.values()][0];
      if (!damaged && upload && path.endsWith("/0")) {
        upload.bytes[5] = (upload.bytes[5] ?? 0) ^ 255;
        damaged = true;
      }
      return null;
    };
    await device.files.attach("cases", "r1", "photos", photo(PIECE), {});
    await until(() => states(device).join() === "confirmed");
    expect(uploads.pieces.map(([, at]) => at)).toEqual([0, 0]);
  });

  it("leaves the device when it is taken off before it was sent, and the record never hears of it", async () => {
    const device = await open();
    uploads.before = () => new Unreachable();
    await device.files.attach("cases", "r1", "photos", photo(), {});
    const shown = filesAt(layOver({}, open_(device)), "photos");
    expect(shown).toMatchObject([{ file_name: "photo.jpg", content_type: "image/jpeg", size: 3 * PIECE + 100 }]);
    await device.files.detach("cases", "r1", "photos", shown[0]!);
    await until(() => device.files.state.get().waiting === 0);
    for (const sort of ["file", "piece", "thumb", "item"] as const) expect(await device.vault.ids(sort)).toEqual([]);
    expect(server.done).toEqual([]);
  });

  it("is taken off by an act when it is on the record", async () => {
    const device = await open();
    const entry = { id: 31, unique_id: "u-31", field_name: "photos" };
    await device.files.detach("cases", "r1", "photos", entry);
    expect(filesAt(layOver({ photos: [entry, { id: 32, unique_id: "u-32" }] }, device.outbox.items.get()), "photos").map((one) => one["id"])).toEqual([32]);
    await until(() => states(device).join() === "confirmed");
    expect(server.done[0]!.item).toMatchObject({ action: "detach_file", arguments: { case_id: "r1", values: { attachment: "u-31" } } });
  });

  it("stays, sealed, when she leaves, and lies nowhere in clear", async () => {
    const device = await open();
    uploads.before = () => new Unreachable();
    await device.files.attach("cases", "r1", "photos", photo(), { description: CANARY });
    device.files.forget();
    device.outbox.clear();
    device.vault.lock();
    const db = await openDB(name);
    let text = "";
    const look = (value: unknown): void => {
      if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) text += new TextDecoder("latin1").decode(value);
      else if (typeof value === "string") text += value;
      else if (typeof value === "object" && value !== null) for (const inner of Object.values(value)) look(inner);
    };
    for (const store of db.objectStoreNames) for (const value of (await db.getAll(store)) as unknown[]) look(value);
    db.close();
    expect(text.length).toBeGreaterThan(3 * PIECE);
    expect(text).not.toContain(CANARY);
    expect(text).not.toContain("photo.jpg");
    device.vault.close();
    uploads.before = () => null;
    const again = await open();
    expect(again.files.state.get().waiting).toBe(1);
    const back = await again.files.open("r1", { unique_id: open_(again)[0]!.id });
    expect(isSame(new Uint8Array(await back.arrayBuffer()), 3 * PIECE + 100)).toBe(true);
    await again.files.run(true);
    await until(() => states(again).join() === "confirmed");
  });

  it("comes over to another device of hers in a file of unsent work, and is put on the case once", async () => {
    const phone = await open();
    uploads.before = () => new Unreachable();
    await phone.files.attach("cases", "r1", "photos", photo(), {});
    const packed = await packWork(phone.vault, "here", "seven lanterns", 64, phone.files);
    const tablet = await open(`${name}-tablet`);
    await takeIn(packed, "seven lanterns", { vault: tablet.vault, outbox: tablet.outbox, drafts: new Drafts(tablet.vault), instance: "here", files: tablet.files });
    uploads.before = () => null;
    await Promise.all([phone.files.run(true), tablet.files.run(true)]);
    await Promise.all([phone.outbox.flush(true), tablet.outbox.flush(true)]);
    await until(() => states(phone).join() === "confirmed" && states(tablet).join() === "confirmed");
    expect(server.done.filter(({ item }) => item["action"] === "attach_file")).toHaveLength(1);
    expect(isSame([...uploads.uploads.values()][0]!.bytes, 3 * PIECE + 100)).toBe(true);
  });

  it("is not kept when there is no room, and says how much there is", async () => {
    const estimate = (usage: number) => (): Promise<StorageEstimate> => Promise.resolve({ quota: 100_000_000, usage });
    await expect(requireRoom(5_000_000, estimate(60_000_000))).resolves.toBeUndefined();
    await expect(requireRoom(5_000_000, estimate(72_000_000))).rejects.toEqual(new NoRoom(5_000_000, 3_000_000));
    await expect(requireRoom(5_000_000, () => Promise.resolve(null))).resolves.toBeUndefined();
  });

  it("left without its item by a crash goes at a later start, and not while it may be in the making", async () => {
    const device = await open();
    await device.vault.put("file", "f1", { schema: 1, id: "f1", owner: "amina", record: "r1", field: "photos", kind: "image", size: PIECE, sha256: "", type: "image/jpeg", at: new Date(clock).toISOString() });
    await device.vault.put("piece", "f1/0", bytes(PIECE));
    await device.files.load();
    expect(await device.vault.ids("file")).toEqual(["f1"]);
    clock += 2 * 3_600_000;
    await device.files.load();
    expect([await device.vault.ids("file"), await device.vault.ids("piece")]).toEqual([[], []]);
  });
});

describe("small pictures of kept cases", () => {
  const summary = (id: string, revision: number): Summary => ({ kind: "cases", row: { id, last_updated_at: "2026-01-01" }, revision, fields: "f", ids: [], phones: [], size: 1 });
  const record = (id: string, pictures: string[]): KeptRecord => ({
    schema: 2, kind: "cases", id, revision: 1, fields: "f", incomplete: [], ageRecordedOn: null, quarantined: 0,
    values: { photos: pictures.map((one) => ({ unique_id: one, thumbnail_url: `/api/t/${one}` })), papers: [{ unique_id: "paper" }] },
  });

  async function thumbs(budget?: number): Promise<{ thumbs: Thumbs; vault: Vault; cases: Map<string, KeptRecord>; summaries: ReturnType<typeof watched<ReadonlyMap<string, Summary>>>; asked: string[] }> {
    const vault = await Vault.open(name, 64);
    await vault.unlock("amina", "secret-1");
    const asked: string[] = [];
    const made = new Thumbs(vault, (path) => {
      asked.push(path);
      return Promise.resolve(new Blob([new Uint8Array(100)]));
    }, () => undefined, budget);
    const cases = new Map([["a", record("a", ["p1", "p2"])], ["b", record("b", ["p3"])]]);
    const summaries = watched<ReadonlyMap<string, Summary>>(new Map([["a", summary("a", 1)], ["b", summary("b", 1)]]));
    made.watch({ state: watched({ running: false, error: null, filled: true }), summaries, read: (id) => Promise.resolve(cases.get(id) ?? null) }, () => false);
    return { thumbs: made, vault, cases, summaries, asked };
  }

  it("come once, go with their case or when they are taken off, and are there without the server", async () => {
    const { thumbs: made, vault, cases, summaries, asked } = await thumbs();
    await made.fill();
    await made.fill();
    expect([...asked].sort()).toEqual(["/t/p1", "/t/p2", "/t/p3"]);
    expect((await made.get("a", { unique_id: "p1" }))?.size).toBe(100);
    cases.set("a", record("a", ["p2"]));
    summaries.set(new Map([["a", summary("a", 2)]]));
    await made.fill();
    expect(await vault.ids("thumb")).toEqual(["p2"]);
    expect(asked).toHaveLength(3);
  });

  it("take no more room than is told", async () => {
    const { thumbs: made, vault } = await thumbs(250);
    await made.fill();
    expect(await vault.ids("thumb")).toHaveLength(2);
  });
});

