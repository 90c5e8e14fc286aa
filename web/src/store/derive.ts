import type { Shape } from "~/api";
import { mergeEdit, type Conflict, type Field } from "~/engine";
import type { JsonObject } from "~/lib/json";
import { KINDS } from "./kinds";
import { actOf, layOver } from "./outbox/acts";
import type { ItemState, Kind, OutboxItem } from "./types";

// What the worker sees is worked out, never stored: the server's answers with her own unsent ones laid over them.
export { mergeAnswers } from "./outbox/merging";

/** Until the server puts the child's name together, the parts she typed are shown. */
export function named(data: JsonObject): JsonObject {
  if (typeof data["name"] === "string" && data["name"] !== "") return data;
  const parts = ["name_first", "name_middle", "name_last"].map((part) => data[part]).filter((part) => typeof part === "string" && part !== "");
  return parts.length === 0 ? data : { ...data, name: parts.join(" ") };
}

const WEIGHT: Record<ItemState, number> = { confirmed: 0, sending: 1, waiting: 2, refused: 3 };

/** The state to show for a record with these items: the one that needs the worker most; null when all is the server's. */
export function stateOf(items: readonly OutboxItem[]): ItemState | null {
  let state: ItemState | null = null;
  for (const item of items) if (state === null || WEIGHT[item.state] > WEIGHT[state]) state = item.state;
  return state;
}

/** The items of one record that the server has not confirmed. */
export function openItems(items: readonly OutboxItem[], record: string): OutboxItem[] {
  return items.filter((item) => item.record === record && item.state !== "confirmed");
}

export interface Row {
  data: JsonObject;
  state: ItemState | null;
}

/** A page of the server with the worker's unsent changes in it, and on the first page her unsent new cases on top. */
export function deriveRows(rows: readonly JsonObject[], items: readonly OutboxItem[], withNew: boolean, kind: Kind = "cases"): Row[] {
  const known = new Set(rows.map((row) => row["id"]));
  const derived: Row[] = rows.map((row) => {
    const mine = openItems(items, String(row["id"]));
    return { data: layOver(row, mine), state: stateOf(mine) };
  });
  if (!withNew) return derived;
  const fresh = items.filter((item) => item.kind === kind && actOf(item).makes && item.state !== "confirmed" && !known.has(item.record));
  return [
    ...fresh.reverse().map((item): Row => {
      const mine = openItems(items, item.record);
      const data = layOver({ id: item.record, short_id: item.record.slice(-7), status: "open" }, mine);
      return { data: kind === "cases" ? named(data) : data, state: stateOf(mine) };
    }),
    ...derived,
  ];
}

/** A record as she sees it now, and the answers that she and somebody else changed differently, where that is known already. */
export interface Laid {
  data: JsonObject;
  conflicts: Conflict[];
}

/**
 * Her unsent work laid over a record that may have moved on since: answers that only she changed are hers, rows merge,
 * and of two answers to one question the stored one is shown, hers beside it in the conflict (`contracts/vectors/merge.json`).
 */
export function layOverMoved(record: JsonObject, revision: number | null, items: readonly OutboxItem[], fields: readonly Field[]): Laid {
  const conflicts: Conflict[] = [];
  let data = record;
  for (const item of items) {
    const base = item.action === KINDS[item.kind].amend && revision !== null ? item.base : null;
    // After a conflict the present revision says nothing either: what she typed over may have been the answer that is in question.
    const seen = base !== null && revision !== null && (base.revision < revision || conflicts.length > 0) ? base : null;
    if (seen === null) data = actOf(item).lay(data, item);
    else {
      const merged = mergeEdit(seen.values, item.data, data, fields, () => crypto.randomUUID());
      data = merged.merged;
      conflicts.push(...merged.conflicts);
    }
  }
  return { data, conflicts };
}

const treesOf = new WeakMap<readonly FlatForm[], Map<Kind, readonly Field[]>>();
type FlatForm = Shape<"Form">;

/** The questions of a kind of record as merging needs to know them: calculated ones, counts, rows with their own questions. */
export function questionsOf(forms: readonly FlatForm[], kind: Kind = "cases"): readonly Field[] {
  const trees = treesOf.get(forms) ?? new Map<Kind, readonly Field[]>();
  treesOf.set(forms, trees);
  const known = trees.get(kind);
  if (known) return known;
  const nested = new Map(forms.map((form) => [form.id, form]));
  const hang = (form: FlatForm, depth: number): Field[] =>
    form.fields.map((field): Field => {
      const below = nested.get(field.subform_section_id ?? -1);
      return (below && depth < 4 ? { ...field, subform: { fields: hang(below, depth + 1) } } : field) as Field;
    });
  const made = forms.filter((form) => !form.is_nested && form.parent_form === KINDS[kind].one).flatMap((form) => hang(form, 0));
  trees.set(kind, made);
  return made;
}
