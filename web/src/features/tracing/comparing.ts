import type { ComparedView } from "~/store";
import { isBlank } from "~/renderer/values";

/** What is asked of a child, put together as one compares: name by name, place by place. */
export const GROUPS = ["names", "person", "separation", "places", "contact", "other"] as const;
export type Group = (typeof GROUPS)[number];

const PERSON = new Set(["sex", "age", "date_of_birth", "estimated", "nationality", "ethnicity", "sub_ethnicity_1", "sub_ethnicity_2", "religion", "language", "physical_characteristics"]);

export function groupOf(name: string): Group {
  if (/(^|_)(name|nickname)(_|$)/.test(name)) return "names";
  if (PERSON.has(name)) return "person";
  if (/^(date_of_separation|separation_)/.test(name)) return "separation";
  if (/^(location|address|landmark)/.test(name)) return "places";
  if (/^telephone|_telephone/.test(name)) return "contact";
  return "other";
}

/** `one`: only one side has an answer, which says nothing for or against. */
export type Verdict = "same" | "different" | "one";

export function verdictOf(compared: ComparedView): Verdict {
  if (isBlank(compared.case_value) || isBlank(compared.trace_value)) return "one";
  return compared.match === "match" ? "same" : "different";
}

/** What has an answer on one side at least, group by group. */
export function grouped(all: readonly ComparedView[]): { group: Group; rows: ComparedView[] }[] {
  const told = all.filter((one) => !isBlank(one.case_value) || !isBlank(one.trace_value));
  return GROUPS.map((group) => ({ group, rows: told.filter((one) => groupOf(one.field_name) === group) })).filter(({ rows }) => rows.length > 0);
}
