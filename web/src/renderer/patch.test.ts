import { describe, expect, it } from "vitest";
import { baseValues, buildPatch, buildRegistration, countChanges } from "./patch";
import type { Field, Form } from "./types";

const nested: Form = {
  unique_id: "family",
  name: { en: "Family" },
  fields: [
    { name: "relation_name", type: "text_field" },
    { name: "relation_age", type: "numeric_field" },
    { name: "visits", type: "subform", subform: { unique_id: "visits", name: { en: "Visit" }, fields: [{ name: "day", type: "date_field" }] } },
  ],
};
const fields: Field[] = [
  { name: "name_first", type: "text_field" },
  { name: "age", type: "numeric_field" },
  { name: "urgent", type: "tick_box" },
  { name: "concerns", type: "select_box", multi_select: true },
  { name: "children", type: "tally_field", tally: [] },
  { name: "family", type: "subform", subform: nested },
  { name: "heading", type: "separator" },
  { name: "photos", type: "photo_upload_box" },
  { name: "last_score", type: "numeric_field", subform_summary: { subform_field_name: "family" } },
];

describe("what is sent of an edit", () => {
  it("is nothing when nothing changed, whatever the order of keys and however blank is written", () => {
    const base = { name_first: "Noor", age: null, concerns: [], children: { boys: 1, girls: 2 } };
    const mine = { concerns: null, children: { girls: 2, boys: 1 }, age: null, name_first: "Noor", urgent: false };
    expect(buildPatch(fields, base, mine)).toEqual({});
    expect(countChanges(fields, base, mine)).toBe(0);
  });

  it("holds only the keys that changed, and the values the worker saw under them", () => {
    const base = { name_first: "Noor", age: 9 };
    const patch = buildPatch(fields, base, { name_first: "Noor", age: 10, urgent: true });
    expect(patch).toEqual({ age: 10, urgent: true });
    expect(baseValues(base, patch)).toEqual({ age: 9, urgent: null });
  });

  it("clears a text with null, a list with an empty list, a tick with false", () => {
    const patch = buildPatch(fields, { name_first: "Noor", concerns: ["a"], urgent: true }, { name_first: "", concerns: [], urgent: false });
    expect(patch).toEqual({ name_first: null, concerns: [], urgent: false });
  });

  it("keeps what is no number as it was typed, so that it can be told and is not lost", () => {
    expect(buildPatch(fields, { age: 9 }, { age: "nine" })).toEqual({ age: "nine" });
  });

  it("sends the changed items of a tally, a cleared one as null", () => {
    expect(buildPatch(fields, { children: { boys: 1, girls: 2 } }, { children: { boys: 1, girls: null, other: 4 } })).toEqual({ children: { girls: null, other: 4 } });
  });

  it("never sends separators, files and summaries", () => {
    expect(buildPatch(fields, {}, { heading: "x", photos: [{ id: 1 }], last_score: 4 })).toEqual({});
  });
});

describe("what is sent of rows", () => {
  const stored = { unique_id: "r1", relation_name: "Salma", relation_age: 33, visits: [{ unique_id: "v1", day: "2026-01-01" }] };

  it("is a new row whole, with its id", () => {
    const patch = buildPatch(fields, { family: [stored] }, { family: [stored, { unique_id: "r2", relation_name: "Omar", relation_age: null }] });
    expect(patch).toEqual({ family: [{ unique_id: "r2", relation_name: "Omar" }] });
  });

  it("is a known row's changed keys with its id, at every depth", () => {
    const patch = buildPatch(fields, { family: [stored] }, { family: [{ ...stored, relation_age: 34, visits: [{ unique_id: "v1", day: "2026-02-02" }] }] });
    expect(patch).toEqual({ family: [{ unique_id: "r1", relation_age: 34, visits: [{ unique_id: "v1", day: "2026-02-02" }] }] });
  });

  it("is a removed row as _destroy, the last one too, and never an empty list", () => {
    expect(buildPatch(fields, { family: [stored] }, { family: [] })).toEqual({ family: [{ unique_id: "r1", _destroy: true }] });
  });

  it("counts each touched row as one change", () => {
    expect(countChanges(fields, { family: [stored], age: 1 }, { family: [{ unique_id: "r2", relation_name: "Omar" }], age: 2 })).toBe(3);
  });
});

it("registers a child with every answer that is not blank", () => {
  expect(buildRegistration(fields, { name_first: "Noor", age: null, concerns: [], urgent: false, family: [{ unique_id: "r1", relation_name: "Salma" }] })).toEqual({
    name_first: "Noor",
    family: [{ unique_id: "r1", relation_name: "Salma" }],
  });
});
