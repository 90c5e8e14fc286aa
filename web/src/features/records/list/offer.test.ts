import { describe, expect, it } from "vitest";
import type { Shape } from "~/api";
import { compileCatalogue, readMessages } from "../../../../build/messages.ts";
import { useCatalogue } from "~/lib/i18n";
import { alertTypes, offerFilters, type Around } from "./offer";
import { makeWords } from "./words";

useCatalogue("en", compileCatalogue("en"));

const forms = [
  { unique_id: "notes", name: { en: "Notes" }, parent_form: "case", is_nested: false, fields: [] },
  { unique_id: "papers", name: { en: "Papers" }, parent_form: "case", is_nested: false, fields: [{ name: "national_id_no", type: "text_field", display_name: { en: "National ID" } }] },
] as unknown as Shape<"Form">[];

function around(change: Partial<Around>): Around {
  return { forms, locations: [], users: [], groups: [], manager: false, words: makeWords(forms, [], null), approvals: [], alerts: [], ...change };
}

describe("filters by approvals and alerts", () => {
  it("are offered for the approvals in which she takes part, by their states", () => {
    const offered = offerFilters(around({ approvals: [{ kind: "case_plan", label: "Plan" }] }));
    const plan = offered.find((one) => one.name === "approval_status_case_plan");
    expect(plan?.options.map((one) => one.value)).toEqual(["pending", "approved", "rejected"]);
    expect(plan?.label).toContain("Plan");
    expect(offered.some((one) => one.name === "approval_status_closure")).toBe(false);
  });

  it("name what an alert is about, and leave out what has no words", () => {
    const offered = offerFilters(around({ approvals: [{ kind: "case_plan", label: "Plan" }], alerts: ["notes", "national_id_no", "gone", "notes"] }));
    const alerts = offered.find((one) => one.name === "current_alert_types");
    expect(alerts?.options.map((one) => one.value)).toEqual(["case_plan", "referral", "transfer", "notes", "national_id_no"]);
    expect(alerts?.options.at(-1)?.label).toContain("National ID");
    expect(readMessages("en")["alerts.filter"]).toBe(alerts?.label);
  });

  it("follow what the instance raises alerts about", () => {
    const settings = { changes_field_to_form: { notes_section: "notes", other: { form_section_unique_id: "papers", alert_strategy: "associated_users" }, odd: 7 }, system_options: { duplicate_field_to_form: { case: { national_id_no: "papers" } } } };
    expect(alertTypes(settings)).toEqual(["notes", "papers", "national_id_no"]);
    expect(alertTypes(null)).toEqual([]);
  });
});
