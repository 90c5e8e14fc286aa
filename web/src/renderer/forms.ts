import type { Field, Form } from "./types";

export interface Section {
  form: Form;
  /** May she change its answers, or only read them? */
  writable: boolean;
}

export interface SectionGroup {
  id: string;
  sections: Section[];
}

/** Hangs each nested form into the fields that show it, so that form logic sees a tree. */
export function nestForms(flat: readonly Form[]): Form[] {
  const byId = new Map(flat.filter((form) => form.id !== undefined).map((form) => [form.id as number, form]));
  const hang = (form: Form, depth: number): Form => ({
    ...form,
    fields: inOrder(form.fields ?? []).map((field) => hangField(field, depth)),
  });
  const hangField = (field: Field, depth: number): Field => {
    const nested = byId.get(field.subform_section_id ?? -1);
    return nested && depth < 4 ? { ...field, subform: hang(nested, depth + 1) } : field;
  };
  return flat.filter((form) => !form.is_nested).map((form) => hang(form, 0));
}

function inOrder<T extends { order?: number }>(items: readonly T[]): T[] {
  return [...items].sort((a, b) => (a.order ?? 0) - (b.order ?? 0));
}

/** Forms the server assembles itself and shows elsewhere: their place is the header, the history, the sharing. */
const ELSEWHERE = new Set(["approvals", "incident_from_case", "transfers_assignments", "referral", "change_logs", "registry_from_case", "family_from_case"]);

/** The sections of a record of a kind: permitted, visible, of its module, in the order of groups and forms. */
export function sectionsOf(forms: readonly Form[], module: string, permitted: Readonly<Record<string, string>>, kind = "case"): Section[] {
  return forms
    .filter((form) => (form.parent_form ?? "case") === kind && form.visible !== false && form.unique_id in permitted)
    .filter((form) => !form.module_ids || form.module_ids.length === 0 || form.module_ids.includes(module))
    .filter((form) => !ELSEWHERE.has(form.unique_id) && form.fields.some((field) => field.visible !== false))
    .sort((a, b) => (a.order_form_group ?? 0) - (b.order_form_group ?? 0) || (a.order ?? 0) - (b.order ?? 0))
    .map((form) => ({ form, writable: permitted[form.unique_id] === "rw" }));
}

export function groupSections(sections: readonly Section[]): SectionGroup[] {
  const groups = new Map<string, SectionGroup>();
  for (const section of sections) {
    const id = section.form.form_group_id ?? "";
    const group = groups.get(id) ?? { id, sections: [] };
    group.sections.push(section);
    groups.set(id, group);
  }
  return [...groups.values()];
}

/** Every field once, by name; the writable definition wins. */
export function fieldIndex(sections: readonly Section[]): Map<string, Field> {
  const index = new Map<string, Field>();
  for (const { form } of [...sections].sort((a, b) => Number(a.writable) - Number(b.writable)))
    for (const field of form.fields) if (field.visible !== false || !index.has(field.name)) index.set(field.name, field);
  return index;
}

/** Fields whose answers may be sent. */
export function writableFields(sections: readonly Section[]): Field[] {
  return [...fieldIndex(sections.filter((section) => section.writable)).values()];
}

/** The fields of a subform that this parent form shows. */
export function rowFields(field: Field): Field[] {
  const only = field.subform_section_configuration?.fields;
  return (field.subform?.fields ?? []).filter((one) => one.visible !== false && (!only || only.length === 0 || only.includes(one.name)));
}
