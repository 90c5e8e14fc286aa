import type { Section } from "~/renderer/forms";
import type { Data, Field } from "~/renderer/types";
import { isBlank } from "~/renderer/values";
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
]);

/** Consent first, then who she is, then what she needs protection from; everything else follows in the case itself. */
export function registrationSteps(sections: readonly Section[], consentForm: string): Step[] {
  const wanted = [consentForm, ...ORDER.filter((id) => id !== "consent" || consentForm === "consent")];
  const chosen = [...new Set(wanted)].map((id) => sections.find((section) => section.form.unique_id === id && section.writable)).filter((one): one is Section => one !== undefined);
  const fallback = sections.filter((section) => section.writable && (section.form.is_first_tab === true || section.form.fields.some((field) => field.required)));
  return (chosen.length > 0 ? chosen : fallback.slice(0, 3)).map((section) => {
    const fields = section.form.fields.filter((field) => field.visible !== false && (!field.disabled || field.type === "separator"));
    // What was agreed with the child is never cut short.
    if (section.form.unique_id === consentForm) return { section, first: fields, later: [] };
    const first = fields.filter((field) => field.required || field.show_on_minify_form || AT_FIRST_CONTACT.has(field.name));
    const asked = first.length > 0 ? first : fields.slice(0, 6);
    return { section, first: asked, later: fields.filter((field) => !asked.includes(field) && field.type !== "separator") };
  });
}

/** What was typed to look for the child is not asked for again. */
export function fromTyped(typed: Typed, fields: readonly Field[]): Data {
  const asked = new Set(fields.filter((field) => !field.disabled).map((field) => field.name));
  const { first, middle, last } = splitName(typed.name);
  const wanted: Data = asked.has("name_first") ? { name_first: first, name_middle: middle, name_last: last } : { name: typed.name.trim() };
  const isPhone = /^\+?[\p{N}\s()-]{7,}$/u.test(typed.number.trim());
  return Object.fromEntries(Object.entries({ ...wanted, age: typed.age, sex: typed.sex, telephone_current: isPhone ? typed.number.trim() : null }).filter(([name, value]) => asked.has(name) && !isBlank(value)));
}
