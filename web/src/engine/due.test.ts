import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { type Decided, type Task, completing, fillDue, nearness, redating, tasksOf } from "./due";
import type { Answers } from "./types";
import { alike } from "./vectors";

interface Case {
  id: string;
  kind: "tasks" | "fill";
  answers: Answers;
  before: Answers;
  after: Answers;
  decided: Decided;
  asked?: string[];
  expected: never;
}

const path = fileURLToPath(new URL("../../../contracts/vectors/due.json", import.meta.url));
const file = JSON.parse(readFileSync(path, "utf8")) as { decided: Decided; asked: string[]; cases: Case[] };

test("there are cases", () => {
  expect(file.cases.length).toBeGreaterThan(40);
});

test.each(file.cases.map((c) => [c.id, c] as const))("%s", (_, c) => {
  const decided = { ...file.decided, ...c.decided };
  const found = c.kind === "tasks" ? tasksOf(c.answers, decided) : fillDue(c.before, c.after, decided, c.asked ?? file.asked);
  expect(alike(JSON.parse(JSON.stringify(found)) as never, c.expected), JSON.stringify(found)).toBe(true);
});

test("a task is overdue the day after, and near for seven days before", () => {
  const days = ["2026-03-01", "2026-03-02", "2026-03-09", "2026-03-10"];
  expect(days.map((due_on) => nearness({ due_on }, "2026-03-02"))).toEqual(["overdue", "soon", "soon", "later"]);
});

test("what completes or re-dates a task lands where the task was read from", () => {
  const answers = { risk_level: "high", date_case_plan: "2026-02-01", followup_subform_section: [{ unique_id: "a", followup_needed_by_date: "2026-03-09" }] };
  const [planned] = tasksOf(answers, file.decided) as [Task];
  expect(completing(planned, "2026-03-08", () => "new")).toEqual({ followup_subform_section: [{ unique_id: "a", followup_date: "2026-03-08" }] });
  expect(redating(planned, "2026-03-20", file.decided, () => "new")).toEqual({ followup_subform_section: [{ unique_id: "a", followup_needed_by_date: "2026-03-20" }] });
  expect(completing({ type: "review", due_on: "2026-03-03" }, "2026-03-02", () => "new")).toEqual({ case_review_section: [{ unique_id: "new", case_review_date: "2026-03-02" }] });
  expect(completing({ type: "assessment", due_on: "2026-03-03" }, "2026-03-02", () => "new")).toEqual({ assessment_requested_on: "2026-03-02" });
  expect(redating({ type: "service", due_on: "2026-03-03", row: "s" }, "2026-03-02", file.decided, () => "new")).toBeNull();
});
