/** The vectors that both languages run, read for tests only. */

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Data, Field, Json, Option } from "./types";
import { isMap } from "./values";
import type { BuilderRow } from "./builder";

export interface Case {
  id: string;
  kind: string;
  expected: Json;
  expression: Json;
  data: Data;
  field: Field;
  fields?: Field[];
  record?: Data;
  row?: Data;
  rows: Json;
  display_conditions: Json;
  problem?: string;
  problems?: Json;
  round_trip: boolean;
  subform_summary: Json;
  date_of_birth: Json;
  age: Json;
  today: string;
  value?: Json;
  stored?: Json;
  mode?: string;
  now?: string;
  tolerance?: number;
  before: Data;
  patch: Data;
  base: Data;
  mine: Data;
  theirs: Data;
  conflicts: Json;
}

export interface Vectors {
  cases: Case[];
  now: string;
  lookups: Record<string, Option[]>;
  deepest_nesting: number;
}

export function vectors(name: string): Vectors {
  const path = fileURLToPath(new URL(`../../../contracts/vectors/${name}.json`, import.meta.url));
  return JSON.parse(readFileSync(path, "utf8")) as Vectors;
}

/** Equal as the vectors are compared: absent is null, list order counts. Written apart from the code under test. */
export function alike(one: Json | undefined, other: Json | undefined, tolerance = 0): boolean {
  if (one === null || one === undefined) return other === null || other === undefined;
  if (typeof one === "number" && typeof other === "number") return Math.abs(one - other) <= tolerance;
  if (Array.isArray(one)) return Array.isArray(other) && one.length === other.length && one.every((item, at) => alike(item, other[at], tolerance));
  if (typeof one === "object") {
    if (other === null || other === undefined || !isMap(other)) return false;
    return [...new Set([...Object.keys(one), ...Object.keys(other)])].every((key) => alike(one[key], other[key], tolerance));
  }
  return one === other;
}

export type { BuilderRow };
