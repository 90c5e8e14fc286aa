import { formatDay, formatMoment } from "~/lib/i18n";
import type { Field, Json } from "../../types";
import { textOf } from "../../values";

export function text(value: Json | undefined, field: Field): string {
  const iso = textOf(value);
  return field.date_include_time && iso.length > 10 ? formatMoment(iso) : formatDay(iso);
}
