import { useMemo } from "preact/compat";
import type { Answer, Refusal, Request, Shape } from "~/api";
import moves from "../../../contracts/moves.json";
import { hasMessage, localized, t, useLocale } from "~/lib/i18n";
import { isObject, type Json, type JsonObject } from "~/lib/json";
import { dataOf } from "./reading";
import { resource, useResource, type Resource } from "./resource";
import type { DataSource } from "./source";
import type { Incomplete, OutboxItem, Search } from "./types";
import { mayDo } from "./permissions";

export const APPROVALS = ["assessment", "case_plan", "closure", "action_plan", "gbv_closure"] as const;
export type Approval = (typeof APPROVALS)[number];
export type ApprovalState = "none" | "pending" | "approved" | "rejected";
export type ComparisonView = Shape<"Comparison">;

/** The legal moves, which server and client share (`contracts/moves.json`). */
const MOVES: Readonly<Record<ApprovalState, readonly string[]>> = moves.approval as Record<ApprovalState, string[]>;
const LOG = "approval_subforms";
const PLAN_TYPE = "case_plan_approval_type";
/** A closure rests on its own form, whatever else the instance ties to it. */
const CLOSING_FORMS = ["closure_form", "closure"];

export function isApproval(name: string): name is Approval {
  return (APPROVALS as readonly string[]).includes(name);
}

/** Who looks: her account, and what her role lets her do with cases. */
export interface Asker {
  userName: string;
  may: (action: string) => boolean;
}

/** Where an approval stands: by whom, when, with which words. */
export interface Standing {
  state: ApprovalState;
  /** Who asked (while it waits) or answered; empty when it is her own and still on this device. */
  by: string;
  on: string;
  comments: string;
  askedBy: string;
}

/** One thing that was asked or answered. */
export interface LogEntry {
  what: "requested" | "approved" | "rejected" | "cancelled";
  by: string;
  on: string;
  comments: string;
}

function textIn(row: JsonObject, name: string): string {
  const value = row[name];
  return typeof value === "string" ? value : "";
}

function rowsOf(data: JsonObject): JsonObject[] {
  const rows = data[LOG];
  return Array.isArray(rows) ? rows.filter(isObject) : [];
}

/** What was asked and answered about one approval, the oldest first. */
export function logOf(data: JsonObject, kind: Approval): LogEntry[] {
  return rowsOf(data).flatMap((row): LogEntry[] => {
    const what = textIn(row, "approval_status");
    if (row["approval_requested_for"] === kind && (what === "requested" || what === "cancelled"))
      return [{ what, by: textIn(row, "requested_by"), on: textIn(row, "approval_date"), comments: textIn(row, "approval_request_comments") }];
    if (row["approval_response_for"] === kind && (what === "approved" || what === "rejected"))
      return [{ what, by: textIn(row, "approved_by"), on: textIn(row, "approval_date"), comments: textIn(row, "approval_manager_comments") }];
    return [];
  });
}

export function stateOfApproval(data: JsonObject, kind: Approval): ApprovalState {
  const stored = data[`approval_status_${kind}`];
  return stored === "pending" || stored === "approved" || stored === "rejected" ? stored : "none";
}

export function standingOf(data: JsonObject, kind: Approval): Standing {
  const state = stateOfApproval(data, kind);
  const log = logOf(data, kind);
  const asked = log.findLast((one) => one.what === "requested");
  const told = state === "none" ? undefined : state === "pending" ? asked : log.findLast((one) => one.what === state);
  return { state, by: told?.by ?? "", on: told?.on ?? "", comments: told?.comments ?? "", askedBy: asked?.by ?? "" };
}

export interface Offers {
  ask: boolean;
  answer: boolean;
  takeBack: boolean;
  /** It waits for somebody who may approve, but not for her: it is her own. */
  own: boolean;
}

/** What she may do about an approval now, by the same rules as on the server. */
export function offersOf(data: JsonObject, kind: Approval, asker: Asker): Offers {
  const { state, askedBy } = standingOf(data, kind);
  const isOpen = data["status"] === "open" && data["record_state"] !== false;
  const isHers = [data["owned_by"], askedBy].includes(asker.userName);
  const asks = isOpen && asker.may(`request_approval_${kind}`);
  const approves = isOpen && state === "pending" && asker.may(`approve_${kind}`);
  const mayOwn = asker.may("self_approve");
  return {
    ask: asks && MOVES[state].includes("pending"),
    answer: approves && (!isHers || mayOwn),
    takeBack: asks && state === "pending" && (isHers || askedBy === ""),
    own: approves && isHers && !mayOwn,
  };
}

/** Answers that are missing on the forms that a request rests on: the server does not take it with gaps. */
export function missingFor(kind: Approval, forms: readonly string[], incomplete: readonly Incomplete[]): Incomplete[] {
  const asked = new Set([...forms, ...(kind === "closure" ? CLOSING_FORMS : [])]);
  return incomplete.filter((one) => typeof one.form === "string" && asked.has(one.form));
}

/** The day on her device's clock on which she did it. */
function dayOf(item: OutboxItem): string {
  const moment = Date.parse(item.at);
  return Number.isNaN(moment) ? "" : new Date(moment + item.offset * 60_000).toISOString().slice(0, 10);
}

function kindIn(item: OutboxItem): Approval | null {
  const kind = item.data["approval"];
  return typeof kind === "string" && isApproval(kind) ? kind : null;
}

/** The approval of a case as it will stand once the server has taken what she did; what was refused changes nothing. */
function moved(record: JsonObject, item: OutboxItem, to: ApprovalState, row: JsonObject, change: JsonObject): JsonObject {
  const kind = kindIn(item);
  if (kind === null || item.state === "refused" || !MOVES[stateOfApproval(record, kind)].includes(to)) return record;
  return { ...record, ...change, [`approval_status_${kind}`]: to === "none" ? null : to, [LOG]: [...rowsOf(record), { ...row, approval_date: dayOf(item) }] as Json };
}

export function layRequest(record: JsonObject, item: OutboxItem): JsonObject {
  const { approval, notes, approval_type: type } = item.data;
  const row = { approval_requested_for: approval ?? null, approval_status: "requested", requested_by: "", approval_request_comments: notes ?? null };
  return moved(record, item, "pending", row, typeof type === "string" && type !== "" ? { [PLAN_TYPE]: type } : {});
}

export function layAnswer(record: JsonObject, item: OutboxItem): JsonObject {
  const { approval, approval_status: status, notes } = item.data;
  if (status !== "approved" && status !== "rejected") return record;
  const row = { approval_response_for: approval ?? null, approval_status: status, approved_by: "", approval_manager_comments: notes ?? null };
  return moved(record, item, status, row, { [`${String(approval)}_approved`]: status === "approved", [`${String(approval)}_approved_date`]: dayOf(item) });
}

/** Taken back: the answer before it stands again. */
export function layWithdrawal(record: JsonObject, item: OutboxItem): JsonObject {
  const kind = kindIn(item);
  if (kind === null) return record;
  const row = { approval_requested_for: kind, approval_status: "cancelled", requested_by: "" };
  const laid = moved(record, item, "none", row, {});
  const before = logOf(record, kind).findLast((one) => one.what === "approved" || one.what === "rejected");
  return laid === record || before === undefined ? laid : { ...laid, [`approval_status_${kind}`]: before.what };
}

const ROW = "name,case_id_display,short_id,hidden_name,age,sex,risk_level,owned_by,record_in_scope,approval_subforms,module_id";
export const WAITING_PER_PAGE = 20;

/** The open cases on which one of these approvals waits for her; her own only when she may approve those. */
export function waitingFor(kinds: readonly Approval[], asker: Asker, page: number): Search {
  return {
    fields: [ROW, ...kinds.map((kind) => `approval_status_${kind}`)].join(","),
    status: ["open"],
    or: Object.fromEntries(kinds.map((kind) => [`approval_status_${kind}`, ["pending"]])),
    ...(asker.may("self_approve") ? {} : { not: { owned_by: [asker.userName] } }),
    order_by: "last_updated_at",
    order: "asc",
    page,
    per: WAITING_PER_PAGE,
  };
}

/** An approval as it is called here, and the forms that it rests on. */
export interface ApprovalKind {
  kind: Approval;
  label: string;
  forms: readonly string[];
  asks: boolean;
  approves: boolean;
  /** What may be chosen as its kind; empty where nothing is to be chosen. */
  choosesType: boolean;
}

const CONFIGURATION_AGE_S = 300;

/** The approvals in which she takes part, by the words of the instance; for the cases of one module, or of any. */
export function useApprovalKinds(source: DataSource, module = ""): { asker: Asker | null; kinds: readonly ApprovalKind[] } {
  const me = useResource(source.me(), CONFIGURATION_AGE_S).value;
  const settings = useResource(source.settings(), CONFIGURATION_AGE_S).value;
  const locale = useLocale();
  return useMemo(() => {
    if (me === null) return { asker: null, kinds: [] };
    const options = settings?.modules?.find((one) => one.unique_id === module)?.module_options ?? {};
    const own = options["approval_forms_to_alert"];
    const tied = Object.entries((isObject(own) && Object.keys(own).length > 0 ? own : (settings?.approval_forms_to_alert ?? {})) as Record<string, unknown>);
    const may = (action: string): boolean => mayDo(me, "cases", action);
    const kinds = APPROVALS.map((kind): ApprovalKind => ({
      kind,
      label: labelOfApproval(kind, settings?.approvals_labels?.[kind]),
      forms: tied.flatMap(([form, about]) => (about === kind ? [form] : [])),
      asks: may(`request_approval_${kind}`),
      approves: may(`approve_${kind}`),
      choosesType: kind === "case_plan" && options["selectable_approval_types"] === true,
    }));
    return { asker: { userName: me.user_name, may }, kinds: kinds.filter((one) => one.asks || one.approves) };
  }, [me, settings, module, locale]);
}

function labelOfApproval(kind: Approval, configured: unknown): string {
  const label = isObject(configured) ? localized(configured as Record<string, string>) : typeof configured === "string" ? configured : "";
  const key = `approvals.kind.${kind}`;
  return label !== "" ? label : hasMessage(key) ? t(key) : kind;
}

/** What changed since something was approved; asked for when somebody looks, never kept. */
export class Approvals {
  private readonly known = new Map<string, Resource<ComparisonView>>();

  constructor(
    private readonly ask: (path: string, request?: Request) => Promise<Answer>,
    private readonly onRefusal: (refusal: Refusal) => void,
  ) {}

  comparison(id: string, kind: Approval): Resource<ComparisonView> {
    const path = `/cpims/v1/cases/${encodeURIComponent(id)}/approvals/${kind}/comparison`;
    const known = this.known.get(path);
    if (known) return known;
    const made = resource<ComparisonView>({ fetch: async () => dataOf<ComparisonView>((await this.ask(path)).body), onRefusal: this.onRefusal });
    this.known.set(path, made);
    return made;
  }

  forget(): void {
    this.known.clear();
  }
}
