import type { Rights } from "./permissions";
import { actionsOn } from "./permissions";
import type { Kind, RecordAct } from "./types";

/** How one kind of record is called by the server, and by which acts it is made and changed. */
export interface KindNames {
  /** In forms, in the feed and in the book of changes: the singular. */
  one: string;
  register: RecordAct;
  amend: RecordAct;
  /** Under what it is known, beside its short id. */
  codes: readonly string[];
  /** By what it is called: the first that is answered. */
  names: readonly string[];
}

export const KINDS: Readonly<Record<Kind, KindNames>> = {
  cases: { one: "case", register: "register_case", amend: "amend_case", codes: ["case_id_display"], names: ["name"] },
  tracing_requests: { one: "tracing_request", register: "register_tracing_request", amend: "amend_tracing_request", codes: ["tracing_request_id_display"], names: ["relation_name", "relation_nickname"] },
  families: { one: "family", register: "register_family", amend: "amend_family", codes: ["family_id_display"], names: ["family_name"] },
  incidents: { one: "incident", register: "register_incident", amend: "amend_incident", codes: ["incident_id_display"], names: [] },
  registry_records: { one: "registry_record", register: "register_registry_record", amend: "amend_registry_record", codes: ["registry_id_display"], names: ["name"] },
};
/** In the order in which they are offered. */
export const ALL_KINDS = Object.keys(KINDS) as readonly Kind[];

const BY_ONE = new Map(ALL_KINDS.map((kind) => [KINDS[kind].one, kind]));

/** The kind that the server calls so, in the singular. */
export function kindOf(one: string): Kind | null {
  return BY_ONE.get(one) ?? null;
}

export function isKind(name: string | null | undefined): name is Kind {
  return typeof name === "string" && Object.hasOwn(KINDS, name);
}

/** The same thing for each kind. */
export function byKind<T>(make: (kind: Kind) => T): Readonly<Record<Kind, T>> {
  return Object.fromEntries(ALL_KINDS.map((kind) => [kind, make(kind)])) as Record<Kind, T>;
}

/** The kinds of which she may read records at all. */
export function kindsOf(me: Rights | null): Kind[] {
  return ALL_KINDS.filter((kind) => ["read", "manage"].some((action) => actionsOn(me, kind).includes(action)));
}
