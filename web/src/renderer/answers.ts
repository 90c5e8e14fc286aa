import { useEffect, useLayoutEffect, useReducer, useRef, useState } from "preact/hooks";
import type { Data, Json } from "./types";

type Listener = (changed: ReadonlySet<string>) => void;

/** What follows from a change before anybody sees it: coupled ages, calculated fields. */
export type Derive = (data: Data, changed: ReadonlySet<string>) => Data;

/**
 * The answers of one record, or of one row, while they are being read or filled in.
 * Who listens hears only which names changed; a field draws itself again, never the form.
 */
export class AnswerBook {
  #data: Data;
  #derive: Derive;
  #listeners = new Set<Listener>();

  constructor(data: Data, derive: Derive = (same) => same) {
    this.#data = data;
    this.#derive = derive;
  }

  all(): Data {
    return this.#data;
  }

  get(name: string): Json | undefined {
    return this.#data[name];
  }

  set(name: string, value: Json): void {
    this.merge({ [name]: value });
  }

  /** Several answers at once: one calculation, one notice. */
  merge(some: Data): void {
    const before = this.#data;
    const touched = new Set(Object.keys(some).filter((name) => before[name] !== some[name]));
    if (touched.size === 0) return;
    this.#data = this.#derive({ ...before, ...some }, touched);
    this.#tell(before);
  }

  /** Everything anew: a saved record came back, a draft was restored. */
  replace(data: Data): void {
    const before = this.#data;
    this.#data = data;
    this.#tell(before);
  }

  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(before: Data): void {
    const after = this.#data;
    const changed = new Set<string>();
    for (const name of Object.keys(after)) if (before[name] !== after[name]) changed.add(name);
    for (const name of Object.keys(before)) if (!(name in after)) changed.add(name);
    if (changed.size > 0) for (const listener of [...this.#listeners]) listener(changed);
  }
}

interface Source<T> {
  subscribe(listener: (changed: ReadonlySet<string>) => void): () => void;
  all(): T;
}

/** Draws its component again only when what it selects has changed. */
export function useSelected<S, T>(source: Source<S>, select: (all: S) => T, same: (a: T, b: T) => boolean = Object.is): T {
  const [, again] = useReducer((count: number, _action: null) => count + 1, 0);
  const value = select(source.all());
  const latest = useRef({ select, same, value });
  latest.current = { select, same, value };
  useLayoutEffect(() => {
    const look = () => {
      const { select: read, same: alike, value: old } = latest.current;
      if (!alike(old, read(source.all()))) again(null);
    };
    look();
    return source.subscribe(look);
  }, [source]);
  return value;
}

export function useAnswer(book: AnswerBook, name: string): Json | undefined {
  return useSelected(book, (all) => all[name]);
}

/** The answers when the worker pauses: what stands around the form follows her, and never slows her typing. */
export function useSettled(book: AnswerBook, pauseMs = 250): Data {
  const [data, setData] = useState(book.all());
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const settle = (): void => {
      setData(book.all());
    };
    settle();
    const stop = book.subscribe(() => {
      clearTimeout(timer);
      timer = setTimeout(settle, pauseMs);
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [book, pauseMs]);
  return data;
}

/** Two lists of the same things in the same order. */
export function sameList<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((item, at) => Object.is(item, b[at]));
}
