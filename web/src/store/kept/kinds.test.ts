import "fake-indexeddb/auto";
import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { JsonObject } from "~/lib/json";
import { loadProfile, type Profile } from "../../../test/profiles/storage";
import { ALL_KINDS, KINDS, kindOf, kindsOf } from "../kinds";
import { ACTS } from "../outbox";
import { delivered } from "../outbox/delivering";
import { ownerOf } from "../session";
import type { Kind, OutboxItem, Search } from "../types";
import { Vault } from "../vault";
import { Kept } from "./kept";
import { listKept } from "./listing";
import { takePage, type Holding } from "./pages";
import { NOWHERE } from "./place";
import { FakeServer } from "./server.fixture";
import { summaryOf, type Summary } from "./summary";

const TODAY = "2026-03-10";
let count = 0;
let vault: Vault;
let server: FakeServer;
let kept: Kept;

function open(): Kept {
  return new Kept(vault, { road: server, may: () => Promise.resolve(true), isQuiet: () => false, onRefusal: () => undefined, onRecords: () => undefined });
}
function item(kind: Kind, record: string, data: JsonObject, change: Partial<OutboxItem> = {}): OutboxItem {
  return { schema: 2, id: `i-${record}`, owner: "o", action: KINDS[kind].amend, kind, record, data, base: null, recordAction: null, at: "2026-03-10T08:00:00Z", offset: 0, dependsOn: [], state: "waiting", reason: null, refusal: null, attempts: 0, ...change };
}
function summary(kind: Kind, id: string, values: JsonObject): Summary {
  return summaryOf({ schema: 2, kind, id, revision: 1, fields: "f", values: { status: "open", created_at: "2026-01-01T00:00:00Z", ...values }, incomplete: [], ageRecordedOn: null, quarantined: 0 });
}
function all(...summaries: Summary[]): Map<string, Summary> {
  return new Map(summaries.map((one) => [String(one.row["id"]), one]));
}
const names = (found: { derived: { data: JsonObject }[] }): unknown[] => found.derived.map((row) => row.data["id"]);

beforeEach(async () => {
  vault = await Vault.open(`kinds-${String(++count)}`, 64);
  await vault.unlock("amina", "secret-1");
  server = new FakeServer();
  kept = open();
  await kept.open();
});
afterEach(() => {
  kept.close();
});

describe("what an earlier version kept of her cases", () => {
  it("opens as it lay, every record a case, and goes on from its place", { timeout: 60_000 }, async () => {
    const profile = JSON.parse(readFileSync(new URL("../../../test/profiles/kept/schema-1.json", import.meta.url), "utf8")) as Profile;
    await loadProfile("kept-before", profile);
    const before = await Vault.open("kept-before", 64);
    expect(await before.unlockAlone(await ownerOf("amina"), "amina-password-1")).toBe(true);
    expect(await before.get("summary", "cases")).toMatchObject({ schema: 1 });
    const asked: unknown[] = [];
    const road = { ...noServer, manifest: (body: { kinds?: string[] }) => { asked.push(body.kinds); return Promise.reject(new Error("stop here")); } };
    const now = new Kept(before, { road, may: () => Promise.resolve(true), isQuiet: () => false, onRefusal: () => undefined, onRecords: () => undefined });
    await now.open();
    expect(now.state.get()).toMatchObject({ filled: true, count: 2, counts: { cases: 2 } });
    expect([...now.summaries.get().values()].map((one) => [one.kind, one.row["name"]])).toEqual([["cases", "Noor Haddad"], ["cases", "Lina"]]);
    const noor = await now.read("0d2f1c55-8d0e-4c1c-9a57-3c61c9b7a001");
    expect(noor).toMatchObject({ schema: 2, kind: "cases", values: { name: "Noor Haddad", age: 9 } });
    expect(now.state.get().pinned.has("1d2f1c55-8d0e-4c1c-9a57-3c61c9b7a002")).toBe(true);
    // Its place stood for cases alone: the other kinds come by a manifest.
    await now.sync();
    expect(asked).toEqual([["case", "family"]]);
    now.close();
    before.close();
  });
});

const noServer = {
  kinds: () => Promise.resolve(["case", "family"]),
  changes: () => Promise.reject(new Error("not asked")),
  configuration: () => Promise.resolve(),
};

describe("every kind that she may read", () => {
  it("comes with its kind, and again when a further kind becomes hers", async () => {
    server.write("a", { values: { name: "Noor" } });
    server.write("f", { kind: "family", values: { family_name: "Haddad" } });
    await kept.sync();
    expect([...kept.summaries.get().keys()]).toEqual(["a"]);
    server.granted = server.readable = ["case", "family"];
    await kept.sync();
    expect(kept.state.get().counts).toEqual({ cases: 1, families: 1 });
    expect(await kept.read("f")).toMatchObject({ kind: "families", values: { family_name: "Haddad" } });
    kept.close();
    kept = open();
    await kept.open();
    expect(kept.state.get().counts).toEqual({ cases: 1, families: 1 });
  });

  it("goes from the device when its kind is hers no longer, though the feed refuses the old question", async () => {
    server.granted = server.readable = ["case", "family"];
    server.write("a", { values: { name: "Noor" } });
    server.write("f", { kind: "family", values: { family_name: "Haddad" } });
    await kept.sync();
    server.granted = ["case"];
    await kept.sync();
    expect(kept.state.get()).toMatchObject({ error: null, counts: { cases: 1 } });
    expect(await kept.read("f")).toBeNull();
    expect(await vault.get("record", "f")).toBeNull();
  });

  it("gives way to cases where there is no room", () => {
    const before: Holding = { place: NOWHERE, summaries: new Map() };
    const sent = (id: string, kind: string, at: string) => ({ id, kind, revision: 1, fields: "f", values: { last_updated_at: at }, incomplete: [], age_recorded_on: null, quarantined: 0 });
    const records = [sent("old", "case", "2026-01-01"), sent("family", "family", "2026-03-01"), sent("new", "case", "2026-02-01"), sent("request", "tracing_request", "2026-03-02")];
    const step = takePage(before, { records, gone: [] }, { cursor: "c", epoch: 1, configuration: 1 }, [], { budget: 3, unsent: new Set() });
    expect([...step.summaries.keys()]).toEqual(["old", "new", "request"]);
    expect(step.place.left).toEqual(["family"]);
    expect(step.place.leftOthers).toEqual(["family"]);
  });
});

describe("a list from memory", () => {
  const held = all(
    summary("cases", "a", { name: "Noor Haddad" }),
    summary("families", "f", { family_name: "Haddad", family_number: "F-17", family_telephone_current: "0791234567" }),
    summary("families", "g", { family_name: "Sesay" }),
    summary("tracing_requests", "t", { relation_name: "Hawa", tracing_names: ["Noor Haddad", "Bilal"], inquiry_date: "2026-02-03" }),
    summary("incidents", "i", { incident_case_id: "a", cp_incident_violence_type: "sexual", incident_date: "2026-02-01" }),
  );
  const list = (kind: Kind, body: Search, items: readonly OutboxItem[] = []) => listKept(held, items, body, TODAY, null, kind);

  it("holds records of its kind alone, found by the names of that kind", () => {
    expect(names(list("cases", { page: 1 }))).toEqual(["a"]);
    expect(names(list("families", { order_by: "family_name", order: "asc" }))).toEqual(["f", "g"]);
    expect(names(list("families", { query: "haddad", phonetic: true }))).toEqual(["f"]);
    expect(names(list("families", { query: "F-17", id_search: true }))).toEqual(["f"]);
    expect(names(list("families", { query: "0791234567", phone_number: true }))).toEqual(["f"]);
    expect(names(list("tracing_requests", { query: "bilal", phonetic: true }))).toEqual(["t"]);
    expect(names(list("incidents", { incident_case_id: "a" } as Search))).toEqual(["i"]);
    expect(names(list("incidents", { query: "haddad", phonetic: true }))).toEqual([]);
  });

  it("has her unsent work in it, and her new ones on top of their own list only", () => {
    const items = [item("families", "g", { family_name: "Sesay-Kamara" }), item("families", "h", { family_name: "Barakat" }, { action: "register_family" })];
    const { derived, view } = list("families", { order_by: "family_name", order: "asc" }, items);
    expect(derived.map((row) => [row.data["id"], row.data["family_name"], row.state])).toEqual([["h", "Barakat", "waiting"], ["f", "Haddad", null], ["g", "Sesay-Kamara", "waiting"]]);
    expect(view.total).toBe(3);
    expect(names(list("cases", { page: 1 }, items))).toEqual(["a"]);
  });
});

describe("the kinds", () => {
  it("have an act to make and one to change them, that lay answers and name the record", () => {
    for (const kind of ALL_KINDS) {
      expect(kindOf(KINDS[kind].one)).toBe(kind);
      expect(ACTS[KINDS[kind].register]).toMatchObject({ makes: true, answers: true });
      expect(ACTS[KINDS[kind].amend]).toMatchObject({ makes: false, answers: true });
      const one = item(kind, "r", { x: 1 });
      expect(ACTS[KINDS[kind].amend].lay({ y: 2 }, one)).toEqual({ x: 1, y: 2 });
      expect(delivered(one)).toMatchObject({ action: KINDS[kind].amend, arguments: { case_id: "r", values: { x: 1 } } });
    }
  });

  it("are offered as far as she may read them", () => {
    const me = (list: { resource: string; actions: string[] }[]) => ({ permissions: { list } }) as unknown as Parameters<typeof kindsOf>[0];
    expect(kindsOf(null)).toEqual([]);
    expect(kindsOf(me([{ resource: "cases", actions: ["create"] }, { resource: "families", actions: ["read", "write"] }, { resource: "incidents", actions: ["manage"] }]))).toEqual(["families", "incidents"]);
  });
});
