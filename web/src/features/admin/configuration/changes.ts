import { fold } from "~/lib/fold";
import type { Change } from "~/store/configuration";

/** Parts of a configuration as people speak of them, in the order in which they are told. */
export const AREAS = ["forms", "lookups", "roles", "modules", "places", "agencies", "groups", "settings"] as const;
export type Area = (typeof AREAS)[number];
export const ACTIONS = ["added", "changed", "removed"] as const;
export type Action = (typeof ACTIONS)[number];

const AREA_OF: Readonly<Record<string, Area>> = {
  form: "forms",
  field: "forms",
  field_option: "forms",
  lookup: "lookups",
  option: "lookups",
  role: "roles",
  grant: "roles",
  module: "modules",
  location: "places",
  agency: "agencies",
  user_group: "groups",
  setting: "settings",
  contact: "settings",
  conduct: "settings",
};

/** The changes of one thing: a form with its questions, a list with its options, a role with its grants. */
export interface Thing<C extends Change> {
  id: string;
  name: string;
  changes: C[];
}
export interface Part<C extends Change> {
  area: Area;
  count: number;
  things: Thing<C>[];
}

export function areaOf(change: Change): Area {
  return AREA_OF[change.kind] ?? "settings";
}

function holderOf(change: Change): { id: string; name: string } {
  const whole = ["setting", "contact", "conduct"].includes(change.kind);
  if (whole) return { id: change.kind, name: "" };
  if (change.kind === "field_option") return change.form ?? change.within ?? change.thing;
  return change.within ?? change.thing;
}

/** Changes by what they are about, in the order of the areas. */
export function grouped<C extends Change>(changes: readonly C[]): Part<C>[] {
  const parts = new Map<Area, Map<string, Thing<C>>>(AREAS.map((area) => [area, new Map()]));
  for (const change of changes) {
    const things = parts.get(areaOf(change));
    const { id, name } = holderOf(change);
    const thing = things?.get(id) ?? { id, name, changes: [] };
    thing.changes.push(change);
    things?.set(id, thing);
  }
  return [...parts]
    .filter(([, things]) => things.size > 0)
    .map(([area, things]) => ({ area, count: [...things.values()].reduce((sum, thing) => sum + thing.changes.length, 0), things: [...things.values()] }));
}

/** Those whose sentence has every word, of one action or of all. */
export function narrowed<C extends Change>(changes: readonly C[], text: string, action: Action | null): C[] {
  const words = fold(text).split(/\s+/).filter(Boolean);
  return changes.filter((change) => {
    if (action !== null && change.action !== action) return false;
    const told = words.length === 0 ? "" : fold(`${change.sentence} ${change.thing.id} ${change.within?.id ?? ""} ${change.form?.id ?? ""}`);
    return words.every((word) => told.includes(word));
  });
}

export function counted(changes: readonly Change[]): Record<Action, number> {
  const counts = { added: 0, changed: 0, removed: 0 };
  for (const { action } of changes) counts[action] += 1;
  return counts;
}

interface Choosable {
  id: string;
  needs: readonly string[];
}

/**
 * What is chosen after some were ticked or unticked: what they need comes with them, what needs them goes with them.
 * `also` are those that nobody touched herself.
 */
export function chosenWith(changes: readonly Choosable[], chosen: ReadonlySet<string>, touched: readonly string[], on: boolean): { chosen: Set<string>; also: string[] } {
  const next = new Set(chosen);
  const needs = new Map(changes.map((change) => [change.id, change.needs]));
  const needed = new Map<string, string[]>();
  for (const { id, needs: others } of changes) for (const other of others) needed.set(other, [...(needed.get(other) ?? []), id]);
  const waiting = [...touched];
  const also: string[] = [];
  const seen = new Set(touched);
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (next.has(id) !== on) {
      if (on) next.add(id);
      else next.delete(id);
      if (!touched.includes(id)) also.push(id);
    }
    for (const other of (on ? needs.get(id) : needed.get(id)) ?? []) {
      if (seen.has(other) || !needs.has(other)) continue;
      seen.add(other);
      waiting.push(other);
    }
  }
  return { chosen: next, also };
}
