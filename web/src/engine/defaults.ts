/** The answers a new record, or a new row, starts with. */

import type { Data, Field, Json } from "./types";
import { dayOf, isAbsent, mapOf, numberOfText } from "./values";

export interface Clock {
  /** The day in the instance's time zone. */
  readonly today: string;
  /** The moment in UTC. */
  readonly now: string;
}

/** The default answers of a new record, or of a row when given a nested form's fields; only defaults that say something. */
export function defaultAnswers(fields: readonly Field[], clock: Clock): Data {
  const answers = new Map<string, Json>();
  for (const field of fields) {
    const value = answers.has(field.name) ? null : defaultAnswer(field, clock);
    if (value !== null) answers.set(field.name, value);
  }
  return mapOf(answers);
}

/** The default of one field, or null. */
export function defaultAnswer(field: Field, clock: Clock): Json {
  const chosen = field.selected_value;
  if (isAbsent(chosen) || chosen === "" || typeof chosen === "object") return null;
  const text = String(chosen);
  switch (field.type) {
    case "date_field":
      return dateOf(field, text, clock);
    case "tick_box":
      return ["t", "true"].includes(text.toLowerCase()) ? true : null;
    case "numeric_field": {
      const number = numberOfText(text);
      return number !== null && Number.isInteger(number) ? number : null;
    }
    case "select_box":
      return field.multi_select === true ? several(text) : text;
    case "text_field":
    case "textarea":
    case "radio_button":
      return text;
    default:
      return null;
  }
}

function dateOf(field: Field, text: string, clock: Clock): string | null {
  const withTime = field.date_include_time === true;
  if (["today", "now"].includes(text.toLowerCase())) return withTime ? clock.now : clock.today;
  return !withTime && dayOf(text) !== null ? text : null;
}

function several(text: string): Json {
  if (!text.startsWith("[")) return [text];
  try {
    const parsed: unknown = JSON.parse(text);
    const chosen = Array.isArray(parsed) ? parsed.filter((one) => typeof one === "string") : [];
    return chosen.length > 0 ? chosen : null;
  } catch {
    return null;
  }
}
