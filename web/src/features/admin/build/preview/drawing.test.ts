import { describe, expect, it } from "vitest";
import type { Role } from "../../rights";
import type { Form } from "../types";
import { accessOf } from "../access";
import { namesAsked, readyForm } from "./drawing";

const other: Form = {
  id: 1,
  unique_id: "identity",
  name: { en: "Identity" },
  parent_form: "case",
  fields: [
    { name: "age", type: "numeric_field", required: true, display_conditions_record: { eq: { sex: "female" } } },
    { name: "sex", type: "radio_button" },
    { name: "gone", type: "text_field", visible: false },
  ],
};
const elsewhere: Form = { id: 2, unique_id: "incident", name: {}, parent_form: "incident", fields: [{ name: "harm", type: "text_field" }] };
const nested: Form = {
  id: 3,
  unique_id: "rows",
  name: { en: "Rows" },
  parent_form: "case",
  is_nested: true,
  fields: [
    { name: "kind", type: "text_field" },
    { name: "what", type: "text_field", display_conditions_subform: { eq: { kind: "other" } }, display_conditions_record: { gt: { age: 5 } } },
  ],
};
const form: Form = {
  id: 4,
  unique_id: "plan",
  name: { en: "Plan" },
  parent_form: "case",
  visible: false,
  display_conditions: { or: [{ eq: { gone: "x" } }, { eq: { harm: "x" } }] },
  fields: [
    { name: "list", type: "subform", subform_section_id: 3 },
    { name: "total", type: "calculated", calculation: { type: "number", expression: { sum: ["age", "own"] } } },
    { name: "own", type: "numeric_field", display_conditions_record: { disabled: true, eq: { sex: "x" } } },
  ],
};

describe("what the preview draws", () => {
  it("is the form as it is being edited, not as it stands in the list", () => {
    const stored: Form = { ...form, fields: [] };
    const ready = readyForm(form, [stored, other, nested, elsewhere]);
    expect(ready.form.fields.map((field) => field.name)).toEqual(["list", "total", "own"]);
    expect(ready.form.fields[0]?.subform?.fields.map((field) => field.name)).toEqual(["kind", "what"]);
  });

  it("asks what other forms of its kind of record ask, plainly, and nothing that is retired or switched off", () => {
    const { elsewhere: asked } = readyForm(form, [form, other, nested, elsewhere]);
    expect(asked).toEqual([{ name: "age", type: "numeric_field", required: false, disabled: false, visible: true, display_conditions_record: null, display_conditions_subform: null, hide_on_view_page: false }]);
    expect([...namesAsked(readyForm(form, [other, nested]).form)].sort()).toEqual(["age", "gone", "harm", "own"]);
  });

  it("tries a form of rows as one row", () => {
    const { form: row } = readyForm(nested, [other, form, nested]);
    expect(row.fields.map((field) => field.display_conditions_record)).toEqual([null, { eq: { kind: "other" } }]);
  });
});

describe("what a role may with a form", () => {
  const role: Pick<Role, "form_section_read_write" | "module_unique_ids"> = { form_section_read_write: { plan: "rw", identity: "r" }, module_unique_ids: ["primeromodule-cp"] };
  it("is what it is granted, in a module of both", () => {
    expect(accessOf(role, form)).toBe("rw");
    expect(accessOf(role, other)).toBe("r");
    expect(accessOf(role, elsewhere)).toBe("none");
    expect(accessOf(role, { ...form, module_ids: ["another"] })).toBe("none");
    expect(accessOf(role, { ...form, module_ids: ["primeromodule-cp"] })).toBe("rw");
    expect(accessOf(null, elsewhere)).toBe("rw");
  });
});
