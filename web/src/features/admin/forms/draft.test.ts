import { describe, expect, it } from "vitest";
import type { FormView, QuestionView } from "~/store/forming";
import { addQuestion, changeForm, changeQuestion, draftOf, isChanged, moveQuestion, nameFrom, newTables, patchOf, placeOf, putAway, withoutQuestion, wrongIn, type FormDraft } from "./draft";
import { rebased, takeTheirs } from "./rebasing";

function question(name: string, more: object = {}): QuestionView {
  return { id: name.length, name, type: "text_field", order: 0, display_name: { en: name, fr: "" }, required: false, visible: true, ...more } as unknown as QuestionView;
}
function form(fields: QuestionView[], more: object = {}): FormView {
  return { id: 4, unique_id: "home", name: { en: "Home", fr: "" }, parent_form: "case", module_ids: ["m"], updated_at: "1", fields: fields.map((one, order) => ({ ...one, order })), ...more } as unknown as FormView;
}
const base = form([question("roof"), question("water"), question("light")]);
const begun = draftOf(base);

function withNew(draft: FormDraft, gives: Record<string, string>, said: Record<string, unknown>): FormDraft {
  const { draft: next, key } = addQuestion(draft, { origin: "new", stands: gives, laid: {} });
  return changeQuestion(next, key, said as never);
}

describe("what is sent", () => {
  it("is nothing when nothing is changed, or changed back", () => {
    expect(patchOf(begun)).toBeNull();
    const there = changeQuestion(begun, "roof", { required: true });
    expect(isChanged(there)).toBe(true);
    expect(patchOf(changeQuestion(there, "roof", { required: false }))).toBeNull();
    expect(patchOf(moveQuestion(moveQuestion(begun, "roof", 1), "roof", -1))).toBeNull();
  });
  it("does not list the questions when only the form is changed", () => {
    expect(patchOf(changeForm(begun, { visible: false }))).toEqual({ visible: false });
  });
  it("names every question, and of each only what is said otherwise", () => {
    const draft = changeQuestion(begun, "water", { display_name: { en: "Water", fr: "Eau" } });
    expect(patchOf(draft)).toEqual({ fields: [{ name: "roof", order: 0 }, { name: "water", order: 1, display_name: { en: "Water", fr: "Eau" } }, { name: "light", order: 2 }] });
  });
  it("counts places anew when they no longer tell the order", () => {
    const draft = moveQuestion(begun, "light", -1);
    expect(patchOf(draft)).toEqual({ fields: [{ name: "roof", order: 0 }, { name: "light", order: 1 }, { name: "water", order: 2 }] });
    expect(moveQuestion(begun, "light", 1)).toEqual(begun);
  });
  it("leaves out what is put away", () => {
    const draft = withoutQuestion(begun, "water");
    expect(putAway(draft).map((one) => one.name)).toEqual(["water"]);
    expect(patchOf(draft)).toEqual({ fields: [{ name: "roof", order: 0 }, { name: "light", order: 2 }] });
  });
  it("tells new ones whole, copies by their number, and what comes back by its name", () => {
    const made = withNew(begun, { type: "tick_box" }, { name: "dry", display_name: { en: "Dry" } });
    const copied = addQuestion(made, { origin: "elsewhere", stands: { ...question("age"), id: 77 } as never, laid: {} }).draft;
    const back = addQuestion(copied, { origin: "away", stands: question("old") as never, laid: { required: true } }).draft;
    expect((patchOf(back)?.["fields"] as object[]).slice(3)).toEqual([
      { type: "tick_box", name: "dry", display_name: { en: "Dry" }, order: 3 },
      { id: 77, name: "age", order: 4 },
      { name: "old", order: 5, required: true },
    ]);
  });
  it("waits for the form of a new table of rows", () => {
    const draft = withNew(begun, { type: "subform" }, { name: "people", display_name: { en: "People" } });
    const [table] = newTables(draft);
    expect(table).toBeDefined();
    const made = { ...draft, made: { [table?.key ?? ""]: 12 } };
    expect(newTables(made)).toEqual([]);
    expect((patchOf(made)?.["fields"] as object[])[3]).toMatchObject({ name: "people", subform_section_id: 12 });
  });
});

describe("what is wrong", () => {
  it("is told with its place before anything is sent", () => {
    const draft = withNew(changeQuestion(begun, "roof", { display_name: { en: "Roof!", fr: "" } }), { type: "select_box" }, { name: "Water", option_strings_text: [{ id: "", display_text: { fr: "Oui" } }] });
    expect(wrongIn(draft).map(({ part, code }) => [part, code])).toEqual([
      ["display_name", "field.display_name_signs"],
      ["name", "field.name_format"],
      ["display_name", "field.display_name_en"],
      ["option_strings_text/0/id", "field.option_id"],
      ["option_strings_text/0/display_text", "field.option_en"],
    ]);
    expect(wrongIn(begun)).toEqual([]);
  });
  it("is led to its question by what the server points at", () => {
    const draft = moveQuestion(begun, "light", -1);
    expect(placeOf(draft, "/fields/1/option_strings_text/2/id")).toEqual({ key: "light", part: "option_strings_text/2/id" });
    expect(placeOf(draft, "/name")).toEqual({ key: null, part: "name" });
    expect(placeOf(draft, "/fields/9/name")).toEqual({ key: null, part: "fields" });
  });
});

describe("the key of a new question", () => {
  it.each([
    ["How many brothers & sisters?", "how_many_brothers_sisters"],
    ["2nd école", "nd_ecole"],
    ["Water", "water_2"],
    ["ماء", ""],
  ])("%s", (label, name) => {
    expect(nameFrom(label, new Set(["water"]))).toBe(name);
  });
});

describe("somebody else saved the form meanwhile", () => {
  const mine = changeQuestion(changeForm(begun, { name: { en: "Shelter", fr: "" } }), "water", { required: true });
  it("what only one changed is as that one wants it", () => {
    const theirs = form([question("roof", { display_name: { en: "The roof", fr: "" } }), question("heat"), question("water"), question("light")], { updated_at: "2" });
    const { draft, both } = rebased(mine, theirs);
    expect(both).toEqual([]);
    expect(draft.questions.map((one) => one.key)).toEqual(["roof", "heat", "water", "light"]);
    expect(patchOf(draft)).toEqual({ name: { en: "Shelter", fr: "" }, fields: [{ name: "roof", order: 0 }, { name: "heat", order: 1 }, { name: "water", order: 2, required: true }, { name: "light", order: 3 }] });
  });
  it("what both changed is told, and is hers until she takes theirs", () => {
    const theirs = form([question("roof"), question("water"), question("light")], { updated_at: "2", name: { en: "House", fr: "" } });
    const { draft, both } = rebased(mine, theirs);
    expect(both).toEqual([{ key: null, part: "name", theirs: { en: "House", fr: "" } }]);
    expect(patchOf(draft)).toMatchObject({ name: { en: "Shelter", fr: "" } });
    expect(patchOf(takeTheirs(draft, both[0] as never))).not.toHaveProperty("name");
  });
  it("a question put away stays away unless she was at work on it", () => {
    const { draft, both } = rebased(mine, form([question("light")], { updated_at: "2" }));
    expect(draft.questions.map((one) => [one.key, one.origin])).toEqual([["water", "away"], ["light", "form"]]);
    expect(both).toEqual([{ key: "water", part: "retired", theirs: true }]);
    expect(takeTheirs(draft, both[0] as never).questions.map((one) => one.key)).toEqual(["light"]);
  });
  it("her own new question that was stored, the answer lost, is not made twice", () => {
    const draft = withNew(begun, { type: "text_field" }, { name: "heat", display_name: { en: "heat", fr: "" } });
    const { draft: next, both } = rebased(draft, form([...base.fields, question("heat")], { updated_at: "2" }));
    expect(both).toEqual([]);
    expect(next.questions.map((one) => one.key)).toEqual(["roof", "water", "light", "heat"]);
    expect(isChanged(next)).toBe(false);
  });
});
