import { useEffect, useMemo, useState } from "preact/compat";
import { Refusal } from "~/api";
import { useOnline } from "~/lib/online";
import { useWatched } from "~/lib/watched";
import type { Data } from "~/renderer/types";
import { isAway, useSource, type OutboxItem, type StoryPage, type Told } from "~/store";
import type { At } from "../record/RecordLink";
import { newestFirst, tellKept, tellUnsent, type Entry } from "./telling";

export interface StoryNow {
  entries: readonly Entry[];
  /** It was put together from the answers on this device. */
  isHere: boolean;
  loading: boolean;
  /** It could not be had, although there is a network. */
  failed: boolean;
  more: (() => void) | null;
  retry: () => void;
}

interface Earlier {
  first: StoryPage | null;
  rows: readonly Told[];
  next: number | null;
  loading: boolean;
}

const NOTHING: Earlier = { first: null, rows: [], next: null, loading: false };

/** What happened to a record as she may know it now: the server's word, else what the answers tell, and on top her unsent work. */
export function useStory({ kind, id }: At, data: Data, items: readonly OutboxItem[], mayRead: boolean, version: unknown): StoryNow {
  const source = useSource();
  const newest = source.story.newest(kind, id);
  const { value, loading, error } = useWatched(newest);
  const session = useWatched(source.session);
  const online = useOnline();
  const away = !online || session.status !== "in" || session.expired || session.offline;
  useEffect(() => {
    if (mayRead) void newest.refresh();
  }, [newest, mayRead, version, away]);
  const [earlier, setEarlier] = useState<Earlier>(NOTHING);
  // Pages that follow an older first page belong to it alone.
  const following = earlier.first === value ? earlier : NOTHING;
  const next = following.rows.length > 0 ? following.next : (value?.next ?? null);
  const more = async (): Promise<void> => {
    if (next === null || value === null) return;
    setEarlier({ ...following, first: value, next, loading: true });
    try {
      const page = await source.story.earlier(kind, id, next);
      setEarlier({ first: value, rows: [...following.rows, ...page.rows], next: page.next, loading: false });
    } catch (problem) {
      setEarlier({ ...following, first: value, next, loading: false });
      if (!(problem instanceof Refusal) && !isAway(problem)) throw problem;
    }
  };
  const userName = session.status === "in" ? session.session.userName : "";
  const told = mayRead && value !== null ? value : null;
  const entries = useMemo(
    () => [...tellUnsent(items, userName), ...(told === null ? tellKept(data) : newestFirst([...told.rows, ...following.rows]))],
    [items, userName, told, following, told === null ? data : null],
  );
  return {
    entries,
    isHere: told === null,
    loading: (loading && value === null) || following.loading,
    failed: mayRead && error !== null && !isAway(error),
    more: told !== null && next !== null ? () => void more() : null,
    retry: () => void newest.refresh(),
  };
}
