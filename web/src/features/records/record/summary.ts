import { fieldShown } from "~/renderer/logic";
import type { Data, Field } from "~/renderer/types";
import { rowsOf, textOf } from "~/renderer/values";

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

/** The people around the child, those who care for her first. */
export function peopleOf(fields: ReadonlyMap<string, Field>, data: Data): { field: Field; rows: Data[] } | null {
  const field = fields.get("family_details_section");
  if (field?.subform === undefined) return null;
  const rows = rowsOf(data["family_details_section"]);
  const cares = (row: Data): number => (row["relation_is_caregiver"] === true ? 0 : 1);
  return { field, rows: [...rows].sort((a, b) => cares(a) - cares(b)) };
}
