import { describe, expect, it } from "vitest";
import type { Option } from "~/renderer/types";
import { nextOf, stepsOf } from "./steps";

const WORKFLOW: Option[] = ["new", "reopened", "assessment", "case_plan", "care_plan", "service_provision", "services_implemented", "closed"].map((id) => ({ id, display_text: { en: id } }));
const told = (data: Record<string, unknown>): string[] => stepsOf(WORKFLOW, data as never).map((step) => `${step.id} ${step.state}`);

describe("the steps of a case", () => {
  it("a new case is not reopened, and its way lies before it", () => {
    expect(told({ workflow: "new" })).toEqual(["new current", "assessment todo", "case_plan todo", "care_plan todo", "service_provision todo", "services_implemented todo", "closed todo"]);
  });

  it("what was left out on the way is not called done", () => {
    expect(told({ workflow: "case_plan", date_case_plan: "2026-03-04" }).slice(0, 3)).toEqual(["new done", "assessment skipped", "case_plan current"]);
  });

  it("a case assessed anew keeps what was done after it", () => {
    const services = [{ unique_id: "1", service_response_type: "care_plan", service_implemented: "implemented" }];
    expect(told({ workflow: "assessment", assessment_requested_on: "2026-06-01", date_case_plan: "2026-03-04", services_section: services })).toEqual([
      "new done",
      "assessment current",
      "case_plan done",
      "care_plan done",
      "service_provision todo",
      "services_implemented done",
      "closed todo",
    ]);
  });

  it("a case that was opened again begins there", () => {
    expect(told({ workflow: "reopened", case_status_reopened: true, status: "open" })[0]).toBe("reopened current");
    expect(told({ workflow: "case_plan", case_status_reopened: true, date_case_plan: "2026-03-04" })[0]).toBe("reopened done");
  });

  it("modules without steps have none, nor has a step that is not among them", () => {
    expect(stepsOf([], { workflow: "new" })).toEqual([]);
    expect(stepsOf(WORKFLOW, { workflow: "elsewhere" })).toEqual([]);
    expect(stepsOf(WORKFLOW, {})).toEqual([]);
  });

  it("says what leads on from each step", () => {
    const next = (workflow: string): string | undefined => nextOf(stepsOf(WORKFLOW, { workflow }))?.part;
    expect(["new", "reopened", "assessment", "case_plan", "care_plan", "service_provision", "services_implemented", "closed"].map(next)).toEqual([
      "assessment",
      "assessment",
      "case_plan",
      "services",
      "services_implemented",
      "services_implemented",
      "closed",
      undefined,
    ]);
  });
});
