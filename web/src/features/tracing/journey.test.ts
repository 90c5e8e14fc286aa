import { describe, expect, it } from "vitest";
import type { Data } from "~/renderer/types";
import { stepsOf, type StepName, type StepState } from "./journey";
import { legsOf } from "./legs";

function states(data: Data): Partial<Record<StepName, StepState>> {
  return Object.fromEntries(stepsOf(data).map((step) => [step.name, step.state]));
}

const SEPARATED = { date_of_separation: "2026-01-10", separation_cause: "conflict", location_separation: "XX01" };

describe("the steps of the way back", () => {
  it("begin with the separation", () => {
    expect(states({})).toEqual({ separation: "next", wishes: "later", search: "later", match: "later", verification: "later", reunification: "later", followup: "later" });
  });

  it("say what is missing of one that was begun", () => {
    const [separation] = stepsOf({ date_of_separation: "2026-01-10" });
    expect(separation).toMatchObject({ state: "begun", on: "2026-01-10", missing: ["separation_cause", "location_separation"] });
  });

  it("name the one that was passed over", () => {
    const data = { ...SEPARATED, wishes_child_family_tracing: "true", tracing_actions_section: [{ unique_id: "1", date_tracing: "2026-02-01" }], matched_tracing_request_id: "r" };
    const reunified = { ...data, reunification_details_section: [{ unique_id: "2", date_reunification: "2026-03-01", name_reunified_adult: "Amal" }] };
    expect(states(data)).toMatchObject({ match: "done", verification: "next", reunification: "later" });
    expect(states(reunified)).toMatchObject({ verification: "skipped", reunification: "done", followup: "next" });
  });

  it("stop where the child does not want the search, or the family is not the child’s", () => {
    expect(states({ ...SEPARATED, wishes_child_family_tracing: "false" })).toMatchObject({ wishes: "stopped", search: "later" });
    const rows = [
      { unique_id: "1", verification_date: "2026-02-01", verification_status: "pending_verification" },
      { unique_id: "2", verification_date: "2026-02-20", verification_status: "falsely_attributed" },
    ];
    expect(states({ verification_subform_section: rows })).toMatchObject({ verification: "stopped" });
    expect(states({ verification_subform_section: [...rows, { unique_id: "3", verification_date: "2026-03-01", verification_status: "verified" }] })).toMatchObject({ verification: "done", separation: "skipped" });
  });

  it("count a visit after the return that was planned in the follow-ups", () => {
    const planned = { followup_subform_section: [{ unique_id: "1", followup_type: "after_reunification", followup_date: "" }] };
    expect(states(planned)).toMatchObject({ followup: "begun" });
    expect(states({ followup_subform_section: [{ unique_id: "1", followup_type: "after_reunification", followup_date: "2026-04-02" }] })).toMatchObject({ followup: "done" });
    expect(states({ followup_subform_section: [{ unique_id: "1", followup_type: "for_service", followup_date: "2026-04-02" }] })).toMatchObject({ followup: "later" });
  });
});

describe("the places", () => {
  const paths: Record<string, string[]> = { A: ["Land", "North", "Alma"], B: ["Land", "North", "Berg"], C: ["Land", "South", "Coda"], D: ["Other", "East", "Dorf"] };
  const at = (place: string) => ({ what: "search" as const, row: "", on: "2026-01-01", place, address: "", question: "", value: null, form: "tracing" });

  it("tell how far it was, and keep together what happened at one place", () => {
    const legs = legsOf([at("A"), at("A"), at(""), at("B"), at("C"), at("D"), at("A")], (code) => paths[code] ?? [code]);
    expect(legs.map((leg) => [leg.code, leg.distance, leg.entries.length])).toEqual([
      ["A", "near", 2],
      ["B", "near", 1],
      ["C", "across", 1],
      ["D", "far", 1],
      ["A", "far", 1],
    ]);
  });

  it("are none where none is known", () => {
    expect(legsOf([at("")], () => [])).toEqual([]);
  });
});
