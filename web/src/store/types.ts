import type { Conflict, Problem, Shape } from "~/api";
import type { JsonObject, Json } from "~/lib/json";

/** Kinds of record, by their plural as in addresses. */
export type Kind = "cases";

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
}

export interface ListView {
  rows: JsonObject[];
  total: number;
  page: number;
  per: number;
  totalExact: boolean;
  /** Names of filters that the server did not use: they are not open to this worker, or unknown. */
  unused: string[];
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

/** Everything that a worker does to a record: one action, its arguments, and when she did it. */
export interface OutboxItem {
  schema: 1;
  /** Also the key by which the server knows a repeated request. */
  id: string;
  /** The account that did it: it is sent as nobody else. */
  owner: string;
  action: "register_case" | "amend_case";
  kind: Kind;
  record: string;
  data: JsonObject;
  base: Base | null;
  recordAction: RecordAction | null;
  /** When it was done, by this device, and that device's distance from UTC in minutes. */
  at: string;
  offset: number;
  state: ItemState;
  refusal: ItemRefusal | null;
  attempts: number;
}

/** Something begun and not yet saved. */
export interface Draft {
  schema: 1;
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
}
