import { ageOn } from "~/engine";
import { fold } from "~/lib/fold";
import type { Json, JsonObject } from "~/lib/json";
import type { ListView, Search } from "../types";
import { KINDS } from "../kinds";
import { answerByLetters, type Answering, type NameSearch } from "./naming";
import { firstName, idKey, namesOf, phoneKey, SHORTEST_PHONE, type Summary } from "./summary";

/** The day it is here, as an ISO day. */
export function todayHere(now: Date = new Date()): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${String(now.getFullYear())}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

/** What is not a filter in the body of a search. */
const NOT_FILTERS = new Set(["fields", "page", "per", "order_by", "order", "query", "phonetic", "phone_number", "id_search", "any"]);
const PER_PAGE = 20;

const NOBODY: ReadonlySet<string> = new Set();

/**
 * Answers a search from memory, as the server answers it: the same filters, order and pages over the kept cases.
 * `moved`: cases whose names are not, or not so, in the index, as they were typed here.
 */
export function findKept(summaries: Iterable<Summary>, body: Search, today: string, names: NameSearch | null = null, moved: ReadonlySet<string> = NOBODY): ListView {
  const asked = body as JsonObject;
  const unused: string[] = [];
  const tests = filtersOf(asked, unused);
  const wanted = textSearch(asked, names, moved);
  const key = keyOf(asked, wanted !== null && asked["order_by"] === undefined);
  const hits: Hit[] = [];
  for (const summary of summaries) {
    const row = withAge(summary.row, today);
    if (!tests.every((test) => test(row))) continue;
    const found = wanted === null ? ANYBODY : wanted(summary);
    if (found !== null) hits.push({ row, ...found, id: String(row["id"]), key: key.of(row, summary) });
  }
  const isRanked = wanted !== null && (asked["phonetic"] === true || asked["any"] === true);
  hits.sort((a, b) => (isRanked ? b.score - a.score : 0) || inOrder(a, b, key.descending));
  const per = numberIn(asked["per"], PER_PAGE);
  const page = numberIn(asked["page"], 1);
  const shown = hits.slice((page - 1) * per, page * per);
  const reasons = wanted === null ? {} : { reasons: Object.fromEntries(shown.map(({ id, why }) => [id, why])) };
  return { rows: shown.map((hit) => hit.row), total: hits.length, page, per, totalExact: true, unused, here: true, ...reasons };
}

/** Nothing is looked for: everybody answers, for no reason. */
const ANYBODY: Answering = { score: 1, why: "" };

type Test = (row: JsonObject) => boolean;

function filtersOf(asked: JsonObject, unused: string[]): Test[] {
  const tests: Test[] = [];
  for (const [name, value] of Object.entries(asked)) {
    if (NOT_FILTERS.has(name) || value === null) continue;
    const test = filterOf(name, value);
    if (test === null) unused.push(name);
    else tests.push(test);
  }
  return tests;
}

function filterOf(name: string, value: Json): Test | null {
  const parts = Array.isArray(value) ? value : [value];
  if (parts.length === 0) return null;
  if (name === "flagged") {
    const wanted = new Set(parts.map((part) => String(part) === "true"));
    return (row) => wanted.has(typeof row["flag_count"] === "number" && row["flag_count"] > 0);
  }
  if (!FILTERED.has(name)) return null;
  const tests = parts.map((part) => partTest(String(part)));
  return (row) => {
    const found = row[name];
    const values = Array.isArray(found) ? found : [found];
    return values.some((one) => one !== null && one !== undefined && typeof one !== "object" && tests.some((test) => test(one)));
  };
}

const FILTERED = new Set([
  ...["status", "sex", "age", "risk_level", "workflow", "protection_concerns", "owned_by", "registration_date", "created_at", "last_updated_at"],
  ...["module_id", "date_closure", "location_current", "id", "case_status_reopened", "inquiry_date", "family_registration_date", "registry_type"],
  ...["incident_case_id", "incident_date", "incident_date_derived", "date_of_first_report", "cp_incident_violence_type"],
]);

/** Whether kept cases can be narrowed by this name without the server. */
export function isFilteredHere(name: string): boolean {
  return name === "flagged" || FILTERED.has(name);
}

/** One value, or a range of numbers or days written `from..to`. */
function partTest(part: string): (value: string | number | boolean) => boolean {
  const range = /^(.*)\.\.(.*)$/.exec(part);
  if (!range) return (value) => String(value) === part;
  const [, from = "", to = ""] = range;
  return (value) =>
    typeof value === "number"
      ? (from === "" || value >= Number(from)) && (to === "" || value <= Number(to))
      : (from === "" || dayOf(String(value)) >= dayOf(from)) && (to === "" || dayOf(String(value)) <= dayOf(to));
}

function dayOf(text: string): string {
  return text.slice(0, 10);
}

type Answer = (summary: Summary) => Answering | null;

/** How a case answers the text; null when nothing is looked for. Digits are an id or a telephone, words a name. */
function textSearch(asked: JsonObject, names: NameSearch | null, moved: ReadonlySet<string>): Answer | null {
  const query = asked["query"];
  if (typeof query !== "string" || fold(query) === "") return null;
  const [phone, id] = [phoneKey(query), idKey(query)];
  const byPhone: Answer = (summary) => (phone.length >= SHORTEST_PHONE && summary.phones.some((one) => one.endsWith(phone) || phone.endsWith(one)) ? { score: 2, why: "phone" } : null);
  const byId: Answer = (summary) => {
    if (id === "" || !summary.ids.some((one) => one.includes(id))) return null;
    return summary.ids.includes(id) ? { score: 3, why: "identifier" } : { score: 0.6, why: "identifier_part" };
  };
  if (asked["phone_number"] === true) return byPhone;
  if (asked["id_search"] === true) return byId;
  const byName = nameSearch(query, names, moved);
  return asked["any"] === true ? (summary) => best([byPhone(summary) ?? byId(summary), byName(summary)]) : byName;
}

/** The first of those that answer best. */
function best(all: readonly (Answering | null)[]): Answering | null {
  return all.reduce((one, other) => (other !== null && (one === null || other.score > one.score) ? other : one), null);
}

function nameSearch(query: string, names: NameSearch | null, moved: ReadonlySet<string>): Answer {
  if (names === null) return (summary) => answerByLetters(query, namesOf(summary));
  const found = names.find(query);
  return (summary) => {
    const id = String(summary.row["id"]);
    return moved.has(id) ? names.answer(query, namesOf(summary)) : (found.get(id) ?? null);
  };
}

/** The age is told for today where the day of birth is known; else it stands as it was written down. */
function withAge(row: JsonObject, today: string): JsonObject {
  const born = row["date_of_birth"];
  if (typeof born !== "string" || born === "" || born > today) return row;
  const age = ageOn(born, today);
  return age === row["age"] ? row : { ...row, age };
}

interface Hit extends Answering {
  row: JsonObject;
  id: string;
  key: Json;
}

const folded = new WeakMap<Summary, string>();

function foldedName(summary: Summary): string | null {
  const name = firstName(summary);
  if (typeof name !== "string") return null;
  const known = folded.get(summary) ?? fold(name);
  folded.set(summary, known);
  return known;
}

/** By what the rows stand in order. */
function keyOf(asked: JsonObject, byName: boolean): { of: (row: JsonObject, summary: Summary) => Json; descending: boolean } {
  const name = typeof asked["order_by"] === "string" ? asked["order_by"] : byName ? "name" : "created_at";
  const descending = asked["order"] === "desc" || (asked["order"] === undefined && name === "created_at");
  return { of: (row, summary) => (name === "name" || name === KINDS[summary.kind].names[0] ? foldedName(summary) : (row[name] ?? null)), descending };
}

/** What has nothing to be ordered by stands last, in either direction. */
function inOrder(a: Hit, b: Hit, descending: boolean): number {
  const [none, noneOther] = [a.key === null || a.key === "", b.key === null || b.key === ""];
  if (none !== noneOther) return none ? 1 : -1;
  const first = none || a.key === null || b.key === null ? 0 : a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
  return (descending ? -1 : 1) * (first === 0 ? (a.id < b.id ? -1 : 1) : first);
}

function numberIn(value: Json | undefined, usual: number): number {
  return typeof value === "number" && value > 0 ? value : usual;
}
