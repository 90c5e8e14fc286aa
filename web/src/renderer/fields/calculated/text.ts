import { formatNumber, t } from "~/lib/i18n";
import type { Json } from "../../types";
import { textOf } from "../../values";

export function text(value: Json | undefined): string {
  if (typeof value === "boolean") return t(value ? "renderer.yes" : "renderer.no");
  return typeof value === "number" ? formatNumber(value) : textOf(value);
}
