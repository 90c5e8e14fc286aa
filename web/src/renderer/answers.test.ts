import { describe, expect, it } from "vitest";
import { defaultAnswers } from "./defaults";
import { fromLocal, toLocal } from "./fields/date_field/moments";
import { shownRows } from "./fields/subform/rows";
import { safetyFields, saysYes } from "./fields/text_field/SafeToCall";
import { choicesOf, offer, type Sources } from "./sources";
import type { Data, Field, Lookup } from "./types";
import { readNumber, sameValue } from "./values";

const sources: Sources = {
  locale: "ar",
  fallback: "en",
  lookups: new Map<string, Lookup>([
    [
      "lookup-x",
      {
        unique_id: "lookup-x",
        values: [
          { id: "a", display_text: { en: "A", ar: "أ" } },
          { id: "b", display_text: { en: "B", ar: "" } },
          { id: "old", display_text: { en: "Old" }, disabled: true },
        ],
      },
    ],
  ]),
  places: [
    { code: "N", name: { en: "North" }, admin_level: 1 },
    { code: "N1", name: { en: "North::Mill" }, admin_level: 2 },
  ],
  reportingLevel: 2,
  agencies: [],
  users: [{ id: "amina", label: "Amina" }],
};
const select = (source: string, more: Partial<Field> = {}): Field => ({ name: "x", type: "select_box", option_strings_source: source, ...more });

describe("options", () => {
  it("are in her language, else the instance's; a retired one stays only where it is stored", () => {
    expect(offer(select("lookup lookup-x"), null, sources, null).map((one) => [one.id, one.label])).toEqual([
      ["a", "أ"],
      ["b", "B"],
    ]);
    expect(offer(select("lookup lookup-x"), "old", sources, null).map((one) => one.id)).toEqual(["a", "b", "old"]);
    expect(offer(select("lookup lookup-x"), ["b"], sources, new Set(["a"])).map((one) => one.id)).toEqual(["a", "b"]);
  });

  it("keep what is stored and no longer known, as it stands", () => {
    expect(offer(select("User"), "gone", sources, null)).toEqual([
      { id: "amina", label: "Amina" },
      { id: "gone", label: "gone", retired: true },
    ]);
  });

  it("show a place by its own name with where it is, and reporting places of one level only", () => {
    expect(choicesOf(select("Location"), sources)).toEqual([
      { id: "N", label: "North" },
      { id: "N1", label: "Mill", hint: "North" },
    ]);
    expect(choicesOf(select("ReportingLocation"), sources).map((one) => one.id)).toEqual(["N1"]);
  });
});

describe("answers as they are typed", () => {
  it("take digits of any keyboard, and keep what is no number", () => {
    expect(readNumber("١٢")).toBe(12);
    expect(readNumber("۰۷")).toBe(7);
    expect(readNumber(" ")).toBeNull();
    expect(readNumber("1.5")).toBe("1.5");
    expect(readNumber("abc")).toBe("abc");
  });

  it("are the same whatever blank looks like, but 1 is not true", () => {
    expect(sameValue(null, undefined)).toBe(true);
    expect(sameValue("", [])).toBe(true);
    expect(sameValue({ a: null }, {})).toBe(true);
    expect(sameValue(1, true)).toBe(false);
    expect(sameValue(["a", "b"], ["b", "a"])).toBe(false);
  });

  it("keep a moment through the clock on the wall", () => {
    expect(fromLocal(toLocal("2026-11-25T10:30:00Z"))).toBe("2026-11-25T10:30:00Z");
    expect(fromLocal("")).toBeNull();
    expect(toLocal("nonsense")).toBe("");
  });
});

describe("rows", () => {
  const field = (configuration: Field["subform_section_configuration"]): Field => ({ name: "x", type: "subform", subform_section_configuration: configuration ?? null });
  const rows: Data[] = [
    { unique_id: "1", day: "2026-02-01", kind: "a" },
    { unique_id: "2", kind: "b" },
    { unique_id: "3", day: "2026-03-01", kind: "a" },
    { unique_id: "4", day: "2026-01-01", kind: "b", _destroy: true },
  ];
  it("stand in the configured order, rows without the answer last, removed ones not at all", () => {
    expect(shownRows(field({ subform_sort_by: "day", subform_sort_by_direction: "desc" }), rows).map((row) => row["unique_id"])).toEqual(["3", "1", "2"]);
    expect(shownRows(field({ subform_sort_by: "day" }), rows).map((row) => row["unique_id"])).toEqual(["1", "3", "2"]);
  });
  it("are only those that meet the condition", () => {
    expect(shownRows(field({ display_conditions: { eq: { kind: "b" } } }), rows).map((row) => row["unique_id"])).toEqual(["2"]);
  });
  it("start with the defaults of their form", () => {
    expect(defaultAnswers([{ name: "day", type: "date_field", selected_value: "today" }, { name: "kind", type: "select_box", selected_value: "a" }], "2026-11-25")).toEqual({ day: "2026-11-25", kind: "a" });
  });
});

describe("beside a telephone number", () => {
  const fields: Field[] = ["telephone_current", "safe_to_contact", "safe_contact_details", "relation_telephone", "relation_safe_to_contact", "relation_contact_times", "name"].map((name) => ({ name, type: "text_field" }));
  const phone = (name: string): Field => ({ name, type: "text_field", phone_number: true });
  it("stands what the form says of calling it, this person's own first", () => {
    expect(safetyFields(fields, phone("relation_telephone")).map((one) => one.name)).toEqual(["relation_safe_to_contact", "relation_contact_times"]);
    expect(safetyFields(fields.slice(0, 3), phone("telephone_current")).map((one) => one.name)).toEqual(["safe_to_contact", "safe_contact_details"]);
  });
  it("a no is a no, and silence is no yes", () => {
    expect(saysYes("no")).toBe(false);
    expect(saysYes("yes")).toBe(true);
    expect(saysYes("unknown")).toBeNull();
    expect(saysYes(null)).toBeNull();
    expect(saysYes(["yes", "no"])).toBe(false);
  });
});
