import { Unreachable, type Shape } from "~/api";
import { isObject, type JsonObject } from "~/lib/json";
import type { ListView, PageView, RecordView } from "./types";

/** The one place where a reply is taken for what the contract says it is; a reply of another kind is as empty. */
export function dataOf<T extends object>(body: unknown): T {
  return (isObject(body) && isObject(body["data"]) ? body["data"] : {}) as T;
}
export function listOf<T extends object>(body: unknown): T[] {
  return (isObject(body) && Array.isArray(body["data"]) ? body["data"].filter(isObject) : []) as T[];
}
export function metadataOf<T extends object>(body: unknown): Partial<T> {
  return (isObject(body) && isObject(body["metadata"]) ? body["metadata"] : {}) as Partial<T>;
}

/** The answers of a record: free JSON by the names of the forms, wider than the few fixed names of `Case`. */
export function readRecord(body: unknown): RecordView {
  const metadata = metadataOf<Shape<"CaseRead">>(body);
  return {
    data: dataOf<JsonObject>(body),
    revision: metadata.revision ?? null,
    incomplete: metadata.incomplete ?? [],
    ...(metadata.age_recorded_on ? { ageRecordedOn: metadata.age_recorded_on } : {}),
    ...(metadata.quarantined ? { quarantined: metadata.quarantined } : {}),
  };
}

export function readList(body: unknown): ListView {
  const metadata = metadataOf<Shape<"CaseFinds">>(body);
  const rows = listOf<JsonObject>(body);
  const reasons = Object.entries(metadata.reasons ?? {}).map(([id, reason]) => [id, reason.kind]);
  return {
    rows,
    total: metadata.total ?? rows.length,
    page: metadata.page ?? 1,
    per: metadata.per ?? rows.length,
    totalExact: metadata.total_exact !== false,
    ...(metadata.next ? { next: metadata.next } : {}),
    unused: (metadata.ignored ?? []).map((one) => one.pointer.replace(/^\//, "")).filter((name) => !name.startsWith("fields")),
    ...(reasons.length > 0 ? { reasons: Object.fromEntries(reasons) as Record<string, string> } : {}),
  };
}

export function readPage<T extends object>(body: unknown): PageView<T> {
  const items = listOf<T>(body);
  return { items, total: metadataOf<Shape<"Paged">>(body).total ?? items.length };
}

/** By which place, rights and configuration the feed answered. Raises Unreachable for what is no answer of it. */
export function standingOf<T extends Shape<"Standing">>(body: unknown): T {
  const metadata = metadataOf<T>(body);
  if (typeof metadata.epoch !== "number" || typeof metadata.configuration !== "number") throw new Unreachable();
  return metadata as T;
}
