import type { JourneyEntry } from "~/store";
import { shared } from "./journey";

/** How far it was from one place to the next, by the tree of places: near within one parent, across within one country, far beyond. */
export type Distance = "near" | "across" | "far";

export interface Leg {
  code: string;
  path: readonly string[];
  distance: Distance;
  /** What happened there before the child went on. */
  entries: JourneyEntry[];
}

/** The places in the order in which the child came there; what happened at one place one after another stands together. */
export function legsOf(entries: readonly JourneyEntry[], pathOf: (code: string) => readonly string[]): Leg[] {
  const legs: Leg[] = [];
  for (const entry of entries) {
    if (entry.place === "") continue;
    const before = legs.at(-1);
    if (before?.code === entry.place) {
      before.entries.push(entry);
      continue;
    }
    const path = pathOf(entry.place);
    legs.push({ code: entry.place, path, distance: before === undefined ? "near" : distanceOf(before.path, path), entries: [entry] });
  }
  return legs;
}

function distanceOf(from: readonly string[], to: readonly string[]): Distance {
  const common = shared(from, to);
  if (common === 0) return "far";
  return common >= Math.min(from.length, to.length) - 1 ? "near" : "across";
}
