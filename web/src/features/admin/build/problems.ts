/** What is wrong with stored conditions, for lists and before publishing. */

import { findings } from "./conditions/checking";
import { lookable, type Lookable } from "./conditions/asking";
import { readCondition } from "./conditions/tree";
import { findingWords } from "./conditions/words";
import { t } from "~/lib/i18n";
import type { Known } from "./types";

/** How many things must be mended in a stored condition. */
export function wrongIn(stored: unknown, known: Lookable, owner?: string): number {
  const { top, broken } = readCondition(stored, known.kindOf);
  return broken === null ? findings(top, known, owner).filter((one) => one.tone === "wrong").length : 1;
}

/** What is wrong with a stored condition, in words; what is only worth a look is left out. */
export function conditionProblems(stored: unknown, given: Known, owner?: string): string[] {
  const known = lookable(given);
  const { top, broken } = readCondition(stored, known.kindOf);
  if (broken !== null) return [t("admin.build.broken.text", { why: t(`admin.build.broken.${broken}`) })];
  return findings(top, known, owner)
    .filter((one) => one.tone === "wrong")
    .map(findingWords);
}

