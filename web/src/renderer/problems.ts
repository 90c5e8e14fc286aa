import type { Section } from "./forms";
import type { Data, Field, Json, Problem } from "./types";
import { pointerOf, rowId, rowsOf, stepsOf } from "./values";

type Listener = (changed: ReadonlySet<string>) => void;
type Shown = ReadonlyMap<string, readonly Problem[]>;

/**
 * The problems a worker sees now. They appear together when she saves (or beside a field she leaves), and each goes away
 * by itself as soon as its cause does; nothing new pops up while she types.
 */
export class ProblemBook {
  #shown: Shown = new Map();
  #listeners = new Set<Listener>();
  /** What a refused answer was when it was refused: another answer takes the refusal away. */
  #refusedAt = new Map<string, Json | undefined>();

  all(): Shown {
    return this.#shown;
  }

  list(): Problem[] {
    return [...this.#shown.values()].flat();
  }

  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  show(problems: readonly Problem[]): void {
    this.#refusedAt.clear();
    this.#replace(problems);
  }

  /** The server said no: kept until that answer is another one. */
  refuse(problems: readonly Problem[], answers: Data): void {
    for (const { pointer } of problems) this.#refusedAt.set(pointer, answerAt(answers, pointer));
    this.#replace([...this.list().filter((one) => one.kind !== "refused"), ...problems]);
  }

  /** Beside a field that was left: what is wrong with it, not yet what is missing. */
  touch(pointer: string, fresh: readonly Problem[]): void {
    const isHere = (one: Problem): boolean => one.pointer === pointer || one.pointer.startsWith(`${pointer}/`);
    const here = fresh.filter((one) => isHere(one) && one.kind !== "incomplete");
    const others = this.list().filter((one) => !isHere(one) || one.kind === "refused" || one.kind === "incomplete");
    this.#replace([...others, ...here]);
  }

  /** After a change: drops what is no longer so, adds nothing. */
  recheck(fresh: readonly Problem[], answers: Data): void {
    if (this.#shown.size === 0) return;
    const still = new Set(fresh.map((one) => `${one.pointer} ${one.code}`));
    this.#replace(
      this.list().filter((one) =>
        one.kind === "refused" ? Object.is(this.#refusedAt.get(one.pointer), answerAt(answers, one.pointer)) : still.has(`${one.pointer} ${one.code}`),
      ),
    );
  }

  clear(): void {
    this.show([]);
  }

  #replace(problems: readonly Problem[]): void {
    const before = this.#shown;
    const after = new Map<string, readonly Problem[]>();
    for (const one of problems) after.set(one.pointer, [...(after.get(one.pointer) ?? []), one]);
    const changed = new Set<string>();
    for (const pointer of new Set([...before.keys(), ...after.keys()])) {
      const old = before.get(pointer) ?? [];
      const now = after.get(pointer) ?? [];
      if (old.length === now.length && old.every((one, at) => one.code === now[at]?.code && one.kind === now[at]?.kind)) {
        if (old.length > 0) after.set(pointer, old);
      } else changed.add(pointer);
    }
    this.#shown = after;
    if (changed.size > 0) for (const listener of [...this.#listeners]) listener(changed);
  }
}

/** The answer a pointer names; rows by `unique_id` or by place. */
export function answerAt(data: Data, pointer: string): Json | undefined {
  let here: Json | undefined = data;
  for (const step of stepsOf(pointer)) {
    if (Array.isArray(here)) here = here.find((row, at) => (row !== null && typeof row === "object" && !Array.isArray(row) && row["unique_id"] === step) || String(at) === step);
    else if (here !== null && typeof here === "object") here = here[step];
    else return undefined;
  }
  return here;
}

/** Rows are named by `unique_id` on the screen: their place moves when one above is removed. */
export function nameRows(pointer: string, data: Data): string {
  const steps = stepsOf(pointer);
  const named: string[] = [];
  let here: Json | undefined = data;
  for (const step of steps) {
    if (Array.isArray(here)) {
      const row: Data | undefined = /^\d+$/.test(step) ? rowsOf(here)[Number(step)] : rowsOf(here).find((one) => rowId(one) === step);
      named.push(row === undefined ? step : rowId(row) || step);
      here = row;
    } else {
      named.push(step);
      here = here !== null && typeof here === "object" ? here[step] : undefined;
    }
  }
  return pointerOf(...named);
}

/** Where a problem stands: the section, the field, and the rows on the way to it. */
export interface Spot {
  section: Section;
  field: Field;
  rows: { field: Field; id: string }[];
}

/** Finds the section to open, the writable one first; `null` for a field she does not see. */
export function locate(pointer: string, sections: readonly Section[], preferred?: string): Spot | null {
  const steps = stepsOf(pointer);
  const name = steps[0];
  if (name === undefined) return null;
  const candidates = sections
    .map((section) => ({ section, field: section.form.fields.find((field) => field.name === name && field.visible !== false) }))
    .filter((one): one is { section: Section; field: Field } => one.field !== undefined);
  const rank = ({ section }: { section: Section }) => (section.form.unique_id === preferred ? 2 : 0) + (section.writable ? 1 : 0);
  const best = candidates.sort((a, b) => rank(b) - rank(a))[0];
  if (best === undefined) return null;
  let field = best.field;
  const rows: Spot["rows"] = [];
  for (let at = 1; at + 1 <= steps.length && field.type === "subform"; at += 2) {
    const id = steps[at];
    if (id === undefined) break;
    rows.push({ field, id });
    const inner = steps[at + 1];
    const nested = inner === undefined ? undefined : field.subform?.fields.find((one) => one.name === inner);
    if (nested === undefined) break;
    field = nested;
  }
  return { section: best.section, field, rows };
}

/** The id of the element that takes the focus for this answer. */
export function inputId(pointer: string): string {
  return `answer${pointer.replaceAll("/", "-").replaceAll("~", "_")}`;
}

/** Problems in the order a worker meets them: by section, field, row. */
export function inReadingOrder(problems: readonly Problem[], sections: readonly Section[]): Problem[] {
  const place = (problem: Problem): [number, number] => {
    const spot = locate(problem.pointer, sections);
    if (spot === null) return [sections.length, 0];
    const first = spot.rows[0]?.field ?? spot.field;
    return [sections.indexOf(spot.section), spot.section.form.fields.indexOf(first)];
  };
  return problems
    .map((problem) => ({ problem, at: place(problem) }))
    .sort((a, b) => a.at[0] - b.at[0] || a.at[1] - b.at[1])
    .map(({ problem }) => problem);
}
