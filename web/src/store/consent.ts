import type { Shape } from "~/api";
import type { JsonObject } from "~/lib/json";
import type { ItemState, OutboxItem } from "./types";

export const PURPOSES = ["services", "transfer"] as const;
export type Purpose = (typeof PURPOSES)[number];
export type ConsentView = Shape<"ConsentSaid">;

/** What was said at a moment: yes or no, for a purpose and an agency, or (empty) for every one. */
export interface Statement {
  given: boolean;
  at: string;
  purpose: string;
  agency: string;
}

/** A statement as she sees it now: as the server told it, or her own on its way there. */
export interface StatementNow extends Statement {
  key: string;
  reason: string;
  /** Empty when it is her own and still on this device. */
  by: string;
  state: ItemState | null;
  /** The unsent thing that says it. */
  item: string | null;
}

const GBV = "primeromodule-gbv";
const ASKED: Readonly<Record<Purpose, readonly string[]>> = {
  services: ["disclosure_other_orgs", "consent_for_services"],
  transfer: ["disclosure_other_orgs"],
};
export const CONSENT_QUESTIONS = ["consent_for_services", "disclosure_other_orgs"] as const;

function isYes(answer: unknown): boolean {
  return answer === true || answer === "true" || answer === "yes";
}

function covers(said: Statement, purpose: string, agency: string): boolean {
  return (said.purpose === "" || said.purpose === purpose) && (said.agency === "" || said.agency === agency);
}

/** A no is taken back by a later yes that speaks of nothing wider. */
function isLifted(no: Statement, later: readonly Statement[]): boolean {
  return later.some((yes) => Date.parse(yes.at) > Date.parse(no.at) && covers(no, yes.purpose, yes.agency));
}

/** Was it agreed that this is shared with somebody of this agency? By the same rule as on the server (`contracts/vectors/consent.json`). */
export function maySharePurpose(purpose: Purpose, agency: string, data: JsonObject, statements: readonly Statement[]): boolean {
  const covering = statements.filter((one) => covers(one, purpose, agency));
  const yes = covering.filter((one) => one.given);
  if (covering.some((one) => !one.given && !isLifted(one, yes))) return false;
  const asked = data["module_id"] === GBV ? ["consent_for_services"] : ASKED[purpose];
  return yes.length > 0 || asked.every((name) => isYes(data[name]));
}

/** What was said, the newest first: what the server knows, and what she wrote down that is still on its way. What was refused says nothing. */
export function statementsNow(told: readonly ConsentView[], items: readonly OutboxItem[]): StatementNow[] {
  const mine = items.flatMap((item): StatementNow[] => {
    if ((item.action !== "register_consent" && item.action !== "withdraw_consent") || item.state === "confirmed") return [];
    const text = (name: string): string => (typeof item.data[name] === "string" ? item.data[name] : "");
    return [{ key: item.id, given: item.action === "register_consent", at: item.at, purpose: text("purpose"), agency: text("agency"), reason: text("reason"), by: "", state: item.state, item: item.id }];
  });
  const known = told.map((one): StatementNow => ({ key: one.id, given: one.given, at: one.said_at, purpose: one.purpose ?? "", agency: one.agency ?? "", reason: one.reason ?? "", by: one.written_by, state: null, item: null }));
  return [...mine, ...known].sort((a, b) => b.at.localeCompare(a.at));
}

/** The statements that hold: all but those that were refused. */
export function holding(statements: readonly StatementNow[]): StatementNow[] {
  return statements.filter((one) => one.state !== "refused");
}
