import { fieldShown } from "~/renderer/logic";
import type { Data, Field } from "~/renderer/types";
import { isBlank, rowsOf, textOf } from "~/renderer/values";

/** What a worker has agreed with the child and her family, question by question. */
export interface Consent {
  field: Field;
  verdict: "yes" | "no" | "unknown";
}

const CONSENT = ["consent_for_services", "consent_for_data_collection", "assent_obtained", "consent_reporting", "disclosure_other_orgs", "consent_for_tracing", "consent_for_photo"];

export function consentOf(fields: ReadonlyMap<string, Field>, data: Data): Consent[] {
  return CONSENT.flatMap((name) => {
    const field = fields.get(name);
    if (field === undefined || !fieldShown(field, data)) return [];
    const value = textOf(data[name]);
    const verdict = value === "true" || value === "yes" ? "yes" : value === "no" || value === "false" ? "no" : "unknown";
    return [{ field, verdict }];
  });
}

/** Something that was done or is to be done for the child, from the rows of a subform. */
export interface Happening {
  field: Field;
  row: Data;
  /** The day it was done, or is due. */
  day: string | null;
  /** The questions that hold days: said beside, not again in the line. */
  days: readonly string[];
  due: boolean;
}

const KINDS: readonly { field: string; done: readonly string[]; due: readonly string[] }[] = [
  { field: "services_section", done: ["service_implemented_day_time"], due: ["service_appointment_date"] },
  { field: "followup_subform_section", done: ["followup_date"], due: ["followup_needed_by_date"] },
];

function dayIn(row: Data, names: readonly string[]): string | null {
  for (const name of names) if (!isBlank(row[name])) return textOf(row[name]).slice(0, 10);
  return null;
}

/** Services and follow-ups: what is due first (the most overdue at the top), then what was done last. */
export function happenings(fields: ReadonlyMap<string, Field>, data: Data): Happening[] {
  const all = KINDS.flatMap((kind) => {
    const field = fields.get(kind.field);
    if (field?.subform === undefined) return [];
    return rowsOf(data[kind.field]).map((row): Happening => {
      const done = dayIn(row, kind.done);
      const days = [...kind.done, ...kind.due];
      return done === null ? { field, row, day: dayIn(row, kind.due), days, due: true } : { field, row, day: done, days, due: false };
    });
  });
  return all.sort((a, b) => {
    if (a.due !== b.due) return a.due ? -1 : 1;
    if (a.day === null || b.day === null) return a.day === b.day ? 0 : a.day === null ? 1 : -1;
    return a.due ? (a.day < b.day ? -1 : 1) : a.day > b.day ? -1 : 1;
  });
}

/** The people around the child, those who care for her first. */
export function peopleOf(fields: ReadonlyMap<string, Field>, data: Data): { field: Field; rows: Data[] } | null {
  const field = fields.get("family_details_section");
  if (field?.subform === undefined) return null;
  const rows = rowsOf(data["family_details_section"]);
  const cares = (row: Data): number => (row["relation_is_caregiver"] === true ? 0 : 1);
  return { field, rows: [...rows].sort((a, b) => cares(a) - cares(b)) };
}

/** The name on the file: masked when the record says so; none when she may not see it. */
export function nameOf(data: Data): { text: string; masked: boolean } {
  const name = textOf(data["name"]).trim();
  const masked = /^\*+$/.test(name);
  if (name !== "" && !masked) return { text: name, masked: false };
  if (masked) return { text: "", masked: true };
  const parts = ["name_first", "name_middle", "name_last"].map((key) => textOf(data[key]).trim()).filter((part) => part !== "" && !/^\*+$/.test(part));
  return { text: parts.join(" "), masked: false };
}

export function codeOf(data: Data): string {
  return textOf(data["case_id_display"]) || textOf(data["short_id"]) || textOf(data["id"]).slice(-7);
}
