import { budgetOf } from "~/store/kept/scope";
import type { Summary } from "~/store/kept";

const DAY_MS = 86_400_000;
/** Over so many days the pace of new cases is told. */
const PACE_DAYS = 30;
/** Less free than this and she is told to make room. */
export const LOW_SHARE = 0.9;

export interface Room {
  /** How many more cases fit: by the number that is kept at most, or by what the browser grants. */
  cases: number;
  /** How long that lasts at the pace of the last weeks; null where nothing came in. */
  days: number | null;
}

/** What still fits on the device, in cases and in days. */
export function roomLeft(count: number, bytes: number, quota: number | null, summaries: Iterable<Summary>, now: number): Room {
  const cases = Math.max(0, budgetOf(quota, count > 0 ? bytes / count : undefined) - count);
  const since = new Date(now - PACE_DAYS * DAY_MS).toISOString();
  let fresh = 0;
  for (const { row } of summaries) if (typeof row["created_at"] === "string" && row["created_at"] >= since) fresh += 1;
  return { cases, days: fresh === 0 ? null : Math.floor(cases / (fresh / PACE_DAYS)) };
}

/** Megabytes, as people read them. */
export function megabytes(bytes: number): number {
  const size = bytes / 1_000_000;
  return size >= 10 ? Math.round(size) : Math.round(size * 10) / 10;
}
