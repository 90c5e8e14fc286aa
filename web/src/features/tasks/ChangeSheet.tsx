import type { JSX } from "preact";
import { useState } from "preact/compat";
import { textOf, textOfProblem } from "~/api";
import { completing, redating } from "~/engine/due";
import { useCalendar } from "~/lib/calendars/chosen";
import { t } from "~/lib/i18n";
import { navigate } from "~/lib/router";
import { isAway, useSource, type Outcome, type TaskNow } from "~/store";
import { Button, CalendarDate, Code, Field, Muted, Notice, say, Sheet, Stack } from "~/ui";
import { answerOn, nameOf, whatOf, type TaskSetup } from "./setup";

/** A task that she completes, or gives another day. */
export interface Change {
  task: TaskNow;
  to: "completion" | "due";
}

const ISO_DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Asks for the day alone; whatever else there is to say is said in the case. `onClose(true)`: it was done. */
export function ChangeSheet({ change, setup, today, onClose }: { change: Change; setup: TaskSetup; today: string; onClose: (isDone: boolean) => void }): JSX.Element {
  const source = useSource();
  const { task, to } = change;
  const { book } = useCalendar();
  const isDone = to === "completion";
  const [day, setDay] = useState(isDone ? today : task.due_on < today ? today : task.due_on);
  const [wrong, setWrong] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  const question = isDone ? setup.completion(task) : setup.due(task);
  const save = async (): Promise<void> => {
    if (question === null) return;
    if (!ISO_DAY.test(day)) {
      setWrong(t("tasks.day.wrong"));
      return;
    }
    if (question.isPast && day > today) {
      setWrong(t("tasks.day.future"));
      return;
    }
    const newId = (): string => crypto.randomUUID();
    const answers = isDone ? completing(task, answerOn(day, today, question), newId) : redating(task, day, setup.decided, newId);
    if (answers === null) return;
    setBusy(true);
    setFailed(null);
    try {
      tell(await source.tasks.change(task, answers), isDone);
      onClose(true);
    } catch (error) {
      setFailed(isAway(error) ? t("tasks.needs_network") : textOf(error));
      setBusy(false);
    }
  };
  return (
    <Sheet
      open
      centre
      title={whatOf(task, setup)}
      onClose={() => {
        onClose(false);
      }}
      actions={
        <Button look="primary" icon="check" busy={busy} onClick={() => void save()}>
          {t(isDone ? "tasks.done.save" : "tasks.redate.save")}
        </Button>
      }
    >
      <Stack gap={3}>
        <Muted>
          <bdi>{nameOf(task)}</bdi> <Code>{task.code}</Code>
        </Muted>
        {failed === null ? null : (
          <Notice tone="warn" alert>
            {failed}
          </Notice>
        )}
        <Field label={t(isDone ? "tasks.done.when" : "tasks.redate.when")} error={wrong} group={book !== null}>
          {(attributes) => (
            <CalendarDate
              {...attributes}
              {...(question?.isPast ? { max: today } : {})}
              value={day}
              onValue={(value) => {
                setDay(value);
                setWrong(null);
              }}
            />
          )}
        </Field>
        {isDone ? <Muted small>{t("tasks.done.more")}</Muted> : null}
      </Stack>
    </Sheet>
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
