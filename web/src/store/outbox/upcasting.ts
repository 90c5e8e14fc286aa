import { isObject } from "~/lib/json";
import type { Draft, OutboxItem } from "../types";

/** The schema in which this version of the app writes what it keeps. It reads two versions back. */
export const SCHEMA = 2;

/** What was found: in today's shape, and how many things a newer version of the app wrote, which stay where they are. */
export interface Upcast<T> {
  found: T[];
  newer: number;
}

type Kept = Record<string, unknown>;
type Step = (kept: Kept) => Kept;

/** Schema 1 sent every item by itself: no item rested on another, and a reason to wait was not told. */
const ITEM_STEPS: Record<number, Step> = {
  1: (kept) => ({ ...kept, schema: 2, dependsOn: [], reason: null, madeBy: 1 }),
};

const DRAFT_STEPS: Record<number, Step> = {
  1: (kept) => ({ ...kept, schema: 2 }),
};

/** Items as any version of the app kept them. */
export function upcastItems(kept: readonly unknown[]): Upcast<OutboxItem> {
  return upcast<OutboxItem>(kept, ITEM_STEPS);
}

/** Drafts as any version of the app kept them. */
export function upcastDrafts(kept: readonly unknown[]): Upcast<Draft> {
  return upcast<Draft>(kept, DRAFT_STEPS);
}

function upcast<T>(all: readonly unknown[], steps: Record<number, Step>): Upcast<T> {
  const found: T[] = [];
  let newer = 0;
  for (const one of all) {
    let kept: Kept | null = isObject(one) ? one : null;
    while (kept !== null && kept["schema"] !== SCHEMA) kept = typeof kept["schema"] === "number" ? (steps[kept["schema"]]?.(kept) ?? null) : null;
    if (kept === null) newer += 1;
    else found.push(kept as unknown as T);
  }
  return { found, newer };
}
