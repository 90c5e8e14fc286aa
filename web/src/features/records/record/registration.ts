import type { Section } from "~/renderer/forms";
import type { Data, Field } from "~/renderer/types";
import { isBlank } from "~/renderer/values";
import type { Kind } from "~/store/types";
import { splitName, type Typed } from "./likely";

/** One step of the short registration: the questions asked at first contact, and those that can wait. */
export interface Step {
  section: Section;
  first: Field[];
  later: Field[];
}

const ORDER = ["consent", "basic_identity", "protection_concern"];
const AT_FIRST_CONTACT = new Set([
  "interview_subject",
  "consent_for_services",
  "consent_for_data_collection",
  "consent_date",
  "consent_given_by",
  "assent_obtained",
  "consent_reporting",
  "consent_for_tracing",
  "disclosure_other_orgs",
  "legitimate_basis",
  "name_first",
  "name_middle",
  "name_last",
  "sex",
  "age",
  "date_of_birth",
  "estimated",
  "registration_date",
  "location_current",
  "address_current",
  "safe_to_contact",
  "telephone_current",
  "contact_times",
  "safe_contact_details",
  "protection_status",
  "risk_level",
  "protection_concerns",
  "urgent_protection_concern",
  ...["relation_nickname", "relation_age", "relation_location_current", "inquirer_safe_to_contact", "relation_telephone", "inquirer_contact_times"],
  ...["date_of_separation", "separation_cause", "location_separation", "location_last"],
  ...["family_location_current", "family_safe_to_contact", "family_telephone_current"],
  ...["cp_incident_identification_violence", "incident_location", "incident_description"],
]);

/** The rows that make such a record what it is: who is looked for, who belongs to the family. */
export const PEOPLE: Readonly<Partial<Record<Kind, string>>> = { tracing_requests: "tracing_request_subform_section", families: "family_members" };

/** Consent first, then who she is, then what she needs protection from; of other kinds the first form, what is required, who it is about. Everything else follows in the record itself. */
export function registrationSteps(sections: readonly Section[], consentForm: string, kind: Kind = "cases"): Step[] {
  const wanted = [consentForm, ...ORDER.filter((id) => id !== "consent" || consentForm === "consent")];
  const chosen = [...new Set(wanted)].map((id) => sections.find((section) => section.form.unique_id === id && section.writable)).filter((one): one is Section => one !== undefined);
  const fallback = sections.filter((section) => section.writable && (section.form.is_first_tab === true || section.form.fields.some((field) => field.required || field.name === PEOPLE[kind])));
  return (chosen.length > 0 ? chosen : fallback.slice(0, 3)).map((section) => {
    const fields = section.form.fields.filter((field) => field.visible !== false && (!field.disabled || field.type === "separator"));
    // What was agreed with the child is never cut short.
    if (section.form.unique_id === consentForm) return { section, first: fields, later: [] };
    const first = fields.filter((field) => field.required || field.show_on_minify_form || field.name === PEOPLE[kind] || AT_FIRST_CONTACT.has(field.name));
    const asked = withHeadings(first.length > 0 ? first : fields.slice(0, 6), kind === "cases" ? [] : fields);
    return { section, first: asked, later: fields.filter((field) => !asked.includes(field) && field.type !== "separator") };
  });
}

/** Each heading of a form under which something is asked goes along: without it a question may not be understood. */
function withHeadings(asked: readonly Field[], fields: readonly Field[]): Field[] {
  if (fields.length === 0) return [...asked];
  const found: Field[] = [];
  let heading: Field | null = null;
  for (const field of fields) {
    if (field.type === "separator") heading = field;
    else if (asked.includes(field)) {
      if (heading !== null) found.push(heading);
      heading = null;
      found.push(field);
    }
  }
  return found;
}

/** What was typed to look for the child is not asked for again. */
export function fromTyped(typed: Typed, fields: readonly Field[]): Data {
  const asked = new Set(fields.filter((field) => !field.disabled).map((field) => field.name));
  const { first, middle, last } = splitName(typed.name);
  const wanted: Data = asked.has("name_first") ? { name_first: first, name_middle: middle, name_last: last } : { name: typed.name.trim() };
  const isPhone = /^\+?[\p{N}\s()-]{7,}$/u.test(typed.number.trim());
  return Object.fromEntries(Object.entries({ ...wanted, age: typed.age, sex: typed.sex, telephone_current: isPhone ? typed.number.trim() : null }).filter(([name, value]) => asked.has(name) && !isBlank(value)));
}
