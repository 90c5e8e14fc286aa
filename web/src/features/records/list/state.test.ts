import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LISTS } from "./kinds";
import { besideOf, fromSaved, readState, searchTerms, SORTS, toggled, toSaved, toSearch, withFilter, writeState, type ListState, type Sort } from "./state";

const FILTERS = LISTS.cases.filters;

describe("the state of the list in its address", () => {
  it("shows open cases, newest first, when the address says nothing", () => {
    expect(readState(new URLSearchParams())).toEqual({ filters: { status: ["open"] }, mine: false, flagged: false, sort: "newest", page: 1 });
    expect(writeState(readState(new URLSearchParams()))).toBe("");
  });

  it("comes back from the address as it went in", () => {
    const values = fc.uniqueArray(fc.constantFrom("open", "closed", "high", "0..5", "child_labour"), { maxLength: 3 });
    const state = fc.record({ values: fc.array(values, { minLength: FILTERS.length, maxLength: FILTERS.length }), mine: fc.boolean(), flagged: fc.boolean(), sort: fc.constantFrom(...(Object.keys(SORTS) as Sort[])), page: fc.integer({ min: 1, max: 50 }) });
    fc.assert(
      fc.property(state, ({ values: lists, ...rest }) => {
        const filters: Record<string, string[]> = {};
        FILTERS.forEach((name, index) => {
          if (lists[index] && lists[index].length > 0) filters[name] = lists[index];
        });
        const before: ListState = { ...rest, filters };
        expect(readState(new URLSearchParams(writeState(before)))).toEqual(before);
      }),
    );
  });

  it("takes nonsense for nothing", () => {
    const state = readState(new URLSearchParams("page=-3&sort=toString&mine=yes&Evil=1&owned_by=amina&a%20b=1"));
    expect([state.page, state.sort, state.mine, Object.keys(state.filters)]).toEqual([1, "newest", false, ["status"]]);
  });

  it("starts on page one when a filter changes", () => {
    const state = readState(new URLSearchParams("page=4"));
    expect(withFilter(state, "sex", ["female"]).page).toBe(1);
    expect(toggled(["a", "b"], "a")).toEqual(["b"]);
    expect(toggled(undefined, "a")).toEqual(["a"]);
  });
});

describe("what is asked of the server", () => {
  it("holds the search text, which the address never does", () => {
    const state = readState(new URLSearchParams("status=open&mine=1"));
    expect(toSearch(state, " Noor ", "amina")).toMatchObject({ query: "Noor", phonetic: true, status: ["open"], owned_by: "amina", order_by: "created_at", order: "desc", page: 1 });
    expect(writeState(state)).not.toContain("Noor");
  });

  it.each([
    ["Noor Haddad", { query: "Noor Haddad", phonetic: true }],
    ["نور", { query: "نور", phonetic: true }],
    ["a1b2c3d", { query: "a1b2c3d", id_search: true }],
    ["Noor 3", { query: "Noor 3", any: true }],
    ["نور ٣", { query: "نور 3", any: true }],
    ["AB 1234", { query: "AB 1234", any: true }],
    ["A1 1234", { query: "A1 1234", id_search: true }],
    ["١٢٣٤٥٦٧", { query: "1234567", id_search: true }],
    ["+254 700 123 456", { query: "+254 700 123 456", phone_number: true }],
    ["  ", {}],
  ])("takes %s for what it is", (text, terms) => {
    expect(searchTerms(text)).toEqual(terms);
  });
});

describe("filters by any question", () => {
  it("stand in the address by their names, places and spans too", () => {
    const state = readState(new URLSearchParams("loc:location_current=KA01&consent_date=2026-01-01..2026-02-01"));
    expect(state.filters).toMatchObject({ "loc:location_current": ["KA01"], consent_date: ["2026-01-01..2026-02-01"] });
    expect(readState(new URLSearchParams(writeState(state)))).toEqual(state);
  });

  it("keep people out of the address, beside it", () => {
    const state = withFilter(readState(new URLSearchParams()), "owned_by", ["bilal"]);
    expect(writeState(state)).toBe("");
    expect(readState(new URLSearchParams(writeState(state)), besideOf(state))).toEqual({ ...state, filters: { status: ["open"], owned_by: ["bilal"] } });
  });
});

describe("a saved view", () => {
  it("is the list that was saved", () => {
    const state = readState(new URLSearchParams("status=any&sex=female&age=0..5&mine=1&flagged=1&sort=name&loc:location_current=KA01"));
    expect(fromSaved(toSaved(state, "amina"), "amina")).toEqual(state);
  });

  it("that somebody shared about her own cases shows hers", () => {
    const state = readState(new URLSearchParams("mine=1"));
    expect(fromSaved(toSaved(state, "chantal"), "amina")).toMatchObject({ mine: false, filters: { owned_by: ["chantal"] } });
  });

  it("asks for the columns that are shown", () => {
    expect(toSearch(readState(new URLSearchParams()), "", "amina", ["age", "consent_date"]).fields).toMatch(/,consent_date$/);
  });
});
