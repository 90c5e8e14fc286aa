/** What can be said about a question, by the kind of its answers. */

import { pick, choicesOf, type Choice, type Sources } from "~/renderer/sources";
import type { Field, Known, Lookup } from "../types";
import type { KindOf, Say } from "./tree";

export type AnswerKind = "choice" | "choices" | "tick" | "number" | "day" | "moment" | "text" | "none";

export function answerKind(field: Field): AnswerKind {
  switch (field.type) {
    case "select_box":
      return field.multi_select === true ? "choices" : "choice";
    case "radio_button":
      return "choice";
    case "tick_box":
      return "tick";
    case "numeric_field":
    case "calculated":
      return "number";
    case "date_field":
      return field.date_include_time === true ? "moment" : "day";
    case "text_field":
    case "textarea":
      return "text";
    default:
      return "none";
  }
}

const ORDERED: readonly Say[] = ["is", "is_not", "more", "at_least", "less", "at_most", "between", "answered", "empty"];
const SAYS: Readonly<Record<AnswerKind, readonly Say[]>> = {
  choice: ["is", "is_not", "one_of", "none_of", "answered", "empty"],
  choices: ["any_of", "all_of", "none_of", "not_all_of", "exactly", "answered", "empty"],
  tick: ["ticked", "unticked"],
  number: ORDERED,
  day: ORDERED,
  moment: ["more", "at_least", "less", "at_most", "between", "answered", "empty"],
  text: ["is", "is_not", "answered", "empty"],
  none: [],
};

/** What may be said about it, the likeliest first. */
export function saysOf(kind: AnswerKind): readonly Say[] {
  return SAYS[kind];
}

/** Everything that the builders look up, made once for what they are given. */
export interface Lookable {
  readonly fields: ReadonlyMap<string, Field>;
  readonly elsewhere: ReadonlyMap<string, Field>;
  readonly sources: Sources;
  readonly kindOf: KindOf;
}

export function lookable({ fields, elsewhere = [], lookups = [], places = [], locale = "en" }: Known): Lookable {
  const byName = index(fields);
  return {
    fields: byName,
    elsewhere: index(elsewhere),
    sources: { locale, fallback: "en", lookups: new Map(lookups.map((lookup: Lookup) => [lookup.unique_id, lookup])), places, reportingLevel: null, agencies: [], users: [] },
    kindOf: (name) => {
      const field = byName.get(name);
      const kind = field === undefined ? "none" : answerKind(field);
      return kind === "choices" || kind === "tick" || kind === "text" ? kind : "other";
    },
  };
}

/** Questions by name; of two with one name the one in use. */
function index(fields: readonly Field[]): Map<string, Field> {
  const found = new Map<string, Field>();
  for (const field of fields) if (!found.has(field.name) || (found.get(field.name)?.visible === false && field.visible !== false)) found.set(field.name, field);
  return found;
}

export function labelOf(field: Field, sources: Sources): string {
  return pick(field.display_name, sources.locale, sources.fallback) || field.name;
}

/** The options of a question; null when there is no list to choose from. */
export function optionsOf(field: Field, sources: Sources): readonly Choice[] | null {
  const choices = choicesOf(field, sources);
  return choices.length > 0 ? choices : null;
}
