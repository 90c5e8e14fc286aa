import "fake-indexeddb/auto";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { Refusal } from "~/api";
import type { Handover } from "../handover";
import type { ItemReason, OutboxItem, Save } from "../types";
import { Vault } from "../vault";
import { Outbox, type Confirmed } from "./outbox";
import { PretendedServer, refusal, roadTo, Unreachable } from "./pretended";

let count = 0;
let vault: Vault;
let server: PretendedServer;
let clock: number;
const save = (record: string, change: Partial<Save> = {}): Save => ({ kind: "cases", id: record, create: false, data: { age: 9 }, ...change });
const states = (outbox: Outbox): string[] => outbox.items.get().map((item) => item.state);
const reasons = (outbox: Outbox): (ItemReason | null)[] => outbox.items.get().map((item) => item.reason);
const open = (watch = {}): Outbox => new Outbox(vault, roadTo(server, watch), null, () => clock);

beforeEach(async () => {
  clock = Date.parse("2026-03-02T08:00:00Z");
  server = new PretendedServer();
  vault = await Vault.open(`outbox-${String(++count)}`, 64);
  await vault.unlock("amina", "secret-1");
});

describe("the outbox", () => {
  it("sends what waits in one request, confirms it, and keeps it no longer on the device", async () => {
    const outbox = open();
    for (const record of ["r1", "r2", "r3"]) await outbox.add(save(record));
    expect(await vault.ids("item")).toHaveLength(3);
    await outbox.flush();
    expect(states(outbox)).toEqual(["confirmed", "confirmed", "confirmed"]);
    expect(server.requests.map((ids) => ids.length)).toEqual([3]);
    expect(await vault.ids("item")).toEqual([]);
  });

  it("tells a saving screen what the server has now", async () => {
    const seen: Confirmed[] = [];
    const outbox = open({ onConfirmed: (all: readonly Confirmed[]) => seen.push(...all) });
    const outcome = await outbox.save(save("r1", { data: { age: 10 } }));
    expect(outcome).toMatchObject({ state: "confirmed", revision: 2, data: { age: 10 } });
    expect(seen.map((one) => one.view?.data)).toEqual([{ age: 10 }]);
  });

  it("lets go of what was done only when it lies in the kept case, and also when it cannot be laid there", async () => {
    const lying: string[][] = [];
    const outbox = open({
      keep: async () => {
        lying.push(await vault.ids("item"));
        throw new Error("no room");
      },
    });
    const { id } = await outbox.add(save("r1"));
    await outbox.flush();
    expect(lying).toEqual([[id]]);
    expect(await vault.ids("item")).toEqual([]);
  });

  it("sends nothing of what is being taken back at that moment, nor of what a new save takes the place of", async () => {
    const outbox = open();
    const { id } = await outbox.add(save("r1"));
    const taken = outbox.takeBack(id);
    await outbox.flush();
    expect((await taken)?.id).toBe(id);
    server.judge = () => ({ status: 422, code: "record.invalid", pointer: "/age" });
    const refused = await outbox.add(save("r2"));
    await outbox.flush();
    server.judge = () => null;
    const again = outbox.add(save("r2", { data: { age: 10 }, replaces: [refused.id] }));
    await outbox.retry(refused.id);
    const fresh = await again;
    await outbox.flush();
    expect(server.requests).toEqual([[refused.id], [fresh.id]]);
  });

  it("tells a saving screen why it was refused, with both values of a conflict", async () => {
    server.judge = () => ({ status: 422, code: "record.invalid", pointer: "/age" });
    const outbox = open();
    const outcome = await outbox.save(save("r1"));
    expect(outcome).toMatchObject({ state: "refused", status: 422, problems: [{ code: "record.invalid", detail: ["/age"] }], conflicts: [] });
  });

  it("lets a screen go on when the line is thin, and goes on itself", async () => {
    let answer: () => void = () => undefined;
    const waits = new Promise<void>((done) => (answer = done));
    const outbox = new Outbox(vault, roadTo(server, { deliver: (body) => waits.then(() => server.deliver(body)) }), null, () => clock, 5);
    expect((await outbox.save(save("r1"))).state).toBe("waiting");
    expect(states(outbox)).toEqual(["sending"]);
    answer();
    await outbox.flush();
    expect(states(outbox)).toEqual(["confirmed"]);
  });

  it("keeps a change that cannot be sent, over a reload, and sends it later under the same key", async () => {
    server.after = () => new Unreachable();
    const outbox = open();
    const { id } = await outbox.add(save("r1"));
    await outbox.flush();
    expect([states(outbox), server.isDone(id)]).toEqual([["waiting"], true]);
    const reopened = open();
    await reopened.load();
    server.after = () => null;
    await reopened.flush(true);
    expect(states(reopened)).toEqual(["confirmed"]);
    expect(server.done).toHaveLength(1);
    expect(await vault.ids("item")).toEqual([]);
    outbox.clear();
  });

  it("sends in the order in which things were done, also after a reload in the same millisecond", async () => {
    const outbox = open();
    for (const record of ["r3", "r1", "r2"]) await outbox.add(save(record));
    const reopened = open();
    await reopened.load();
    await reopened.flush();
    expect(server.done.map((one) => (one.item["arguments"] as { case_id: string }).case_id)).toEqual(["r3", "r1", "r2"]);
  });

  it("keeps a refused change with its reason and holds up only later ones of the same record, in the first round and in the next", async () => {
    server.judge = (item) => ((item["arguments"] as { case_id: string }).case_id === "r1" ? { status: 422, code: "record.invalid" } : null);
    const outbox = open();
    for (const record of ["r1", "r1", "r2"]) await outbox.add(save(record));
    await outbox.flush();
    expect(states(outbox)).toEqual(["refused", "waiting", "confirmed"]);
    expect(await vault.ids("item")).toHaveLength(2);
    const before = server.requests.length;
    await outbox.add(save("r3"));
    await outbox.flush();
    expect(states(outbox)).toEqual(["refused", "waiting", "confirmed", "confirmed"]);
    expect(server.requests.slice(before).map((ids) => ids.length)).toEqual([1]);
  });

  it("holds what names another item until that one is accepted", async () => {
    let good = false;
    server.judge = (item) => (!good && (item["arguments"] as { case_id: string }).case_id === "r1" ? { status: 422, code: "record.invalid" } : null);
    const outbox = open();
    const first = await outbox.add(save("r1"));
    await outbox.add(save("r2", { dependsOn: [first.id] }));
    await outbox.add(save("r3"));
    await outbox.flush();
    expect(states(outbox)).toEqual(["refused", "waiting", "confirmed"]);
    good = true;
    await outbox.add(save("r1", { data: { age: 11 } }));
    await outbox.flush();
    expect(states(outbox)).toEqual(["confirmed", "confirmed", "confirmed"]);
    expect(server.done.map((one) => (one.item["arguments"] as { case_id: string }).case_id)).toEqual(["r3", "r1", "r2"]);
  });

  it("lets a corrected registration go before what was done to the case meanwhile", async () => {
    let good = false;
    server.judge = (item) => (!good && item["action"] === "register_case" ? { status: 422, code: "record.invalid" } : null);
    const outbox = open();
    await outbox.add(save("r1", { create: true }));
    await outbox.add(save("r1", { data: { siblings: 2 } }));
    await outbox.flush();
    expect(states(outbox)).toEqual(["refused", "waiting"]);
    good = true;
    await outbox.add(save("r1", { create: true, data: { age: 8 } }));
    await outbox.flush();
    expect(server.done.map((one) => one.item["action"])).toEqual(["register_case", "amend_case"]);
    expect(states(outbox)).toEqual(["confirmed", "confirmed"]);
  });

  it("lets a corrected save take the place of what was refused: old answers are never sent after it", async () => {
    server.judge = () => ({ status: 422, code: "record.invalid" });
    const outbox = open();
    const { id } = await outbox.add(save("r1"));
    await outbox.flush();
    const elsewhere = open();
    await elsewhere.load();
    server.judge = () => null;
    await outbox.add(save("r1", { data: { age: 10 } }));
    await outbox.flush();
    expect(outbox.items.get().map((item) => [item.data, item.state])).toEqual([[{ age: 10 }, "confirmed"]]);
    await outbox.retry(id);
    await elsewhere.retry(id);
    expect([server.isDone(id), elsewhere.items.get(), await vault.ids("item")]).toEqual([false, [], []]);
  });

  it("does not send what another window took back or sent meanwhile", async () => {
    const outbox = open();
    const { id } = await outbox.add(save("r1"));
    const elsewhere = open();
    await elsewhere.load();
    await elsewhere.takeBack(id);
    await outbox.flush(true);
    expect([server.requests, outbox.items.get()]).toEqual([[], []]);
  });

  it("takes back only what is not on its way, and with a registration whatever rests on it", async () => {
    server.judge = () => ({ status: 422, code: "record.invalid" });
    const outbox = open();
    const { id } = await outbox.add(save("r1", { create: true }));
    await outbox.add(save("r1"));
    await outbox.add(save("r2"));
    await outbox.flush();
    expect((await outbox.takeBack(id))?.data).toEqual({ age: 9 });
    expect(outbox.items.get().map((item) => item.record)).toEqual(["r2"]);
    expect(await vault.ids("item")).toHaveLength(1);
  });

  it("never sends A's items as B", async () => {
    server.before = () => new Unreachable();
    const outbox = open();
    await outbox.add(save("r1"));
    await outbox.flush();
    outbox.clear();
    vault.lock();
    await vault.unlock("bilal", "secret-2");
    server.before = () => null;
    server.session = "bilal";
    await outbox.load();
    await outbox.flush(true);
    expect([server.requests, outbox.items.get()]).toEqual([[], []]);
    vault.lock();
    await vault.unlock("amina", "secret-1");
    server.session = "amina";
    await outbox.load();
    await outbox.flush(true);
    expect(server.done.map((one) => [one.account, (one.item["arguments"] as { case_id: string }).case_id])).toEqual([["amina", "r1"]]);
  });

  it("is stopped by the server when another window signed somebody else in at the last moment", async () => {
    server.session = "bilal";
    const onSignedOut = vi.fn();
    const outbox = open({ onSignedOut });
    await outbox.add(save("r1"));
    await outbox.flush(true);
    expect([server.done, states(outbox), onSignedOut.mock.calls.length]).toEqual([[], ["waiting"], 1]);
  });

  it("sends nothing while the session is not known to be hers", async () => {
    const outbox = open({ account: () => null });
    await outbox.add(save("r1"));
    await outbox.flush(true);
    expect([server.requests.length, states(outbox)]).toEqual([0, ["waiting"]]);
  });

  it("asks for the password when the session has ended, and loses nothing", async () => {
    server.session = null;
    const onSignedOut = vi.fn();
    const outbox = open({ onSignedOut });
    await outbox.add(save("r1"));
    await outbox.flush(true);
    expect([states(outbox), onSignedOut.mock.calls.length, await vault.ids("item")]).toEqual([["waiting"], 1, [outbox.items.get()[0]?.id]]);
  });

  it("waits, and is not refused, until she has accepted a new code of conduct", async () => {
    const onSignedOut = vi.fn();
    const owed = new Refusal(403, [{ code: "code_of_conduct.not_accepted", message: "", detail: [], params: {}, conflicts: [] }]);
    let owes = true;
    const outbox = open({ onSignedOut, deliver: (body: never) => (owes ? Promise.reject(owed) : server.deliver(body)) });
    await outbox.add(save("r1"));
    await outbox.flush(true);
    expect([states(outbox), onSignedOut.mock.calls, server.done.length]).toEqual([["waiting"], [[owed]], 0]);
    owes = false;
    await outbox.flush(true);
    expect([states(outbox), server.done.length]).toEqual([["confirmed"], 1]);
  });

  it("writes nothing of hers under another's key when she left while it was on its way", async () => {
    const outbox = open({
      deliver: async (body: never) => {
        const answer = await server.deliver(body);
        vault.lock();
        await vault.unlock("bilal", "secret-2");
        outbox.clear();
        return answer;
      },
    });
    const { id } = await outbox.add(save("r1"));
    await outbox.flush();
    expect(await vault.ids("item")).toEqual([]);
    vault.lock();
    await vault.unlock("amina", "secret-1");
    await outbox.load();
    expect(outbox.items.get().map((item) => [item.id, item.state])).toEqual([[id, "waiting"]]);
  });

  it("waits as long as a busy server asks, then goes on by itself", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      server.before = () => refusal(429, "too_many", 30);
      const outbox = open();
      await outbox.add(save("r1"));
      await outbox.flush();
      server.before = () => null;
      clock += 29_000;
      await outbox.flush();
      expect(server.requests).toEqual([]);
      clock += 2_000;
      vi.advanceTimersByTime(31_000);
      await outbox.flush();
      expect(states(outbox)).toEqual(["confirmed"]);
      outbox.clear();
    } finally {
      vi.useRealTimers();
    }
  });

  it("tries an item by itself later when only that one failed at the server, and the rest goes on", async () => {
    let broken = true;
    server.judge = (item) => (broken && (item["arguments"] as { case_id: string }).case_id === "r1" ? { status: 500, code: "unexpected" } : null);
    const outbox = open();
    for (const record of ["r1", "r1", "r2"]) await outbox.add(save(record));
    await outbox.flush();
    expect(states(outbox)).toEqual(["waiting", "waiting", "confirmed"]);
    expect(reasons(outbox)).toEqual([{ code: "again", at: clock + 5_000 }, null, null]);
    broken = false;
    await outbox.flush(true);
    expect(states(outbox)).toEqual(["waiting", "waiting", "confirmed"]);
    clock += 5_001;
    await outbox.flush();
    expect(states(outbox)).toEqual(["confirmed", "confirmed", "confirmed"]);
    outbox.clear();
  });

  it("waits longer each time, and not at all after 'sync now'", async () => {
    server.judge = () => ({ status: 500, code: "unexpected" });
    const outbox = open();
    await outbox.add(save("r1"));
    const waits: number[] = [];
    for (let n = 0; n < 3; n += 1) {
      await outbox.flush();
      const at = outbox.items.get()[0]?.reason?.at ?? 0;
      waits.push(at - clock);
      clock = at + 1;
    }
    expect(waits).toEqual([5_000, 15_000, 30_000]);
    clock -= 20_000;
    server.judge = () => null;
    await outbox.hurry();
    expect(states(outbox)).toEqual(["confirmed"]);
    outbox.clear();
  });

  it("keeps what an older server does not know yet until that is brought up to date", async () => {
    server.judge = () => ({ status: 422, code: "sync.schema_unknown" });
    const outbox = open();
    await outbox.add(save("r1"));
    await outbox.flush();
    expect([states(outbox), reasons(outbox)[0]?.code]).toEqual([["waiting"], "server_older"]);
    outbox.clear();
  });

  it("finds the one item that spoils a whole request", async () => {
    const isBad = (body: { items: { arguments: { case_id: string } }[] }): boolean => body.items.some((item) => item.arguments.case_id === "r2");
    const outbox = open({ deliver: (body: never) => (isBad(body) ? Promise.reject(refusal(422, "body.invalid")) : server.deliver(body)) });
    for (const record of ["r1", "r2", "r3"]) await outbox.add(save(record));
    await outbox.flush();
    expect(states(outbox)).toEqual(["confirmed", "refused", "confirmed"]);
  });

  it("keeps her words for the new owner, and lets later ones follow them", async () => {
    server.judge = () => ({ status: 403, code: "record.no_longer_yours" });
    const outbox = open();
    await outbox.add(save("r1"));
    await outbox.add(save("r1", { data: { siblings: 1 } }));
    await outbox.flush();
    expect(states(outbox)).toEqual(["refused", "refused"]);
    const ids = outbox.items.get().map((item) => item.id);
    server.judge = () => null;
    await outbox.add(save("r1", { data: { siblings: 2 } }));
    expect(outbox.items.get().slice(0, 2).map((item) => item.id)).toEqual(ids);
    await outbox.flush();
    expect(states(outbox)).toEqual(["refused", "refused", "confirmed"]);
  });

  it("takes the place of what waits behind a refused item only where a save names it", async () => {
    server.judge = (item) => (JSON.stringify(item["arguments"]).includes("wrong") ? { status: 409, code: "record.conflict" } : null);
    const outbox = open();
    await outbox.add(save("r1", { data: { name_nickname: "wrong" } }));
    for (const age of [10, 11]) await outbox.add(save("r1", { data: { age } }));
    await outbox.flush();
    expect(states(outbox)).toEqual(["refused", "waiting", "waiting"]);
    const [first, second, third] = outbox.items.get().map((item) => item.id);
    await outbox.add(save("r1", { data: { name_nickname: "right" }, replaces: [first, second].map(String) }));
    expect(outbox.items.get().map((item) => item.data)).toEqual([{ age: 11 }, { name_nickname: "right" }]);
    // What nothing holds any more goes by itself, whoever names it.
    await outbox.add(save("r1", { data: { age: 12 }, replaces: [String(third)] }));
    expect(await vault.ids("item")).toHaveLength(3);
    await outbox.flush();
    expect(states(outbox)).toEqual(["confirmed", "confirmed", "confirmed"]);
  });

  it("sends no more at once than the server takes, and a large item by itself", async () => {
    const outbox = open();
    for (let n = 0; n < 205; n += 1) await outbox.add(save(`r${String(n)}`));
    await outbox.flush();
    expect(server.requests.map((ids) => ids.length)).toEqual([100, 100, 5]);
    expect(server.bodies.map((body) => body["records"])).toEqual([false, false, true]);
    const words = "ن".repeat(300_000);
    for (const record of ["a", "b", "c"]) await outbox.add(save(record, { data: { words } }));
    await outbox.flush();
    expect(server.requests.slice(3).map((ids) => ids.length)).toEqual([1, 1, 1]);
  });

  it("takes up what was added while it was sending", async () => {
    const outbox = open();
    await outbox.add(save("r1"));
    const first = outbox.flush();
    await outbox.add(save("r2"));
    await Promise.all([first, outbox.flush()]);
    expect(states(outbox)).toEqual(["confirmed", "confirmed"]);
    expect(server.done).toHaveLength(2);
  });

  it("delivers by the device's clock, what she saw, and the rows of a subform", async () => {
    const outbox = open();
    const rows: OutboxItem["data"] = { notes_section: [{ unique_id: "n1", note_subject: "Visit" }], services_section: [{ unique_id: "s1", service_type: "health" }] };
    await outbox.add(save("r1", { data: rows, base: { revision: 3, values: { notes_section: null, services_section: null } } }));
    await outbox.flush();
    expect(server.done[0]?.item).toMatchObject({ schema: 2, action: "amend_case", arguments: { case_id: "r1", values: rows }, base: { revision: 3 } });
    expect(Date.parse(String(server.done[0]?.item["at"]))).toBe(clock);
    expect(server.bodies[0]).toMatchObject({ account: "amina", device_time: new Date(clock).toISOString() });
  });

  it("sends in the order in which things were done, though the clock was set back between two visits", async () => {
    const before = open();
    await before.add(save("r1", { data: { age: 10 } }));
    clock -= 3_600_000;
    const after = open();
    await after.load();
    await after.add(save("r1", { data: { age: 11 } }));
    const last = open();
    await last.load();
    await last.flush();
    expect(server.done.map(({ item }) => item["arguments"])).toMatchObject([{ values: { age: 10 } }, { values: { age: 11 } }]);
  });

  it("puts nothing into the vault of another who came while it was sealed for the server", async () => {
    const handover = {
      put: async () => {
        vault.lock();
        await vault.unlock("bilal", "secret-2");
      },
    } as unknown as Handover;
    const outbox = new Outbox(vault, roadTo(server), handover, () => clock);
    await expect(outbox.add(save("r1"))).rejects.toThrow();
    expect([outbox.items.get(), await vault.ids("item")]).toEqual([[], []]);
  });
});
