import type { Data } from "~/renderer/types";
import { isBlank, rowsOf, textOf } from "~/renderer/values";

/** The way of a separated child back to a family, in the order in which the work goes. */
export const STEPS = ["separation", "wishes", "search", "match", "verification", "reunification", "followup"] as const;
export type StepName = (typeof STEPS)[number];

/** `skipped`: a later step is written down, this one is not. `stopped`: it ended with a no. */
export type StepState = "done" | "begun" | "next" | "skipped" | "stopped" | "later";

export interface Step {
  name: StepName;
  state: StepState;
  /** The day on which it was last done, where one is written down. */
  on: string;
  /** Questions without an answer, by name; of the rows of `section`, where it has one. */
  missing: readonly string[];
  form: string;
  section: string | null;
}

interface Found {
  done: boolean;
  begun: boolean;
  stopped?: boolean;
  on?: string;
  missing?: readonly string[];
}

interface Rule {
  form: string;
  section: string | null;
  find: (data: Data) => Found;
}

function blanks(data: Data, names: readonly string[]): string[] {
  return names.filter((name) => isBlank(data[name]));
}

function last(days: readonly string[]): string {
  return [...days].sort().at(-1) ?? "";
}

/** Of rows in which something is to be answered: the one that comes nearest to being whole. */
function rowsFound(rows: readonly Data[], asked: readonly string[], day: string, isDone: (row: Data) => boolean): Found {
  const whole = rows.filter(isDone);
  const on = last((whole.length > 0 ? whole : rows).map((row) => textOf(row[day])));
  if (whole.length > 0) return { done: true, begun: true, on };
  const nearest = rows.map((row) => blanks(row, asked)).sort((a, b) => a.length - b.length)[0];
  return { done: false, begun: rows.length > 0, on, missing: nearest ?? asked };
}

const AGREED = ["true", "yes"];
const NOT_THIS_FAMILY: readonly string[] = ["unverified", "falsely_attributed", "rejected"];
const FOUND_STATES: readonly string[] = ["verified", "reunified"];

const RULES: Readonly<Record<StepName, Rule>> = {
  separation: {
    form: "tracing",
    section: null,
    find: (data) => {
      const asked = ["date_of_separation", "separation_cause", "location_separation"];
      const missing = blanks(data, asked);
      return { done: missing.length === 0, begun: missing.length < asked.length, on: textOf(data["date_of_separation"]), missing };
    },
  },
  wishes: {
    form: "child_wishes",
    section: null,
    find: (data) => {
      const wish = textOf(data["wishes_child_family_tracing"]);
      return { done: AGREED.includes(wish), begun: wish !== "", stopped: ["false", "no"].includes(wish), missing: blanks(data, ["wishes_child_family_tracing"]) };
    },
  },
  search: {
    form: "tracing",
    section: "tracing_actions_section",
    find: (data) => rowsFound(rowsOf(data["tracing_actions_section"]), ["date_tracing", "tracing_type"], "date_tracing", (row) => !isBlank(row["date_tracing"])),
  },
  match: {
    form: "tracing",
    section: null,
    find: (data) => ({ done: !isBlank(data["matched_tracing_request_id"]) || FOUND_STATES.includes(textOf(data["tracing_status"])), begun: false }),
  },
  verification: {
    form: "verification",
    section: "verification_subform_section",
    find: (data) => {
      const rows = rowsOf(data["verification_subform_section"]);
      const found = rowsFound(rows, ["verification_name_inquirer", "verification_date", "verification_method", "verification_status"], "verification_date", (row) => row["verification_status"] === "verified");
      const newest = [...rows].sort((a, b) => textOf(a["verification_date"]).localeCompare(textOf(b["verification_date"]))).at(-1);
      return { ...found, stopped: !found.done && newest !== undefined && NOT_THIS_FAMILY.includes(textOf(newest["verification_status"])) };
    },
  },
  reunification: {
    form: "reunification_details",
    section: "reunification_details_section",
    find: (data) =>
      rowsFound(rowsOf(data["reunification_details_section"]), ["date_reunification", "reunification_type", "name_reunified_adult"], "date_reunification", (row) => !isBlank(row["date_reunification"]) && !isBlank(row["name_reunified_adult"])),
  },
  followup: {
    form: "reunification_followup",
    section: "reunification_followup_section",
    find: (data) => {
      const findings = rowsOf(data["reunification_followup_section"]).map((row) => textOf(row["reunification_visit_date"]));
      const visits = rowsOf(data["followup_subform_section"]).filter((row) => row["followup_type"] === "after_reunification");
      const days = [...findings, ...visits.map((row) => textOf(row["followup_date"]))].filter((day) => day !== "");
      return { done: days.length > 0, begun: findings.length + visits.length > 0, on: last(days), missing: ["reunification_visit_date"] };
    },
  },
};

/** Where a child's way back stands, by the answers of the case: what is done, what comes next, what was passed over. */
export function stepsOf(data: Data): Step[] {
  const found = STEPS.map((name) => RULES[name].find(data));
  const furthest = found.findLastIndex((one) => one.done);
  const next = found.findIndex((one, at) => at > furthest && !one.done);
  return STEPS.map((name, at): Step => {
    const { done, begun, stopped, on, missing } = found[at] ?? { done: false, begun: false };
    const state = done ? "done" : stopped === true ? "stopped" : at < furthest ? "skipped" : begun ? "begun" : at === next ? "next" : "later";
    return { name, state, on: on ?? "", missing: done ? [] : (missing ?? []), form: RULES[name].form, section: RULES[name].section };
  });
}

/** How far apart two places lie in the tree of places: the same, below one parent, and so on; null when nothing is shared. */
export function shared(from: readonly string[], to: readonly string[]): number {
  let level = 0;
  while (level < from.length && level < to.length && from[level] === to[level]) level += 1;
  return level;
}
