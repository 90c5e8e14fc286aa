import { fold } from "~/lib/fold";
import type { Json, JsonObject } from "~/lib/json";
import type { Kind, Search } from "~/store";
import { LISTS } from "./kinds";

export type Filters = Readonly<Record<string, readonly string[]>>;

export const SORTS = {
  newest: { order_by: "created_at", order: "desc" },
  changed: { order_by: "last_updated_at", order: "desc" },
  registered: { order_by: "registration_date", order: "desc" },
  name: { order_by: "name", order: "asc" },
  youngest: { order_by: "age", order: "asc" },
  inquired: { order_by: "inquiry_date", order: "desc" },
  inquirer: { order_by: "relation_name", order: "asc" },
  family_registered: { order_by: "family_registration_date", order: "desc" },
  family_name: { order_by: "family_name", order: "asc" },
  reported: { order_by: "date_of_first_report", order: "desc" },
} as const;
export type Sort = keyof typeof SORTS;

export interface ListState {
  filters: Filters;
  mine: boolean;
  flagged: boolean;
  sort: Sort;
  page: number;
}

export const PER_PAGE = 20;
/** Unless the worker says otherwise she sees what is open. */
const DEFAULT_STATUS = ["open"];
export const ANY = "any";
/** Filters whose values are people: they lie in the history entry, never in the address. */
export const PRIVATE: ReadonlySet<string> = new Set(["owned_by"]);
const OWN_NAMES = new Set(["mine", "flagged", "sort", "page", ...PRIVATE]);
const NAME = /^(loc:)?[a-z][a-z0-9_]{0,99}$/;

/** The state in an address, with the filters that the history entry holds beside it. */
export function readState(query: URLSearchParams, beside: unknown = null): ListState {
  const filters: Record<string, string[]> = {};
  for (const [name, text] of query) {
    if (OWN_NAMES.has(name) || !NAME.test(name)) continue;
    const values = text.split(",").filter(Boolean);
    if (values.length > 0 && !values.includes(ANY)) filters[name] = values;
  }
  if (!query.has("status")) filters["status"] = DEFAULT_STATUS;
  for (const name of PRIVATE) {
    const values = isFilters(beside) ? beside[name] : undefined;
    if (Array.isArray(values) && values.length > 0) filters[name] = values.map(String);
  }
  const sort = query.get("sort");
  const page = Number(query.get("page"));
  return {
    filters,
    mine: query.get("mine") === "1",
    flagged: query.get("flagged") === "1",
    sort: sort !== null && Object.hasOwn(SORTS, sort) ? (sort as Sort) : "newest",
    page: Number.isInteger(page) && page > 0 ? page : 1,
  };
}

function isFilters(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** The query for a state, without what is usual anyway and without people. */
export function writeState(state: ListState): string {
  const query = new URLSearchParams();
  const status = state.filters["status"] ?? [];
  if (status.length === 0) query.set("status", ANY);
  else if (status.join() !== DEFAULT_STATUS.join()) query.set("status", status.join(","));
  for (const [name, values] of Object.entries(state.filters)) if (name !== "status" && !PRIVATE.has(name) && values.length > 0) query.set(name, values.join(","));
  if (state.mine) query.set("mine", "1");
  if (state.flagged) query.set("flagged", "1");
  if (state.sort !== "newest") query.set("sort", state.sort);
  if (state.page > 1) query.set("page", String(state.page));
  return query.toString();
}

/** What the history entry holds of a state. */
export function besideOf(state: ListState): Filters | null {
  const found = Object.entries(state.filters).filter(([name, values]) => PRIVATE.has(name) && values.length > 0);
  return found.length === 0 ? null : Object.fromEntries(found);
}

/** Any change of what is looked for starts again on page one. */
export function withFilter(state: ListState, name: string, values: readonly string[]): ListState {
  return { ...state, page: 1, filters: { ...state.filters, [name]: values } };
}

export function toggled(values: readonly string[] | undefined, value: string): string[] {
  const before = values ?? [];
  return before.includes(value) ? before.filter((one) => one !== value) : [...before, value];
}

/** Digits are an id or a phone number, words are a name in any script; words with digits ("Boy 3, tent 14") may be either. */
export function searchTerms(text: string): Pick<Search, "query" | "phonetic" | "id_search"> & { phone_number?: boolean; any?: boolean } {
  const query = text.trim().replace(/[٠-٩۰-۹]/g, (digit) => String((digit.codePointAt(0) ?? 0) & 15));
  if (fold(query) === "") return {};
  if (/^\+?[\d\s()-]{7,}$/.test(query) && query.replace(/\D/g, "").length >= 7 && !/^\d{7}$/.test(query)) return { query, phone_number: true };
  if (!/\d/.test(query)) return { query, phonetic: true };
  return /(^|\s)\p{L}[\p{L}\p{M}]+(?=\s|$)/u.test(query) ? { query, any: true } : { query, id_search: true };
}

/** Which list it is, without where in it one stands; the worker's own name stands for "mine". */
export function toFilters(state: ListState, userName: string): JsonObject {
  const body: JsonObject = {};
  for (const [name, values] of Object.entries(state.filters)) if (values.length > 0) body[name] = [...values] as Json;
  if (state.mine) body["owned_by"] = userName;
  if (state.flagged) body["flagged"] = true;
  return body;
}

/** The body that is sent. */
export function toSearch(state: ListState, text: string, userName: string, columns: readonly string[] = [], kind: Kind = "cases"): Search {
  const { fields } = LISTS[kind];
  const further = columns.filter((name) => !fields.includes(name));
  return { fields: [...fields, ...further].join(","), page: state.page, per: PER_PAGE, ...SORTS[state.sort], ...searchTerms(text), ...toFilters(state, userName) };
}

export interface SavedFilter {
  name: string;
  value: Json;
}

/** The filters and the order of a state, as they are kept under a name. */
export function toSaved(state: ListState, userName: string): SavedFilter[] {
  const order = Object.entries(SORTS[state.sort]);
  return [...Object.entries(toFilters(state, userName)), ...order].map(([name, value]) => ({ name, value: Array.isArray(value) ? value : [value] }));
}

/** The state that was kept; what this list does not know is left out. */
export function fromSaved(saved: readonly SavedFilter[], userName: string): ListState {
  const filters: Record<string, string[]> = {};
  const state = { mine: false, flagged: false, sort: "newest" as Sort, page: 1 };
  const told: Record<string, string> = {};
  for (const { name, value } of saved) {
    const values = (Array.isArray(value) ? value : []).filter((one) => typeof one !== "object").map(String);
    if (name === "order_by" || name === "order") told[name] = values[0] ?? "";
    else if (name === "flagged" && values[0] === "true") state.flagged = true;
    else if (name === "owned_by" && values.join() === userName) state.mine = true;
    else if (NAME.test(name) && !["query", "fields", "any"].includes(name) && values.length > 0) filters[name] = values;
  }
  const sort = (Object.keys(SORTS) as Sort[]).find((one) => SORTS[one].order_by === told["order_by"] && SORTS[one].order === told["order"]);
  return { ...state, filters, sort: sort ?? "newest" };
}

/** How many filters narrow the list beyond the usual. */
export function countActive(state: ListState): number {
  let count = (state.mine ? 1 : 0) + (state.flagged ? 1 : 0);
  for (const [name, values] of Object.entries(state.filters)) if (name !== "status") count += values.length;
  return count;
}
