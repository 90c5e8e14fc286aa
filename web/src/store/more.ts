import { useEffect, useMemo, useState } from "preact/compat";
import { deriveRows, type Row } from "./derive";
import { useWatched } from "~/lib/watched";
import type { Resource } from "./resource";
import type { DataSource } from "./source";
import type { Kind, ListView, Search } from "./types";

export interface More {
  rows: Row[];
  /** There is more than is shown. */
  more: boolean;
  loading: boolean;
  failed: boolean;
}

/**
 * The pages after the first, one under the other: each begins where the one before it ended, so that a case that comes
 * or goes meanwhile moves none of the others. `shown`: how many pages are wanted in all.
 */
export function useMore(source: DataSource, kind: Kind, body: Search, first: ListView | null, shown: number): More {
  const items = useWatched(source.outbox.items);
  const [pages] = useState(() => new Map<string, Resource<ListView>>());
  const [, again] = useState(0);
  const start = first?.next ?? null;
  const { page: _page, ...list } = body;
  const chain: Resource<ListView>[] = [];
  // The same place is written differently each time; the case before it tells which page it is.
  let [cursor, before] = [start, first];
  while (cursor !== null && chain.length < shown - 1) {
    const asked = { ...list, after: cursor };
    const key = JSON.stringify([list, before?.rows.at(-1)?.["id"] ?? null]);
    const one: Resource<ListView> = pages.get(key) ?? source.search(kind, asked);
    pages.set(key, one);
    chain.push(one);
    before = one.get().value;
    cursor = before?.next ?? null;
  }
  const last = chain.at(-1);
  useEffect(() => {
    const ends = chain.map((one) => one.watch(() => { again((before) => before + 1); }));
    for (const one of chain) void one.refresh(300);
    return () => {
      for (const end of ends) end();
    };
  }, [chain.length, last]);
  const values = chain.map((one) => one.get().value);
  const rows = useMemo(() => {
    const seen = new Set((first?.rows ?? []).map((row) => row["id"]));
    return deriveRows(values.flatMap((one) => one?.rows ?? []).filter((row) => !seen.has(row["id"]) && seen.add(row["id"])), items, false);
  }, [items, first, ...[values.length, values.at(-1)]]);
  const end = last?.get();
  return { rows, more: chain.length === 0 ? start !== null : (end?.value?.next ?? null) !== null, loading: end?.loading === true && end.value === null, failed: end?.error !== null && end?.error !== undefined };
}
