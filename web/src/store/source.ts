import type { Shape } from "~/api";
import type { Watched } from "~/lib/watched";
import type { Drafts } from "./drafts";
import type { Outbox } from "./outbox";
import type { Resource } from "./resource";
import type { SessionState } from "./session";
import type { Kind, ListView, Outcome, PageView, RecordView, Save, Search } from "./types";

/** What everybody may know before signing in. */
export interface PublicInfo {
  demo: boolean;
  locales: string[];
}

/**
 * The only road of the screens to what is stored: reads are resources, writes are outbox items. Today its answers come
 * from the server (`remote.ts`); kept cases without a network will be a second adapter behind the same face.
 */
export interface DataSource {
  readonly session: Watched<SessionState>;
  readonly outbox: Pick<Outbox, "items" | "sending" | "flush" | "retry" | "takeBack">;
  readonly drafts: Drafts;

  publicInfo(): Resource<PublicInfo>;
  /** The signed-in account as `GET /users/:id?extended=true` gives it. */
  me(): Resource<Shape<"User">>;
  /** The flat list of forms, as served. */
  forms(): Resource<Shape<"Form">[]>;
  lookups(): Resource<Shape<"Lookup">[]>;
  locations(): Resource<Shape<"Location">[]>;
  agencies(): Resource<Shape<"Agency">[]>;
  /** System settings with modules, workflows, age ranges. */
  settings(): Resource<Shape<"SystemSettings">>;
  /** Accounts for fields whose options are accounts; empty when she may not list them. */
  users(): Resource<Shape<"User">[]>;

  /** As the server has it; lay the worker's own unsent changes over it with `useRecord`. */
  record(kind: Kind, id: string): Resource<RecordView>;
  search(kind: Kind, body: Search): Resource<ListView>;
  history(kind: Kind, id: string, page?: number): Resource<PageView<Shape<"HistoryEntry">>>;
  accessLog(kind: Kind, id: string, page?: number): Resource<PageView<Shape<"AccessEntry">>>;

  /** A case on paper (PDF) in her language, as far as she may read it. */
  printCase(id: string): Promise<Blob>;

  /** Keeps the change on the device, sends it when it can, and says how far it came. */
  save(save: Save): Promise<Outcome>;

  signIn(userName: string, password: string): Promise<void>;
  signOut(): Promise<void>;
  /** Closed until the password comes, drafts kept: the device lay idle, or the worker turned away from it. */
  lock(reason: "idle" | "locked"): Promise<void>;
  changePassword(before: string, after: string): Promise<void>;
  requestReset(email: string): Promise<void>;
  reset(token: string, password: string): Promise<void>;
  saveMe(data: Shape<"UserWrite">): Promise<void>;

  /** Things of hers that were sealed under an earlier password. */
  countClosed(): Promise<number>;
  openEarlier(password: string): Promise<boolean>;
}
