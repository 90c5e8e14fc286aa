import "fake-indexeddb/auto";
import fc from "fast-check";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { Unreachable } from "~/api";
import { Vault } from "../vault";
import { Holder, NotHers } from "./holder";
import type { Around } from "./pages";
import { PAGE, pull } from "./pull";
import { FakeServer } from "./server.fixture";
import type { KeptRecord } from "./summary";

const MEMORY_KIB = 64;
let count = 0;
let vault: Vault;
let server: FakeServer;
let unsent: Set<string>;
let budget: number;

/** The device after a crash has only what its vault holds. */
function device(store: Pick<Vault, "owner" | "get" | "write"> = vault): Holder {
  return new Holder(
    store,
    (): Promise<Around> => Promise.resolve({ budget, unsent }),
    () => undefined,
  );
}

function bring(holder: Holder, signal = new AbortController().signal): Promise<void> {
  return pull(holder, server, signal, () => undefined);
}

/** What lies in the vault, opened: id to revision and fields; the summaries must tell the same as the records. */
async function held(): Promise<Map<string, string>> {
  const holder = device();
  const { summaries, place } = await holder.fresh();
  const records = new Map(((await vault.all("record")) as KeptRecord[]).map((record) => [record.id, record]));
  const told = new Map([...summaries].map(([id, summary]) => [id, `${String(summary.revision)}/${summary.fields}`]));
  const kept = [...records.values()].filter((record) => !(record.id in place.leaving) && !place.stale.includes(record.id));
  expect(new Map(kept.map((record) => [record.id, `${String(record.revision)}/${record.fields}`]))).toEqual(told);
  for (const record of kept) expect(record.values["seen_by"]).toBe(record.fields);
  return told;
}

/** The vault that dies at its n-th write: before it, or when it is done and nobody has heard of it. */
function dying(at: number, when: "before" | "after"): Pick<Vault, "owner" | "get" | "write"> {
  let writes = 0;
  return {
    get owner() {
      return vault.owner;
    },
    get: (sort, id) => vault.get(sort, id),
    write: async (changes) => {
      const dies = ++writes === at;
      if (dies && when === "before") throw new Error("the battery is empty");
      await vault.write(changes);
      if (dies) throw new Error("the battery is empty");
    },
  };
}

beforeEach(async () => {
  vault = await Vault.open(`pull-${String(++count)}`, MEMORY_KIB);
  await vault.unlock("amina", "secret-1");
  server = new FakeServer();
  unsent = new Set();
  budget = 10_000;
});

describe("the first pull", () => {
  it("brings everything in scope, configuration first, and says that it is filled", async () => {
    for (let n = 0; n < 2 * PAGE + 1; n++) server.write(`case-${String(n)}`);
    server.write("elsewhere", { inScope: false });
    await bring(device());
    expect(await held()).toEqual(server.expected([]));
    expect(server.asked).toEqual(["configuration", "manifest", "changes", "changes", "changes"]);
    expect((await device().fresh()).place).toMatchObject({ filled: true, wanted: [], left: [] });
  });

  it("tells how far it has come", async () => {
    for (let n = 0; n < PAGE + 5; n++) server.write(`case-${String(n)}`);
    const told: unknown[] = [];
    await pull(device(), server, new AbortController().signal, (progress) => told.push(progress));
    expect(told).toContainEqual({ done: PAGE, total: PAGE + 5 });
  });

  it("goes on where it was cancelled", async () => {
    for (let n = 0; n < 3 * PAGE; n++) server.write(`case-${String(n)}`);
    const stopping = new AbortController();
    const stop = pull(device(), server, stopping.signal, ({ done }) => {
      if (done >= PAGE) stopping.abort();
    });
    await expect(stop).rejects.toThrow();
    const before = await held();
    expect(before.size).toBeGreaterThanOrEqual(PAGE);
    expect(before.size).toBeLessThan(3 * PAGE);
    server.asked.length = 0;
    await bring(device());
    expect(await held()).toEqual(server.expected([]));
    expect(server.asked).not.toContain("manifest");
  });
});

describe("a crash", () => {
  const scenes: [string, () => void][] = [
    ["at the first filling", () => undefined],
    [
      "while changes come",
      () => {
        server.write("case-1");
        server.write("case-2", { inScope: false });
        server.write("case-new");
      },
    ],
    [
      "after rights changed",
      () => {
        server.epoch += 1;
        server.fields = "f2";
        server.write("case-3", { inSight: false });
      },
    ],
    [
      "after a backup came back",
      () => {
        server.restore();
        server.write("case-4");
      },
    ],
  ];
  for (const [name, change] of scenes)
    for (const when of ["before", "after"] as const)
      it(`${name}, ${when} any write, leaves a state from which it goes on`, async () => {
        let at = 1;
        for (let died = true; died; at += 1) {
          vault = await Vault.open(`crash-${String(++count)}`, MEMORY_KIB);
          await vault.unlock("amina", "secret-1");
          server = new FakeServer();
          for (let n = 0; n < PAGE + 20; n++) server.write(`case-${String(n)}`);
          if (name !== "at the first filling") await bring(device());
          change();
          died = await bring(device(dying(at, when))).then(
            () => false,
            () => true,
          );
          await held();
          await bring(device());
          expect(await held()).toEqual(server.expected([]));
        }
        expect(at).toBeGreaterThan(3);
      });

  it("of the line between any two requests costs only the time", async () => {
    let at = 0;
    for (let broke = true; broke; at += 1) {
      vault = await Vault.open(`line-${String(++count)}`, MEMORY_KIB);
      await vault.unlock("amina", "secret-1");
      server = new FakeServer();
      for (let n = 0; n < PAGE + 1; n++) server.write(`case-${String(n)}`);
      server.patience = at;
      broke = await bring(device()).then(
        () => false,
        (error: unknown) => {
          expect(error).toBeInstanceOf(Unreachable);
          return true;
        },
      );
      server.patience = null;
      await bring(device());
      expect(await held()).toEqual(server.expected([]));
    }
    expect(at).toBeGreaterThan(3);
  });
});

describe("what is not hers any more", () => {
  it("goes when it leaves her scope or her sight", async () => {
    server.write("a");
    server.write("b");
    const holder = device();
    await bring(holder);
    server.write("a", { inSight: false });
    await bring(holder);
    expect([...(await held()).keys()]).toEqual(["b"]);
    expect(await vault.get("record", "a")).toBeNull();
  });

  it("is not shown by its old fields while it waits to come by those that are hers now", async () => {
    server.write("a");
    const holder = device();
    await bring(holder);
    server.epoch += 1;
    server.fields = "f2";
    server.patience = 3;
    await expect(bring(holder)).rejects.toBeInstanceOf(Unreachable);
    expect(server.asked.slice(-4)).toEqual(["changes", "configuration", "manifest", "changes"]);
    expect(holder.now.summaries.has("a")).toBe(false);
    expect(await holder.read("a")).toBeNull();
    expect(await vault.get("record", "a")).toBeNull();
  });

  it("stays as the base of unsent work until that has gone out", async () => {
    server.write("a");
    const holder = device();
    await bring(holder);
    unsent.add("a");
    server.write("a", { inSight: false });
    await bring(holder);
    expect(holder.now.summaries.has("a")).toBe(false);
    expect(holder.now.place.leaving).toEqual({ a: "out_of_sight" });
    expect(await holder.read("a")).not.toBeNull();
    unsent.delete("a");
    await bring(holder);
    expect(holder.now.place.leaving).toEqual({});
    expect(await vault.get("record", "a")).toBeNull();
  });

  it("is neither shown nor dropped when unsent work rests on fields that changed", async () => {
    server.write("a");
    const holder = device();
    await bring(holder);
    unsent.add("a");
    server.epoch += 1;
    server.fields = "f2";
    server.patience = 3;
    await expect(bring(holder)).rejects.toBeInstanceOf(Unreachable);
    expect(await holder.read("a")).toBeNull();
    expect(await vault.get("record", "a")).not.toBeNull();
    server.patience = null;
    await bring(holder);
    expect((await holder.read("a"))?.values["seen_by"]).toBe("f2");
  });

  it("goes nowhere when somebody else has signed in meanwhile", async () => {
    server.write("a");
    const holder = device();
    const changes = server.changes.bind(server);
    server.changes = async (body) => {
      vault.lock();
      await vault.unlock("bilal", "secret-2");
      return changes(body);
    };
    await expect(bring(holder)).rejects.toBeInstanceOf(NotHers);
    expect([await vault.ids("record"), await vault.ids("summary"), await vault.ids("kept")]).toEqual([[], [], []]);
  });
});

describe("the budget", () => {
  it("keeps the cases changed last and the pinned ones, and counts what it left", async () => {
    budget = 3;
    server.write("pinned", { inScope: false });
    const holder = device();
    await bring(holder);
    await holder.step((before) => ({ ...before, put: [], drop: [], place: { ...before.place, pinned: ["pinned"], wanted: ["pinned"] } }));
    for (const id of ["a", "b", "c", "d"]) server.write(id);
    for (const id of ["c", "d"]) server.write(id);
    await bring(holder);
    expect([...(await held()).keys()].sort()).toEqual(["c", "d", "pinned"]);
    expect([...holder.now.place.left].sort()).toEqual(["a", "b"]);
  });

  it("fetches what was left as soon as there is room", async () => {
    budget = 1;
    for (const id of ["a", "b"]) server.write(id);
    server.write("b");
    const holder = device();
    await bring(holder);
    expect([...(await held()).keys()]).toEqual(["b"]);
    server.write("b", { inScope: false });
    await bring(holder);
    expect([...(await held()).keys()]).toEqual(["a"]);
    expect(holder.now.place.left).toEqual([]);
  });
});

describe("what she pins while an answer is on its way", () => {
  const pin = (holder: Holder, id: string, on: boolean): Promise<void> =>
    holder.step((before) => ({ ...before, put: [], drop: [], place: { ...before.place, pinned: [...before.place.pinned.filter((one) => one !== id), ...(on ? [id] : [])], wanted: [...before.place.wanted.filter((one) => one !== id), id] } }));
  /** What was asked for with other pins comes when she has pinned, or unpinned. */
  const meanwhile = (ask: "changes" | "manifest", work: () => Promise<void>): void => {
    const asked = server[ask].bind(server) as (body: object) => ReturnType<FakeServer["changes"] & FakeServer["manifest"]>;
    let done = false;
    vi.spyOn(server, ask).mockImplementation(async (body: object) => {
      const reply = await asked(body);
      if (!done) await work();
      done = true;
      return reply as never;
    });
  };

  it("is kept though the answer says that it has left her scope", async () => {
    server.write("a");
    const holder = device();
    await bring(holder);
    server.write("a", { inScope: false });
    meanwhile("changes", () => pin(holder, "a", true));
    await bring(holder);
    expect([...(await held()).keys()]).toEqual(["a"]);
    expect(holder.now.place).toMatchObject({ pinned: ["a"], wanted: [] });
  });

  it("goes though the answer brings it once more", async () => {
    server.write("a", { inScope: false });
    const holder = device();
    await bring(holder);
    await pin(holder, "a", true);
    await bring(holder);
    server.write("a");
    meanwhile("changes", () => pin(holder, "a", false));
    await bring(holder);
    expect((await held()).size).toBe(0);
  });

  it("goes though the manifest still has it", async () => {
    server.write("a", { inScope: false });
    const holder = device();
    await bring(holder);
    await pin(holder, "a", true);
    await bring(holder);
    server.epoch += 1;
    meanwhile("manifest", () => pin(holder, "a", false));
    await bring(holder);
    expect((await held()).size).toBe(0);
    expect(await vault.get("record", "a")).toBeNull();
  });

  it("stays pinned when the answer was made while it was out of sight", async () => {
    server.write("a");
    const holder = device();
    await bring(holder);
    server.write("a", { inSight: false });
    meanwhile("changes", async () => {
      server.write("a", { inSight: true, inScope: false });
      await pin(holder, "a", true);
    });
    await bring(holder);
    expect([...(await held()).keys()]).toEqual(["a"]);
  });
});

describe("whatever happens", () => {
  const id = fc.integer({ min: 0, max: 7 }).map((n) => `case-${String(n)}`);
  const happening = fc.oneof(
    fc.record({ what: fc.constant("edit" as const), id }),
    fc.record({ what: fc.constant("sight" as const), id, on: fc.boolean() }),
    fc.record({ what: fc.constant("scope" as const), id, on: fc.boolean() }),
    fc.record({ what: fc.constant("rights" as const), fields: fc.constantFrom("f1", "f2", "f3") }),
    fc.record({ what: fc.constant("configuration" as const) }),
    fc.record({ what: fc.constant("restore" as const) }),
    fc.record({ what: fc.constant("unsent" as const), id, on: fc.boolean() }),
    fc.record({ what: fc.constant("pin" as const), id, on: fc.boolean() }),
    fc.record({ what: fc.constant("pull" as const), dies: fc.option(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.constantFrom("before" as const, "after" as const))), line: fc.option(fc.integer({ min: 0, max: 5 })) }),
  );

  it("after quiet the device holds what the server says, and nothing else", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(happening, { maxLength: 25 }), fc.integer({ min: 2, max: 10 }), async (story, most) => {
        vault = await Vault.open(`story-${String(++count)}`, MEMORY_KIB);
        await vault.unlock("amina", "secret-1");
        server = new FakeServer();
        unsent = new Set();
        budget = most;
        for (let n = 0; n < 4; n++) server.write(`case-${String(n)}`);
        for (const step of story) {
          if (step.what === "edit") server.write(step.id);
          else if (step.what === "sight") server.write(step.id, { inSight: step.on });
          else if (step.what === "scope") server.write(step.id, { inScope: step.on });
          else if (step.what === "restore") server.restore();
          else if (step.what === "configuration") server.number += 1;
          else if (step.what === "rights") {
            server.epoch += 1;
            server.fields = step.fields;
          } else if (step.what === "unsent") {
            if (step.on) unsent.add(step.id);
            else unsent.delete(step.id);
          } else if (step.what === "pin") {
            await device().step((before) => {
              const pinned = before.place.pinned.filter((one) => one !== step.id);
              return { ...before, put: [], drop: [], place: { ...before.place, pinned: step.on ? [...pinned, step.id] : pinned, wanted: [...before.place.wanted.filter((one) => one !== step.id), step.id] } };
            });
          } else {
            server.patience = step.line;
            await bring(device(step.dies ? dying(...step.dies) : vault)).catch(() => undefined);
            server.patience = null;
            // No crash may leave fields that were taken from her before the last pull began, nor half a record.
            await held();
          }
        }
        unsent = new Set();
        const last = device();
        await bring(last);
        const { place } = last.now;
        const expected = server.expected(place.pinned);
        const kept = await held();
        for (const [one, state] of kept) expect(state).toBe(expected.get(one));
        expect([...kept.keys(), ...place.left].sort()).toEqual([...expected.keys()].sort());
        expect(kept.size).toBe(Math.min(expected.size, Math.max(most, place.pinned.filter((one) => expected.has(one)).length)));
        expect((await vault.ids("record")).sort()).toEqual([...kept.keys()].sort());
        expect(place).toMatchObject({ wanted: [], stale: [], leaving: {} });
        vault.close();
      }),
      { numRuns: 60 },
    );
  }, 120_000);
});
