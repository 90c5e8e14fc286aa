import type { Data, Json } from "~/renderer/types";
import { isBlank, isData, rowId, rowsOf, textOf } from "~/renderer/values";
import { ACTS, KINDS, type ItemState, type OutboxItem, type Told } from "~/store";

/** What is told of a case: by the server, or worked out here from what lies on the device. */
export interface Entry extends Told {
  /** Hers, and not yet with the server. */
  state?: ItemState;
  /** The message key of what she did, where no word of the story fits. */
  words?: string;
}

interface Rows {
  what: string;
  done: string;
  about: string;
  /** When it was asked for or written, and by whom. */
  since: string;
  by: string;
}

/** Rows that are planned and then done (`cpims/cases/rules/timeline.py` says the same of changes). */
const ROWS: Readonly<Record<string, Rows>> = {
  services_section: { what: "service", done: "service_implemented_day_time", about: "service_type", since: "service_response_day_time", by: "" },
  followup_subform_section: { what: "follow_up", done: "followup_date", about: "followup_type", since: "", by: "" },
  case_review_section: { what: "review", done: "case_review_date", about: "case_review_outcome", since: "", by: "" },
  cp_case_plan_subform_case_plan_interventions: { what: "intervention", done: "intervention_completed_date", about: "intervention_service_to_be_provided", since: "", by: "" },
  notes_section: { what: "note", done: "", about: "note_subject", since: "note_date", by: "note_created_by" },
};
const DAYS: readonly { name: string; first: string; again: string }[] = [
  { name: "assessment_requested_on", first: "assessed", again: "reassessed" },
  { name: "assessment_completed_on", first: "assessment_done", again: "assessment_done" },
  { name: "date_case_plan", first: "planned", again: "replanned" },
];
const REASONS = ["rapid_risk_level_reasons", "assessment_risk_level_reasons"];
const NAMED = 6;

/** Of one change, what it tells: steps of the work first, then how many other answers were changed. */
function tellChange(before: Data, sent: Data): Omit<Entry, "at" | "user_name">[] {
  const told: Omit<Entry, "at" | "user_name">[] = [];
  const used = new Set<string>();
  if (!isBlank(sent["risk_level"])) {
    const reason = REASONS.find((name) => !isBlank(sent[name]));
    used.add("risk_level").add(reason ?? "");
    told.push({ what: "risk", question: "risk_level", value: sent["risk_level"], ...(isBlank(before["risk_level"]) ? {} : { before: before["risk_level"] }), ...(reason ? { why: textOf(sent[reason]) } : {}) });
  }
  for (const { name, first, again } of DAYS) {
    if (isBlank(sent[name])) continue;
    used.add(name);
    told.push({ what: isBlank(before[name]) ? first : again, on: textOf(sent[name]) });
  }
  for (const [section, kind] of Object.entries(ROWS)) {
    const known = new Map(rowsOf(before[section]).map((row) => [rowId(row), row]));
    for (const part of rowsOf(sent[section])) {
      const was = known.get(rowId(part));
      const row = { ...was, ...part };
      const done = kind.done === "" ? null : row[kind.done];
      if (!isBlank(done) && isBlank(was?.[kind.done])) told.push({ what: `${kind.what}_done`, on: textOf(done).slice(0, 10), ...about(section, kind, row) });
      else if (was === undefined) told.push({ what: `${kind.what}_added`, ...about(section, kind, row) });
      else continue;
      used.add(section);
    }
  }
  const rest = Object.keys(sent).filter((name) => !used.has(name));
  if (rest.length > 0) told.push({ what: "amended", names: rest.slice(0, NAMED), count: rest.length });
  return told;
}

function about(section: string, kind: Rows, row: Data): { question?: string; value?: Json } {
  return isBlank(row[kind.about]) ? {} : { question: `${section}.${kind.about}`, value: row[kind.about] ?? null };
}

/** What goes along with an act and is no answer. */
const ALONG = new Set(["status", "date_closure", "workflow", "case_status_reopened", "reopened_reason", "record_state", "module_id", "id"]);

/** Her own work that the server has not confirmed, the newest first. */
export function tellUnsent(items: readonly OutboxItem[], userName: string): Entry[] {
  return items.toReversed().flatMap((item): Entry[] => {
    const common = { at: item.at, user_name: userName, state: item.state };
    if (ACTS[item.action].makes) return [{ ...common, what: "registered" }];
    if (item.action !== KINDS[item.kind].amend) return [{ ...common, what: item.action, words: ACTS[item.action].words }];
    const { data, recordAction } = item;
    const answers = Object.fromEntries(Object.entries(data).filter(([name]) => !ALONG.has(name)));
    const act: Entry[] =
      recordAction === "close"
        ? [{ ...common, what: "closed", ...(isBlank(answers["closure_reason"]) ? {} : { question: "closure_reason", value: answers["closure_reason"] }) }]
        : recordAction === "reopen"
          ? [{ ...common, what: "reopened", ...(isBlank(data["reopened_reason"]) ? {} : { why: textOf(data["reopened_reason"]) }) }]
          : recordAction === "enable_disable_record"
            ? [{ ...common, what: data["record_state"] === false ? "put_away" : "brought_back" }]
            : [];
    return [...act, ...tellChange(item.base?.values ?? {}, answers).map((one) => ({ ...common, ...one }))];
  });
}

/**
 * What happened as far as the answers themselves tell it, newest first: for a case on this device without a network, and
 * for whoever may not read its history. Who did it is told where it is written down.
 */
export function tellKept(data: Data): Entry[] {
  const found: Entry[] = [];
  const put = (at: Json | undefined, entry: Omit<Entry, "at" | "user_name">, by: Json | undefined = null): void => {
    if (!isBlank(at)) found.push({ at: textOf(at), user_name: isBlank(by) ? "" : textOf(by), ...entry });
  };
  put(data["created_at"] ?? data["registration_date"], { what: "registered" }, data["created_by"]);
  for (const { name, first } of DAYS) put(data[name], { what: first });
  for (const [section, kind] of Object.entries(ROWS))
    for (const row of rowsOf(data[section])) {
      if (kind.since !== "") put(row[kind.since], { what: `${kind.what}_added`, ...about(section, kind, row) }, kind.by === "" ? null : row[kind.by]);
      if (kind.done !== "") put(row[kind.done], { what: `${kind.what}_done`, ...about(section, kind, row) });
    }
  const incidents = data["incident_details"];
  for (const row of Array.isArray(incidents) ? incidents.filter(isData) : []) put(row["created_at"], { what: "incident_added" });
  const logs = data["reopened_logs"];
  for (const log of Array.isArray(logs) ? logs.filter(isData) : []) put(log["reopened_date"], { what: "reopened", ...(isBlank(log["reopened_reason"]) ? {} : { why: textOf(log["reopened_reason"]) }) }, log["reopened_user"]);
  if (data["status"] === "closed") put(data["date_closure"], { what: "closed", ...(isBlank(data["closure_reason"]) ? {} : { question: "closure_reason", value: data["closure_reason"] ?? null }) });
  put(data["reassigned_transferred_on"], { what: "case_assigned", ...(isBlank(data["owned_by"]) ? {} : { person: textOf(data["owned_by"]) }) });
  const said = data["approval_subforms"];
  for (const row of Array.isArray(said) ? said.filter(isData) : []) {
    const asked = row["approval_requested_for"];
    const what = row["approval_status"] === "requested" ? "approval_requested" : row["approval_status"] === "cancelled" ? "approval_cancelled" : row["approval_status"] === "approved" ? "approval_given" : "approval_rejected";
    const why = row["approval_manager_comments"] ?? row["approval_request_comments"];
    put(row["approval_date"], { what, question: "approval", value: asked ?? row["approval_response_for"] ?? null, ...(isBlank(why) ? {} : { why: textOf(why) }) }, row["requested_by"] ?? row["approved_by"]);
  }
  return newestFirst(found);
}

/** In the order in which it happened: what was done without a network stands where it belongs, not where it arrived. */
export function newestFirst(entries: readonly Entry[]): Entry[] {
  return entries.map((entry, at) => ({ entry, at, moment: Date.parse(entry.at) })).sort((a, b) => b.moment - a.moment || a.at - b.at).map(({ entry }) => entry);
}

export interface Day {
  day: string;
  entries: Entry[];
}

/** Entries under the day on which they happened, on the clock on the wall. */
export function byDay(entries: readonly Entry[]): Day[] {
  const days: Day[] = [];
  for (const entry of entries) {
    const day = dayOf(entry.at);
    const last = days.at(-1);
    if (last?.day === day) last.entries.push(entry);
    else days.push({ day, entries: [entry] });
  }
  return days;
}

/** The day of a moment here; a day stays the day that it is. */
export function dayOf(at: string): string {
  if (/^\d{4}-\d{2}-\d{2}$/.test(at)) return at;
  const moment = new Date(at);
  if (Number.isNaN(moment.getTime())) return "";
  const two = (part: number): string => String(part).padStart(2, "0");
  return `${String(moment.getFullYear())}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
}
