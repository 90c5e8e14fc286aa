/** The options of a field: which it has, and which are offered now. */

import type { Answers, Field, Json, Option, OptionIds, OptionLists } from "./types";
import { has, isMap } from "./values";
import { compileContainer } from "./visibility";

/** The lookup that a field takes its options from, or null. */
export function lookupOf(field: Field): string | null {
  const words = (field.option_strings_source ?? "").split(/\s+/).filter((word) => word !== "");
  return words.length > 1 && words[0] === "lookup" ? (words[words.length - 1] ?? null) : null;
}

/** The options written in the field itself, or null; a source wins over them. */
export function inlineOptions(field: Field): readonly Option[] | null {
  const options = field.option_strings_text;
  if (field.option_strings_source || !Array.isArray(options) || options.length === 0) return null;
  return options.filter((option): option is Option => isMap(option));
}

/** The ids that may be stored under a field, retired ones included; null when there is no list to hold it to. */
export function optionIds(field: Field, lookups: OptionIds): readonly string[] | null {
  const lookup = lookupOf(field);
  if (lookup !== null) return has(lookups, lookup) ? (lookups[lookup] ?? null) : null;
  return inlineOptions(field)?.map((option) => option.id) ?? null;
}

/** The option ids to choose from now, in order: enabled ones, filtered by tag, and what is stored already. */
export function optionsOffered(field: Field, record: Answers, row?: Answers, lookups: OptionLists = {}, stored: Json = null): string[] {
  const lookup = lookupOf(field);
  const options = lookup === null ? inlineOptions(field) : has(lookups, lookup) ? lookups[lookup] : null;
  const kept = Array.isArray(stored) ? stored : [stored];
  const tags = tagsMet(field, record, row);
  return (options ?? [])
    .filter((option) => kept.includes(option.id) || (option.disabled !== true && (tags.size === 0 || (option.tags ?? []).some((tag) => tags.has(tag)))))
    .map((option) => option.id);
}

/** The tags whose condition holds for the record or the row (select boxes only). */
export function tagsMet(field: Field, record: Answers, row?: Answers): Set<string> {
  const filters = field.option_strings_condition;
  if (field.type !== "select_box" || !isMap(filters)) return new Set();
  const met = Object.entries(filters).filter(([, expression]) => {
    const { condition } = compileContainer(expression);
    return condition !== null && (condition(record) || (row !== undefined && condition(row)));
  });
  return new Set(met.map(([tag]) => tag));
}
