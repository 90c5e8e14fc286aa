import type { OutboxItem } from "../types";
import { isAboutFile } from "../attachments/acts";
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

/** Under these names an act says with which other records it binds its own: they are made first. */
const BINDS = ["incident_case_id", "family_id", "case_id", "registry_record_id"];

/** What must be accepted before each item: the one before it of the same record, and what it names; as far as it is still here. */
export function restsOfAll(all: readonly OutboxItem[]): Map<string, string[]> {
  const open = new Set(all.filter(isOpen).map((item) => item.id));
  const last = new Map<string, string>();
  const made = new Map<string, string>();
  const rests = new Map<string, string[]>();
  for (const item of all) {
    if (item.state === "confirmed") continue;
    // A file needs its record and nothing else that was done to it.
    const before = (isAboutFile(item) ? made : last).get(item.record);
    const bound = BINDS.flatMap((name) => made.get(String(item.data[name])) ?? []);
    rests.set(item.id, [...new Set([...item.dependsOn.filter((id) => id !== item.id && open.has(id)), ...(before === undefined ? [] : [before]), ...bound])]);
    if (isOpen(item) && isMaking(item)) made.set(item.record, item.id);
    // What she let go of changes nothing in the record, and a file may take long: nothing else of it waits for these.
    if (isOpen(item) && item.action !== "let_answers_go" && !isAboutFile(item)) last.set(item.record, item.id);
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
