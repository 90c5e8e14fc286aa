import { useSyncExternalStore } from "preact/compat";

/** A value that can be watched: the one small primitive of client state. */
export interface Watched<T> {
  get(): T;
  watch(listener: () => void): () => void;
}
export interface Settable<T> extends Watched<T> {
  set(value: T): void;
  update(change: (value: T) => T): void;
}

export function watched<T>(initial: T): Settable<T> {
  let value = initial;
  const listeners = new Set<() => void>();
  const set = (next: T): void => {
    if (Object.is(next, value)) return;
    value = next;
    for (const listener of [...listeners]) listener();
  };
  return {
    get: () => value,
    set,
    update: (change) => {
      set(change(value));
    },
    watch: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Re-renders the calling component when the value changes. */
export function useWatched<T>(source: Watched<T>): T {
  return useSyncExternalStore(source.watch, source.get);
}
