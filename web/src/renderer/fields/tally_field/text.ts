import { formatNumber, localized, t } from "~/lib/i18n";
import type { Field, Json } from "../../types";
import { isData } from "../../values";

/** The sum of what is filled in; nothing filled in, no total. */
export function totalOf(field: Field, value: Json | undefined): number | null {
  const counts = isData(value) ? (field.tally ?? []).map((item) => value[item.id]).filter((one): one is number => typeof one === "number") : [];
  return counts.length === 0 ? null : counts.reduce((sum, one) => sum + one, 0);
}

export function text(value: Json | undefined, field: Field): string {
  const total = totalOf(field, value);
  if (total === null) return "";
  const parts = (field.tally ?? []).flatMap((item) => {
    const count = isData(value) ? value[item.id] : null;
    return typeof count === "number" ? [`${localized(item.display_text)} ${formatNumber(count)}`] : [];
  });
  return field.autosum_total ? `${parts.join(", ")} (${t("renderer.tally.total", { total })})` : parts.join(", ");
}
