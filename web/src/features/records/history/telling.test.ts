import { describe, expect, it } from "vitest";
import type { OutboxItem } from "~/store";
import { byDay, newestFirst, tellKept, tellUnsent } from "./telling";

const item = (more: Partial<OutboxItem>): OutboxItem => ({
  schema: 2,
  id: "i",
  owner: "amina",
  action: "amend_case",
  kind: "cases",
  record: "r",
  data: {},
  base: null,
  recordAction: null,
  at: "2026-11-25T10:00:00Z",
  offset: 0,
  dependsOn: [],
  state: "waiting",
  reason: null,
  refusal: null,
  attempts: 0,
  ...more,
});

describe("what is told of her unsent work", () => {
  it("names steps of the work, and counts the rest", () => {
    const visit = { unique_id: "a", followup_type: "in_home", followup_needed_by_date: "2026-11-20" };
    const base = { revision: 3, values: { risk_level: "low", followup_subform_section: [visit], assessment_requested_on: "2026-03-01" } };
    const data = { risk_level: "high", rapid_risk_level_reasons: "Beaten", assessment_requested_on: "2026-11-25", followup_subform_section: [{ unique_id: "a", followup_date: "2026-11-25" }], age: 10 };
    expect(tellUnsent([item({ data, base })], "amina").map((one) => [one.what, one.value ?? null, one.why ?? null])).toEqual([
      ["risk", "high", "Beaten"],
      ["reassessed", null, null],
      ["follow_up_done", "in_home", null],
      ["amended", null, null],
    ]);
  });

  it("is a registration, a closing with its reason, a reopening with its own; the newest first", () => {
    const items = [
      item({ action: "register_case", data: { name_first: "Noor", risk_level: "high" } }),
      item({ recordAction: "close", data: { status: "closed", date_closure: "2026-11-25", closure_reason: "formal_closing" } }),
      item({ recordAction: "reopen", data: { status: "open", workflow: "reopened", reopened_reason: "Back" }, state: "refused" }),
    ];
    expect(tellUnsent(items, "amina").map((one) => [one.what, one.value ?? one.why ?? "", one.state])).toEqual([
      ["reopened", "Back", "refused"],
      ["closed", "formal_closing", "waiting"],
      ["amended", "", "waiting"],
      ["registered", "", "waiting"],
    ]);
  });
});

describe("what the answers themselves tell", () => {
  it("is what they date, newest first", () => {
    const told = tellKept({
      created_at: "2026-03-01T09:00:00Z",
      created_by: "amina",
      status: "closed",
      date_closure: "2026-06-01",
      closure_reason: "formal_closing",
      assessment_requested_on: "2026-03-03",
      services_section: [{ unique_id: "s", service_type: "health", service_response_day_time: "2026-03-05T08:00:00Z", service_implemented_day_time: "2026-03-09T08:00:00Z" }],
      reopened_logs: [{ reopened_date: "2026-05-01T08:00:00Z", reopened_user: "bilal", reopened_reason: "Back" }],
      approval_subforms: [{ approval_requested_for: "case_plan", approval_status: "requested", approval_date: "2026-03-04", requested_by: "amina" }],
    });
    expect(told.map((one) => [one.what, one.user_name, one.value ?? one.why ?? null])).toEqual([
      ["closed", "", "formal_closing"],
      ["reopened", "bilal", "Back"],
      ["service_done", "", "health"],
      ["service_added", "", "health"],
      ["approval_requested", "amina", "case_plan"],
      ["assessed", "", null],
      ["registered", "amina", null],
    ]);
    expect(tellKept({})).toEqual([]);
  });

  it("is that incidents were recorded, as far as the case shows them, and nothing of what they are", () => {
    const rows = [{ unique_id: "1", created_at: "2026-04-01T08:00:00Z", cp_incident_violence_type: "beaten" }, { unique_id: "2", created_at: null, cp_incident_violence_type: "robbed" }];
    expect(tellKept({ created_at: "2026-03-01T09:00:00Z", created_by: "amina", incident_details: rows })).toEqual([
      { at: "2026-04-01T08:00:00Z", user_name: "", what: "incident_added" },
      { at: "2026-03-01T09:00:00Z", user_name: "amina", what: "registered" },
    ]);
  });
});

describe("days", () => {
  it("gather what happened on them; what was done without a network stands where it belongs", () => {
    const at = (day: string): { at: string; user_name: string; what: string } => ({ at: day, user_name: "amina", what: "risk" });
    const entries = newestFirst([at("2026-03-05T12:00:00Z"), at("2026-03-01T12:00:00Z"), at("2026-03-05T11:00:00Z"), at("2026-03-04")]);
    expect(byDay(entries).map(({ day, entries: of }) => [day, of.length])).toEqual([
      ["2026-03-05", 2],
      ["2026-03-04", 1],
      ["2026-03-01", 1],
    ]);
  });
});
