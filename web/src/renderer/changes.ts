import { rowFields } from "./forms";
import type { Data, Field, Json } from "./types";
import { rowId, sameValue } from "./values";

/** One answer that changed. */
export interface FieldChange {
  field: Field | null;
  name: string;
  from: Json;
  to: Json;
}

/** One row of a subform: new, gone, or changed in some answers. */
export interface RowChange {
  kind: "added" | "removed" | "changed";
  row: Data;
  changes: FieldChange[];
}

/** Rows are one and the same by their `unique_id`. */
export function compareRows(field: Field, before: readonly Data[], after: readonly Data[]): RowChange[] {
  const old = new Map(before.map((row) => [rowId(row), row]));
  const kept = new Set(after.map(rowId));
  const nested = rowFields(field);
  const changes: RowChange[] = [];
  for (const row of after) {
    const was = old.get(rowId(row));
    if (was === undefined) {
      changes.push({ kind: "added", row, changes: differences(nested, {}, row) });
      continue;
    }
    const different = differences(nested, was, row);
    if (different.length > 0) changes.push({ kind: "changed", row, changes: different });
  }
  for (const row of before) if (!kept.has(rowId(row))) changes.push({ kind: "removed", row, changes: [] });
  return changes;
}

function differences(fields: readonly Field[], from: Data, to: Data): FieldChange[] {
  return fields
    .filter((field) => field.type !== "separator" && !sameValue(from[field.name], to[field.name]))
    .map((field) => ({ field, name: field.name, from: from[field.name] ?? null, to: to[field.name] ?? null }));
}
