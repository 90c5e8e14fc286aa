import type { TaskType } from "~/engine/due";
import type { Nearness, TasksAsked } from "~/store";

export const TYPES: readonly TaskType[] = ["assessment", "case_plan", "follow_up", "service", "review"];
export const NEARNESS: readonly Nearness[] = ["overdue", "soon", "later"];
export const PER_PAGE = 20;

/** Which tasks, as it stands in an address. Whose they are, by name, stands in the history entry only. */
export function readState(query: URLSearchParams, beside: Readonly<Record<string, unknown>>): TasksAsked {
  const page = Number(query.get("page"));
  const workers = beside["workers"];
  return {
    everybody: query.get("all") === "1",
    workers: Array.isArray(workers) ? workers.filter((one): one is string => typeof one === "string") : [],
    types: TYPES.filter((one) => partsOf(query.get("kind")).includes(one)),
    due: NEARNESS.filter((one) => partsOf(query.get("due")).includes(one)),
    page: Number.isInteger(page) && page > 0 ? page : 1,
    per: PER_PAGE,
  };
}

export function writeState(asked: TasksAsked): string {
  const query = new URLSearchParams();
  if (asked.types.length > 0) query.set("kind", asked.types.join(","));
  if (asked.due.length > 0) query.set("due", asked.due.join(","));
  if (asked.everybody) query.set("all", "1");
  if (asked.page > 1) query.set("page", String(asked.page));
  const text = query.toString();
  return text === "" ? "/tasks" : `/tasks?${text}`;
}

export function besideOf(asked: TasksAsked): Record<string, unknown> {
  return asked.workers.length > 0 ? { workers: [...asked.workers] } : {};
}

function partsOf(text: string | null): string[] {
  return (text ?? "").split(",").filter(Boolean);
}

export function toggled<T>(all: readonly T[], one: T): T[] {
  return all.includes(one) ? all.filter((other) => other !== one) : [...all, one];
}
