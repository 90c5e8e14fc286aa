import { describe, expect, it } from "vitest";
import type { Section } from "~/renderer/forms";
import type { Field } from "~/renderer/types";
import { registrationSteps } from "./registration";

const field = (name: string, change: Partial<Field> = {}): Field => ({ name, type: "text_field", ...change }) as Field;
const section = (id: string, fields: Field[], change: object = {}, writable = true): Section => ({ form: { unique_id: id, name: { en: id }, fields, ...change }, writable }) as unknown as Section;

const SECTIONS = [
  section("record_owner", [field("owned_by", { required: true })], {}, false),
  section("inquirer", [field("who", { type: "separator" }), field("relation_name", { required: true }), field("hobby"), field("lost", { type: "separator" }), field("landmark_last"), field("gone", { type: "separator" }), field("date_of_separation")], { is_first_tab: true }),
  section("traces", [field("tracing_request_subform_section", { type: "subform" })]),
  section("photos", [field("photos", { type: "photo_upload_box" })]),
];

describe("what is asked first", () => {
  it("of a tracing request: who searches, and for whom; each under its heading, the rest can wait", () => {
    const steps = registrationSteps(SECTIONS, "consent", "tracing_requests");
    expect(steps.map((step) => step.section.form.unique_id)).toEqual(["inquirer", "traces"]);
    expect(steps[0]?.first.map((one) => one.name)).toEqual(["who", "relation_name", "gone", "date_of_separation"]);
    expect(steps[0]?.later.map((one) => one.name)).toEqual(["hobby", "landmark_last"]);
    expect(steps[1]?.first.map((one) => one.name)).toEqual(["tracing_request_subform_section"]);
  });

  it("of a case: consent whole, before anything else", () => {
    const consent = section("consent", [field("consent_for_services"), field("heading", { type: "separator" }), field("consent_notes")]);
    const steps = registrationSteps([section("basic_identity", [field("name_first"), field("heading", { type: "separator" }), field("shoe_size")]), consent], "consent");
    expect(steps.map((step) => step.section.form.unique_id)).toEqual(["consent", "basic_identity"]);
    expect(steps[0]?.first).toHaveLength(3);
    expect(steps[1]?.first.map((one) => one.name)).toEqual(["name_first"]);
  });
});
