import { useMemo } from "preact/compat";
import { formatDay, formatNumber, hasMessage, localized, t, useLocale } from "~/lib/i18n";
import { isObject, type Json } from "~/lib/json";
import { nestForms } from "~/renderer/forms";
import { labelOf, placePath, type Named, type Sources } from "~/renderer/sources";
import type { Field, Form, Lookup } from "~/renderer/types";
import { isBlank } from "~/renderer/values";
import { labelOfField, textOfAnswer } from "~/renderer/words";
import { mayDo, useResource, useSource, type Likelihood, type ReasonView } from "~/store";
import type { IconName, Tone } from "~/ui";

const CONFIGURATION_AGE_S = 300;
const TRACES = "tracing_request_subform_section";

/** The words for the answers of cases and of children looked for, and what she may do. */
export interface Words {
  sources: Sources;
  /** Questions of a case, of a child looked for, of who searches, and of a person of a child's family. */
  cases: ReadonlyMap<string, Field>;
  traces: ReadonlyMap<string, Field>;
  inquirer: ReadonlyMap<string, Field>;
  family: ReadonlyMap<string, Field>;
  forms: ReadonlyMap<string, Form>;
  /** Which forms of a case she may read, and whether she may write them. */
  permitted: Readonly<Record<string, string>>;
  userName: string;
  may: (resource: string, action: string) => boolean;
}

function fieldsOf(fields: readonly Field[]): Map<string, Field> {
  const found = new Map<string, Field>();
  for (const field of fields) if (!found.has(field.name)) found.set(field.name, field);
  return found;
}

/** Forms, lists and places, put together for comparing; null until they are here. */
export function useWords(): { words: Words | null; error: unknown } {
  const source = useSource();
  const locale = useLocale();
  const forms = useResource(source.forms(), CONFIGURATION_AGE_S);
  const lookups = useResource(source.lookups(), CONFIGURATION_AGE_S);
  const me = useResource(source.me(), CONFIGURATION_AGE_S);
  const places = useResource(source.locations(), CONFIGURATION_AGE_S).value;
  const agencies = useResource(source.agencies(), CONFIGURATION_AGE_S).value;
  const users = useResource(source.users(), CONFIGURATION_AGE_S).value;
  const words = useMemo<Words | null>(() => {
    if (forms.value === null || lookups.value === null || me.value === null) return null;
    const all = nestForms(forms.value as Form[]);
    const of = (kind: string): Field[] => all.filter((form) => (form.parent_form ?? "case") === kind).flatMap((form) => form.fields);
    const rows = (kind: string, name: string): Field[] => of(kind).find((field) => field.name === name)?.subform?.fields ?? [];
    const named = (list: readonly Named[]): Named[] => [...list];
    const account = me.value;
    return {
      sources: {
        locale,
        fallback: "en",
        lookups: new Map((lookups.value as Lookup[]).map((one) => [one.unique_id, one])),
        places: places ?? [],
        reportingLevel: account.reporting_location_config?.admin_level ?? null,
        agencies: named((agencies ?? []).map((one) => ({ id: one.unique_id, label: localized(one.name) }))),
        users: named((users ?? []).map((one) => ({ id: one.user_name, label: one.full_name || one.user_name }))),
      },
      cases: fieldsOf(of("case")),
      traces: fieldsOf(rows("tracing_request", TRACES)),
      inquirer: fieldsOf(of("tracing_request")),
      family: fieldsOf(rows("case", "family_details_section")),
      forms: new Map(all.map((form) => [form.unique_id, form])),
      permitted: account.permitted_form ?? {},
      userName: account.user_name,
      may: (resource, action) => mayDo(account, resource, action),
    };
  }, [locale, forms.value, lookups.value, me.value, places, agencies, users]);
  return { words, error: words === null ? (forms.error ?? lookups.error ?? me.error) : null };
}

/** A question in her language, wherever it is asked. */
export function labelOfName(name: string, words: Words): string {
  const field = words.traces.get(name) ?? words.cases.get(name) ?? words.inquirer.get(name) ?? words.family.get(name);
  return field ? labelOfField(field) : t("tracing.answer.other");
}

/** The first of January stands for a year of which nobody knew the day. */
const YEAR_ONLY = /^\d{4}-01-01$/;

/** An answer in words; a place with the places around it, from the widest. */
export function textOfValue(field: Field | undefined, value: Json | undefined, sources: Sources): string {
  if (isBlank(value)) return "";
  if (field?.type === "date_field" && typeof value === "string" && YEAR_ONLY.test(value) && field.name.endsWith("date_of_birth")) return t("tracing.born_in", { year: value.slice(0, 4) });
  if (field?.option_strings_source === "Location" && typeof value === "string") return pathOfPlace(value, sources).join(" › ");
  if (field) return textOfAnswer(field, value, sources);
  return Array.isArray(value) ? value.filter((one) => !isObject(one)).map(String).join(" · ") : typeof value === "object" ? "" : String(value);
}

/** The names of the places from the widest to this one; the code where the place is not known here. */
export function pathOfPlace(code: string, sources: Sources): string[] {
  const place = sources.places.find((one) => one.code === code);
  return place ? placePath(place, sources) : [code];
}

export const LIKELIHOODS: Readonly<Record<Likelihood, { tone: Tone; icon: IconName }>> = {
  likely: { tone: "ok", icon: "check" },
  possible: { tone: "info", icon: "search" },
  unlikely: { tone: "plain", icon: "close" },
};

/** A reason in her language; its values in her words. */
export function textOfReason(reason: ReasonView, words: Words): string {
  const key = `matching.reason.${reason.code}`;
  if (!hasMessage(key)) return t(reason.weight < 0 ? "tracing.reason.against" : "tracing.reason.for");
  const params = Object.fromEntries(Object.entries(reason.params).map(([name, value]) => [name, textOfParam(value, words)]));
  return t(key, params);
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

function textOfParam(value: unknown, words: Words): string | number {
  if (typeof value === "number") return value;
  if (typeof value !== "string") return Array.isArray(value) ? value.map(String).join(", ") : "";
  if (DAY.test(value)) return formatDay(value);
  const place = words.sources.places.find((one) => one.code === value);
  return place ? (placePath(place, words.sources).at(-1) ?? value) : value;
}

/** How alike two are, of a hundred; never wholly so: that says whoever decides. */
export function percentOf(score: number): string {
  return formatNumber(Math.min(99, Math.round(score * 100)));
}

export function nameOfUser(userName: string, words: Words): string {
  return words.sources.users.find((one) => one.id === userName)?.label ?? userName;
}

export function nameOfAgency(id: string, words: Words): string {
  return words.sources.agencies.find((one) => one.id === id)?.label ?? id;
}

export { labelOf };
