import { isObject } from "~/lib/json";

/** Where the device stands with the server: what it has, what it still wants, and what it must let go. */
export interface Place {
  schema: 1;
  /** Raised by every write: another window sees by it that its memory is old. */
  turn: number;
  cursor: string | null;
  /** The kinds of records for which the cursor stands, as the feed calls them. */
  kinds: string[];
  epoch: number | null;
  configuration: number | null;
  /** Kept whatever the policy says, until she unpins them. */
  pinned: string[];
  /** Registered here without the server's look for the same child; she is shown what it finds. */
  unchecked: string[];
  /** Asked for by id: what the manifest named, what was pinned, what was changed here and confirmed. */
  wanted: string[];
  /** Held by fields that are not hers any more: not shown until it has come anew. */
  stale: string[];
  /** In scope and not kept, as there is no room. */
  left: string[];
  /** Of these, what is known to be no case. */
  leftOthers: string[];
  /** No longer hers to keep, and held only until her unsent work on it has gone out; why. */
  leaving: Record<string, string>;
  /** Everything in scope has come at least once. */
  filled: boolean;
  /** When the device last had all that the server had, in milliseconds. */
  lastSync: number | null;
}

export const NOWHERE: Place = {
  schema: 1,
  turn: 0,
  cursor: null,
  kinds: ["case"],
  epoch: null,
  configuration: null,
  pinned: [],
  unchecked: [],
  wanted: [],
  stale: [],
  left: [],
  leftOthers: [],
  leaving: {},
  filled: false,
  lastSync: null,
};

/** A place of another schema is no place: the device is filled again. */
export function readPlace(kept: unknown): Place {
  return isObject(kept) && kept["schema"] === 1 ? { ...NOWHERE, ...(kept as unknown as Place) } : NOWHERE;
}
