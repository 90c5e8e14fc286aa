import type { Shape } from "~/api";
import { localized, t } from "~/lib/i18n";
import type { Purpose } from "~/store";

export function purposeWords(purpose: Purpose): string {
  return t(`consent.purpose.${purpose}`);
}

/** An agency as it is called here; its id where nobody knows its name. */
export function agencyName(agencies: readonly Shape<"Agency">[], id: string): string {
  const found = agencies.find((one) => one.unique_id === id)?.name;
  return (typeof found === "string" ? found : found ? localized(found as Record<string, string>) : "") || id;
}
