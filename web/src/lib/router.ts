import { useEffect } from "preact/compat";
import { useWatched, watched } from "./watched";

/**
 * Where the worker is. State that may be shared lives in the path and the query; what may not (a child's name in a
 * search box) lives in `state`: in the memory of this page alone, as browsers write their history entries to the disk.
 */
export interface Place {
  path: string;
  query: URLSearchParams;
  state: Readonly<Record<string, unknown>>;
  key: string;
}

const BASE = "/app";
let entry = 0;
let position = 0;

interface Kept {
  key?: string;
  position?: number;
}

const states = new Map<string, Readonly<Record<string, unknown>>>();

/** What was asked for at earlier entries is nothing for who comes next. */
export function forgetStates(): void {
  states.clear();
  place.set(read());
}

function read(): Place {
  const kept = (history.state ?? {}) as Kept;
  const path = location.pathname.startsWith(BASE) ? location.pathname.slice(BASE.length) : location.pathname;
  const key = kept.key ?? "first";
  return { path: path === "" ? "/" : path, query: new URLSearchParams(location.search), state: states.get(key) ?? {}, key };
}

const place = watched<Place>(
  typeof location === "undefined" ? { path: "/", query: new URLSearchParams(), state: {}, key: "first" } : read(),
);

type Blocker = (proceed: () => void) => void;
let blocker: Blocker | null = null;
/** The part of the app that may be moved about in without being asked; "" when there is none. */
let home = "";
const scrolls = new Map<string, number>();

export interface To {
  replace?: boolean;
  state?: Record<string, unknown>;
  /** Go even though a form asked to be asked. */
  force?: boolean;
  /** Stay where the page is scrolled to. */
  keepScroll?: boolean;
}

export function hrefOf(path: string): string {
  return path.startsWith("/") ? BASE + path : path;
}

/** Goes to a path inside the app, such as `/cases?status=open`. */
export function navigate(path: string, to: To = {}): void {
  if (blocker && !to.force && !isWithin(path.split("?")[0] ?? "") && path.split("?")[0] !== place.get().path) {
    blocker(() => {
      navigate(path, { ...to, force: true });
    });
    return;
  }
  scrolls.set(place.get().key, scrollY);
  const key = to.replace ? place.get().key : `${String(Date.now())}-${String(++entry)}`;
  if (!to.replace) position += 1;
  const kept: Kept = { key, position };
  states.set(key, to.state ?? {});
  if (to.replace) history.replaceState(kept, "", hrefOf(path));
  else history.pushState(kept, "", hrefOf(path));
  const before = place.get().path;
  place.set(read());
  if (!to.keepScroll && before !== place.get().path) scrollTo(0, 0);
}

/** Changes some of the query of the page one is on (null takes a name away); the history gets no new entry. */
export function setQuery(change: Record<string, string | null>, to: To = {}): void {
  const { path, query, state } = place.get();
  const next = new URLSearchParams(query);
  for (const [name, value] of Object.entries(change)) {
    if (value === null || value === "") next.delete(name);
    else next.set(name, value);
  }
  const text = next.toString();
  navigate(text === "" ? path : `${path}?${text}`, { replace: true, keepScroll: true, state: { ...state }, ...to });
}

export function goBack(otherwise = "/"): void {
  if (position > 0) history.back();
  else navigate(otherwise, { replace: true });
}

export function usePlace(): Place {
  return useWatched(place);
}

export function getPlace(): Place {
  return place.get();
}

/** While `when` holds, leaving the page (or all below `within`) first asks `ask`, which may call `proceed`; closing the tab asks the browser's way. */
export function useLeaveQuestion(when: boolean, ask: Blocker, within = ""): void {
  useEffect(() => {
    if (!when) return undefined;
    blocker = ask;
    home = within;
    const unload = (event: BeforeUnloadEvent): void => {
      event.preventDefault();
    };
    addEventListener("beforeunload", unload);
    return () => {
      if (blocker === ask) blocker = null;
      removeEventListener("beforeunload", unload);
    };
  }, [when, ask, within]);
}

function isWithin(path: string): boolean {
  return home !== "" && (path === home || path.startsWith(`${home}/`));
}

/** Whether a form is open that must not be lost under the worker's hands. */
export function isBusy(): boolean {
  return blocker !== null;
}

/** Starts listening to back and forward; called once. */
export function startRouter(): void {
  history.scrollRestoration = "manual";
  position = ((history.state ?? {}) as Kept).position ?? 0;
  addEventListener("popstate", () => {
    const next = ((history.state ?? {}) as Kept).position ?? 0;
    const by = next - position;
    if (blocker && by !== 0 && !isWithin(read().path)) {
      const ask = blocker;
      history.go(-by);
      ask(() => {
        blocker = null;
        history.go(by);
      });
      return;
    }
    scrolls.set(place.get().key, scrollY);
    position = next;
    place.set(read());
    restoreScroll();
  });
}

function restoreScroll(): void {
  const wanted = scrolls.get(place.get().key) ?? 0;
  let tries = 0;
  const attempt = (): void => {
    scrollTo(0, wanted);
    if (Math.abs(scrollY - wanted) > 2 && ++tries < 20) requestAnimationFrame(attempt);
  };
  requestAnimationFrame(attempt);
}

export type Params = Record<string, string>;

/** Matches `/cases/:id/:section?` against a path; null when it does not fit. */
export function matchPath(pattern: string, path: string): Params | null {
  const wanted = pattern.split("/").filter(Boolean);
  const given = path.split("/").filter(Boolean);
  if (given.length > wanted.length) return null;
  const params: Params = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index];
    if (part.startsWith(":")) {
      if (value === undefined) {
        if (!part.endsWith("?")) return null;
        continue;
      }
      params[part.replace(/^:|\?$/g, "")] = decodeURIComponent(value);
    } else if (part !== value) return null;
  }
  return params;
}
