import type { JsonObject } from "~/lib/json";
import { named, stateOf, type Row } from "../derive";
import { isMaking, layOver } from "../outbox/acts";
import type { Kind, ListView, OutboxItem, Search } from "../types";
import { findKept } from "./finding";
import type { NameSearch } from "./naming";
import { summaryOf, summaryWith, type Summary } from "./summary";

const NAME_PARTS = ["name_first", "name_middle", "name_last"];

/** A list from memory: the kept records of a kind with her unsent changes in them, and her unsent new ones on top, if they fit. */
export function listKept(summaries: ReadonlyMap<string, Summary>, items: readonly OutboxItem[], body: Search, today: string, names: NameSearch | null = null, kind: Kind = "cases"): { view: ListView; derived: Row[] } {
  const open = new Map<string, OutboxItem[]>();
  for (const item of items) if (item.kind === kind && item.state !== "confirmed") open.set(item.record, [...(open.get(item.record) ?? []), item]);
  const fresh = [...open].filter(([id, mine]) => !summaries.has(id) && mine.some(isMaking)).map(([id, mine]) => summaryOf({ ...BLANK, id, kind, values: newRow(id, mine) }, 0));
  const moved = new Set(open.keys());
  const stored = withUnsent(summaries, open, kind);
  const view = findKept(stored, body, today, names, moved);
  // Her new ones stand on top of the first page, in no other order than that of her day.
  const found = findKept(fresh, { ...body, page: 1, per: fresh.length + 1 }, today, names, moved);
  const top = view.page === 1 ? found.rows.reverse() : [];
  const total = view.total + found.total;
  const derived = [...top, ...view.rows].map((data): Row => ({ data, state: stateOf(open.get(String(data["id"])) ?? []) }));
  return { view: { ...view, total, ...(view.reasons ? { reasons: { ...view.reasons, ...found.reasons } } : {}) }, derived };
}

const BLANK = { schema: 2 as const, revision: 0, fields: "", incomplete: [], ageRecordedOn: null, quarantined: 0 };

function newRow(id: string, items: readonly OutboxItem[]): JsonObject {
  return named(layOver({ id, short_id: id.slice(-7), status: "open", created_at: items[0]?.at ?? "", record_in_scope: true }, items));
}

function* withUnsent(summaries: ReadonlyMap<string, Summary>, open: ReadonlyMap<string, readonly OutboxItem[]>, kind: Kind): Generator<Summary> {
  for (const [id, summary] of summaries) {
    if (summary.kind !== kind) continue;
    const mine = open.get(id);
    yield mine ? summaryWith(summary, (row) => renamed(row, layOver(row, mine), mine)) : summary;
  }
}

/** Until the server puts the child's name together anew, the parts she changed are shown. */
function renamed(before: JsonObject, row: JsonObject, items: readonly OutboxItem[]): JsonObject {
  const hidden = before["hidden_name"] === true;
  const touched = items.some((item) => NAME_PARTS.some((part) => part in item.data));
  return touched && !hidden ? named({ ...row, name: "" }) : row;
}
