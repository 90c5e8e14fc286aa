import { createContext, useContext, type ComponentType } from "preact/compat";
import type { Sources } from "~/renderer/sources";
import type { Data, Field } from "~/renderer/types";
import type { Kind, RecordNow } from "~/store";
import type { IconName } from "~/ui/icons";

/** What a special section is given: the record as she sees it, and what is needed to show answers in words. */
export interface SpecialProps {
  kind: Kind;
  id: string;
  /** The record with what waits to be sent laid over it. */
  data: Data;
  record: RecordNow;
  fields: ReadonlyMap<string, Field>;
  sources: Sources;
  mayWrite: boolean;
  may: (action: string) => boolean;
}

/** A part of a record that is no form: matches, a journey, a family tree. It stands among the sections, at `/<kind>/:id/<id>`. */
export interface Special {
  id: string;
  /** A message key. */
  label: string;
  icon: IconName;
  /** Whether it is offered for this record; when not told, always. */
  when?: (about: Pick<SpecialProps, "data" | "may" | "fields">) => boolean;
  load: () => Promise<ComponentType<SpecialProps>>;
  /** A card of its own on the summary. */
  card?: () => Promise<ComponentType<SpecialProps>>;
}

export type SectionsOf = Readonly<Record<Kind, readonly Special[]>>;

const NONE: SectionsOf = { cases: [], tracing_requests: [], families: [], incidents: [], registry_records: [] };

const Context = createContext<SectionsOf>(NONE);
export const SpecialProvider = Context.Provider;

export function useSpecial(kind: Kind): readonly Special[] {
  return useContext(Context)[kind];
}
