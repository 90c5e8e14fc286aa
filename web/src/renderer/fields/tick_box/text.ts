import { localized, t } from "~/lib/i18n";
import type { Field, Json } from "../../types";

export function tickLabel(field: Field): string {
  return localized(field.tick_box_label) || t("renderer.yes");
}

/** Ticked, it says its own words; not ticked, nothing. */
export function text(value: Json | undefined, field: Field): string {
  return value === true || value === "true" ? tickLabel(field) : "";
}
