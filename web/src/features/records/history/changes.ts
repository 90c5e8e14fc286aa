import type { Shape } from "~/api";
import { compareRows, type FieldChange, type RowChange } from "~/renderer/changes";
import type { Field, Json } from "~/renderer/types";
import { isBlank, isData, rowsOf, sameValue } from "~/renderer/values";

export { compareRows, type FieldChange, type RowChange };

export interface SubformChange {
  field: Field;
  rows: RowChange[];
}

/** What of a history entry is told. */
export type HistoryItem = Pick<Shape<"HistoryEntry">, "datetime" | "user_name" | "action" | "record_changes"> & Partial<Pick<Shape<"HistoryEntry">, "event">>;

export interface Entry {
  key: string;
  at: string;
  who: string;
  action: string;
  /** Two people answered differently: what was let go, and beside it what was kept. */
  isLetGo: boolean;
  fields: FieldChange[];
  subforms: SubformChange[];
  /** Values the system keeps for itself. */
  technical: number;
}

/** What the system writes beside the answers: of no use to a reader of the history. */
const TECHNICAL = new Set([
  "last_updated_at",
  "last_updated_by",
  "last_updated_by_full_name",
  "last_updated_organization",
  "posted_at",
  "unique_identifier",
  "id",
  "short_id",
  "case_id",
  "revision",
  "module_id",
  "created_at",
  "created_by",
  "created_by_full_name",
  "created_organization",
  "created_by_groups",
  "created_agency_office",
  "created_by_agency",
  "owned_by_groups",
  "owned_by_agency_id",
  "owned_by_location",
  "owned_by_user_code",
  "owned_by_agency_office",
  "associated_user_names",
  "associated_user_groups",
  "associated_user_agencies",
  "reporting_location_hierarchy",
  "has_case_plan",
  "case_type",
  "record_in_scope",
  "followup_dates",
  "reunification_dates",
  "tracing_dates",
  "service_implemented_day_times",
  "assessment_due_dates",
  "case_plan_due_dates",
  "followup_due_dates",
  "service_due_dates",
]);

/** The server's history as a reader meets it: by field, by row, before and after. */
export function readHistory(items: readonly HistoryItem[], fields: ReadonlyMap<string, Field>): Entry[] {
  const order = new Map([...fields.keys()].map((name, at) => [name, at]));
  const place = (name: string): number => order.get(name) ?? order.size;
  return items.map((item, at) => {
    const entry: Entry = {
      key: `${item.datetime}-${String(at)}`,
      at: item.datetime,
      who: item.user_name,
      action: item.action,
      isLetGo: item.event === "case.answers_let_go",
      fields: [],
      subforms: [],
      technical: 0,
    };
    for (const change of pairs(item.record_changes)) sort(entry, change, fields);
    // In the order of the forms, not of the alphabet of their keys.
    entry.fields.sort((a, b) => place(a.name) - place(b.name));
    entry.subforms.sort((a, b) => place(a.field.name) - place(b.field.name));
    return entry;
  });
}

/** `[{"age": {"from": 9, "to": 10}}, …]`; answers are JSON. */
function pairs(changes: HistoryItem["record_changes"]): { name: string; from: Json; to: Json }[] {
  return changes.flatMap((one) => Object.entries(one).map(([name, { from, to }]) => ({ name, from: (from ?? null) as Json, to: (to ?? null) as Json })));
}

function sort(entry: Entry, change: { name: string; from: Json; to: Json }, fields: ReadonlyMap<string, Field>): void {
  const field = fields.get(change.name);
  if (field?.type === "subform") {
    const rows = compareRows(field, rowsOf(change.from), rowsOf(change.to));
    if (rows.length > 0) entry.subforms.push({ field, rows });
  } else if (sameValue(change.from, change.to) || (isBlank(change.from) && change.to === false)) return;
  else if (TECHNICAL.has(change.name) || (field === undefined && (isRows(change.from) || isRows(change.to)))) entry.technical += 1;
  else entry.fields.push({ field: field ?? null, name: change.name, from: change.from, to: change.to });
}

function isRows(value: Json): boolean {
  return Array.isArray(value) && value.some(isData);
}
