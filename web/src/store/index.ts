import { createContext, useContext, useMemo } from "preact/compat";
import { useWatched } from "~/lib/watched";
import { deriveRows, mergeAnswers, openItems, stateOf, type Row } from "./derive";
import { useResource } from "./resource";
import type { DataSource } from "./source";
import type { ItemState, Kind, ListView, Loaded, OutboxItem, RecordView, Search } from "./types";

export { mergeAnswers, openItems, stateOf, type Row } from "./derive";
export { actionsOn, mayDo } from "./permissions";
export { useResource, type Resource } from "./resource";
export type { OutReason, SessionState } from "./session";
export type { DataSource, PublicInfo } from "./source";
export type * from "./types";

const Context = createContext<DataSource | null>(null);
export const SourceProvider = Context.Provider;

/** The data source of the app. */
export function useSource(): DataSource {
  const source = useContext(Context);
  if (!source) throw new Error("no data source");
  return source;
}

export interface RecordNow extends Loaded<RecordView> {
  /** The server's answers with the worker's own unsent ones over them; null when there is neither. */
  data: RecordView["data"] | null;
  /** Unsent or refused items of this record, oldest first. */
  items: OutboxItem[];
  state: ItemState | null;
}

/** A record as the worker sees it now. */
export function useRecord(kind: Kind, id: string): RecordNow {
  const source = useSource();
  const loaded = useResource(source.record(kind, id));
  const all = useWatched(source.outbox.items);
  return useMemo(() => {
    const items = openItems(all, id);
    const start = loaded.value?.data ?? (items.some((item) => item.action === "register_case") ? { id, short_id: id.slice(-7), status: "open" } : null);
    const data = start === null ? null : items.reduce((merged, item) => mergeAnswers(merged, item.data), start);
    return { ...loaded, data, items, state: stateOf(all.filter((item) => item.record === id)) };
  }, [loaded, all, id]);
}

export interface ListNow extends Loaded<ListView> {
  derived: Row[];
}

/** A page of a list as the worker sees it now; `withNew` puts her unsent new records on top. */
export function useList(kind: Kind, body: Search, withNew: boolean): ListNow {
  const source = useSource();
  const loaded = useResource(source.search(kind, body));
  const all = useWatched(source.outbox.items);
  return useMemo(() => ({ ...loaded, derived: deriveRows(loaded.value?.rows ?? [], all, withNew) }), [loaded, all, withNew]);
}
