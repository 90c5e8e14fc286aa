import type { Data, Field, Json } from "./types";
import { isBlank, isData, isSendable, rowId, rowsOf, sameValue } from "./values";

/**
 * What is to be sent: only the keys that changed; of a known row its `unique_id` and its changed keys, a new row whole,
 * a removed row as `_destroy`. A field that stands on several forms is one answer.
 */
export function buildPatch(fields: readonly Field[], base: Data, mine: Data): Data {
  const patch: Data = {};
  for (const field of fields) {
    if (!isSendable(field) || field.name in patch) continue;
    const change = changeOf(field, base[field.name], mine[field.name]);
    if (change !== undefined) patch[field.name] = change;
  }
  return patch;
}

/** What the worker saw under the keys she changed: the server merges against it. */
export function baseValues(base: Data, patch: Data): Data {
  return Object.fromEntries(Object.keys(patch).map((name) => [name, base[name] ?? null]));
}

/** A new record: every answer that is not blank. */
export function buildRegistration(fields: readonly Field[], mine: Data): Data {
  return buildPatch(fields, {}, mine);
}

function changeOf(field: Field, before: Json | undefined, after: Json | undefined): Json | undefined {
  if (field.type === "tick_box") return (before === true) === (after === true) ? undefined : after === true;
  if (sameValue(before, after)) return undefined;
  if (field.type === "subform") return rowChanges(field, rowsOf(before), rowsOf(after));
  if (field.type === "tally_field") return tallyChange(before, after);
  if (isBlank(after)) return field.multi_select ? [] : null;
  return after;
}

function rowChanges(field: Field, before: Data[], after: Data[]): Json | undefined {
  const known = new Map(before.map((row) => [rowId(row), row]));
  const kept = new Set(after.map(rowId));
  const nested = field.subform?.fields ?? [];
  const changes: Json[] = [];
  for (const row of after) {
    const id = rowId(row);
    const stored = known.get(id);
    if (stored === undefined) {
      changes.push({ ...wholeRow(nested, row), unique_id: id });
      continue;
    }
    const change = buildPatch(nested, stored, row);
    if (Object.keys(change).length > 0) changes.push({ ...change, unique_id: id });
  }
  for (const row of before) if (!kept.has(rowId(row))) changes.push({ unique_id: rowId(row), _destroy: true });
  return changes.length > 0 ? changes : undefined;
}

function wholeRow(nested: readonly Field[], row: Data): Data {
  return buildPatch(nested, {}, row);
}

function tallyChange(before: Json | undefined, after: Json | undefined): Json | undefined {
  const old = isData(before) ? before : {};
  const now = isData(after) ? after : {};
  const change: Data = {};
  for (const item of new Set([...Object.keys(old), ...Object.keys(now)]))
    if (!sameValue(old[item], now[item])) change[item] = now[item] ?? null;
  return Object.keys(change).length > 0 ? change : undefined;
}

/** How many answers the worker has changed: a row that was touched counts as one. */
export function countChanges(fields: readonly Field[], base: Data, mine: Data): number {
  return Object.values(buildPatch(fields, base, mine)).reduce<number>(
    (sum, change) => sum + (Array.isArray(change) && change.some(isData) ? change.length : 1),
    0,
  );
}
