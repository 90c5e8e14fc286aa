import { fold } from "~/lib/fold";
import type { Json } from "~/lib/json";
import type { Search } from "~/store";

/** Filters that stand in the address; several values of one are "any of". */
export const FILTERS = ["status", "sex", "age", "risk_level", "workflow", "protection_concerns"] as const;
export type Filter = (typeof FILTERS)[number];

export const SORTS = {
  newest: { order_by: "created_at", order: "desc" },
  changed: { order_by: "last_updated_at", order: "desc" },
  registered: { order_by: "registration_date", order: "desc" },
  name: { order_by: "name", order: "asc" },
  youngest: { order_by: "age", order: "asc" },
} as const;
export type Sort = keyof typeof SORTS;

export interface ListState {
  filters: Partial<Record<Filter, string[]>>;
  mine: boolean;
  flagged: boolean;
  sort: Sort;
  page: number;
}

export const PER_PAGE = 20;
/** Unless the worker says otherwise she sees what is open. */
const DEFAULT_STATUS = ["open"];
export const ANY = "any";

export function readState(query: URLSearchParams): ListState {
  const filters: ListState["filters"] = {};
  for (const name of FILTERS) {
    const values = (query.get(name) ?? "").split(",").filter(Boolean);
    if (values.length > 0 && !values.includes(ANY)) filters[name] = values;
  }
  if (!query.has("status")) filters.status = DEFAULT_STATUS;
  const sort = query.get("sort");
  const page = Number(query.get("page"));
  return {
    filters,
    mine: query.get("mine") === "1",
    flagged: query.get("flagged") === "1",
    sort: sort !== null && sort in SORTS ? (sort as Sort) : "newest",
    page: Number.isInteger(page) && page > 0 ? page : 1,
  };
}

/** The query for a state, without what is usual anyway. */
export function writeState(state: ListState): string {
  const query = new URLSearchParams();
  for (const name of FILTERS) {
    const values = state.filters[name] ?? [];
    if (name === "status") {
      if (values.length === 0) query.set("status", ANY);
      else if (values.join() !== DEFAULT_STATUS.join()) query.set("status", values.join(","));
    } else if (values.length > 0) query.set(name, values.join(","));
  }
  if (state.mine) query.set("mine", "1");
  if (state.flagged) query.set("flagged", "1");
  if (state.sort !== "newest") query.set("sort", state.sort);
  if (state.page > 1) query.set("page", String(state.page));
  return query.toString();
}

/** Any change of what is looked for starts again on page one. */
export function withFilter(state: ListState, name: Filter, values: string[]): ListState {
  return { ...state, page: 1, filters: { ...state.filters, [name]: values } };
}

export function toggled(values: readonly string[] | undefined, value: string): string[] {
  const before = values ?? [];
  return before.includes(value) ? before.filter((one) => one !== value) : [...before, value];
}

const FIELDS =
  "name,case_id_display,short_id,age,sex,status,workflow,risk_level,protection_concerns,owned_by,registration_date,created_at,last_updated_at,flag_count,alert_count,hidden_name,record_in_scope,module_id";

/** Digits are an id or a phone number, words are a name in any script. */
export function searchTerms(text: string): Pick<Search, "query" | "phonetic" | "id_search"> & { phone_number?: boolean } {
  const query = text.trim().replace(/[٠-٩۰-۹]/g, (digit) => String((digit.codePointAt(0) ?? 0) & 15));
  if (fold(query) === "") return {};
  if (/^\+?[\d\s()-]{7,}$/.test(query) && query.replace(/\D/g, "").length >= 7 && !/^\d{7}$/.test(query)) return { query, phone_number: true };
  return /\d/.test(query) ? { query, id_search: true } : { query, phonetic: true };
}

/** The body that is sent; the worker's own name stands for "mine". */
export function toSearch(state: ListState, text: string, userName: string): Search {
  const body: Search = { fields: FIELDS, page: state.page, per: PER_PAGE, ...SORTS[state.sort], ...searchTerms(text) };
  for (const [name, values] of Object.entries(state.filters)) if (values.length > 0) body[name] = values as Json;
  if (state.mine) body["owned_by"] = userName;
  if (state.flagged) body["flagged"] = true;
  return body;
}

/** How many filters narrow the list beyond the usual. */
export function countActive(state: ListState): number {
  let count = (state.mine ? 1 : 0) + (state.flagged ? 1 : 0);
  for (const name of FILTERS) if (name !== "status") count += state.filters[name]?.length ?? 0;
  return count;
}
