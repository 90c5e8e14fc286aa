import { isLong, type Choice } from "../../sources";
import type { Field } from "../../types";

/** How a question with options is asked. */
export type Manner = "ticks" | "buttons" | "search" | "list";

export function manner(field: Field, choices: readonly Choice[]): Manner {
  if (isLong(field, choices)) return "search";
  if (field.multi_select) return "ticks";
  return choices.length <= 4 && choices.every((choice) => choice.label.length <= 24) ? "buttons" : "list";
}
