import type { Answer, Refusal, Request } from "~/api";
import type { DataSource } from "./source";

/** The way to the server for stores that come with their own screens, as those of the administration do: they make nobody's way in longer. */
export interface Road {
  ask(path: string, request?: Request): Promise<Answer>;
  onRefusal(refusal: Refusal): void;
}

const made = new WeakMap<DataSource, Map<unknown, { owner: string; store: unknown }>>();

/** The one store of its kind for whoever is signed in; somebody else gets another. */
export function storeApart<T>(source: DataSource, make: (road: Road) => T): T {
  const state = source.session.get();
  const owner = state.status === "in" ? state.session.userId : "";
  const stores = made.get(source) ?? new Map<unknown, { owner: string; store: unknown }>();
  made.set(source, stores);
  const known = stores.get(make);
  if (known?.owner === owner) return known.store as T;
  const store = make(source.road);
  stores.set(make, { owner, store });
  return store;
}
