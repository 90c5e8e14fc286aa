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
export function textOfRow(field: Field, row: Data, sources: Sources): string {
  const fields = rowFields(field);
  const names = field.subform?.collapsed_field_names ?? [];
  const chosen = names.map((name) => (field.subform?.fields ?? []).find((one) => one.name === name)).filter((one): one is Field => one !== undefined);
  const said = (list: readonly Field[]): string[] => list.map((one) => textOfAnswer(one, row[one.name], sources)).filter((line) => line !== "");
  const told = said(chosen);
  return (told.length > 0 ? told : said(fields).slice(0, 3)).join(" · ");
}

/** What is wrong, as a worker would be told. */
export function textOfProblem(problem: Problem): string {
  const key = `renderer.problem.${problem.code}`;
  if (!hasMessage(key)) return problem.message ?? t("renderer.problem.refused");
  const params = Object.fromEntries(Object.entries(problem.params ?? {}).filter((pair): pair is [string, string | number | boolean] => ["string", "number", "boolean"].includes(typeof pair[1])));
  return t(key, params);
}
