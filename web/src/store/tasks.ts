import { useEffect, useMemo } from "preact/compat";
import type { Answer, Refusal, Request, Shape } from "~/api";
import { nearness, type Decided, type Task } from "~/engine/due";
import type { Answers } from "~/engine";
import { isObject, stable, type Json, type JsonObject } from "~/lib/json";
import { useWatched, watched, type Watched } from "~/lib/watched";
import { questionsOf } from "./derive";
import { isAskedFor, seenBy, tasksHere, withHers, type TaskNow, type TasksAsked } from "./kept/due";
import { isAway } from "./kept/kept";
import { todayHere } from "./kept/finding";
import { listOf, metadataOf } from "./reading";
import { resource, useResource, type Resource } from "./resource";
import type { DataSource } from "./source";
import type { Loaded, OutboxItem, Outcome, RecordView, Save } from "./types";

export { isAskedFor, taskKey, type Nearness, type TaskNow, type TasksAsked } from "./kept/due";

export type CaseloadView = Shape<"Caseload">;

export interface TaskPage {
  rows: TaskNow[];
  total: number;
  totalExact: boolean;
}

const ASKED_KEPT = 12;

/** What changing a task needs of the rest of the store. */
export interface TaskRoads {
  ask: (path: string, request?: Request) => Promise<Answer>;
  onRefusal: (refusal: Refusal) => void;
  /** The case as it lies on this device; null when it is not kept. */
  kept: (id: string) => Promise<Pick<RecordView, "data" | "revision"> | null>;
  /** The case as the server has it. Raises Refusal or Unreachable. */
  fetch: (id: string) => Promise<Pick<RecordView, "data" | "revision">>;
  items: () => readonly OutboxItem[];
  save: (save: Save) => Promise<Outcome>;
}

/** What is due, and completing or re-dating it: an ordinary change of the answers of the case. */
export class Tasks {
  private readonly known = new Map<string, Resource<TaskPage>>();
  private loads: Resource<CaseloadView[]> | null = null;
  private readonly taken = watched<ReadonlyMap<string, number>>(new Map());

  constructor(private readonly roads: TaskRoads) {}

  /** Her team: each worker with her caseload and what is late in it. */
  team(): Resource<CaseloadView[]> {
    this.loads ??= resource<CaseloadView[]>({ fetch: async () => listOf<CaseloadView>((await this.roads.ask("/cpims/v1/team")).body), onRefusal: this.roads.onRefusal });
    return this.loads;
  }

  /** When the server last took something of hers, by case: what it had told before is older. */
  get settled(): Watched<ReadonlyMap<string, number>> {
    return this.taken;
  }

  /** A page of tasks as the server has them. */
  search(asked: TasksAsked): Resource<TaskPage> {
    const key = stable(asked);
    const known = this.known.get(key);
    this.known.delete(key);
    const found = known ?? resource<TaskPage>({ fetch: () => this.fetchPage(asked), onRefusal: this.roads.onRefusal });
    this.known.set(key, found);
    const oldest = this.known.keys().next().value;
    if (this.known.size > ASKED_KEPT && oldest !== undefined) this.known.delete(oldest);
    return found;
  }

  /**
   * Changes the answers that a task follows from. `change` makes them from the task; null when it cannot be changed so.
   * Raises Refusal or Unreachable when the case is not on this device and cannot be had.
   */
  async change(task: Pick<TaskNow, "id">, change: Answers): Promise<Outcome> {
    const kept = await this.roads.kept(task.id);
    let record = kept ?? (await this.recordOf(task.id));
    let seen = seenBy(record.data, record.revision, this.roads.items(), task.id);
    if (kept !== null && Object.entries(change).some(([name, value]) => stable(value ?? null) === stable(seen[name] ?? null))) {
      // What lies here may be older than what she was shown: an answer that changes nothing here may change something there.
      record = await this.recordOf(task.id).catch(() => kept);
      seen = seenBy(record.data, record.revision, this.roads.items(), task.id);
    }
    const values: JsonObject = Object.fromEntries(Object.keys(change).map((name) => [name, seen[name] ?? null]));
    const base = record.revision === null ? null : { revision: record.revision, values };
    // What was refused of this case stays hers to correct: this change carries none of it.
    return this.roads.save({ kind: "cases", id: task.id, create: false, data: { ...change } as JsonObject, base, replaces: [] });
  }

  /** Something of hers was taken by the server: what is shown of tasks is asked for anew, the rest is forgotten. */
  confirmed(ids: readonly string[]): void {
    const at = Date.now();
    this.taken.update((all) => new Map([...all, ...ids.map((id) => [id, at] as const)]));
    const shown = [...this.known].at(-1);
    for (const key of [...this.known.keys()]) if (key !== shown?.[0]) this.known.delete(key);
    void shown?.[1].refresh();
  }

  /** What could not be had is asked for again. */
  refreshFailed(): void {
    for (const one of [...this.known.values(), ...(this.loads ? [this.loads] : [])]) if (one.get().error !== null) void one.refresh();
  }

  forget(): void {
    this.known.clear();
    this.loads = null;
    this.taken.set(new Map());
  }

  /** A case registered here and not sent has nothing stored. */
  private async recordOf(id: string): Promise<Pick<RecordView, "data" | "revision">> {
    const isNew = this.roads.items().some((item) => item.record === id && item.action === "register_case" && item.state !== "confirmed");
    return isNew ? { data: {}, revision: null } : this.roads.fetch(id);
  }

  private async fetchPage({ everybody, workers, types, due, page, per }: TasksAsked): Promise<TaskPage> {
    const whose = workers.length > 0 ? { workers } : everybody ? { everybody } : {};
    const { body } = await this.roads.ask("/cpims/v1/tasks/search", { method: "POST", body: { ...whose, types, due, page, per } });
    const metadata = metadataOf<Shape<"TaskPage">>(body);
    const rows = listOf<Shape<"Task">>(body).map(readTask);
    return { rows, total: metadata.total ?? rows.length, totalExact: metadata.total_exact !== false };
  }
}

function readTask(told: Shape<"Task">): TaskNow {
  const task: Task = { type: told.type, due_on: told.due_on };
  if (told.row) task.row = told.row;
  if (told.detail) task.detail = told.detail;
  return { ...task, id: told.id, code: told.record_id_display, name: told.name ?? "", risk: told.priority, ownedBy: told.owned_by, module: told.module_id, state: null };
}

export interface TasksNow extends Pick<Loaded<TaskPage>, "loading" | "error"> {
  rows: readonly TaskNow[] | null;
  total: number;
  totalExact: boolean;
  /** It was worked out on this device. */
  isHere: boolean;
  /** When what is shown came from the server. */
  at: number | null;
}

/** What decides about days: the settings of the instance, and where it is. */
export function useDecided(source: DataSource): Decided {
  const settings = useResource(source.settings(), 3600);
  const session = useWatched(source.session);
  const zone = session.status === "in" ? session.session.timeZone : "UTC";
  return useMemo(() => decidedBy(settings.value?.system_options, zone), [settings.value, zone]);
}

export function decidedBy(options: unknown, timeZone: string): Decided {
  const told = isObject(options) ? options : {};
  return { timelines: (told["timelines"] as Json | undefined) ?? {}, due_date_from_appointment_date: told["due_date_from_appointment_date"] ?? false, time_zone: timeZone };
}

/**
 * Tasks as she sees them now: until the server has answered, and without it, worked out from the cases on this device;
 * else as the server tells them, with her unsent work in them.
 */
export function useTasks(source: DataSource, asked: TasksAsked): TasksNow {
  const loaded = useResource(source.tasks.search(asked), 60);
  const items = useWatched(source.outbox.items);
  const kept = useWatched(source.kept.state);
  const summaries = useWatched(source.kept.summaries);
  const settled = useWatched(source.tasks.settled);
  const session = useWatched(source.session);
  const forms = useWatched(source.forms());
  const decided = useDecided(source);
  const userName = session.status === "in" ? session.session.userName : "";
  const today = todayHere();
  const key = stable(asked);
  const isMine = !asked.everybody && asked.workers.length === 0;
  // A refusal is an answer. Who keeps nothing, as a supervisor may, knows of no tasks but her own, and waits for the server.
  const isAlone = loaded.error === null ? loaded.value === null : isAway(loaded.error);
  const isHere = isAlone && (kept.count > 0 || (isMine && kept.filled && loaded.value === null));
  // The feed brought what others did: what the server said before is old.
  useEffect(() => {
    void source.tasks.search(asked).refresh(60);
  }, [kept.lastSync, key]);
  return useMemo(() => {
    const asks = questionsOf(forms.value ?? []).map((field) => field.name);
    const here = { summaries, items, decided, asked: asks, userName };
    const fits = (task: TaskNow): boolean => isAskedFor(task, asked, userName, today);
    const { loading, error } = loaded;
    if (isHere) {
      const all = tasksHere(here).filter(fits);
      return { rows: all.slice((asked.page - 1) * asked.per, asked.page * asked.per), total: all.length, totalExact: true, isHere, at: kept.lastSync, loading, error };
    }
    if (loaded.value === null) return { rows: null, total: 0, totalExact: true, isHere, at: null, loading, error };
    const { rows, total, totalExact } = loaded.value;
    const at = loaded.at ?? 0;
    // What the server took after it had told this page is not in the page either.
    const since = items.filter((item) => item.state !== "confirmed" || (settled.get(item.record) ?? 0) >= at);
    const isNew = (id: string): boolean => since.some((item) => item.record === id && item.action === "register_case" && item.state !== "confirmed");
    const again = new Map([...new Set(since.map((item) => item.record))].filter((id) => summaries.has(id) || isNew(id)).map((id): [string, TaskNow[]] => [id, []]));
    if (again.size > 0) for (const task of tasksHere(here, new Set(again.keys()))) again.get(task.id)?.push(task);
    const now = withHers(rows, since, again, fits, total <= asked.per);
    return { rows: now, total: Math.max(total + now.length - rows.length, now.length), totalExact, isHere, at, loading, error };
  }, [loaded, items, summaries, settled, decided, forms.value, userName, today, isHere, isHere ? kept.lastSync : null, key]);
}

export interface DueSplit {
  overdue: TaskNow[];
  today: TaskNow[];
  week: TaskNow[];
}

/** What is late, what is for today, and what comes within a week. */
export function splitDue(rows: readonly TaskNow[], today: string): DueSplit {
  const found: DueSplit = { overdue: [], today: [], week: [] };
  for (const row of rows) {
    const near = nearness(row, today);
    if (near !== "later") found[near === "overdue" ? "overdue" : row.due_on === today ? "today" : "week"].push(row);
  }
  return found;
}
