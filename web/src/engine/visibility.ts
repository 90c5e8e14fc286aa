/** What a worker sees: which fields, forms and rows are shown for these answers. */

import type { Condition } from "./conditions";
import { BrokenCondition, compileCondition, conditionOf } from "./conditions";
import type { Answers, Field } from "./types";
import { isAbsent } from "./values";

/** Is it shown; `problem` is the code of a broken condition, to be reported to whoever keeps the forms. */
export interface Shown {
  readonly shown: boolean;
  readonly problem: string | null;
}

export interface ShownRows<Row> {
  readonly rows: Row[];
  readonly problem: string | null;
}

export interface Container {
  /** Null: always shown. */
  readonly condition: Condition | null;
  readonly problem: string | null;
}

const ALWAYS: Container = { condition: null, problem: null };
const compiled = new WeakMap<object, Container>();

/** The condition in a container, compiled once; a broken one is never met and says why. */
export function compileContainer(container: unknown): Container {
  if (isAbsent(container)) return ALWAYS;
  if (typeof container !== "object") return compileNow(container);
  const known = compiled.get(container) ?? compileNow(container);
  compiled.set(container, known);
  return known;
}

function compileNow(container: unknown): Container {
  const expression = conditionOf(container);
  if (expression === undefined) return ALWAYS;
  try {
    return { condition: compileCondition(expression), problem: null };
  } catch (error) {
    if (error instanceof BrokenCondition) return { condition: () => false, problem: error.code };
    throw error;
  }
}

/** Is the field shown: its record condition asks the record, its row condition the row, both must hold? */
export function fieldShown(field: Field, record: Answers, row?: Answers): Shown {
  const byRecord = compileContainer(field.display_conditions_record);
  const byRow = row === undefined ? ALWAYS : compileContainer(field.display_conditions_subform);
  const shown = (byRecord.condition?.(record) ?? true) && (row === undefined || (byRow.condition?.(row) ?? true));
  return { shown, problem: byRecord.problem ?? byRow.problem };
}

/** Is the form offered; a record without any answer yet offers every form? */
export function formShown(displayConditions: unknown, record: Answers): Shown {
  if (Object.values(record).every(isAbsent)) return { shown: true, problem: null };
  const { condition, problem } = compileContainer(displayConditions);
  return { shown: condition?.(record) ?? true, problem };
}

/** The rows of a subform that this form shows, in stored order; the others stay stored. */
export function rowsShown<Row extends Answers>(displayConditions: unknown, rows: readonly Row[]): ShownRows<Row> {
  const { condition, problem } = compileContainer(displayConditions);
  return { rows: condition ? rows.filter((row) => condition(row)) : [...rows], problem };
}
