import { describe, expect, it } from "vitest";
import type { Data, Field } from "~/renderer/types";
import { isSearchable, rankLikely, splitName } from "./likely";
import { alsoMissing } from "./progress";
import { registrationSteps, fromTyped } from "./registration";
import { nameOf } from "~/renderer/kindWords";
import { consentOf, peopleOf } from "./summary";

const subform = (name: string): Field => ({ name, type: "subform", subform: { unique_id: name, name: {}, fields: [] } });
const fields = new Map<string, Field>(
  [
    subform("family_details_section"),
    { name: "consent_for_services", type: "tick_box" },
    { name: "consent_reporting", type: "radio_button" },
    { name: "consent_for_tracing", type: "radio_button", display_conditions_record: { eq: { separated: true } } },
  ].map((field) => [field.name, field]),
);

describe("what is missing", () => {
  it("takes from the server what the form logic cannot know, until it is answered", () => {
    const stored = {
      data: { rows: [{ unique_id: "a" }, { unique_id: "b" }] },
      incomplete: [
        { pointer: "/name_first", code: "required", form: "basic_identity" },
        { pointer: "/rows/1/relation", code: "required", form: "family" },
        { pointer: "/secret", code: "required", form: "closed_form" },
      ],
    };
    const found = [{ pointer: "/name_first", code: "required", kind: "incomplete" as const }];
    expect(alsoMissing(stored, stored.data, found).map((one) => [one.pointer, one.params?.["form"]])).toEqual([
      ["/rows/b/relation", "family"],
      ["/secret", "closed_form"],
    ]);
    const since = { rows: [{ unique_id: "b", relation: "aunt" }] };
    expect(alsoMissing(stored, since, found).map((one) => one.pointer)).toEqual(["/secret"]);
  });
});

describe("the summary of a case", () => {
  it("says of each consent that applies yes, no, or not asked", () => {
    const verdicts = (data: Data) => consentOf(fields, data).map((one) => [one.field.name, one.verdict]);
    expect(verdicts({ consent_for_services: true, consent_reporting: "false" })).toEqual([
      ["consent_for_services", "yes"],
      ["consent_reporting", "no"],
    ]);
    expect(verdicts({ separated: true })).toContainEqual(["consent_for_tracing", "unknown"]);
  });

  it("names those who care for the child first", () => {
    const people = peopleOf(fields, { family_details_section: [{ unique_id: "a" }, { unique_id: "b", relation_is_caregiver: true }] });
    expect(people?.rows.map((row) => row["unique_id"])).toEqual(["b", "a"]);
  });

  it("never shows a masked name, nor its parts", () => {
    expect(nameOf({ name: "*******", name_first: "Noor" })).toEqual({ text: "", masked: true });
    expect(nameOf({ name: null, name_first: "Noor", name_last: "Haddad" })).toEqual({ text: "Noor Haddad", masked: false });
  });
});

describe("looking for a child who may be known", () => {
  const typed = { name: "Noor Haddad", age: 9, sex: "female", number: "" };

  it("puts the likeliest first and says why", () => {
    const ranked = rankLikely(
      [
        { id: "1", name: "Nour Hadad", age: 10, sex: "female" },
        { id: "2", name: "HADDAD  Noor", age: 9, sex: "female" },
        { id: "3", name: "Nura", age: 17, sex: "male" },
      ],
      typed,
    );
    expect(ranked.map((one) => [one.row["id"], one.reasons])).toEqual([
      ["2", ["same_name", "same_age", "same_sex"]],
      ["1", ["similar_name", "near_age", "same_sex"]],
    ]);
  });

  it("needs two letters, in any script", () => {
    expect(isSearchable({ ...typed, name: " n " })).toBe(false);
    expect(isSearchable({ ...typed, name: "نور" })).toBe(true);
  });

  it("lays a full name into its parts", () => {
    expect(splitName("Noor Ali Hassan Haddad")).toEqual({ first: "Noor", middle: "Ali Hassan", last: "Haddad" });
    expect(splitName("Noor")).toEqual({ first: "Noor", middle: "", last: "" });
    const asked: Field[] = ["name_first", "name_middle", "name_last", "age"].map((name) => ({ name, type: "text_field" }));
    expect(fromTyped({ name: "Noor Haddad", age: 9, sex: "female", number: "" }, asked)).toEqual({ name_first: "Noor", name_last: "Haddad", age: 9 });
  });
});

it("registers with consent first, and folds away what can wait", () => {
  const section = (id: string, names: Field[]) => ({ writable: true, form: { unique_id: id, name: {}, fields: names } });
  const text = (name: string, more: Partial<Field> = {}): Field => ({ name, type: "text_field", ...more });
  const steps = registrationSteps(
    [section("basic_identity", [text("name_first", { required: true }), text("nickname"), text("code", { disabled: true })]), section("consent", [text("anything")]), section("notes", [text("note")])],
    "consent",
  );
  expect(steps.map(({ section: { form }, first, later }) => [form.unique_id, first.map((one) => one.name), later.map((one) => one.name)])).toEqual([
    ["consent", ["anything"], []],
    ["basic_identity", ["name_first"], ["nickname"]],
  ]);
});
