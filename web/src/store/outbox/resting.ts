import type { OutboxItem } from "../types";
import { isMaking } from "./acts";

/** In the order in which things were done; what makes a record stands before whatever else was done to it. */
export function inOrder(items: readonly OutboxItem[]): OutboxItem[] {
  const made = new Map<string, string>();
  for (const item of items) if (isMaking(item)) made.set(item.record, item.at);
  const first = new Map<string, string>();
  for (const item of items) if (made.has(item.record) && item.at < (first.get(item.record) ?? "~")) first.set(item.record, item.at);
  const rank = (item: OutboxItem): string => (isMaking(item) ? `${first.get(item.record) ?? item.at} 0` : `${item.at} 1`);
  return [...items].sort((a, b) => (rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : 0));
}

/** Her answers lie with the server for the one who holds the record now: there is nothing to correct, and nothing to wait for. */
export function isKeptForOwner(item: OutboxItem): boolean {
  return item.refusal?.problems.some((problem) => problem.code === "record.no_longer_yours") === true;
}

/** What must be accepted before each item: the one before it of the same record, and what it names; as far as it is still here. */
export function restsOfAll(all: readonly OutboxItem[]): Map<string, string[]> {
  const open = new Set(all.filter(isOpen).map((item) => item.id));
  const last = new Map<string, string>();
  const rests = new Map<string, string[]>();
  for (const item of all) {
    if (item.state === "confirmed") continue;
    const before = last.get(item.record);
    rests.set(item.id, [...new Set([...item.dependsOn.filter((id) => id !== item.id && open.has(id)), ...(before === undefined ? [] : [before])])]);
    // What she let go of changes nothing in the record: nothing else of it waits for that.
    if (isOpen(item) && item.action !== "let_answers_go") last.set(item.record, item.id);
  }
  return rests;
}

function isOpen(item: OutboxItem): boolean {
  return item.state !== "confirmed" && !isKeptForOwner(item);
}

/** The refused item for whose sake this one is held, if there is one. */
export function heldBy(item: OutboxItem, all: readonly OutboxItem[]): OutboxItem | null {
  const rests = restsOfAll(all);
  const seen = new Set<string>();
  const next = [...(rests.get(item.id) ?? [])];
  for (let id = next.shift(); id !== undefined; id = next.shift()) {
    const one = seen.has(id) ? undefined : all.find((other) => other.id === id);
    if (one?.state === "refused") return one;
    seen.add(id);
    if (one) next.push(...(rests.get(id) ?? []));
  }
  return null;
}
