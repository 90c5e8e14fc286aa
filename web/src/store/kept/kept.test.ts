import "fake-indexeddb/auto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Unreachable, type Answer } from "~/api";
import type { JsonObject } from "~/lib/json";
import type { OutboxItem, RecordView } from "../types";
import { Vault } from "../vault";
import { Configuration, PartRefused, type PartName } from "./configuration";
import { Kept } from "./kept";
import { budgetOf, MOST_KEPT } from "./scope";
import { FakeServer } from "./server.fixture";
import { daysUnsent } from "./unsent";

let count = 0;
let vault: Vault;
let server: FakeServer;
let kept: Kept;
let quiet: boolean;
let may: () => Promise<boolean>;
const onRecords = vi.fn();

function open(): Kept {
  return new Kept(vault, { road: server, may: () => may(), isQuiet: () => quiet, onRefusal: () => undefined, onRecords });
}
function item(record: string, data: JsonObject, change: Partial<OutboxItem> = {}): OutboxItem {
  return { schema: 2, id: `i-${record}`, owner: "amina", action: "amend_case", kind: "cases", record, data, base: null, recordAction: null, at: "2026-05-01T08:00:00Z", offset: 0, dependsOn: [], state: "confirmed", reason: null, refusal: null, attempts: 1, ...change };
}
const view = (id: string, data: JsonObject, revision: number): RecordView => ({ data: { id, ...data }, revision, incomplete: [] });

beforeEach(async () => {
  onRecords.mockReset();
  vault = await Vault.open(`kept-${String(++count)}`, 64);
  await vault.unlock("amina", "secret-1");
  server = new FakeServer();
  quiet = false;
  may = () => Promise.resolve(true);
  kept = open();
  await kept.open();
});
afterEach(() => {
  kept.close();
});

describe("the caseload on the device", () => {
  it("is there after a cold start, without a server", async () => {
    server.write("a", { values: { name: "Noor" } });
    await kept.sync();
    expect(kept.state.get()).toMatchObject({ filled: true, count: 1, error: null, running: false });
    kept.close();
    expect(kept.summaries.get().size).toBe(0);
    server.patience = 0;
    kept = open();
    await kept.open();
    expect(kept.summaries.get().get("a")?.row["name"]).toBe("Noor");
    expect((await kept.read("a"))?.values["name"]).toBe("Noor");
    expect(server.asked.length).toBe(3);
  });

  it("reads from the cases what is due in them, where an earlier version of the app did not write it into the block", async () => {
    server.write("a", { values: { status: "open", assessment_due_date: "2026-03-02" } });
    await kept.sync();
    const block = (await vault.get("summary", "cases")) as { schema: 1; rows: { due?: JsonObject }[] };
    expect(block.rows.map((row) => row.due)).toEqual([{ assessment_due_date: "2026-03-02" }]);
    kept.close();
    await vault.put("summary", "cases", { ...block, rows: block.rows.map(({ due: _due, ...row }) => row) });
    kept = open();
    await kept.open();
    await vi.waitFor(() => {
      expect(kept.summaries.get().get("a")?.due).toEqual({ assessment_due_date: "2026-03-02" });
    });
    await vi.waitFor(async () => {
      expect(((await vault.get("summary", "cases")) as typeof block).rows[0]?.due).toEqual({ assessment_due_date: "2026-03-02" });
    });
  });

  it("says when the server could not be reached, and keeps what it has", async () => {
    server.write("a");
    await kept.sync();
    server.patience = 0;
    await kept.sync();
    expect(kept.state.get().error).toBeInstanceOf(Unreachable);
    expect(kept.state.get().count).toBe(1);
  });

  it("asks nothing as somebody who may not open cases", async () => {
    may = () => Promise.resolve(false);
    await kept.sync();
    expect(server.asked).toEqual([]);
    expect(kept.state.get()).toMatchObject({ running: false, filled: false });
  });

  it("asks nothing by itself on a day in the field, once it is filled", async () => {
    vi.useFakeTimers();
    try {
      quiet = true;
      server.write("a");
      kept.soon(0);
      await vi.waitFor(() => {
        expect(kept.state.get().filled).toBe(true);
      });
      server.asked.length = 0;
      kept.soon(0);
      await vi.advanceTimersByTimeAsync(3_600_000);
      expect(server.asked).toEqual([]);
    } finally {
      vi.useRealTimers();
    }
  });

  it("shows what was confirmed before the feed tells it, with and without the server's word", async () => {
    server.write("a", { values: { name: "Noor", risk_level: "low" } });
    await kept.sync();
    await kept.confirmed([{ item: item("a", { risk_level: "high" }), view: null }]);
    expect(kept.summaries.get().get("a")?.row["risk_level"]).toBe("high");
    expect((await kept.read("a"))?.values).toMatchObject({ name: "Noor", risk_level: "high" });
    await kept.confirmed([{ item: item("b", { name_first: "Lina" }, { action: "register_case" }), view: view("b", { name: "Lina", status: "open" }, 1) }]);
    expect(kept.summaries.get().get("b")?.row["name"]).toBe("Lina");
    kept.close();
    kept = open();
    await kept.open();
    expect([...kept.summaries.get().keys()].sort()).toEqual(["a", "b"]);
    // The server has the last word.
    server.write("a", { values: { risk_level: "medium" } });
    await kept.sync();
    expect(kept.summaries.get().get("a")?.row["risk_level"]).toBe("medium");
    expect(kept.summaries.get().has("b")).toBe(false);
  });

  it("does not go back to what it was when an answer is confirmed while a page is on its way", async () => {
    server.write("a", { values: { risk_level: "low" } });
    await kept.sync();
    server.write("a", { values: { risk_level: "medium" } });
    const changes = server.changes.bind(server);
    const shown: unknown[] = [];
    vi.spyOn(server, "changes").mockImplementationOnce(async (body) => {
      const reply = await changes(body);
      server.write("a", { values: { risk_level: "high" } });
      await kept.confirmed([{ item: item("a", { risk_level: "high" }), view: view("a", { risk_level: "high", seen_by: "f1" }, 3) }]);
      kept.summaries.watch(() => shown.push(kept.summaries.get().get("a")?.row["risk_level"]));
      return reply;
    });
    await kept.sync();
    expect(shown.filter((level) => level !== "high")).toEqual([]);
    expect((await kept.read("a"))?.values["risk_level"]).toBe("high");
  });

  it("keeps what a pull brought when the answer to something older comes late", async () => {
    server.write("a", { values: { risk_level: "low" } });
    server.write("a", { values: { risk_level: "medium" } });
    await kept.sync();
    await kept.confirmed([{ item: item("a", { risk_level: "low" }), view: view("a", { risk_level: "low" }, 1) }]);
    expect(kept.summaries.get().get("a")?.row["risk_level"]).toBe("medium");
  });

  it("asks anew for what was confirmed while she had other rights, though she has the same again", async () => {
    server.write("a", { values: { risk_level: "low" } });
    await kept.sync();
    server.write("a", { values: { risk_level: "high" } });
    // Her answer was told without the forms that were taken from her for a moment.
    await kept.confirmed([{ item: item("a", { risk_level: "high" }), view: view("a", { risk_level: "high" }, 2) }]);
    server.epoch += 2;
    await kept.sync();
    expect((await kept.read("a"))?.values).toMatchObject({ risk_level: "high", seen_by: "f1" });
  });

  it("does not take up what somebody else did", async () => {
    await kept.confirmed([{ item: item("a", { name_first: "Lina" }, { owner: "bilal", action: "register_case" }), view: null }]);
    expect(await vault.ids("record")).toEqual([]);
  });

  it("brings a case that she pins, and lets it go when she unpins it", async () => {
    server.write("far", { inScope: false });
    await kept.sync();
    expect(kept.state.get().count).toBe(0);
    await kept.pin("far", true);
    await vi.waitFor(() => {
      expect(kept.summaries.get().has("far")).toBe(true);
    });
    expect(kept.state.get().pinned.has("far")).toBe(true);
    await kept.pin("far", false);
    await vi.waitFor(() => {
      expect(kept.summaries.get().has("far")).toBe(false);
    });
    expect(await vault.get("record", "far")).toBeNull();
  });

  it("remembers which children are still to be looked for, over a restart", async () => {
    await kept.checkLater("a");
    kept.close();
    kept = open();
    await kept.open();
    expect([...kept.state.get().unchecked]).toEqual(["a"]);
    await kept.checked("a");
    expect(kept.state.get().unchecked.size).toBe(0);
  });

  it("makes no case of what was done to one that does not lie here, and asks for it", async () => {
    await kept.sync();
    onRecords.mockReset();
    server.write("z", { values: { name: "Noor" } });
    server.patience = 0;
    await kept.confirmed([{ item: item("z", { message: "call her" }, { action: "raise_flag" }), view: null }]);
    expect(await kept.read("z")).toBeNull();
    expect(onRecords).not.toHaveBeenCalled();
    server.patience = null;
    await kept.sync();
    expect((await kept.read("z"))?.values["name"]).toBe("Noor");
  });

  it("tells an open screen which cases came anew", async () => {
    server.write("a");
    await kept.sync();
    onRecords.mockReset();
    server.write("a");
    await kept.sync();
    expect(onRecords).toHaveBeenCalledWith(["a"]);
  });

  it("holds a case whose draft is open until the draft is gone", async () => {
    server.write("a");
    await kept.sync();
    await vault.put("draft", "cases/a", { schema: 2, key: "cases/a", owner: "amina", at: "", value: {} });
    server.write("a", { inSight: false });
    await kept.sync();
    expect(kept.state.get().leaving).toEqual({ a: "out_of_sight" });
    expect(kept.summaries.get().has("a")).toBe(false);
    expect(await kept.read("a")).not.toBeNull();
    await vault.drop("draft", "cases/a");
    await kept.sync();
    expect(await vault.get("record", "a")).toBeNull();
  });
});

describe("the budget", () => {
  it("is the published number, or the share of what the device has room for", () => {
    expect(budgetOf(null)).toBe(MOST_KEPT);
    expect(budgetOf(10_000_000_000)).toBe(MOST_KEPT);
    expect(budgetOf(20_000_000, 10_000)).toBe(1_000);
    expect(budgetOf(1)).toBe(1);
  });

  it("counts the days since the oldest unsent act", () => {
    const now = Date.parse("2026-05-10T00:00:00Z");
    expect(daysUnsent([], now)).toBe(0);
    expect(daysUnsent([item("a", {}, { state: "waiting", at: "2026-05-06T12:00:00Z" }), item("b", {}, { at: "2026-01-01T00:00:00Z" })], now)).toBe(3);
  });
});

describe("the configuration", () => {
  let asked: JsonObject[];
  let versions: Partial<Record<PartName, string>>;
  const came = vi.fn();
  const answer = (body: JsonObject): Promise<Answer> => {
    asked.push(body);
    const known = body["known"] as Record<string, string>;
    const parts = body["parts"] as PartName[];
    const differ = parts.filter((name) => versions[name] !== undefined && versions[name] !== known[name]);
    const data = Object.fromEntries(differ.map((name) => [name, { version: versions[name] ?? "", value: `${name} ${versions[name] ?? ""}` }]));
    return Promise.resolve({ status: 200, etag: null, body: { data, metadata: { unchanged: parts.filter((name) => versions[name] === known[name]), refused: parts.filter((name) => versions[name] === undefined) } } });
  };
  const made = (): Configuration => new Configuration(vault, answer, came);

  beforeEach(() => {
    asked = [];
    came.mockReset();
    versions = { me: "1", settings: "1", forms: "1", lookups: "1" };
  });

  it("asks for what is wanted in the same breath together", async () => {
    const configuration = made();
    const all = await Promise.all([configuration.fetch("forms"), configuration.fetch("lookups"), configuration.fetch("forms")]);
    expect(all.map((part) => part.value)).toEqual(["forms 1", "lookups 1", "forms 1"]);
    expect(asked).toEqual([{ parts: ["forms", "lookups"], known: {} }]);
  });

  it("fetches only what differs from what it holds, over a restart too", async () => {
    await made().fetchAll();
    versions.forms = "2";
    came.mockReset();
    const configuration = made();
    await configuration.fetchAll();
    expect(asked[1]).toMatchObject({ known: { me: "1", settings: "1", forms: "1", lookups: "1" } });
    expect(came.mock.calls.map(([name]) => name as string)).toEqual(["forms"]);
    expect((await configuration.read("forms"))?.value).toBe("forms 2");
    expect((await configuration.read("lookups"))?.value).toBe("lookups 1");
  });

  it("says which part is not hers", async () => {
    await expect(made().fetch("locations")).rejects.toBeInstanceOf(PartRefused);
  });

  it("keeps nothing of hers when somebody else came in the meantime", async () => {
    const slow = new Configuration(
      vault,
      async (body) => {
        vault.lock();
        await vault.unlock("bilal", "secret-2");
        return answer(body);
      },
      came,
    );
    await expect(slow.fetch("me")).rejects.toBeInstanceOf(PartRefused);
    expect(await vault.ids("kept")).toEqual([]);
    expect(came).not.toHaveBeenCalled();
  });
});
