import type { Data, Field, Json } from "./types";
import { isBlank } from "./values";

/** The answers a new record, or a new row, starts with, as the forms say. */
export function defaultAnswers(fields: readonly Field[], today: string): Data {
  const answers: Data = {};
  for (const field of fields) {
    const value = defaultOf(field, today);
    if (!isBlank(value)) answers[field.name] = value;
  }
  return answers;
}

function defaultOf(field: Field, today: string): Json {
  const given = field.selected_value ?? "";
  if (given === "") return null;
  switch (field.type) {
    case "date_field":
      if (!/^(today|now)$/i.test(given)) return null;
      return field.date_include_time ? new Date().toISOString().replace(/\.\d{3}Z$/, "Z") : today;
    case "tick_box":
      return given === "t" || given === "true" ? true : null;
    case "numeric_field":
      return /^\d+$/.test(given) ? Number(given) : null;
    case "select_box":
      if (!field.multi_select) return given;
      if (!given.startsWith("[")) return [given];
      try {
        const list = JSON.parse(given) as unknown;
        return Array.isArray(list) ? list.map(String) : null;
      } catch {
        return null;
      }
    case "text_field":
    case "textarea":
    case "radio_button":
      return given;
    default:
      return null;
  }
}
