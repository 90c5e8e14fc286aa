/** Form logic as the renderer asks for it. The law itself is `engine/`, shared with the server by test vectors. */
import * as engine from "~/engine";
import type { Data, Expression, Field, Form, Json, Lookup, Problem } from "./types";
import { sameValue } from "./values";

type Lookups = ReadonlyMap<string, Lookup>;

export function fieldShown(field: Field, record: Data, row?: Data): boolean {
  return engine.fieldShown(field, record, row).shown;
}

const known = new WeakMap<Lookups, Record<string, string[]>>();

function idsOf(lookups: Lookups): Record<string, string[]> {
  const ids = known.get(lookups) ?? Object.fromEntries([...lookups].map(([id, lookup]) => [id, lookup.values.map((option) => option.id)]));
  known.set(lookups, ids);
  return ids;
}

/** Is the form offered for this record? */
export function formOffered(form: Form, record: Data): boolean {
  return engine.formShown(form.display_conditions ?? null, record).shown;
}

export function rowsOffered(conditions: Expression | null | undefined, rows: Data[]): Data[] {
  return conditions === null || conditions === undefined ? rows : engine.rowsShown(conditions, rows).rows;
}

export function optionsOffered(field: Field, record: Data, row: Data | undefined, lookups: Lookups): string[] {
  return engine.optionsOffered(field, record, row, Object.fromEntries([...lookups].map(([id, lookup]) => [id, lookup.values])));
}

/** The record with its calculated answers; what did not change stays the very same thing, so that nothing redraws for it. */
export function calculated(fields: readonly Field[], data: Data): Data {
  const computed = fields.filter((field) => field.calculation || (field.type === "tally_field" && field.autosum_total));
  if (computed.length === 0) return data;
  const { data: after } = engine.calculate(fields, data);
  const changed = computed.filter((field) => !sameValue(after[field.name], data[field.name]));
  return changed.length === 0 ? data : { ...data, ...Object.fromEntries(changed.map((field) => [field.name, after[field.name] ?? null])) };
}

export function findProblems(fields: readonly Field[], data: Data, stored: Data, lookups: Lookups, now: string): Problem[] {
  const ids = idsOf(lookups);
  const sent = Object.fromEntries(fields.map((field) => [field.name, data[field.name] ?? null]));
  return engine.checkAnswers(fields, sent, { record: data, stored, lookups: ids, now, partial: false });
}

export interface Merged {
  data: Data;
  conflicts: { pointer: string; kind: string; base: Json; mine: Json; theirs: Json }[];
}

/** Her answers on top of what somebody else saved in the meantime. */
export function mergeThreeWay(base: Data, mine: Data, theirs: Data, fields: readonly Field[]): Merged {
  const { merged, conflicts } = engine.mergeThreeWay(base, mine, theirs, fields);
  return { data: merged, conflicts };
}
