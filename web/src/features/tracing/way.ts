import type { Data, Json } from "~/renderer/types";
import { isBlank, rowId, rowsOf, textOf } from "~/renderer/values";
import type { JourneyEntry } from "~/store";

type What = JourneyEntry["what"];

/** Where a sort of step is written down: its day, its place, the exact place, and the answer that tells most of it. */
interface Sort {
  what: What;
  form: string;
  day: string;
  /** Of several the first that is answered. */
  places?: readonly string[];
  address?: string;
  detail?: string;
  /** A subform; without one the questions stand alone. */
  section?: string;
}

/** In the order of the work, as the server has it (`cpims/tracing/rules/journey.py`; `contracts/vectors/journey.json` holds both to it). */
const SORTS: readonly Sort[] = [
  { what: "separation", form: "tracing", day: "date_of_separation", places: ["location_separation", "location_last"], address: "address_separation", detail: "separation_cause" },
  { what: "evacuation", form: "tracing", day: "evacuation_date", address: "evacuation_to", detail: "evacuation_agent" },
  { what: "found", form: "child_under_5", day: "date_child_found", places: ["location_child_found"], address: "address_child_found" },
  { what: "arrival", form: "tracing", day: "care_arrangements_arrival_date", places: ["location_current"] },
  { what: "care", form: "care_arrangements", day: "care_arrangement_started_date", detail: "care_arrangements_type", section: "care_arrangements_section" },
  { what: "search", form: "tracing", day: "date_tracing", places: ["location_tracing"], address: "address_tracing", detail: "tracing_outcome", section: "tracing_actions_section" },
  { what: "match", form: "tracing", day: "" },
  {
    what: "verification",
    form: "verification",
    day: "verification_date",
    places: ["verification_inquirer_location"],
    address: "verification_inquirer_address_current",
    detail: "verification_status",
    section: "verification_subform_section",
  },
  {
    what: "reunification",
    form: "reunification_details",
    day: "date_reunification",
    places: ["location_reunified_adult", "location_reunification"],
    address: "address_reunified_adult",
    detail: "reunification_type",
    section: "reunification_details_section",
  },
  { what: "followup", form: "reunification_followup", day: "reunification_visit_date", detail: "followup_risk_of_breakdown", section: "reunification_followup_section" },
  { what: "followup", form: "followup", day: "followup_date", detail: "followup_type", section: "followup_subform_section" },
];
/** A present address is no arrival, and a planned visit none either: without a day they tell nothing of the way. */
const NEEDS_DAY: readonly What[] = ["arrival", "followup"];

/** The way of a child by the answers that are here, what waits to be sent among them; `matches` are those that the server told. */
export function wayOf(answers: Data, matches: readonly JourneyEntry[] = []): JourneyEntry[] {
  const told = [...SORTS.flatMap((sort) => stepsOf(sort, answers)), ...matches];
  const order = (what: What): number => SORTS.findIndex((sort) => sort.what === what);
  const dated = told.filter((step) => step.on !== "").sort((a, b) => (a.on < b.on ? -1 : a.on > b.on ? 1 : order(a.what) - order(b.what)));
  for (const step of told.filter((one) => one.on === "")) dated.splice(dated.findLastIndex((other) => order(other.what) <= order(step.what)) + 1, 0, step);
  return dated;
}

/** What the case itself tells of its match, where the server cannot be asked. */
export function matchIn(answers: Data): JourneyEntry[] {
  const request = answers["matched_tracing_request_id"] ?? null;
  return isBlank(request) ? [] : [{ what: "match", on: "", place: "", address: "", question: "matched_tracing_request_id", value: request, form: "tracing", row: "" }];
}

function stepsOf(sort: Sort, answers: Data): JourneyEntry[] {
  const rows = sort.section === undefined ? [answers] : rowsOf(answers[sort.section]);
  return rows.filter((row) => sort.section !== "followup_subform_section" || row["followup_type"] === "after_reunification").flatMap((row) => stepOf(sort, row));
}

function stepOf(sort: Sort, row: Data): JourneyEntry[] {
  const text = (name: string | undefined): string => (name === undefined ? "" : plain(row[name]));
  const on = text(sort.day).slice(0, 10);
  const place = (sort.places ?? []).map(text).find((code) => code !== "") ?? "";
  const address = text(sort.address);
  const value = sort.detail === undefined ? null : (row[sort.detail] ?? null);
  const isTold = on !== "" || (!NEEDS_DAY.includes(sort.what) && (place !== "" || address !== "" || !isBlank(value)));
  if (sort.day === "" || !isTold) return [];
  const question = sort.detail === undefined || isBlank(value) ? "" : sort.section === undefined ? sort.detail : `${sort.section}.${sort.detail}`;
  return [{ what: sort.what, on, place, address, question, value: question === "" ? null : value, form: sort.form, row: sort.section === undefined ? "" : rowId(row) }];
}

function plain(value: Json | undefined): string {
  return typeof value === "string" ? textOf(value).trim() : "";
}
