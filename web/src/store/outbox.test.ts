import "fake-indexeddb/auto";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { Refusal, Unreachable, type Answer } from "~/api";
import { Outbox, type Road } from "./outbox";
import type { OutboxItem, Save } from "./types";
import { Vault } from "./vault";

let count = 0;
let vault: Vault;
let sent: OutboxItem[];
let reply: (item: OutboxItem) => Promise<Answer>;
let mine: boolean;
const signedOut = vi.fn();
const ok: Answer = { status: 200, body: { data: {}, metadata: { revision: 2 } }, etag: null };
const save = (record: string, change: Partial<Save> = {}): Save => ({ kind: "cases", id: record, create: false, data: { age: 9 }, ...change });
const refuse = (status: number, retryAfter: number | null = null): Refusal => new Refusal(status, [{ code: "invalid", message: "", detail: ["/age"], params: {}, conflicts: [] }], retryAfter);

function road(): Road {
  return {
    send: (item) => {
      sent.push(item);
      return reply(item);
    },
    mine: () => mine,
    onSignedOut: signedOut,
    onConfirmed: () => undefined,
  };
}

beforeEach(async () => {
  vi.useRealTimers();
  signedOut.mockReset();
  sent = [];
  mine = true;
  reply = () => Promise.resolve(ok);
  vault = await Vault.open(`outbox-${String(++count)}`, 1000);
  await vault.unlock("amina", "secret-1");
});

describe("the outbox", () => {
  it("sends a change at once, confirms it, and keeps it no longer on the device", async () => {
    const outbox = new Outbox(vault, road());
    const { id } = await outbox.add(save("r1"));
    await outbox.flush();
    expect(outbox.items.get().map((item) => [item.id, item.state])).toEqual([[id, "confirmed"]]);
    expect(await vault.all("item")).toEqual([]);
  });

  it("keeps a change that cannot be sent, over a reload, and sends it later under the same key", async () => {
    reply = () => Promise.reject(new Unreachable());
    const outbox = new Outbox(vault, road());
    const { id } = await outbox.add(save("r1"));
    await outbox.flush();
    expect(outbox.items.get()[0]?.state).toBe("waiting");
    const reopened = new Outbox(vault, road());
    await reopened.load();
    reply = () => Promise.resolve(ok);
    await reopened.flush(true);
    expect(sent.map((item) => item.id)).toEqual([id, id]);
    expect(await vault.all("item")).toEqual([]);
    outbox.clear();
  });

  it("sends in the order in which things were done", async () => {
    const outbox = new Outbox(vault, road(), () => 1_000);
    for (const record of ["r3", "r1", "r2"]) await outbox.add(save(record));
    const reopened = new Outbox(vault, road());
    await reopened.load();
    await reopened.flush();
    expect(sent.map((item) => item.record)).toEqual(["r3", "r1", "r2"]);
  });

  it("keeps a refused change with its reason, holds up later ones of the same record only", async () => {
    reply = (item) => (item.record === "r1" ? Promise.reject(refuse(422)) : Promise.resolve(ok));
    const outbox = new Outbox(vault, road());
    for (const record of ["r1", "r1", "r2"]) await outbox.add(save(record));
    await outbox.flush();
    expect(outbox.items.get().map((item) => item.state)).toEqual(["refused", "waiting", "confirmed"]);
    expect(outbox.items.get()[0]?.refusal?.problems[0]?.detail).toEqual(["/age"]);
    expect(sent.map((item) => item.record)).toEqual(["r1", "r2"]);
    expect(await vault.all("item")).toHaveLength(2);
  });

  it("sends a corrected one again when asked, and lets the rest follow", async () => {
    let good = false;
    reply = () => (good ? Promise.resolve(ok) : Promise.reject(refuse(422)));
    const outbox = new Outbox(vault, road());
    const { id } = await outbox.add(save("r1"));
    await outbox.add(save("r1"));
    await outbox.flush();
    good = true;
    await outbox.retry(id);
    expect(outbox.items.get().every((item) => item.state === "confirmed")).toBe(true);
  });

  it("lets a corrected save take the place of what was refused: old answers are never sent after it", async () => {
    reply = () => Promise.reject(refuse(422));
    const outbox = new Outbox(vault, road());
    const { id } = await outbox.add(save("r1"));
    await outbox.flush();
    const elsewhere = new Outbox(vault, road());
    await elsewhere.load();
    reply = () => Promise.resolve(ok);
    await outbox.add(save("r1", { data: { age: 10 } }));
    await outbox.flush();
    expect(outbox.items.get().map((item) => [item.data, item.state])).toEqual([[{ age: 10 }, "confirmed"]]);
    sent = [];
    await outbox.retry(id);
    await elsewhere.retry(id);
    expect([sent, elsewhere.items.get(), await vault.all("item")]).toEqual([[], [], []]);
  });

  it("takes back only what is not on its way", async () => {
    reply = () => Promise.reject(refuse(409));
    const outbox = new Outbox(vault, road());
    const { id } = await outbox.add(save("r1"));
    await outbox.flush();
    expect((await outbox.takeBack(id))?.data).toEqual({ age: 9 });
    expect(outbox.items.get()).toEqual([]);
    expect(await vault.all("item")).toEqual([]);
  });

  it("never sends A's items as B", async () => {
    reply = () => Promise.reject(new Unreachable());
    const outbox = new Outbox(vault, road());
    await outbox.add(save("r1"));
    await outbox.flush();
    outbox.clear();
    await vault.lock();
    await vault.unlock("bilal", "secret-2");
    await outbox.load();
    sent = [];
    reply = () => Promise.resolve(ok);
    await outbox.flush(true);
    expect([sent, outbox.items.get()]).toEqual([[], []]);
    await vault.lock();
    await vault.unlock("amina", "secret-1");
    await outbox.load();
    await outbox.flush(true);
    expect(sent.map((item) => item.owner)).toEqual(["amina"]);
  });

  it("sends nothing when another tab signed somebody else in", async () => {
    mine = false;
    const outbox = new Outbox(vault, road());
    await outbox.add(save("r1"));
    await outbox.flush(true);
    expect([sent.length, outbox.items.get()[0]?.state]).toEqual([0, "waiting"]);
  });

  it("asks for the password when the session has ended, and loses nothing", async () => {
    reply = () => Promise.reject(refuse(401));
    const outbox = new Outbox(vault, road());
    await outbox.add(save("r1"));
    await outbox.flush();
    expect(signedOut).toHaveBeenCalledOnce();
    expect(outbox.items.get()[0]?.state).toBe("waiting");
    outbox.clear();
  });

  it("waits as long as a busy server asks, then goes on by itself", async () => {
    let busy = true;
    reply = () => (busy ? Promise.reject(refuse(429, 30)) : Promise.resolve(ok));
    let now = 0;
    const outbox = new Outbox(vault, road(), () => now);
    await outbox.add(save("r1"));
    await outbox.flush();
    busy = false;
    now = 29_000;
    await outbox.flush();
    expect(sent).toHaveLength(1);
    now = 31_000;
    await outbox.flush();
    expect(outbox.items.get()[0]?.state).toBe("confirmed");
    outbox.clear();
  });

  it("takes up what was added while it was sending", async () => {
    const outbox = new Outbox(vault, road());
    await outbox.add(save("r1"));
    const first = outbox.flush();
    await outbox.add(save("r2"));
    await Promise.all([first, outbox.flush()]);
    expect(outbox.items.get().map((item) => item.state)).toEqual(["confirmed", "confirmed"]);
    expect(sent).toHaveLength(2);
  });
});
