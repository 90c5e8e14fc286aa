import { useMemo } from "preact/compat";
import type { Shape } from "~/api";
import { TASKS, type Decided } from "~/engine/due";
import { t, useLocale } from "~/lib/i18n";
import { fieldIndex, nestForms, sectionsOf, type Section } from "~/renderer/forms";
import { labelOf, type Sources } from "~/renderer/sources";
import type { Field, Lookup } from "~/renderer/types";
import { mayDo, useDecided, useResource, useSource, type TaskNow } from "~/store";

/** The answer by which a task is completed or gets another day, as far as she may write it. */
export interface Question {
  withTime: boolean;
  /** It cannot lie in the future. */
  isPast: boolean;
}

/** What must be known to say what a task is, and what she may do about it. */
export interface TaskSetup {
  decided: Decided;
  /** What it is about beside its kind: which service, which follow-up. */
  about: (task: TaskNow) => string;
  completion: (task: TaskNow) => Question | null;
  due: (task: TaskNow) => Question | null;
  /** Where in the case it stands. */
  href: (task: TaskNow) => string;
}

type Raw = Pick<Shape<"User">, "permitted_form" | "permissions" | "module_unique_ids">;

const ABOUT: Readonly<Partial<Record<TaskNow["type"], string>>> = { service: "service_type", follow_up: "followup_type" };
const CONFIGURATION_AGE_S = 600;

export function makeSetup(forms: readonly Shape<"Form">[], lookups: readonly Lookup[], me: Raw | null, decided: Decided, locale: string): TaskSetup {
  const nested = nestForms(forms);
  const byModule = new Map<string, Section[]>();
  const mayWrite = mayDo(me, "cases", "write");
  const sources: Sources = { locale, fallback: "en", lookups: new Map(lookups.map((one) => [one.unique_id, one])), places: [], reportingLevel: null, agencies: [], users: [] };
  const sectionsFor = (task: TaskNow): Section[] => {
    const module = task.module || (me?.module_unique_ids[0] ?? "");
    const known = byModule.get(module) ?? sectionsOf(nested, module, me?.permitted_form ?? {});
    byModule.set(module, known);
    return known;
  };
  /** The section that asks a question, the one she may write first. */
  const asking = (task: TaskNow, name: string): Section | undefined => {
    const all = sectionsFor(task).filter((section) => section.form.fields.some((field) => field.name === name && field.visible !== false));
    return all.find((section) => section.writable) ?? all[0];
  };
  const question = (task: TaskNow, which: "due" | "completion"): Question | null => {
    const { section } = TASKS[task.type];
    const name = TASKS[task.type][which];
    const found = asking(task, section || name);
    if (!mayWrite || !found?.writable) return null;
    const top = found.form.fields.find((field) => field.name === (section || name));
    const field: Field | undefined = section ? top?.subform?.fields.find((one) => one.name === name) : top;
    if (!field || field.visible === false || field.disabled === true || top?.disabled === true) return null;
    return { withTime: field.date_include_time === true, isPast: field.date_validation === "not_future_date" };
  };
  return {
    decided,
    about: (task) => {
      const name = ABOUT[task.type];
      if (!name || !task.detail) return "";
      const field = fieldIndex(sectionsFor(task)).get(TASKS[task.type].section)?.subform?.fields.find((one) => one.name === name);
      return field ? labelOf(field, task.detail, sources) : task.detail;
    },
    completion: (task) => question(task, "completion"),
    due: (task) => (task.type === "service" && !decided.due_date_from_appointment_date ? null : question(task, "due")),
    href: (task) => {
      const found = asking(task, TASKS[task.type].section || TASKS[task.type].completion);
      return `/cases/${encodeURIComponent(task.id)}${found ? `/${encodeURIComponent(found.form.unique_id)}` : ""}`;
    },
  };
}

export function useTaskSetup(): TaskSetup {
  const source = useSource();
  const locale = useLocale();
  const forms = useResource(source.forms(), CONFIGURATION_AGE_S);
  const lookups = useResource(source.lookups(), CONFIGURATION_AGE_S);
  const me = useResource(source.me(), CONFIGURATION_AGE_S);
  const decided = useDecided(source);
  return useMemo(() => makeSetup(forms.value ?? [], lookups.value ?? [], me.value, decided, locale), [forms.value, lookups.value, me.value, decided, locale]);
}

/** The child, as far as she may know the name. */
export function nameOf(task: Pick<TaskNow, "name">): string {
  return task.name === "" ? t("cases.name.none") : /^\*+$/.test(task.name) ? t("cases.name.hidden") : task.name;
}

/** What is to be done: its kind, and what about. */
export function whatOf(task: TaskNow, setup: TaskSetup): string {
  const about = setup.about(task);
  return about === "" ? t(`task.type.${task.type}`) : t("tasks.what", { kind: t(`task.type.${task.type}`), about });
}

const DAY_MS = 86_400_000;

/** Whole days from one day to another. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS);
}
