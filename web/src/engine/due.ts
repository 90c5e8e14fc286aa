/** What is due in a case, and when: as the server says it (`cpims/cases/rules/due.py`), for cases kept on this device. */

import type { Answers, Data, Json } from "./types";
import { isMap } from "./values";

export type TaskType = "assessment" | "case_plan" | "follow_up" | "service" | "review";

export interface Task {
  type: TaskType;
  /** A day, `YYYY-MM-DD`. */
  due_on: string;
  /** The row that it lies in; none where nobody has planned it yet. */
  row?: string;
  /** What it is about: a kind of service or of follow-up. */
  detail?: string;
}

/** What the instance decides about what is due. */
export interface Decided {
  timelines?: Json;
  due_date_from_appointment_date?: Json;
  time_zone?: string;
}

interface Kind {
  section: string;
  due: string;
  completion: string;
}

export const TASKS: Readonly<Record<TaskType, Kind>> = {
  assessment: { section: "", due: "assessment_due_date", completion: "assessment_requested_on" },
  case_plan: { section: "", due: "case_plan_due_date", completion: "date_case_plan" },
  follow_up: { section: "followup_subform_section", due: "followup_needed_by_date", completion: "followup_date" },
  service: { section: "services_section", due: "service_appointment_date", completion: "service_implemented_day_time" },
  review: { section: "case_review_section", due: "case_review_due_date", completion: "case_review_date" },
};

const TIMEFRAME = /^([0-9]{1,4})_(minute|hour|day|week|month)s?$/;
const MINUTES: Readonly<Record<string, number>> = { minute: 1, hour: 60, day: 1_440, week: 10_080, month: 43_200 };
const DAY = 86_400_000;
/** The last day that is counted with; whatever lies beyond is a slip of the pen. */
const LAST = "2999-12-31";
const SOON = 7;

/** The open tasks that answers come to. */
export function tasksOf(answers: Data, decided: Decided): Task[] {
  const found: Task[] = [];
  for (const type of ["assessment", "case_plan"] as const) {
    const day = given(answers[TASKS[type].completion]) ? null : dayIn(answers[TASKS[type].due]);
    if (day) found.push({ type, due_on: day });
  }
  found.push(...planned(answers, "follow_up", "followup_type"));
  const following = hasOpenRow(answers, "follow_up") ? null : nextFollowUp(answers, decided);
  if (following) found.push({ type: "follow_up", due_on: following });
  for (const row of rowsIn(answers, TASKS.service.section)) {
    const day = given(row[TASKS.service.completion]) ? null : serviceDue(row, decided);
    if (day) found.push(inRow("service", day, row, "service_type"));
  }
  found.push(...planned(answers, "review", ""));
  const coming = hasOpenRow(answers, "review") ? null : nextReview(answers, decided);
  if (coming) found.push({ type: "review", due_on: coming });
  return found;
}

/** When a task is, seen from a day. */
export function nearness(task: Pick<Task, "due_on">, today: string): "overdue" | "soon" | "later" {
  if (task.due_on < today) return "overdue";
  return task.due_on <= after(today, SOON) ? "soon" : "later";
}

/** The answers of a change that completes a task on a day (for a service: at a moment), through the one road of changing. */
export function completing(task: Task, at: string, newId: () => string): Answers {
  return changing(task, TASKS[task.type].completion, at, newId);
}

/** The answers of a change that gives a task another day; none for a service that is due by its time frame. */
export function redating(task: Task, day: string, decided: Decided, newId: () => string): Answers | null {
  if (task.type === "service" && !decided.due_date_from_appointment_date) return null;
  return changing(task, TASKS[task.type].due, day, newId);
}

function changing(task: Task, field: string, value: string, newId: () => string): Answers {
  const { section } = TASKS[task.type];
  return section ? { [section]: [{ unique_id: task.row ?? newId(), [field]: value }] } : { [field]: value };
}

/** The answers with the days that the time limits set, where the forms ask for them (`asked`). */
export function fillDue(before: Data, changed: Data, decided: Decided, asked: readonly string[]): Answers {
  const [limits, old] = [limitsOf(changed, decided, asked), limitsOf(before, decided, asked)];
  const filled: Record<string, Json> = { ...changed };
  for (const [name, day] of Object.entries(limits)) {
    const stored = changed[name];
    if (!given(stored) || (stored === before[name] && stored === old[name])) filled[name] = day;
  }
  for (const [type, next] of [["follow_up", nextFollowUp], ["review", nextReview]] as const) {
    const { section, due, completion } = TASKS[type];
    const limit = next(changed, decided);
    const rows = changed[section];
    if (!limit || !asked.includes(section) || !Array.isArray(rows)) continue;
    const earlier = next(before, decided);
    const known = new Map(rowsIn(before, section).map((row) => [row.unique_id, row[due]]));
    filled[section] = rows.map((row) => {
      if (!isMap(row) || given(row[completion])) return row;
      const follows = row[due] === earlier && row[due] === known.get(row.unique_id);
      return !given(row[due]) || follows ? { ...row, [due]: limit } : row;
    });
  }
  return filled;
}

function limitsOf(answers: Data, decided: Decided, asked: readonly string[]): Record<string, string> {
  const assessed = dayIn(answers.assessment_completed_on) ?? dayIn(answers.assessment_requested_on);
  const found: Record<string, string> = {};
  for (const [type, since, limit] of [
    ["assessment", dayIn(answers.registration_date), "days_to_assess"],
    ["case_plan", assessed, "days_to_plan"],
  ] as const) {
    const day = within(since, limitOf(answers, decided, limit));
    if (day && asked.includes(TASKS[type].due) && !given(answers[TASKS[type].completion])) found[TASKS[type].due] = day;
  }
  return found;
}

function planned(answers: Data, type: "follow_up" | "review", about: string): Task[] {
  return rowsIn(answers, TASKS[type].section).flatMap((row) => {
    const day = given(row[TASKS[type].completion]) ? null : dayIn(row[TASKS[type].due]);
    return day ? [inRow(type, day, row, about)] : [];
  });
}

function hasOpenRow(answers: Data, type: "follow_up" | "review"): boolean {
  return rowsIn(answers, TASKS[type].section).some((row) => !given(row[TASKS[type].completion]));
}

function inRow(type: TaskType, day: string, row: Data, about: string): Task {
  const task: Task = { type, due_on: day };
  if (typeof row.unique_id === "string") task.row = row.unique_id;
  const detail = about ? row[about] : null;
  if (typeof detail === "string") task.detail = detail;
  return task;
}

/** The time limit after the last follow-up; before the first, after the plan. */
function nextFollowUp(answers: Data, decided: Decided): string | null {
  const done = rowsIn(answers, TASKS.follow_up.section).flatMap((row) => dayIn(row.followup_date) ?? []);
  const since = done.length > 0 ? done.sort()[done.length - 1] : dayIn(answers.date_case_plan);
  return within(since ?? null, limitOf(answers, decided, "days_between_follow_ups"));
}

/** What the last review or the plan agreed; where nothing was, the time limit after it. */
function nextReview(answers: Data, decided: Decided): string | null {
  const limit = limitOf(answers, decided, "days_between_reviews");
  let last: { day: string; row: Data } | null = null;
  for (const row of rowsIn(answers, TASKS.review.section)) {
    const day = dayIn(row.case_review_date);
    if (day && (!last || day > last.day)) last = { day, row };
  }
  if (last) return dayIn(last.row.case_review_next_date) ?? within(last.day, limit);
  const plan = dayIn(answers.date_case_plan);
  return plan ? (dayIn(answers.case_plan_review_date) ?? within(plan, limit)) : null;
}

function serviceDue(row: Data, decided: Decided): string | null {
  const appointment = dayIn(row.service_appointment_date);
  if (decided.due_date_from_appointment_date && appointment) return appointment;
  const frame = TIMEFRAME.exec(typeof row.service_response_timeframe === "string" ? row.service_response_timeframe : "");
  const moment = momentIn(row.service_response_day_time);
  if (moment === null || !frame) return null;
  const due = moment + Number(frame[1]) * (MINUTES[frame[2] ?? ""] ?? 0) * 60_000;
  return dayIn(dayThere(due, decided.time_zone ?? "UTC"));
}

/** The day that a moment falls on in a time zone. */
function dayThere(moment: number, timeZone: string): string {
  const format = new Intl.DateTimeFormat("en-u-nu-latn", { calendar: "gregory", timeZone, year: "numeric", month: "2-digit", day: "2-digit" });
  const parts = new Map(format.formatToParts(moment).map((part) => [part.type, part.value]));
  return `${(parts.get("year") ?? "").padStart(4, "0")}-${parts.get("month") ?? ""}-${parts.get("day") ?? ""}`;
}

function momentIn(value: Json | undefined): number | null {
  if (typeof value !== "string" || !/^\d{4}-\d{2}-\d{2}/.test(value)) return null;
  const zoned = value.length <= 10 || /(Z|[+-]\d{2}:?\d{2})$/.test(value) ? value : `${value}Z`;
  const moment = Date.parse(zoned);
  return Number.isNaN(moment) ? null : moment;
}

function limitOf(answers: Data, decided: Decided, name: string): number | null {
  const { timelines } = decided;
  const risk = answers.risk_level;
  if (!isMap(timelines) || typeof risk !== "string" || !Object.hasOwn(timelines, risk)) return null;
  const limits = timelines[risk];
  const days = isMap(limits) ? limits[name] : null;
  return typeof days === "number" && Number.isInteger(days) && days > 0 && days < 10_000 ? days : null;
}

function within(since: string | null, days: number | null): string | null {
  return since !== null && days !== null ? after(since, days) : null;
}

function after(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10);
}

function rowsIn(answers: Data, name: string): Data[] {
  const rows = answers[name];
  return Array.isArray(rows) ? rows.filter((row): row is Data => isMap(row)) : [];
}

function given(value: Json | undefined): boolean {
  return value !== null && value !== undefined && value !== "" && value !== false && value !== 0;
}

function dayIn(value: Json | undefined): string | null {
  const day = typeof value === "string" ? value.slice(0, 10) : "";
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day) || day > LAST) return null;
  const moment = Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(moment) || new Date(moment).toISOString().slice(0, 10) !== day ? null : day;
}
