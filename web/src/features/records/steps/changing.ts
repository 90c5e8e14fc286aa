import { textOfProblem } from "~/api";
import { t } from "~/lib/i18n";
import type { JsonObject } from "~/lib/json";
import { say } from "~/ui/toast";
import type { DataSource, RecordNow } from "~/store";
import { baseOf } from "../record/seen";

/** The record that she looks at: what she changes, she changes against what she sees. */
export type Seen = Pick<RecordNow, "value" | "items">;

/** One small change of a case, sent apart from whatever else is being typed; says what became of it. */
export async function change(source: DataSource, id: string, record: Seen, answers: JsonObject, done: string): Promise<boolean> {
  const seen = baseOf(record, id);
  const revision = record.value?.revision ?? null;
  const values: JsonObject = Object.fromEntries(Object.keys(answers).map((name) => [name, seen[name] ?? null]));
  // What was refused of this case stays hers to correct: this change carries none of it.
  const outcome = await source.save({ kind: "cases", id, create: false, data: answers, base: revision === null ? null : { revision, values }, replaces: [] });
  if (outcome.state === "refused") {
    say(outcome.problems.map((problem) => textOfProblem(problem)).join(" ") || t("casefile.refused.title"), { icon: "alert" });
    return false;
  }
  say(outcome.state === "waiting" ? t("casefile.saved_here") : done, { icon: outcome.state === "waiting" ? "clock" : "check" });
  return true;
}
