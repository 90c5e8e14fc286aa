import { fillDue, nearness, TASKS, tasksOf, type Decided, type Task, type TaskType } from "~/engine/due";
import { isObject, type Json, type JsonObject } from "~/lib/json";
import { named, stateOf } from "../derive";
import { KINDS } from "../kinds";
import { isMaking, layOver } from "../outbox/acts";
import { mergeAnswers } from "../outbox/merging";
import type { ItemState, OutboxItem } from "../types";
import type { Summary } from "./summary";

export type Nearness = ReturnType<typeof nearness>;

/** Which tasks are asked for: her own, those of `workers`, or of everybody in sight. Empty lists do not narrow. */
export interface TasksAsked {
  everybody: boolean;
  workers: readonly string[];
  types: readonly TaskType[];
  due: readonly Nearness[];
  page: number;
  per: number;
}

/** Something to be done in a case, as the server tells it or as it was worked out here. */
export interface TaskNow extends Task {
  /** The case. */
  id: string;
  code: string;
  name: string;
  risk: string | null;
  ownedBy: string;
  module: string;
  /** How far what she changed in this case has come. */
  state: ItemState | null;
}

/** What tasks are worked out from, on this device. */
export interface Here {
  summaries: ReadonlyMap<string, Pick<Summary, "kind" | "row" | "due" | "revision">>;
  items: readonly OutboxItem[];
  decided: Decided;
  /** The questions that the forms of cases ask: only those are filled with a day by a time limit. */
  asked: readonly string[];
  userName: string;
}

const ALONE = [
  ...["assessment_due_date", "assessment_requested_on", "assessment_completed_on", "case_plan_due_date", "date_case_plan", "case_plan_review_date"],
  ...["registration_date", "risk_level"],
] as const;
const IN_ROWS: Readonly<Partial<Record<TaskType, readonly string[]>>> = {
  follow_up: ["followup_type"],
  service: ["service_type", "service_response_day_time", "service_response_timeframe"],
  review: ["case_review_next_date"],
};

/**
 * As much of a case as its tasks follow from: a few days, the rows that are open, and of those that are done the last,
 * from which the next one is counted.
 */
export function dueAnswers(values: JsonObject): JsonObject {
  const found = picked(values, ALONE);
  for (const [type, more] of Object.entries(IN_ROWS) as [TaskType, readonly string[]][]) {
    const { section, due, completion } = TASKS[type];
    const rows = values[section];
    const all = Array.isArray(rows) ? rows.filter(isObject) : [];
    const doneOn = (row: JsonObject): string => (typeof row[completion] === "string" ? row[completion] : "");
    const last = all.reduce<JsonObject | null>((best, row) => (doneOn(row) > (best ? doneOn(best) : "") ? row : best), null);
    const kept = all.filter((row) => row === last || !row[completion]);
    if (kept.length > 0) found[section] = kept.map((row) => picked(row, ["unique_id", due, completion, ...more]));
  }
  return found;
}

function picked(values: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(names.flatMap((name): [string, Json][] => (values[name] === undefined || values[name] === null ? [] : [[name, values[name]]])));
}

/**
 * What she did that is not in a case of this revision: it is on its way, or was taken a moment ago. A refused change is
 * told of elsewhere, and the task stands as before.
 */
function isUnseen(item: OutboxItem, revision: number | null): boolean {
  if (item.state === "confirmed") return item.base !== null && revision !== null && revision <= item.base.revision;
  return item.state !== "refused";
}

function byCase(items: readonly OutboxItem[]): Map<string, OutboxItem[]> {
  const found = new Map<string, OutboxItem[]>();
  for (const item of items) {
    const mine = found.get(item.record);
    if (mine) mine.push(item);
    else found.set(item.record, [item]);
  }
  return found;
}

/** The tasks of the open cases on this device with her unsent work in them (`only`: of these cases), the earliest first. */
export function tasksHere(here: Here, only: ReadonlySet<string> | null = null): TaskNow[] {
  const hers = byCase(here.items);
  const found: TaskNow[] = [];
  const take = (id: string, before: JsonObject, revision: number | null): void => {
    const all = hers.get(id) ?? [];
    const mine = all.filter((item) => isUnseen(item, revision));
    const laid = mine.length === 0 ? before : layOver(before, mine);
    if (laid["status"] !== "open" || laid["record_state"] === false) return;
    const answers = laid === before ? laid : fillDue(before, laid, here.decided, here.asked);
    for (const task of tasksOf(answers, here.decided)) found.push({ ...task, ...aboutCase(id, laid), state: stateOf(all.filter((item) => item.state !== "confirmed")) });
  };
  for (const [id, { kind, row, due, revision }] of here.summaries) if (kind === "cases" && (only === null || only.has(id))) take(id, { ...row, ...due }, revision);
  for (const [id, all] of hers) {
    const made = all.find((item) => item.kind === "cases" && isMaking(item) && isUnseen(item, null));
    if (made && !here.summaries.has(id) && (only === null || only.has(id))) take(id, { status: "open", owned_by: here.userName, registration_date: made.at.slice(0, 10) }, null);
  }
  return found.sort(byDay);
}

function byDay(a: TaskNow, b: TaskNow): number {
  const [one, other] = [`${a.due_on} ${a.id} ${a.type}`, `${b.due_on} ${b.id} ${b.type}`];
  return one < other ? -1 : one > other ? 1 : 0;
}

function aboutCase(id: string, data: JsonObject): Omit<TaskNow, keyof Task | "state"> {
  const text = (value: Json | undefined): string => (typeof value === "string" ? value : "");
  return {
    id,
    code: text(data["case_id_display"]) || text(data["short_id"]) || id.slice(-7),
    name: data["hidden_name"] === true && text(data["name"]) === "" ? "*" : text(named(data)["name"]),
    risk: text(data["risk_level"]) || null,
    ownedBy: text(data["owned_by"]),
    module: text(data["module_id"]),
  };
}

/** Whether a task is among those that were asked for. */
export function isAskedFor(task: TaskNow, asked: Omit<TasksAsked, "page" | "per">, userName: string, today: string): boolean {
  const whose = asked.workers.length > 0 ? asked.workers.includes(task.ownedBy) : asked.everybody || task.ownedBy === userName;
  return whose && (asked.types.length === 0 || asked.types.includes(task.type)) && (asked.due.length === 0 || asked.due.includes(nearness(task, today)));
}

/** One task of a case, and no other. */
export function taskKey(task: Pick<TaskNow, "id" | "type" | "row">): string {
  return `${task.id} ${task.type} ${task.row ?? ""}`;
}

/**
 * A page as the server told it, with what she did since (`items`) in it: of a case on this device its tasks are worked out anew
 * (`again`), of another one the tasks that she completed go and those that she re-dated move.
 */
export function withHers(rows: readonly TaskNow[], items: readonly OutboxItem[], again: ReadonlyMap<string, readonly TaskNow[]>, fits: (task: TaskNow) => boolean, isWhole: boolean): TaskNow[] {
  const hers = byCase(items);
  const told = new Set(rows.map(taskKey));
  const found = rows.flatMap((row): TaskNow[] => {
    const anew = again.get(row.id);
    if (anew) return anew.filter((one) => taskKey(one) === taskKey(row));
    const mine = hers.get(row.id) ?? [];
    const changed = mine.reduce<TaskNow | null>((task, item) => (task && item.state !== "refused" ? changedBy(task, item.data) : task), row);
    return changed === null ? [] : [{ ...changed, state: stateOf(mine.filter((item) => item.state !== "confirmed")) }];
  });
  // What follows from her change (the next follow-up after this one) joins where all there is stands on one page.
  if (isWhole) for (const tasks of again.values()) found.push(...tasks.filter((task) => !told.has(taskKey(task))));
  return found.filter(fits).sort(byDay);
}

function changedBy(task: TaskNow, data: JsonObject): TaskNow | null {
  const { section, due, completion } = TASKS[task.type];
  const rows = section ? data[section] : [data];
  const row = (Array.isArray(rows) ? rows : []).filter(isObject).find((one) => !section || one["unique_id"] === task.row);
  if (row === undefined) return task;
  if (row[completion]) return null;
  const day = row[due];
  return typeof day === "string" && day !== "" ? { ...task, due_on: day.slice(0, 10) } : task;
}

/** The record as she saw it when she changed a task: what is stored with her work that is not in it yet. */
export function seenBy(values: JsonObject, revision: number | null, items: readonly OutboxItem[], record: string): JsonObject {
  return items.filter((item) => item.record === record && isUnseen(item, revision)).reduce((data, item) => (item.action === KINDS[item.kind].amend || isMaking(item) ? mergeAnswers(data, item.data) : data), values);
}
