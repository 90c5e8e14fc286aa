import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonObject } from "~/lib/json";
import { deriveRows, layOverMoved, mergeAnswers, stateOf } from "./derive";
import type { OutboxItem } from "./types";

function item(change: Partial<OutboxItem>): OutboxItem {
  return { schema: 2, id: "i1", owner: "amina", action: "amend_case", kind: "cases", record: "r1", data: {}, base: null, recordAction: null, at: "2026-02-01T10:00:00.000Z", offset: 0, state: "waiting", dependsOn: [], reason: null, refusal: null, attempts: 0, ...change };
}

describe("laying unsent answers over the server's", () => {
  it("replaces values and keeps the rest", () => {
    expect(mergeAnswers({ name: "Noor", age: 9 }, { age: 10, sex: null })).toEqual({ name: "Noor", age: 10, sex: null });
  });

  it("merges rows by unique_id, adds new ones, takes away destroyed ones, keeps the order", () => {
    const server: JsonObject = { rows: [{ unique_id: "a", x: 1, y: 1 }, { unique_id: "b", x: 2 }, { unique_id: "c", x: 3 }] };
    const sent: JsonObject = { rows: [{ unique_id: "c", x: 30 }, { unique_id: "d", x: 4 }, { unique_id: "b", _destroy: true }] };
    expect(mergeAnswers(server, sent)).toEqual({ rows: [{ unique_id: "a", x: 1, y: 1 }, { unique_id: "c", x: 30 }, { unique_id: "d", x: 4 }] });
  });

  it("changes no rows by an empty list and wipes them by null, but empties a multiple choice", () => {
    const server = { rows: [{ unique_id: "a" }], concerns: ["neglect"] };
    expect(mergeAnswers(server, { rows: [], concerns: [] })).toEqual({ rows: [{ unique_id: "a" }], concerns: [] });
    expect(mergeAnswers(server, { rows: null })).toEqual({ rows: null, concerns: ["neglect"] });
  });

  it("is the same whether a change is laid once or twice (a request may arrive twice)", () => {
    const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
    const rows = fc.uniqueArray(fc.record({ unique_id: fc.constantFrom("a", "b", "c"), x: fc.integer() }), { selector: (row) => row.unique_id });
    const answers = fc.record({ a: scalar, b: fc.array(fc.string()), rows });
    fc.assert(
      fc.property(answers, answers, (server, sent) => {
        const once = mergeAnswers(server, sent);
        expect(mergeAnswers(once, sent)).toEqual(once);
      }),
    );
  });
});

describe("her unsent answers over a case that has moved on", () => {
  const amend = (id: string, revision: number, seen: JsonObject, data: JsonObject, state: OutboxItem["state"] = "waiting"): OutboxItem => item({ id, data, base: { revision, values: seen }, state });

  it("lays an answer over the one that she saw, and a second one over her first", () => {
    const items = [amend("i1", 3, { nick: "A" }, { nick: "B" }), amend("i2", 3, { nick: "B" }, { nick: "C" })];
    expect(layOverMoved({ nick: "A" }, 3, items, [])).toEqual({ data: { nick: "C" }, conflicts: [] });
  });

  it("shows both where somebody else answered meanwhile, and keeps what only she answered", () => {
    const { data, conflicts } = layOverMoved({ nick: "Z", tent: "1" }, 4, [amend("i1", 3, { nick: "A", tent: "1" }, { nick: "B", tent: "2" })], []);
    expect(data).toEqual({ nick: "Z", tent: "2" });
    expect(conflicts).toMatchObject([{ pointer: "/nick", base: "A", mine: "B", theirs: "Z" }]);
  });

  it.each(["waiting", "refused"] as const)("does not lay an answer over another's because she typed it over her own, which is %s", (state) => {
    // What she typed over at revision 4 was never stored: it was her own first answer, which stands in question.
    const items = [amend("i1", 3, { nick: "A" }, { nick: "B" }, state), amend("i2", 4, { nick: "B" }, { nick: "C", tent: "2" })];
    const { data, conflicts } = layOverMoved({ nick: "Z", tent: "1" }, 4, items, []);
    expect(data).toEqual({ nick: "Z", tent: "2" });
    expect(conflicts.map(({ mine, theirs }) => [mine, theirs])).toEqual([["B", "Z"], ["C", "Z"]]);
  });

  it("asks nothing more once she has decided with both before her eyes", () => {
    const items = [amend("i3", 4, { nick: "Z" }, { nick: "C" })];
    expect(layOverMoved({ nick: "Z" }, 4, items, [])).toEqual({ data: { nick: "C" }, conflicts: [] });
  });
});

describe("a list with unsent work in it", () => {
  const rows: JsonObject[] = [{ id: "r1", name: "Noor", risk_level: "low" }, { id: "r2", name: "Sami" }];

  it("shows the worker's own change and its state on the row", () => {
    const derived = deriveRows(rows, [item({ data: { risk_level: "high" }, state: "refused" })], true);
    expect(derived).toEqual([{ data: { id: "r1", name: "Noor", risk_level: "high" }, state: "refused" }, { data: { id: "r2", name: "Sami" }, state: null }]);
  });

  it("puts an unsent new case on top of the first page only, once", () => {
    const fresh = [item({ id: "i2", action: "register_case", record: "0000-abcdefg", data: { name_first: "Leila", name_last: "M" } }), item({ id: "i3", record: "0000-abcdefg", data: { age: 4 } })];
    const first = deriveRows(rows, fresh, true);
    expect(first.map((row) => row.data["name"])).toEqual(["Leila M", "Noor", "Sami"]);
    expect(first[0]?.data).toMatchObject({ short_id: "abcdefg", age: 4, status: "open" });
    expect(deriveRows(rows, fresh, false)).toHaveLength(2);
    expect(deriveRows([{ id: "0000-abcdefg", name: "Leila" }, ...rows], fresh, true)).toHaveLength(3);
  });

  it("leaves the server's rows as they were", () => {
    const before = structuredClone(rows);
    deriveRows(rows, [item({ data: { name: "Other" } })], true);
    expect(rows).toEqual(before);
  });

  it("shows the state that needs the worker most", () => {
    expect(stateOf([item({ state: "confirmed" }), item({ state: "waiting" })])).toBe("waiting");
    expect(stateOf([item({ state: "refused" }), item({ state: "sending" })])).toBe("refused");
    expect(stateOf([])).toBeNull();
  });
});
