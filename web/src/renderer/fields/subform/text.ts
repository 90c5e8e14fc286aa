import { t } from "~/lib/i18n";
import type { Json } from "../../types";
import { rowsOf } from "../../values";

export function text(value: Json | undefined): string {
  const count = rowsOf(value).length;
  return count === 0 ? "" : t("renderer.rows.count", { count });
}
