import { isObject, type Json, type JsonObject } from "~/lib/json";
import type { ItemState, OutboxItem } from "./types";

/**
 * What the worker sees is worked out, never stored: the server's answers with her own unsent ones laid over them, by
 * the rule by which the server merges (values replace, rows merge by `unique_id`, `_destroy` takes a row away, `[]`
 * changes no rows and null wipes them).
 */
export function mergeAnswers(server: JsonObject, sent: JsonObject): JsonObject {
  const merged: JsonObject = { ...server };
  for (const [name, value] of Object.entries(sent)) merged[name] = mergeValue(server[name], value);
  return merged;
}

function mergeValue(before: Json | undefined, value: Json): Json {
  if (isRows(value)) return mergeRows(isRows(before) ? before : [], value);
  if (Array.isArray(value) && value.length === 0 && isRows(before) && before.length > 0) return before;
  if (isObject(value)) return mergeAnswers(isObject(before) ? before : {}, value);
  return value;
}

function isRows(value: Json | undefined): value is JsonObject[] {
  return Array.isArray(value) && value.length > 0 && value.every(isObject);
}

function mergeRows(before: JsonObject[], sent: JsonObject[]): JsonObject[] {
  const rows = [...before];
  for (const row of sent) {
    const at = row["unique_id"] === undefined ? -1 : rows.findIndex((one) => one["unique_id"] === row["unique_id"]);
    if (row["_destroy"] === true) {
      if (at >= 0) rows.splice(at, 1);
    } else if (at >= 0) rows[at] = mergeAnswers(rows[at] ?? {}, row);
    else rows.push(row);
  }
  return rows;
}

/** Until the server puts the child's name together, the parts she typed are shown. */
export function named(data: JsonObject): JsonObject {
  if (typeof data["name"] === "string" && data["name"] !== "") return data;
  const parts = ["name_first", "name_middle", "name_last"].map((part) => data[part]).filter((part) => typeof part === "string" && part !== "");
  return parts.length === 0 ? data : { ...data, name: parts.join(" ") };
}

const WEIGHT: Record<ItemState, number> = { confirmed: 0, sending: 1, waiting: 2, refused: 3 };

/** The state to show for a record with these items: the one that needs the worker most; null when all is the server's. */
export function stateOf(items: readonly OutboxItem[]): ItemState | null {
  let state: ItemState | null = null;
  for (const item of items) if (state === null || WEIGHT[item.state] > WEIGHT[state]) state = item.state;
  return state;
}

/** The items of one record that the server has not confirmed. */
export function openItems(items: readonly OutboxItem[], record: string): OutboxItem[] {
  return items.filter((item) => item.record === record && item.state !== "confirmed");
}

export interface Row {
  data: JsonObject;
  state: ItemState | null;
}

/** A page of the server with the worker's unsent changes in it, and on the first page her unsent new cases on top. */
export function deriveRows(rows: readonly JsonObject[], items: readonly OutboxItem[], withNew: boolean): Row[] {
  const known = new Set(rows.map((row) => row["id"]));
  const derived: Row[] = rows.map((row) => {
    const mine = openItems(items, String(row["id"]));
    return { data: mine.reduce((data, item) => mergeAnswers(data, item.data), row), state: stateOf(mine) };
  });
  if (!withNew) return derived;
  const fresh = items.filter((item) => item.action === "register_case" && item.state !== "confirmed" && !known.has(item.record));
  return [
    ...fresh.reverse().map((item): Row => {
      const mine = openItems(items, item.record);
      const data = mine.reduce((all, one) => mergeAnswers(all, one.data), { id: item.record, short_id: item.record.slice(-7), status: "open" } as JsonObject);
      return { data: named(data), state: stateOf(mine) };
    }),
    ...derived,
  ];
}
