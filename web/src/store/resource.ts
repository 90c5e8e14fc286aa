import { useEffect } from "preact/compat";
import { Refusal } from "~/api";
import { useWatched, watched, type Watched } from "~/lib/watched";
import type { Loaded } from "./types";

/** A thing that can be read: watched, refreshed on demand, and holding its last value while a newer one is on its way. */
export interface Resource<T> extends Watched<Loaded<T>> {
  /** Fetches when there is nothing yet or the value is older than `maxAge` seconds. Never raises: the error is in the value. */
  refresh(maxAge?: number): Promise<void>;
  /** The value as a promise; raises when it cannot be had. */
  wait(): Promise<T>;
}

export interface ResourceOptions<T> {
  fetch: (before: T | null) => Promise<T>;
  /** Read from, and kept in, the vault: what must be there without a network. */
  kept?: { read: () => Promise<{ value: T; at: number } | null>; write: (value: T, at: number) => Promise<void> };
  onRefusal?: (refusal: Refusal) => void;
}

export interface ResourceControl<T> extends Resource<T> {
  /** `at`: when it came from the server, when that was not now. */
  set(value: T, at?: number): void;
}

export function resource<T>(options: ResourceOptions<T>): ResourceControl<T> {
  const state = watched<Loaded<T>>({ value: null, at: null, loading: false, error: null });
  let running: Promise<void> | null = null;
  let looked = options.kept === undefined;
  const accept = (value: T, at: number): void => {
    state.set({ value, at, loading: false, error: null });
  };
  const run = async (): Promise<void> => {
    state.update((now) => ({ ...now, loading: true }));
    if (!looked) {
      looked = true;
      const kept = await options.kept?.read().catch(() => null);
      if (kept && state.get().value === null) state.set({ value: kept.value, at: kept.at, loading: true, error: null });
    }
    try {
      const value = await options.fetch(state.get().value);
      const at = Date.now();
      accept(value, at);
      await options.kept?.write(value, at).catch(() => undefined);
    } catch (error) {
      if (error instanceof Refusal) options.onRefusal?.(error);
      state.update((now) => ({ ...now, loading: false, error }));
    }
  };
  const refresh = (maxAge = 0): Promise<void> => {
    const { at, value } = state.get();
    if (value !== null && at !== null && Date.now() - at < maxAge * 1000) return Promise.resolve();
    running ??= run().finally(() => {
      running = null;
    });
    return running;
  };
  return {
    get: state.get,
    watch: state.watch,
    refresh,
    set: (value, at = Date.now()) => {
      accept(value, at);
    },
    wait: async () => {
      if (state.get().value === null) await refresh();
      const { value, error } = state.get();
      if (value === null) throw error instanceof Error ? error : new Error("not available");
      return value;
    },
  };
}

/** The resource under a key of a store: made when it is first asked for; of more than `most` the oldest go. */
export function readFrom<T>(known: Map<string, Resource<unknown>>, key: string, options: ResourceOptions<T>, most: number): Resource<T> {
  const before = known.get(key) as Resource<T> | undefined;
  if (before) return before;
  const made = resource<T>(options);
  known.set(key, made);
  for (const old of known.keys()) if (known.size > most) known.delete(old);
  return made;
}

/** Reads a resource in a component; asks for it when it is not there or older than `maxAge` seconds. */
export function useResource<T>(source: Resource<T>, maxAge = 0): Loaded<T> {
  const loaded = useWatched(source);
  useEffect(() => {
    void source.refresh(maxAge);
  }, [source, maxAge]);
  return loaded;
}
