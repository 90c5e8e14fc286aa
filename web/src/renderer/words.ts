import { hasMessage, localized, t } from "~/lib/i18n";
import { kindOf } from "./kinds";
import type { Sources } from "./sources";
import type { Data, Field, Json, Problem } from "./types";
import { isBlank } from "./values";
import { rowFields } from "./forms";

/** An answer in one line, in the worker's language; empty when there is none. */
export function textOfAnswer(field: Field, value: Json | undefined, sources: Sources): string {
  return isBlank(value) ? "" : kindOf(field).text(value, field, sources);
}

export function labelOfField(field: Field): string {
  return localized(field.display_name) || field.name;
}

/** What a row says while it is closed: its configured fields, else the first that have an answer. */
export function textOfRow(field: Field, row: Data, sources: Sources, without: readonly string[] = []): string {
  const fields = rowFields(field);
  const names = field.subform?.collapsed_field_names ?? [];
  const chosen = names.map((name) => (field.subform?.fields ?? []).find((one) => one.name === name)).filter((one): one is Field => one !== undefined);
  const said = (list: readonly Field[]): string[] => list.filter((one) => !without.includes(one.name)).map((one) => textOfAnswer(one, row[one.name], sources)).filter((line) => line !== "");
  const told = said(chosen);
  return joined(told.length > 0 ? told : said(fields).slice(0, 3));
}

/** Parts beside each other, each in its own direction: a Latin name never turns an Arabic line round. */
export function joined(parts: readonly string[]): string {
  return parts.length === 1 ? (parts[0] ?? "") : parts.map((part) => `\u2068${part}\u2069`).join(" · ");
}

/** What is wrong, as a worker would be told. */
export function textOfProblem(problem: Problem, field?: Field): string {
  const isNumber = field?.type === "numeric_field" || field?.type === "tally_field";
  const key = `renderer.problem.${problem.code === "wrong_type" && isNumber ? "not_an_integer" : problem.code}`;
  if (!hasMessage(key)) return problem.message ?? t("renderer.problem.refused");
  const params = Object.fromEntries(Object.entries(problem.params ?? {}).filter((pair): pair is [string, string | number | boolean] => ["string", "number", "boolean"].includes(typeof pair[1])));
  return t(key, params);
}
