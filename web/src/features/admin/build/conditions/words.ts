/** Conditions told in words. */

import { useMemo } from "preact/compat";
import { formatDay, formatMoment, formatNumber, getLocale, t, useLocale } from "~/lib/i18n";
import { labelOf as optionLabel } from "~/renderer/sources";
import type { Field, Json, Known } from "../types";
import { answerKind, labelOf, lookable, type Lookable } from "./asking";
import type { Finding } from "./checking";
import { readCondition, takesNothing, type Line, type Node } from "./tree";

export function sayWords(say: Line["say"], dated: boolean): string {
  return dated && ["is", "more", "at_least", "less", "at_most"].includes(say) ? t(`admin.build.say_day.${say}`) : t(`admin.build.say.${say}`);
}

export function findingWords({ code, values }: Finding): string {
  return t(`admin.build.problem.${code}`, values);
}

/** An answer as the question would show it. */
export function answerWords(value: Json, field: Field | undefined, known: Lookable): string {
  if (value === null || value === "") return t("admin.build.no_answer");
  const kind = field === undefined ? "text" : answerKind(field);
  if (field !== undefined && (kind === "choice" || kind === "choices")) return optionLabel(field, String(value), known.sources);
  if (typeof value === "boolean") return t(value ? "admin.build.yes" : "admin.build.no");
  if (typeof value === "number") return formatNumber(value);
  if (typeof value === "string" && kind === "day") return formatDay(value);
  if (typeof value === "string" && kind === "moment") return formatMoment(value);
  return typeof value === "string" ? value : JSON.stringify(value);
}

function listed(parts: readonly string[], type: "conjunction" | "disjunction"): string {
  return new Intl.ListFormat(getLocale(), { type }).format(parts);
}

function lineWords(line: Line, known: Lookable): string {
  const field = known.fields.get(line.name);
  const kind = field === undefined ? "text" : answerKind(field);
  const values = takesNothing(line.say) ? [] : (Array.isArray(line.value) ? line.value : [line.value]).map((value) => answerWords(value, field, known));
  const either = line.say === "one_of" || line.say === "any_of" || line.say === "none_of";
  const said = { question: field === undefined ? line.name : labelOf(field, known.sources), say: sayWords(line.say, kind === "day" || kind === "moment"), answer: listed(values, either ? "disjunction" : "conjunction") };
  return values.length === 0 ? t("admin.build.sentence.bare", said) : t("admin.build.sentence", said);
}

export function nodeWords(node: Node, known: Lookable, top = true): string {
  if (node.kind === "line") return lineWords(node, known);
  const parts = node.members.map((member) => nodeWords(member, known, false));
  const joined = parts.length === 0 ? t("admin.build.never") : listed(parts, node.how === "all" || node.how === "not_all" ? "conjunction" : "disjunction");
  if (node.how === "none" || node.how === "not_all") return t("admin.build.sentence.not", { what: joined });
  return top || parts.length < 2 ? joined : t("admin.build.sentence.group", { what: joined });
}

/** A stored condition in one sentence; null when there is none, or it is switched off; its bare text when it cannot be told. */
export function conditionWords(stored: unknown, given: Known | Lookable): string | null {
  const known = "kindOf" in given ? given : lookable(given);
  const { top, off, broken } = readCondition(stored, known.kindOf);
  if (broken !== null) return JSON.stringify(stored);
  return top === null || off ? null : nodeWords(top, known);
}

/** What can be looked up, in the language given or that of the screen. */
export function useLookable({ fields, elsewhere, lookups, places, locale }: Known): Lookable {
  const own = useLocale();
  return useMemo(
    () => lookable({ fields, locale: locale ?? own, ...(elsewhere ? { elsewhere } : {}), ...(lookups ? { lookups } : {}), ...(places ? { places } : {}) }),
    [fields, elsewhere, lookups, places, locale, own],
  );
}
