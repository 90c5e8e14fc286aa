import { describe, expect, it } from "vitest";
import { Filling } from "./filling";
import { nestForms, sectionsOf } from "./forms";
import { answerAt, inReadingOrder, locate, nameRows, ProblemBook } from "./problems";
import type { Sources } from "./sources";
import type { Data, Form } from "./types";

const flat: Form[] = [
  {
    id: 1,
    unique_id: "identity",
    name: { en: "Identity" },
    parent_form: "case",
    visible: true,
    order: 2,
    fields: [
      { name: "name_first", type: "text_field", required: true },
      { name: "age", type: "numeric_field" },
      { name: "date_of_birth", type: "date_field", date_validation: "not_future_date" },
      { name: "estimated", type: "tick_box" },
      { name: "married", type: "radio_button" },
      { name: "spouse", type: "text_field", required: true, display_conditions_record: { eq: { married: "yes" } } },
      { name: "score", type: "calculated", disabled: true, calculation: { expression: { sum: ["age", 1] } } },
    ],
  },
  {
    id: 2,
    unique_id: "family",
    name: { en: "Family" },
    parent_form: "case",
    visible: true,
    order: 3,
    fields: [{ name: "family", type: "subform", subform_section_id: 3 }],
  },
  {
    id: 3,
    unique_id: "family_row",
    name: { en: "Relative" },
    is_nested: true,
    fields: [
      { name: "relation_name", type: "text_field", required: true },
      { name: "relation_age", type: "numeric_field" },
      { name: "relation_date_of_birth", type: "date_field" },
    ],
  },
  { id: 4, unique_id: "only_read", name: { en: "Read" }, parent_form: "case", visible: true, order: 1, fields: [{ name: "age", type: "numeric_field" }] },
  { id: 5, unique_id: "not_hers", name: { en: "No" }, parent_form: "case", visible: true, fields: [{ name: "secret", type: "text_field" }] },
];
const R1 = "0d6f4a2e-5d0c-4f6e-9c1a-2b3c4d5e6f70";
const sections = sectionsOf(nestForms(flat), "primeromodule-cp", { identity: "rw", family: "rw", only_read: "r" });
const sources: Sources = { locale: "en", fallback: "en", lookups: new Map(), places: [], reportingLevel: null, agencies: [], users: [] };
const filling = (base: Data): Filling => new Filling(sections, base, 7, "2026-11-25", sources);

describe("sections", () => {
  it("are those permitted, in order, with nested forms hung in", () => {
    expect(sections.map(({ form, writable }) => [form.unique_id, writable])).toEqual([
      ["only_read", false],
      ["identity", true],
      ["family", true],
    ]);
    expect(sections[2]?.form.fields[0]?.subform?.unique_id).toBe("family_row");
  });
});

describe("a record being filled in", () => {
  it("lets age and day of birth follow each other, in the record and in a row", () => {
    const one = filling({});
    one.answers.set("date_of_birth", "2016-11-26");
    expect(one.answers.get("age")).toBe(9);
    expect(one.answers.get("estimated")).toBeUndefined();
    one.answers.set("age", 12);
    expect(one.answers.get("date_of_birth")).toBe("2014-01-01");
    one.answers.set("family", [{ unique_id: R1 }]);
    const field = sections[2]?.form.fields[0];
    if (!field) throw new Error("no subform");
    const row = one.rowBook(one.answers, field, R1);
    row.set("relation_age", 30);
    expect(one.answers.get("family")).toEqual([{ unique_id: R1, relation_age: 30, relation_date_of_birth: "1996-01-01" }]);
  });

  it("marks a day of birth that was only worked out as estimated, and a typed one as known", () => {
    const one = filling({});
    one.answers.set("age", 12);
    expect(one.answers.all()).toMatchObject({ date_of_birth: "2014-01-01", estimated: true });
    one.answers.set("date_of_birth", "2014-03-04");
    expect(one.answers.get("estimated")).toBe(false);
    one.answers.set("age", 11);
    expect(one.answers.get("estimated")).toBe(true);
    one.answers.set("age", null);
    expect(one.answers.all()).toMatchObject({ date_of_birth: null, estimated: false });
  });

  it("never lets a wrong answer through because its form was put away meanwhile", () => {
    const away: Form = { id: 9, unique_id: "away", name: { en: "Away" }, parent_form: "case", visible: true, display_conditions: { eq: { married: "yes" } }, fields: [{ name: "weight", type: "numeric_field", required: true }] };
    const two = sectionsOf(nestForms([...flat, away]), "primeromodule-cp", { identity: "rw", away: "rw" });
    const one = new Filling(two, { name_first: "Noor", weight: "heavy" }, 7, "2026-11-25", sources);
    expect(one.check()).toEqual([]);
    one.answers.set("weight", "very heavy");
    expect(one.check().map(({ pointer, code }) => [pointer, code])).toEqual([["/weight", "wrong_type"]]);
    one.answers.set("weight", null);
    expect(one.check()).toEqual([]);
  });

  it("leaves the mark of an estimate alone once the worker set it herself", () => {
    const one = filling({});
    one.answers.set("age", 12);
    one.answers.set("estimated", false);
    one.answers.set("age", 10);
    expect(one.answers.get("estimated")).toBe(false);
    one.answers.set("estimated", true);
    one.answers.set("date_of_birth", "2016-05-05");
    expect(one.answers.get("estimated")).toBe(true);
    one.discard();
    one.answers.set("age", 9);
    expect(one.answers.get("estimated")).toBe(true);
    one.answers.set("date_of_birth", "2016-05-06");
    expect(one.answers.get("estimated")).toBe(false);
  });

  it("keeps a known day of birth when it already says the age", () => {
    const one = filling({ date_of_birth: "2016-03-12" });
    one.answers.set("age", 10);
    expect(one.answers.get("date_of_birth")).toBe("2016-03-12");
  });

  it("calculates, and tells only who asked for what changed", () => {
    const one = filling({ age: 3 });
    const heard: string[][] = [];
    one.answers.subscribe((changed) => heard.push([...changed].sort()));
    one.answers.set("age", 4);
    expect(one.answers.get("score")).toBe(5);
    one.answers.set("name_first", "Noor");
    expect(heard).toEqual([["age", "date_of_birth", "estimated", "score"], ["name_first"]]);
  });

  it("asks for what is required only while its condition holds", () => {
    const one = filling({ name_first: "Noor", married: "no" });
    expect(one.check()).toEqual([]);
    one.answers.set("married", "yes");
    expect(one.check().map(({ pointer, code, kind }) => ({ pointer, code, kind }))).toEqual([{ pointer: "/spouse", code: "required", kind: "incomplete" }]);
  });

  it("names the rows of a problem by their id, and what is sent by what changed", () => {
    const one = filling({ name_first: "Noor", family: [{ unique_id: R1, relation_name: "Salma" }] });
    one.answers.set("family", [{ unique_id: R1, relation_name: "" }]);
    expect(one.check().map((problem) => problem.pointer)).toEqual([`/family/${R1}/relation_name`]);
    const { score: _, ...patch } = one.patch();
    expect(patch).toEqual({ family: [{ unique_id: R1, relation_name: null }] });
    expect(one.seen(patch)).toEqual({ revision: 7, values: { family: [{ unique_id: R1, relation_name: "Salma" }] } });
  });

  it("lets messages go when their cause goes, and lets none come while typing", () => {
    const one = filling({});
    one.problems.show(one.check());
    expect(one.problems.list().map((problem) => problem.pointer)).toEqual(["/name_first"]);
    one.answers.set("married", "yes");
    expect(one.problems.list()).toHaveLength(1);
    one.answers.set("name_first", "N");
    expect(one.problems.list()).toEqual([]);
  });

  it("keeps a server's refusal until that answer is another one", () => {
    const one = filling({ name_first: "Noor", age: 9 });
    one.problems.refuse([{ pointer: "/age", code: "refused", kind: "refused" }], one.answers.all());
    one.answers.set("name_first", "Nour");
    expect(one.problems.list()).toHaveLength(1);
    one.answers.set("age", 10);
    expect(one.problems.list()).toEqual([]);
  });
});

describe("the way to a problem", () => {
  it("leads to the writable section, the field, and through its rows", () => {
    expect(locate("/age", sections)?.section.form.unique_id).toBe("identity");
    const spot = locate(`/family/${R1}/relation_name`, sections);
    expect(spot?.field.name).toBe("relation_name");
    expect(spot?.rows.map(({ field, id }) => [field.name, id])).toEqual([["family", R1]]);
    expect(locate("/secret", sections)).toBeNull();
  });

  it("names a row by id whether it came by place or by id, and finds its answer", () => {
    const data: Data = { family: [{ unique_id: R1, relation_name: "Salma" }] };
    expect(nameRows("/family/0/relation_name", data)).toBe(`/family/${R1}/relation_name`);
    expect(nameRows(`/family/${R1}/relation_name`, data)).toBe(`/family/${R1}/relation_name`);
    expect(answerAt(data, `/family/${R1}/relation_name`)).toBe("Salma");
    expect(answerAt(data, "/family/r9/relation_name")).toBeUndefined();
  });

  it("lists problems in reading order", () => {
    const list = [`/family/${R1}/relation_name`, "/unknown", "/age", "/name_first"].map((pointer) => ({ pointer, code: "required", kind: "incomplete" as const }));
    expect(inReadingOrder(list, sections).map((one) => one.pointer)).toEqual(["/name_first", "/age", `/family/${R1}/relation_name`, "/unknown"]);
  });

  it("tells only those whose problems changed", () => {
    const book = new ProblemBook();
    const heard: string[][] = [];
    book.show([{ pointer: "/a", code: "required", kind: "incomplete" }]);
    book.subscribe((changed) => heard.push([...changed]));
    book.show([
      { pointer: "/a", code: "required", kind: "incomplete" },
      { pointer: "/b", code: "wrong_type", kind: "wrong" },
    ]);
    expect(heard).toEqual([["/b"]]);
  });
});
