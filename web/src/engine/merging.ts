/** How changes come together: a PATCH into a stored record, and two edits made from the same base. */

import { withTotal } from "./calculations";
import type { Answers, Data, Field, Json } from "./types";
import { answer, escaped, has, isMap, mapOf, same } from "./values";

const IDENTITY = "unique_id";
const REMOVED = "_destroy";

export type NewId = () => string;
export type ConflictKind = "value" | "removed_by_mine" | "removed_by_theirs";

/** What only a person can decide; rows in the pointer are named by their `unique_id`. */
export interface Conflict {
  pointer: string;
  kind: ConflictKind;
  base: Json;
  mine: Json;
  theirs: Json;
}

export interface Merged {
  merged: Data;
  conflicts: Conflict[];
}

/** The record after a PATCH: objects merge key by key, rows by `unique_id`, everything else is replaced. */
export function mergePatch(before: Answers, patch: Answers, newId: NewId): Data {
  const merged = new Map<string, Json>(Object.entries(before));
  for (const [key, value] of Object.entries(patch)) merged.set(key, patched(merged.get(key) ?? null, value, newId));
  return mapOf(merged);
}

/** Two edits of one record brought together. In a conflict the merged record holds theirs; mine is in the conflict. */
export function mergeThreeWay(base: Answers, mine: Answers, theirs: Answers, fields: readonly Field[] = []): Merged {
  const conflicts: Conflict[] = [];
  return { merged: objects(base, mine, theirs, byName(fields), "", conflicts), conflicts };
}

/** A worker's change applied to what is stored now, given the answers she saw; a key she saw nothing of overwrites. */
export function mergeEdit(seen: Answers, patch: Answers, stored: Answers, fields: readonly Field[], newId: NewId): Merged {
  const keys = Object.keys(patch);
  const base = mapOf(keys.map((key) => [key, has(seen, key) ? answer(seen, key) : answer(stored, key)]));
  const theirs = mapOf(keys.map((key) => [key, answer(stored, key)]));
  const { merged, conflicts } = mergeThreeWay(base, mergePatch(base, patch, newId), theirs, fields);
  return { merged: { ...stored, ...merged }, conflicts };
}

function isRows(value: Json): value is Data[] {
  return Array.isArray(value) && value.length > 0 && value.every(isMap);
}

function patched(before: Json, value: Json, newId: NewId): Json {
  if (isMap(value)) return mergePatch(isMap(before) ? before : {}, value, newId);
  if (isRows(value)) return patchedRows(isRows(before) ? before : [], value, newId);
  return Array.isArray(value) && value.length === 0 && isRows(before) ? before : value;
}

function patchedRows(before: readonly Answers[], sent: readonly Answers[], newId: NewId): Data[] {
  const rows = new Map<string, Data>();
  for (const row of before) {
    const identity = identityOf(row) ?? newId();
    rows.set(identity, { ...row, [IDENTITY]: identity });
  }
  for (const row of sent) {
    const identity = identityOf(row) ?? newId();
    if (answer(row, REMOVED) === true) {
      rows.delete(identity);
      continue;
    }
    const change = mapOf([...Object.entries(row).filter(([key]) => key !== REMOVED), [IDENTITY, identity]]);
    rows.set(identity, mergePatch(rows.get(identity) ?? {}, change, newId));
  }
  return [...rows.values()];
}

function identityOf(row: Answers): string | null {
  const identity = answer(row, IDENTITY);
  return typeof identity === "string" && identity !== "" ? identity : null;
}

type Fields = ReadonlyMap<string, Field>;

function byName(fields: readonly Field[]): Fields {
  const named = new Map<string, Field>();
  for (const field of fields) if (!named.has(field.name)) named.set(field.name, field);
  return named;
}

const NO_FIELDS: Fields = new Map();

function objects(base: Answers, mine: Answers, theirs: Answers, fields: Fields, pointer: string, conflicts: Conflict[]): Data {
  const keys = new Set([...Object.keys(theirs), ...Object.keys(mine), ...Object.keys(base)]);
  return mapOf(
    [...keys].map((key) => [key, merge(answer(base, key), answer(mine, key), answer(theirs, key), fields.get(key), `${pointer}/${escaped(key)}`, conflicts)]),
  );
}

function merge(base: Json, mine: Json, theirs: Json, field: Field | undefined, pointer: string, conflicts: Conflict[]): Json {
  if (same(mine, theirs) || same(base, mine)) return theirs;
  if (same(base, theirs)) return mine;
  if (field?.calculation || field?.subform_summary) return theirs;
  if (isMap(mine) && isMap(theirs) && (base === null || isMap(base))) return tally(base ?? {}, mine, theirs, field, pointer, conflicts);
  const sides = [base, mine, theirs];
  if (sides.some(isRows) && sides.every(isRowsOrNone)) {
    const merged = rowsOf(rowList(base), rowList(mine), rowList(theirs), field, pointer, conflicts);
    return merged.length > 0 ? merged : emptied(mine, theirs);
  }
  conflicts.push({ pointer, kind: "value", base, mine, theirs });
  return theirs;
}

function isRowsOrNone(value: Json): boolean {
  return value === null || (Array.isArray(value) && value.every(isMap));
}

function rowList(value: Json): Data[] {
  return isRows(value) ? value : [];
}

function emptied(mine: Json, theirs: Json): Json {
  if (!isRows(theirs)) return theirs;
  return isRows(mine) ? [] : mine;
}

function tally(base: Answers, mine: Answers, theirs: Answers, field: Field | undefined, pointer: string, conflicts: Conflict[]): Json {
  if (field?.autosum_total !== true) return objects(base, mine, theirs, NO_FIELDS, pointer, conflicts);
  const counts = (side: Answers) => mapOf(Object.entries(side).filter(([key]) => key !== "total"));
  return withTotal(field, objects(counts(base), counts(mine), counts(theirs), NO_FIELDS, pointer, conflicts));
}

function rowsOf(base: readonly Data[], mine: readonly Data[], theirs: readonly Data[], field: Field | undefined, pointer: string, conflicts: Conflict[]): Data[] {
  const nested = byName(field?.subform?.fields ?? []);
  const was = byIdentity(base);
  const mineById = byIdentity(mine);
  const kept = byIdentity(theirs);
  const merged: Data[] = [];
  for (const row of theirs) {
    const identity = identityOf(row);
    const before = identity === null ? undefined : was.get(identity);
    const changed = identity === null ? undefined : mineById.get(identity);
    const at = `${pointer}/${escaped(identity ?? "")}`;
    if (changed !== undefined) merged.push(objects(before ?? {}, changed, row, nested, at, conflicts));
    else if (before === undefined) merged.push(row);
    else if (!same(before, row)) {
      conflicts.push({ pointer: at, kind: "removed_by_mine", base: before, mine: null, theirs: row });
      merged.push(row);
    }
  }
  for (const row of mine) {
    const identity = identityOf(row);
    if (identity === null) {
      if (![...theirs, ...base].some((other) => same(row, other))) merged.push(row);
      continue;
    }
    if (kept.has(identity)) continue;
    const before = was.get(identity);
    if (before === undefined) merged.push(row);
    else if (!same(before, row)) conflicts.push({ pointer: `${pointer}/${escaped(identity)}`, kind: "removed_by_theirs", base: before, mine: row, theirs: null });
  }
  return merged;
}

function byIdentity(rows: readonly Data[]): Map<string, Data> {
  return new Map(
    rows.flatMap((row) => {
      const identity = identityOf(row);
      return identity === null ? [] : [[identity, row] as const];
    }),
  );
}
