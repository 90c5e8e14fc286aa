import { describe, expect, it } from "vitest";
import type { Answer } from "~/api";
import type { Configuration, Kept } from "./kept";
import { Reads } from "./reads";
import type { Vault } from "./vault";

/** A server with one case, of which it says anew only what changed. */
function stand(): { reads: Reads; asked: string[]; change: (age: number) => void; keep: (revision: number) => void } {
  const asked: string[] = [];
  let [revision, age, kept] = [1, 9, 0];
  const reads = new Reads({
    vault: {} as Vault,
    ask: (path, request) => {
      asked.push(path);
      const etag = String(revision);
      const same = request?.etag === etag;
      return Promise.resolve({ status: same ? 304 : 200, body: same ? null : { data: { id: "1", age }, metadata: { revision } }, etag } as unknown as Answer);
    },
    onRefusal: () => undefined,
    kept: () =>
      ({
        read: () => Promise.resolve(kept === 0 ? null : { values: { id: "1", age: 20 }, revision: kept, incomplete: [], ageRecordedOn: null, quarantined: 0 }),
        state: { get: () => ({ lastSync: 5 }) },
      }) as unknown as Kept,
    configuration: () => ({}) as Configuration,
  });
  return {
    reads,
    asked,
    change: (to) => {
      [revision, age] = [revision + 1, to];
    },
    keep: (at) => {
      kept = at;
    },
  };
}

describe("what was read", () => {
  it("is one thing for all who look, and is asked for anew only as far as it changed", async () => {
    const { reads, asked, change } = stand();
    const one = reads.record("cases", "c1");
    expect((await one.wait()).data["age"]).toBe(9);
    expect(reads.record("cases", "c1")).toBe(one);
    await one.refresh();
    expect(one.get().value?.data["age"]).toBe(9);
    change(10);
    await one.refresh();
    expect(one.get().value?.data["age"]).toBe(10);
    expect(asked).toHaveLength(3);
  });

  it("is what the server gave back with an act that it accepted; lists about that record are forgotten", async () => {
    const { reads, asked } = stand();
    const one = reads.record("cases", "c1");
    await one.wait();
    const history = reads.list("history/cases/c1/1", () => Promise.resolve("old"));
    const other = reads.list("history/cases/c2/1", () => Promise.resolve("old"));
    reads.accepted("cases", "c1", { data: { age: 11 }, revision: 7, incomplete: [] });
    expect(one.get().value?.data["age"]).toBe(11);
    expect(asked).toHaveLength(1);
    expect(reads.list("history/cases/c1/1", () => Promise.resolve("new"))).not.toBe(history);
    expect(reads.list("history/cases/c2/1", () => Promise.resolve("new"))).toBe(other);
  });

  it("follows what came into the device's store, when that is of another revision and somebody looks", async () => {
    const { reads, keep } = stand();
    const one = reads.record("cases", "c1");
    reads.cameAnew(["c1"]);
    expect(one.get().value).toBeNull();
    await one.wait();
    keep(2);
    reads.cameAnew(["c1", "c2"]);
    await expect.poll(() => one.get().value?.data["age"]).toBe(20);
  });

  it("is gone when she leaves", async () => {
    const { reads } = stand();
    const one = reads.record("cases", "c1");
    await one.wait();
    reads.forget();
    expect(reads.record("cases", "c1")).not.toBe(one);
  });
});
