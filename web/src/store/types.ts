import type { Conflict, Problem, Shape } from "~/api";
import type { JsonObject, Json } from "~/lib/json";

/** Kinds of record, by their plural as in addresses. */
export type Kind = "cases" | "tracing_requests" | "families" | "incidents" | "registry_records";

/** What a read has come to. A value may be shown while a newer one is fetched or could not be had. */
export interface Loaded<T> {
  value: T | null;
  /** When the value came from the server. */
  at: number | null;
  loading: boolean;
  error: unknown;
}

export type Incomplete = Shape<"Missing">;
export type RecordAction = NonNullable<Shape<"CaseEdit">["record_action"]>;
/** The revision and the values that the worker saw; answers are JSON. */
export type Base = Omit<Shape<"Seen">, "values"> & { values: JsonObject };

export interface RecordView {
  data: JsonObject;
  revision: number | null;
  incomplete: Incomplete[];
  /** The day on which the age was last written down, where the server tells. */
  ageRecordedOn?: string;
  /** How many answers of others wait for her decision. */
  quarantined?: number;
}

export interface ListView {
  rows: JsonObject[];
  total: number;
  page: number;
  per: number;
  totalExact: boolean;
  /** Where the next page begins, when there is one. */
  next?: string;
  /** Names of filters that the server did not use: they are not open to this worker, or unknown. */
  unused: string[];
  /** Why a search found a case, by its id: a code. */
  reasons?: Readonly<Record<string, string>>;
  /** It was answered on this device, from the kept cases. */
  here?: true;
}

/** One page of a thing that comes in pages, such as the history of a case. */
export interface PageView<T> {
  items: T[];
  total: number;
}

/** What the worker asks a list for; the search text is sent in the body and never stands in an address. */
export type Search = Shape<"CaseSearch">;

export type ItemState = "waiting" | "sending" | "confirmed" | "refused";

export interface ItemRefusal {
  status: number;
  problems: Problem[];
}

/** The acts that wait in the outbox, by their names in the catalogue of acts (`outbox/acts.ts`). */
export type ActName = RecordAct | "let_answers_go" | SharingAct | SupervisingAct | FileAct | TracingAct | FamilyAct;
/** By which a record of a kind is made and changed (`kinds.ts`). */
export type RecordAct = `${"register" | "amend"}_${"case" | "tracing_request" | "family" | "incident" | "registry_record"}`;
/** Acts between the people who work on a case; their `data` is the body of the route, no answers. */
export type SharingAct = "assign_case" | "refer_case" | "transfer_case" | "answer_transition" | "revoke_transition" | "register_consent" | "withdraw_consent";

/** Approvals and flags; their `data` is the body of the route, and names its `approval` or `flag`. */
export type SupervisingAct = "request_approval" | "answer_approval" | "withdraw_approval" | "raise_flag" | "amend_flag" | "resolve_flag";

/** Deciding on possible matches; their `data` names the `trace` and the `case`. */
export type TracingAct = "confirm_match" | "reject_match" | "undo_match";

/** Acts on families and between cases (`families.ts`). */
export type FamilyAct = "link_family" | "unlink_family" | "create_family_of_case" | "create_case_from_detail" | "create_case_from_member" | "relate_cases" | "amend_relationship" | "link_incidents";

/** Files on a record (`attachments/acts.ts`). */
export type FileAct = "attach_file" | "detach_file";

/** Why something waits although there is a network: it was tried and will be tried again at this moment. */
export type ItemReason = { code: "again" | "server_older"; at: number };

/** Everything that a worker does to a record: one action, its arguments, and when she did it. */
export interface OutboxItem {
  schema: 2;
  /** Also the key by which the server knows a repeated request. */
  id: string;
  /** The account that did it: it is sent as nobody else. */
  owner: string;
  action: ActName;
  kind: Kind;
  record: string;
  data: JsonObject;
  base: Base | null;
  recordAction: RecordAction | null;
  /** When it was done, by this device, and that device's distance from UTC in minutes. */
  at: string;
  offset: number;
  /** Items that must be accepted first, besides earlier ones of the same record. */
  dependsOn: string[];
  state: ItemState;
  reason: ItemReason | null;
  refusal: ItemRefusal | null;
  attempts: number;
  /** The schema in which an earlier version of the app wrote it. */
  madeBy?: 1;
}

/** Something begun and not yet saved. */
export interface Draft {
  schema: 2;
  key: string;
  owner: string;
  at: string;
  value: Json;
}

export interface Save {
  kind: Kind;
  /** For a new record a fresh UUID (version 4) made by the client. */
  id: string;
  create: boolean;
  data: JsonObject;
  base?: Base | null;
  recordAction?: RecordAction | null;
  /** Another act than registering or amending. */
  act?: ActName;
  /** Items that must be accepted first, besides earlier ones of the same record. */
  dependsOn?: string[];
  /** The id of the item, where something kept beside it is named so. */
  item?: string;
  /** The items that came back and whose answers it carries (refused, or waiting behind those); when not told, all refused ones of the record. One that came back a moment ago is not among them. */
  replaces?: readonly string[];
}

export type Outcome =
  | { state: "confirmed"; data: JsonObject; revision: number | null; incomplete: Incomplete[]; ignored: Shape<"Ignored">[]; notices: Shape<"Ignored">[] }
  /** Kept on this device; it goes out by itself. */
  | { state: "waiting"; item: string }
  | { state: "refused"; item: string; status: number; problems: Problem[]; conflicts: Conflict[] };

/** What the app needs of the session, in its own spelling: it is kept on the device. */
export interface Session {
  userName: Shape<"Session">["user_name"];
  fullName: Shape<"Session">["full_name"];
  userId: string;
  instance: Shape<"InstanceFace">;
  timeZone: Shape<"Session">["time_zone"];
  /** The code of conduct has to be accepted before anything else. */
  owesConduct: boolean;
}
