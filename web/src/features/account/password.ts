import { t } from "~/lib/i18n";

/** As the server has it; the other rules (not common, not like the name) are the server's to tell. */
export const SHORTEST = 12;

/** What is wrong with a new password, before the server is asked; null when nothing is. */
export function passwordProblem(password: string): string | null {
  return password.length < SHORTEST ? t("password.too_short") : null;
}
