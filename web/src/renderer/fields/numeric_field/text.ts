import { formatNumber } from "~/lib/i18n";
import type { Json } from "../../types";
import { textOf } from "../../values";

export function text(value: Json | undefined): string {
  return typeof value === "number" ? formatNumber(value) : textOf(value);
}
