import { nearness, TASKS, tasksOf, type Decided, type Task } from "~/engine/due";
import type { Section } from "~/renderer/forms";
import { labelOf } from "~/renderer/sources";
import type { Data, Field } from "~/renderer/types";
import { isBlank, rowId, rowsOf, textOf } from "~/renderer/values";
import type { Setup } from "../record/setup";

export interface DueTask extends Task {
  near: "overdue" | "soon" | "later";
}

/** Rows that were planned without a day by which: they are in no list of what is due, and must not be forgotten for that. */
export interface Undated {
  type: "follow_up" | "service";
  row: string;
  detail: string;
  /** The appointment, where there is one. */
  day: string;
}

/** What is due in an open case, the earliest first. */
export function dueIn(data: Data, decided: Decided, today: string): DueTask[] {
  if (data["status"] !== undefined && data["status"] !== "open") return [];
  if (data["record_state"] === false) return [];
  const tasks = tasksOf(data, decided).map((task): DueTask => ({ ...task, near: nearness(task, today) }));
  return tasks.sort((a, b) => (a.due_on < b.due_on ? -1 : a.due_on > b.due_on ? 1 : 0));
}

export function undatedIn(data: Data, tasks: readonly Task[]): Undated[] {
  if (data["status"] !== undefined && data["status"] !== "open") return [];
  const dated = new Set(tasks.map((task) => task.row));
  return (["follow_up", "service"] as const).flatMap((type) =>
    rowsOf(data[TASKS[type].section])
      .filter((row) => isBlank(row[TASKS[type].completion]) && !dated.has(rowId(row)))
      .map((row) => ({ type, row: rowId(row), detail: textOf(row[ABOUT[type]]), day: textOf(row[TASKS[type].due]).slice(0, 10) })),
  );
}

const ABOUT = { follow_up: "followup_type", service: "service_type" } as const;

/** Which service, which follow-up, as the forms call it. */
export function detailOf(task: { type: string; detail?: string | undefined }, setup: Setup): string {
  if (!task.detail || (task.type !== "follow_up" && task.type !== "service")) return "";
  const field = setup.fields.get(TASKS[task.type].section)?.subform?.fields.find((one) => one.name === ABOUT[task.type as "follow_up"]);
  return field === undefined ? "" : labelOf(field, task.detail, setup.sources);
}

/** The section in which a task is answered, and whether she may answer it there. */
export function sectionOf(task: Pick<Task, "type">, sections: readonly Section[]): Section | undefined {
  const { section, completion } = TASKS[task.type];
  const asked = section || completion;
  const holding = sections.filter((one) => one.form.fields.some((field) => field.name === asked));
  return holding.find((one) => one.writable) ?? holding[0];
}

/** The question that completes a task or holds its day, where she may answer it. */
export function questionOf(task: Pick<Task, "type">, to: "completion" | "due", setup: Setup): Field | null {
  const { section } = TASKS[task.type];
  const name = TASKS[task.type][to];
  const top = setup.sections
    .filter((one) => one.writable)
    .flatMap((one) => one.form.fields)
    .find((field) => field.name === (section || name) && field.disabled !== true && field.visible !== false);
  const field = section ? top?.subform?.fields.find((one) => one.name === name) : top;
  return field === undefined || field.disabled === true || field.visible === false ? null : field;
}
