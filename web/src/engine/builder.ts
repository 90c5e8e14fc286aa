/** Conditions as the form builder shows them: a short list of rows joined by and / or. */

import { COMPARISONS } from "./conditions";
import type { Json } from "./types";
import type { JsonMap } from "./values";
import { isList, isMap } from "./values";

export interface BuilderRow {
  readonly attribute: string;
  readonly constraint: string;
  readonly value: Json;
  readonly type?: string;
}

/** The expression that the builder's rows mean; "and" binds tighter than "or". */
export function conditionFromRows(rows: readonly BuilderRow[]): JsonMap {
  const groups: JsonMap[][] = [];
  for (const row of rows) {
    const group = groups[groups.length - 1];
    if (group === undefined || row.type === "or") groups.push([comparisonOf(row)]);
    else group.push(comparisonOf(row));
  }
  const members = groups.map((group) => (group.length === 1 ? (group[0] ?? {}) : { and: group }));
  return members.length > 1 ? { or: members } : (members[0] ?? {});
}

/** The builder's rows of an expression, or null when the builder cannot show it. */
export function rowsFromCondition(expression: unknown): BuilderRow[] | null {
  if (isMap(expression) && Object.keys(expression).length === 0) return [];
  const rows: BuilderRow[] = [];
  for (const member of membersOf(expression, "or") ?? [expression]) {
    for (const [position, part] of (membersOf(member, "and") ?? [member]).entries()) {
      const row = rowOf(part);
      if (row === null) return null;
      rows.push(rows.length === 0 ? row : { ...row, type: position > 0 ? "and" : "or" });
    }
  }
  return rows;
}

function comparisonOf(row: BuilderRow): JsonMap {
  const operator = Array.isArray(row.value) ? "in" : COMPARISONS.includes(row.constraint) ? row.constraint : "eq";
  const value = operator === "in" && !Array.isArray(row.value) ? [row.value] : row.value;
  return { [operator]: Object.fromEntries([[row.attribute, value]]) };
}

function membersOf(expression: unknown, operator: string): readonly unknown[] | null {
  if (!isMap(expression) || Object.keys(expression).length !== 1) return null;
  const members = expression[operator];
  return isList(members) && members.length > 0 ? members : null;
}

function rowOf(part: unknown): BuilderRow | null {
  if (!isMap(part)) return null;
  const [comparison, ...others] = Object.entries(part);
  if (comparison === undefined || others.length > 0 || !COMPARISONS.includes(comparison[0]) || !isMap(comparison[1])) return null;
  const [asked, ...more] = Object.entries(comparison[1]);
  if (asked === undefined || more.length > 0) return null;
  return { attribute: asked[0], constraint: comparison[0], value: asked[1] as Json };
}
