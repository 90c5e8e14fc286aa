/** What is drawn in the preview's frame, and how it is made of definitions that nobody has saved. */

import { fieldsRead } from "~/engine/calculations";
import { conditionOf, fieldsAsked } from "~/engine/conditions";
import type { Catalogue } from "~/lib/i18n";
import { nestForms } from "~/renderer/forms";
import type { Field, Form, Lookup, Place } from "../types";

/** How much of the form somebody may: fill it in, read it, or not even know of it. */
export type Access = "rw" | "r" | "none";
export type Look = "light" | "dark";

/** Everything that the frame is told; it asks for nothing itself. */
export interface Drawing {
  readonly locale: string;
  readonly catalogue: Catalogue;
  readonly rtl: boolean;
  readonly look: Look;
  readonly access: Access;
  readonly form: Form;
  readonly forms: readonly Form[];
  readonly lookups: readonly Lookup[];
  readonly places: readonly Place[];
}

/** The form as a tree, and the questions of other forms that its conditions and calculations look at. */
export function readyForm(form: Form, forms: readonly Form[]): { form: Form; elsewhere: Field[] } {
  const others = forms.filter((one) => one.unique_id !== form.unique_id);
  const asRecord = form.is_nested ? asRows(form) : form;
  const [first, ...rest] = nestForms([{ ...asRecord, is_nested: false, visible: true }, ...others]);
  const nested = first ?? { ...asRecord, fields: [] };
  const own = new Set(nested.fields.map((field) => field.name));
  const kind = form.parent_form ?? "case";
  const elsewhere = new Map<string, Field>();
  for (const name of namesAsked(nested)) {
    if (own.has(name)) continue;
    for (const other of rest) {
      const found = (other.parent_form ?? "case") === kind ? other.fields.find((field) => field.name === name && field.visible !== false) : undefined;
      if (found !== undefined && !elsewhere.has(name)) elsewhere.set(name, plainly(found));
    }
  }
  return { form: nested, elsewhere: [...elsewhere.values()] };
}

/** A form of rows is tried as if one row were the record: what asks the row asks these answers. */
function asRows(form: Form): Form {
  return { ...form, fields: form.fields.map((field) => ({ ...field, display_conditions_record: field.display_conditions_subform ?? null, display_conditions_subform: null })) };
}

/** Only to be answered: shown whatever else is said, and worked out by nobody. */
function plainly(field: Field): Field {
  const { calculation: _c, subform_summary: _s, ...rest } = field;
  return { ...rest, disabled: false, required: false, visible: true, display_conditions_record: null, display_conditions_subform: null, hide_on_view_page: false, type: field.type === "calculated" ? "numeric_field" : field.type };
}

/** Names of the record's answers that a form looks at. */
export function namesAsked(form: Form): Set<string> {
  const asked = new Set<string>();
  const condition = (stored: unknown): void => {
    const expression = conditionOf(stored);
    if (expression !== undefined) for (const name of fieldsAsked(expression)) asked.add(name);
  };
  const walk = (fields: readonly Field[], inRow: boolean): void => {
    for (const field of fields) {
      condition(field.display_conditions_record);
      for (const one of Object.values(field.option_strings_condition ?? {})) condition(one);
      if (!inRow && field.calculation?.["expression"]) for (const name of fieldsRead(field.calculation["expression"])) asked.add(name);
      if (field.subform) walk(field.subform.fields, true);
    }
  };
  condition(form.display_conditions);
  walk(form.fields, false);
  return asked;
}
