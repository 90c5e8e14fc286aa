import { formatAgo, formatMoment, hasMessage, t } from "~/lib/i18n";
import type { Gate, GateCheck } from "~/store/rollout";
import type { IconName, Tone } from "~/ui";

/** How a gate stands: a sign, a colour and a word; never the colour alone. */
export const STATES: Readonly<Record<Gate["state"], { icon: IconName; tone: Tone }>> = {
  met: { icon: "check", tone: "ok" },
  unmet: { icon: "lock", tone: "danger" },
  waived: { icon: "edit", tone: "warn" },
  not_applicable: { icon: "close", tone: "plain" },
  unknown: { icon: "cloudOff", tone: "warn" },
  not_built: { icon: "clock", tone: "plain" },
};

/** Where somebody can do something about it. */
const PLACES: Readonly<Record<string, string>> = {
  invitation_sent: "/admin/users",
  invitation_delivered: "/admin/users",
  account_named: "/admin/users",
  account_not_shared: "/admin/users",
  instances_paired: "/admin/configuration",
  production_closed: "/admin/configuration",
  no_drift: "/admin/configuration",
  no_errors: "/admin/configuration",
  requirements_brought: "/admin/rollout/requirements",
  no_open_differences: "/admin/rollout/requirements",
  alignment_attested: "/admin/rollout/requirements",
};

/** The screen that helps, if it is on this very instance. */
export function placeOf(check: GateCheck, here: string): string | null {
  return check.side === here ? (PLACES[check.code] ?? null) : null;
}

export function gateTitle(id: string): string {
  const key = `admin.rollout.gate.${id}.title`;
  return hasMessage(key) ? t(key) : id;
}

/** What a check is about, with its numbers; who it is about stands beside it. */
export function factOf(check: GateCheck): string {
  const key = `admin.rollout.check.${check.code}`;
  return hasMessage(key) ? t(key, numbersOf(check)) : check.code;
}

export function todoOf(check: GateCheck): string {
  const key = `admin.rollout.todo.${check.code}`;
  return hasMessage(key) ? t(key) : check.code;
}

/** Where what is known of it comes from, and when. */
export function sourceOf(check: GateCheck, here: string): string {
  const at = check.at === null ? "" : formatMoment(check.at);
  const source = check.side === here || check.seen_at === null ? "" : t("admin.rollout.seen_there", { when: formatAgo(check.seen_at) });
  const name = typeof check.params["name"] === "string" ? check.params["name"] : "";
  return [name, at, source].filter((one) => one !== "").join(" · ");
}

function numbersOf(check: GateCheck): Record<string, string | number> {
  return Object.fromEntries(Object.entries(check.params).filter((entry): entry is [string, string | number] => typeof entry[1] === "string" || typeof entry[1] === "number"));
}
