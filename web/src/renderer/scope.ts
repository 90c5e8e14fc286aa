import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Settable } from "~/lib/watched";
import type { AnswerBook } from "./answers";
import type { RecordFiles } from "./files";
import type { Filling } from "./filling";
import type { Sources } from "./sources";
import type { Field, Mode } from "./types";

/** One row that is open: the field it belongs to, and its id. */
export interface OpenRow {
  field: Field;
  id: string;
  /** It was just added: taking it back removes it. */
  fresh?: boolean;
}

/** Rows inside rows are opened one after another in the same sheet, never a dialog on a dialog. */
export interface OpenRows {
  mode: Mode;
  path: readonly OpenRow[];
}

/** What every field of a record shares: it never changes while the record is open, so nothing redraws because of it. */
export interface Desk {
  sources: Sources;
  filling: Filling;
  openRows: Settable<OpenRows | null>;
  /** Its files; null until it is registered. */
  files?: RecordFiles | null;
}

/** Where a field stands: in the record, or in a row of it. */
export interface Scope {
  desk: Desk;
  book: AnswerBook;
  /** Of a row: the answers of the whole record, for conditions. */
  record: AnswerBook;
  mode: Mode;
  /** The pointer of the record (empty) or of the row. */
  prefix: string;
  siblings: readonly Field[];
  path: readonly OpenRow[];
}

const Context = createContext<Scope | null>(null);
export const ScopeProvider = Context.Provider;

export function useScope(): Scope {
  const scope = useContext(Context);
  if (scope === null) throw new Error("a field was drawn outside a form");
  return scope;
}
