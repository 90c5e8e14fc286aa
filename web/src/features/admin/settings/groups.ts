import { LOCALES } from "~/lib/i18n";
import { isObject, stable } from "~/lib/json";
import type { Decided } from "~/store/tables";
import type { Answer, Answers } from "../AdminForm";

/** One setting, or one part of one: where it lies, and how it is asked. */
export interface Setting {
  path: string;
  as: "text" | "number" | "tick" | "list" | "zone" | "locale" | "locales" | "range" | "level";
  /** Of the text in a language. */
  locale?: string;
  /** What the words of its label name: a set of ages, a level, a kind of file. */
  of?: string;
  /** The message that asks it; by default that of its path. */
  label?: string;
}

export const GROUPS = ["general", "ages", "places", "work", "times", "approvals", "limits", "acceptance", "others"] as const;
export type Group = (typeof GROUPS)[number];

export const APPROVALS = ["assessment", "case_plan", "closure", "action_plan", "gbv_closure"] as const;
const RISKS = ["high", "medium", "low"] as const;
const TIMES = ["hours_to_assign", "days_to_contact", "days_to_assess", "days_to_plan", "days_between_follow_ups", "days_between_reviews"] as const;
const FILES = ["image", "audio", "document", "signature"] as const;
const LEVELS = ["0", "1", "2", "3", "4"] as const;

const option = (name: string, as: Setting["as"]): Setting => ({ path: `system_options.${name}`, as });
const localized = (path: string): Setting[] => LOCALES.map((locale) => ({ path: `${path}.${locale}`, as: "text", locale, label: path }));

/** The settings of a group, as this instance has them. */
export function settingsOf(group: Group, decided: Decided): Setting[] {
  switch (group) {
    case "general":
      return [option("system_name", "text"), { path: "locales", as: "locales" }, { path: "default_locale", as: "locale" }, { path: "time_zone", as: "zone" }];
    case "ages":
      return [...Object.keys(decided.age_ranges ?? {}).map((name): Setting => ({ path: `age_ranges.${name}`, as: "list", of: name, label: "age_ranges" })), { path: "primary_age_range", as: "range" }];
    case "places":
      return [
        { path: "reporting_location_config.admin_level", as: "level" },
        ...LEVELS.map((level): Setting => ({ path: `reporting_location_config.admin_level_map.${level}`, as: "list", of: level, label: "reporting_location_config.admin_level_map" })),
      ];
    case "work":
      return [
        option("due_date_from_appointment_date", "tick"),
        ...["timeframe_hours_to_assign", "timeframe_hours_to_assign_high", "days_since_referral_status_changed", "unanswered_after_hours", "unsent_after_days"].map((name) => option(name, "number")),
      ];
    case "times":
      return RISKS.flatMap((risk) => TIMES.map((name): Setting => ({ path: `system_options.timelines.${risk}.${name}`, as: "number", of: risk, label: `system_options.timelines.${name}` })));
    case "approvals":
      return APPROVALS.flatMap((kind) => LOCALES.map((locale): Setting => ({ path: `approvals_labels.${kind}.${locale}`, as: "text", locale, label: `approvals_labels.${kind}` })));
    case "limits":
      return [
        ...["maximum_users", "maximum_users_warning", "maximum_attachments_per_record", "maximum_attachments_space", "maximum_attachments_space_warning"].map((name) => option(name, "number")),
        ...FILES.map((kind): Setting => ({ path: `system_options.attachment_megabytes.${kind}`, as: "number" })),
      ];
    case "acceptance":
      return [option("code_of_conduct_enabled", "tick"), option("enforce_terms_of_use", "tick"), ...localized("terms_of_use_acknowledge")];
    case "others":
      return [option("show_alerts", "tick"), { path: "export_require_password", as: "tick" }, ...localized("welcome_email_text"), ...localized("terms_of_use_agency_sign")];
  }
}

function found(decided: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((at, step) => (isObject(at) ? at[step] : undefined), decided);
}

/** How a setting stands, as a form asks it. */
export function answerOf(setting: Setting, decided: Decided): Answer {
  const stands = found(decided, setting.path);
  if (setting.as === "tick") return stands === true;
  if (setting.as === "locales") return Array.isArray(stands) ? stands.map(String) : [];
  if (setting.as === "list") return Array.isArray(stands) ? stands.join(", ") : "";
  return stands === null || stands === undefined || isObject(stands) ? "" : String(stands);
}

/** A number is sent as one; what is none goes as it was typed, for the server to say so. */
function valueOf(setting: Setting, answer: Answer): unknown {
  if (typeof answer !== "string") return answer;
  const text = answer.trim();
  if (setting.as === "list") return text.split(",").map((one) => one.trim()).filter(Boolean);
  if (text === "") return setting.locale === undefined ? null : "";
  return (setting.as === "number" || setting.as === "level") && /^\d{1,12}$/.test(text) ? Number(text) : text;
}

/** What is sent for changed answers: every touched setting whole, of the system options only those that were touched. */
export function patchOf(settings: readonly Setting[], changed: Answers, decided: Decided): Record<string, unknown> {
  const whole = JSON.parse(stable(decided)) as Record<string, unknown>;
  const sent: Record<string, unknown> = {};
  for (const setting of settings) {
    const answer = changed[setting.path];
    if (answer === undefined) continue;
    const steps = setting.path.split(".");
    put(whole, steps, valueOf(setting, answer));
    const [first = "", second = ""] = steps;
    if (first === "system_options") sent[first] = { ...(isObject(sent[first]) ? sent[first] : {}), [second]: found(whole, `${first}.${second}`) ?? null };
    else sent[first] = whole[first] ?? null;
  }
  return sent;
}

function put(whole: Record<string, unknown>, steps: readonly string[], value: unknown): void {
  const [first, ...rest] = steps;
  if (first === undefined) return;
  if (rest.length === 0) {
    if (value === null || (Array.isArray(value) && value.length === 0 && steps.length === 1 && /^\d+$/.test(first))) Reflect.deleteProperty(whole, first);
    else whole[first] = value;
    return;
  }
  const below = isObject(whole[first]) ? whole[first] : {};
  whole[first] = below;
  put(below, rest, value);
}
