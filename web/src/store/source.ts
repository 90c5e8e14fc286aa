import type { Shape } from "~/api";
import type { Watched } from "~/lib/watched";
import type { Admin } from "./admin";
import type { Road } from "./apart";
import type { Approvals } from "./approvals";
import type { FilesFace } from "./attachments";
import type { Bulk } from "./bulk";
import type { Conduct } from "./conduct";
import type { Device } from "./device";
import type { Devices } from "./devices";
import type { Drafts } from "./drafts";
import type { Families } from "./families";
import type { Flags } from "./flags";
import type { Imports } from "./imports";
import type { Incidents } from "./incidents";
import type { KeptFace } from "./kept";
import type { Lists } from "./lists";
import type { Decisions, Outbox, TakenIn } from "./outbox";
import type { Resource } from "./resource";
import type { Safety } from "./safety";
import type { Notices } from "./notices";
import type { SessionState } from "./session";
import type { Sharing } from "./sharing";
import type { Story } from "./story";
import type { Tasks } from "./tasks";
import type { Tracing } from "./tracing";
import type { Kind, ListView, Outcome, PageView, RecordView, Save, Search } from "./types";

/** What everybody may know before signing in. */
export interface PublicInfo {
  demo: boolean;
  locales: string[];
}

/**
 * The only road of the screens to what is stored: reads are resources, writes are outbox items. What is kept on the
 * device (`kept/`) answers at once, the server after that.
 */
export interface DataSource {
  readonly session: Watched<SessionState>;
  readonly outbox: Pick<Outbox, "items" | "sending" | "newer" | "flush" | "hurry" | "retry" | "takeBack" | "goesWith">;
  readonly drafts: Drafts;
  /** What others wrote and what devices handed over, waiting for her decision. */
  readonly decisions: Decisions;
  /** How her things on this device are closed and opened. */
  readonly safety: Safety;
  /** This browser as a device of hers. */
  readonly device: Pick<Device, "registration" | "named" | "obeyNow">;
  /** Her devices, her team's, those of somebody in her care. */
  readonly devices: Devices;
  /** Accounts, roles, user groups and agencies in her care. */
  readonly admin: Pick<Admin, "people" | "roles" | "roleNames" | "groups" | "agencies" | "permissions" | "one" | "create" | "change" | "sendLink" | "simulate">;
  /** For stores that come with their own screens (`apart.ts`). */
  readonly road: Road;
  /** Handing cases on: who may get them, what she would see, what waits. */
  readonly sharing: Sharing;
  /** What happened to a case, in the words of the work. */
  readonly story: Pick<Story, "newest" | "earlier">;
  /** Who may be the same child, and a child's way back. */
  readonly tracing: Pick<Tracing, "matches" | "likely" | "journey">;
  /** What changed since something was approved. */
  readonly approvals: Pick<Approvals, "comparison">;
  /** How cases are related. */
  readonly families: Pick<Families, "relationships">;
  /** The incidents of cases. */
  readonly incidents: Pick<Incidents, "ofCase" | "begun">;
  /** Flags and alerts on records. */
  readonly flags: Pick<Flags, "of" | "all" | "alerts" | "dropAlert" | "changed">;
  /** What everybody here promises, and accepting it. */
  readonly conduct: Pick<Conduct, "owed" | "read" | "accept" | "acceptTerms">;
  /** Photos, recordings, papers and signatures of records. */
  readonly files: FilesFace;
  /** Her caseload on this device. */
  readonly kept: KeptFace;
  /** What is due, and completing or re-dating it. */
  readonly tasks: Pick<Tasks, "search" | "team" | "change" | "settled">;
  /** What happened that she should know. */
  readonly notices: Pick<Notices, "unread" | "earlier" | "read" | "markRead" | "markAllRead">;
  /** One thing for many cases. */
  readonly bulk: Pick<Bulk, "chosen" | "choose" | "count" | "begin" | "job" | "jobs" | "retry" | "cancel">;
  /** Tables of people and places. */
  readonly imports: Pick<Imports, "plan" | "apply">;
  /** Saved views, counts, spreadsheets of lists. */
  readonly lists: Lists;

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

  /** What is unsent as an encrypted file, and back again. Raises NotTakenIn. */
  packWork(password: string): Promise<Blob>;
  takeInWork(file: Blob, password: string): Promise<TakenIn>;

  /** A record on paper (PDF) in her language, as far as she may read it. */
  print(kind: Kind, id: string): Promise<Blob>;

  /** Keeps the change on the device, sends it when it can, and says how far it came. */
  save(save: Save): Promise<Outcome>;

  signIn(userName: string, password: string): Promise<void>;
  signOut(): Promise<void>;
  /** Closed until the password comes, drafts kept: the device lay idle, or the worker turned away from it. */
  lock(reason: "idle" | "locked"): Promise<void>;
  changePassword(before: string, after: string): Promise<void>;
  requestReset(email: string): Promise<void>;
  /** Who is invited by a link, and to which instance. Raises Refusal or Unreachable. */
  welcome(link: string): Promise<Shape<"Welcome">>;
  reset(token: string, password: string): Promise<void>;
  saveMe(data: Shape<"UserWrite">): Promise<void>;

  /** Things of hers that were sealed under an earlier password. */
  countClosed(): Promise<number>;
  openEarlier(password: string): Promise<boolean>;
}
