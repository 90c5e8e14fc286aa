import type { JSX } from "preact";
import { textOf, textOfProblem } from "~/api";
import { completing, redating } from "~/engine/due";
import { t } from "~/lib/i18n";
import { navigate } from "~/lib/router";
import { answerOn, DaySheet } from "~/renderer/DaySheet";
import { isAway, useSource, type Outcome, type TaskNow } from "~/store";
import { Code, Muted, say } from "~/ui";
import { nameOf, whatOf, type TaskSetup } from "./setup";

/** A task that she completes, or gives another day. */
export interface Change {
  task: TaskNow;
  to: "completion" | "due";
}

/** Asks for the day of a task from a list, and changes the case by it. `onClose(true)`: it was done. */
export function ChangeSheet({ change: { task, to }, setup, today, onClose }: { change: Change; setup: TaskSetup; today: string; onClose: (isDone: boolean) => void }): JSX.Element {
  const source = useSource();
  const isDone = to === "completion";
  const question = isDone ? setup.completion(task) : setup.due(task);
  const save = async (day: string): Promise<true | string> => {
    const newId = (): string => crypto.randomUUID();
    const answers = isDone ? completing(task, answerOn(day, today, question?.withTime === true), newId) : redating(task, day, setup.decided, newId);
    if (answers === null) return "";
    try {
      tell(await source.tasks.change(task, answers), isDone);
      return true;
    } catch (error) {
      return isAway(error) ? t("tasks.needs_network") : textOf(error);
    }
  };
  return (
    <DaySheet title={whatOf(task, setup)} isDone={isDone} due={task.due_on} today={today} isPast={question?.isPast === true} onSave={save} onClose={onClose}>
      <Muted>
        <bdi>{nameOf(task)}</bdi> <Code>{task.code}</Code>
      </Muted>
    </DaySheet>
  );
}

/** How far it came; what was refused stands in the outbox with its reason. */
function tell(outcome: Outcome, isDone: boolean): void {
  if (outcome.state === "refused") {
    const why = outcome.conflicts.length > 0 ? t("outbox.conflict", { count: outcome.conflicts.length }) : outcome.problems.map((problem) => textOfProblem(problem, outcome.status)).join(" ");
    say(why, { icon: "alert", action: { label: t("home.refused.go"), run: () => { navigate("/outbox"); } } });
  } else if (outcome.state === "waiting") say(t("casefile.saved_here"), { icon: "clock" });
  else say(t(isDone ? "tasks.done.said" : "tasks.redate.said"), { icon: "check" });
}
