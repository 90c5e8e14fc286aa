import { isObject, type Json, type JsonObject } from "~/lib/json";

/**
 * Her own unsent answers laid over the server's, by the rule by which the server merges (values replace, rows merge by
 * `unique_id`, `_destroy` takes a row away, `[]` changes no rows and null wipes them).
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
