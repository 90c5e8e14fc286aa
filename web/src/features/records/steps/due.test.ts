import { describe, expect, it } from "vitest";
import type { Data } from "~/renderer/types";
import { dueIn, undatedIn } from "./due";

const DECIDED = { timelines: { high: { days_between_follow_ups: 7 } }, due_date_from_appointment_date: false, time_zone: "UTC" };
const CASE: Data = {
  status: "open",
  assessment_due_date: "2026-11-30",
  followup_subform_section: [
    { unique_id: "a", followup_type: "in_home", followup_needed_by_date: "2026-11-20" },
    { unique_id: "b" },
    { unique_id: "c", followup_date: "2026-11-10" },
  ],
  services_section: [
    { unique_id: "d", service_type: "health", service_appointment_date: "2026-12-24" },
    { unique_id: "e", service_response_day_time: "2026-11-24T10:00:00Z", service_response_timeframe: "3_days" },
  ],
};

describe("what is due in a case", () => {
  it("is told the earliest first, each as late, soon or later", () => {
    expect(dueIn(CASE, DECIDED, "2026-11-25").map((task) => [task.type, task.due_on, task.near])).toEqual([
      ["follow_up", "2026-11-20", "overdue"],
      ["service", "2026-11-27", "soon"],
      ["assessment", "2026-11-30", "soon"],
    ]);
  });

  it("does not forget what was planned without a day by which", () => {
    const tasks = dueIn(CASE, DECIDED, "2026-11-25");
    expect(undatedIn(CASE, tasks)).toEqual([
      { type: "follow_up", row: "b", detail: "", day: "" },
      { type: "service", row: "d", detail: "health", day: "2026-12-24" },
    ]);
  });

  it("is nothing in a case that is closed or put away", () => {
    expect(dueIn({ ...CASE, status: "closed" }, DECIDED, "2026-11-25")).toEqual([]);
    expect(undatedIn({ ...CASE, status: "closed" }, [])).toEqual([]);
    expect(dueIn({ ...CASE, record_state: false }, DECIDED, "2026-11-25")).toEqual([]);
  });
});
