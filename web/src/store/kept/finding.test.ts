import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as library from "~/lib/names";
import type { JsonObject } from "~/lib/json";
import type { OutboxItem, Search } from "../types";
import { findKept, todayHere } from "./finding";
import { listKept } from "./listing";
import { Naming } from "./naming";
import { idKey, phoneKey, readBlock, summaryOf, writeBlock, type Summary } from "./summary";

const TODAY = "2026-06-01";

function summary(id: string, values: JsonObject = {}): Summary {
  return summaryOf({ schema: 2, kind: "cases", id, revision: 1, fields: "f", values: { status: "open", created_at: `2026-01-01T00:00:00Z`, ...values }, incomplete: [], ageRecordedOn: null, quarantined: 0 });
}
function kept(...all: Summary[]): Map<string, Summary> {
  return new Map(all.map((one) => [String(one.row["id"]), one]));
}
function found(rows: readonly Summary[], body: Search): unknown[] {
  return findKept(rows, body, TODAY).rows.map((row) => row["id"]);
}
function item(record: string, data: JsonObject, change: Partial<OutboxItem> = {}): OutboxItem {
  return { schema: 2, id: `i-${record}`, owner: "amina", action: "amend_case", kind: "cases", record, data, base: null, recordAction: null, at: "2026-05-01T08:00:00Z", offset: 0, dependsOn: [], state: "waiting", reason: null, refusal: null, attempts: 0, ...change };
}
async function naming(summaries: ReadonlyMap<string, Summary>): Promise<Naming> {
  const made = new Naming(() => Promise.resolve(library), () => Promise.resolve());
  made.follow(summaries);
  await made.settled();
  return made;
}

describe("a list from memory", () => {
  const noor = summary("1", { name: "Noor Haddad", sex: "female", age: 9, risk_level: "high", owned_by: "amina", flag_count: 2, protection_concerns: ["neglect", "work"], telephone_current: "+999 610 042 42" });
  const sami = summary("2", { name: "Sami Wolde", sex: "male", date_of_birth: "2019-06-02", age: 7, risk_level: "low", owned_by: "bilal", created_at: "2026-02-01T00:00:00Z", national_id_no: "AB-12/77" });
  const gone = summary("3", { status: "closed", name: "*****", hidden_name: true, registration_date: "2025-12-31" });
  const all = [noor, sami, gone];

  it.each<[string, Search, string[]]>([
    ["the newest first", {}, ["2", "3", "1"]],
    ["by status", { status: ["closed"] }, ["3"]],
    ["any of several", { status: ["closed", "open"], sex: ["male"] } as Search, ["2"]],
    ["her own", { owned_by: "amina" } as Search, ["1"]],
    ["flagged", { flagged: true } as Search, ["1"]],
    ["any concern of several", { protection_concerns: ["work", "other"] } as Search, ["1"]],
    ["by age in a span", { age: ["6..11"] } as Search, ["2", "1"]],
    ["by the age of today, not of the day it came", { age: ["6"] } as Search, ["2"]],
    ["by days", { registration_date: "2025-12-01..2025-12-31" } as Search, ["3"]],
    ["by name", { order_by: "name", order: "asc", status: ["open"] }, ["1", "2"]],
    ["nothing to order by comes last, either way", { order_by: "age", order: "desc" } as Search, ["1", "2", "3"]],
    ["by name in letters", { query: "had", phonetic: true } as Search, ["1"]],
    ["by telephone, however it is written", { query: "0610 04242", phone_number: true } as Search, ["1"]],
    ["by a part of an id", { query: "b1277", id_search: true } as Search, ["2"]],
    ["by anything", { query: "AB 12", any: true } as Search, ["2"]],
  ])("%s", (_, body, ids) => {
    expect(found(all, body)).toEqual(ids);
  });

  it.each<[string, Search, string]>([
    ["by telephone", { query: "0610 04242", phone_number: true } as Search, "phone"],
    ["by the whole of an id", { query: "ab 1277", id_search: true } as Search, "identifier"],
    ["by a part of an id", { query: "b1277", id_search: true } as Search, "identifier_part"],
    ["by anything: the number before the name", { query: "AB-12/77", any: true } as Search, "identifier"],
    ["by the same name", { query: "haddad noor", phonetic: true } as Search, "name_same"],
    ["by the beginning of a name", { query: "had", phonetic: true } as Search, "name_beginning"],
    ["in another script", { query: "نور حداد", phonetic: true } as Search, "name_script"],
    ["by its sound", { query: "Sammy Wolde", phonetic: true } as Search, "name_sound"],
    ["with a typing error", { query: "Sami Wodle", phonetic: true } as Search, "name_near"],
  ])("says as the server does why it was found, %s", async (_, body, why) => {
    const names = (await naming(kept(...all))).ready.get();
    expect(Object.values(findKept(all, body, TODAY, names).reasons ?? {})).toEqual([why]);
    expect(Object.values(listKept(kept(...all), [], body, TODAY, names).view.reasons ?? {})).toEqual([why]);
  });

  it("gives a reason for a child registered here too, and none where nothing was looked for", async () => {
    const names = (await naming(kept(...all))).ready.get();
    const fresh = item("9", { name_first: "Lina", name_last: "Saleh" }, { action: "register_case" });
    expect(listKept(kept(...all), [fresh], { query: "لينا", phonetic: true } as Search, TODAY, names).view.reasons).toEqual({ 9: "name_script" });
    expect(listKept(kept(...all), [fresh], {}, TODAY, names).view.reasons).toBeUndefined();
    expect(Object.values(findKept(all, { query: "had", phonetic: true } as Search, TODAY).reasons ?? {})).toEqual(["name_beginning"]);
  });

  it("does not find a hidden name, not even by its stars", () => {
    expect(found(all, { query: "**", phonetic: true } as Search)).toEqual([]);
    expect(found([gone], { query: "x", phonetic: true } as Search)).toEqual([]);
  });

  it("says which filters it did not use", () => {
    expect(findKept(all, { religion: ["x"] } as Search, TODAY).unused).toEqual(["religion"]);
  });

  it("pages never overlap and never lose anybody", () => {
    fc.assert(
      fc.property(fc.array(fc.record({ age: fc.option(fc.integer({ min: 0, max: 17 })), name: fc.option(fc.constantFrom("a", "b", "Á")) }), { maxLength: 40 }), fc.constantFrom("age", "name", "created_at"), fc.constantFrom("asc", "desc"), fc.integer({ min: 1, max: 7 }), (rows, order_by, order, per) => {
        const some = rows.map((row, n) => summary(String(n), row));
        const pages = Array.from({ length: Math.ceil(some.length / per) }, (_, n) => found(some, { order_by, order, per, page: n + 1 } as Search));
        expect(pages.flat().sort()).toEqual(some.map((one) => one.row["id"]).sort());
        expect(pages.flat()).toEqual(found(some, { order_by, order, per: 100 } as Search));
      }),
    );
  });
});

describe("her unsent work in a list from memory", () => {
  const stored = kept(summary("1", { name: "Noor Haddad", name_first: "Noor", name_last: "Haddad", risk_level: "low" }), summary("2", { name: "Sami Wolde" }));

  it("moves a case to where it belongs now", () => {
    const { derived, view } = listKept(stored, [item("1", { status: "closed", risk_level: "high" })], { status: ["open"] }, TODAY);
    expect(derived.map((row) => row.data["id"])).toEqual(["2"]);
    expect(view.total).toBe(1);
    const closed = listKept(stored, [item("1", { status: "closed", risk_level: "high" })], { risk_level: ["high"] } as Search, TODAY);
    expect(closed.derived).toMatchObject([{ data: { id: "1", status: "closed" }, state: "waiting" }]);
  });

  it("finds a child by the name just typed, in any script", async () => {
    const names = (await naming(stored)).ready.get();
    const { derived } = listKept(stored, [item("1", { name_first: "Maryam" })], { query: "مريم", phonetic: true } as Search, TODAY, names);
    expect(derived.map((row) => row.data["name"])).toEqual(["Maryam Haddad"]);
  });

  it("puts new cases on top of the first page, when they fit what is looked for", () => {
    const fresh = item("9", { name_first: "Lina", name_last: "Saleh", sex: "female" }, { action: "register_case" });
    expect(listKept(stored, [fresh], { status: ["open"] }, TODAY).derived[0]).toMatchObject({ data: { id: "9", name: "Lina Saleh" }, state: "waiting" });
    expect(listKept(stored, [fresh], { status: ["open"], page: 2, per: 1 } as Search, TODAY).derived.map((row) => row.data["id"])).not.toContain("9");
    expect(listKept(stored, [fresh], { sex: ["male"] } as Search, TODAY).derived).toEqual([]);
    expect(listKept(stored, [fresh], { query: "lina", phonetic: true } as Search, TODAY).derived.map((row) => row.data["id"])).toEqual(["9"]);
    expect(listKept(stored, [{ ...fresh, state: "confirmed" }], {}, TODAY).derived.map((row) => row.data["id"])).toEqual(["2", "1"]);
  });
});

describe("names", () => {
  it("are found across scripts and spellings, and no longer when the case has gone or another name came", async () => {
    const first = kept(summary("1", { name: "نور حداد" }), summary("2", { name: "Ibrahim Wolde" }));
    const made = await naming(first);
    expect([...(made.ready.get()?.find("Noor Haddad").keys() ?? [])]).toEqual(["1"]);
    expect([...(made.ready.get()?.find("Ibrahmi Wolde").keys() ?? [])]).toEqual(["2"]);
    made.follow(kept(summary("2", { name: "Layla Farah" })));
    await made.settled();
    expect(made.ready.get()?.find("Noor Haddad").size).toBe(0);
    expect(made.ready.get()?.find("Ibrahim Wolde").size).toBe(0);
    expect([...(made.ready.get()?.find("Leila Farah").keys() ?? [])]).toEqual(["2"]);
  });

  it("of the one before are gone when another comes in the middle of the work", async () => {
    let breaths = 0;
    const made = new Naming(
      () => Promise.resolve(library),
      () => {
        if (++breaths === 1) made.forget();
        return Promise.resolve();
      },
    );
    made.follow(kept(...Array.from({ length: 400 }, (_, n) => summary(String(n), { name: "Noor Haddad" }))));
    await made.settled();
    expect(breaths).toBe(1);
    expect(made.ready.get()?.find("Noor Haddad").size ?? 0).toBe(0);
  });
});

describe("what a summary holds", () => {
  it("comes back from its block as it was", () => {
    const all = kept(summary("1", { name: "Noor" }), summary("2"));
    expect(readBlock(JSON.parse(JSON.stringify(writeBlock(all))))).toEqual(all);
    expect(readBlock(null).size).toBe(0);
    expect(readBlock({ schema: 9, rows: [{}] }).size).toBe(0);
  });

  it("reads numbers in any digits", () => {
    expect(phoneKey("٠٦١٠٠٤٢٤٢")).toBe(phoneKey("+999 610 04242"));
    expect(phoneKey("०६१००४२४२")).toBe("61004242");
    expect(idKey("AB-۱۲/٧٧")).toBe("ab1277");
  });

  it("tells the day as it is here", () => {
    expect(todayHere(new Date(2026, 0, 5, 23, 59))).toBe("2026-01-05");
  });
});
