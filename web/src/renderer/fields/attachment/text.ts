import { t } from "~/lib/i18n";
import type { Json } from "../../types";
import { isData } from "../../values";

export function text(value: Json | undefined): string {
  const count = Array.isArray(value) ? value.filter(isData).length : isData(value) && Object.keys(value).length > 0 ? 1 : 0;
  return count === 0 ? "" : t("renderer.attachment.count", { count });
}
