import { t } from "~/lib/i18n";

export const SHORTEST = 8;

/** What is wrong with a new password, before the server is asked; null when nothing is. */
export function passwordProblem(password: string): string | null {
  if (password.length < SHORTEST) return t("password.short", { count: SHORTEST });
  if (!/\p{L}/u.test(password) || !/\p{N}/u.test(password)) return t("password.mixed");
  return null;
}
