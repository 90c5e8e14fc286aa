import type { JSX } from "preact";
import { useState } from "preact/compat";
import { completing, redating, type Decided, type Task } from "~/engine/due";
import { useCalendar } from "~/lib/calendars/chosen";
import { t } from "~/lib/i18n";
import type { JsonObject } from "~/lib/json";
import { Button } from "~/ui/Button";
import { CalendarDate } from "~/ui/CalendarDate";
import { Field } from "~/ui/form";
import { Muted, Stack } from "~/ui/layout";
import { Sheet } from "~/ui/Sheet";
import { useSource } from "~/store";
import type { Setup } from "../record/setup";
import { change, type Seen } from "./changing";
import { questionOf } from "./due";

/** A task that she completes, or gives another day. */
export interface Change {
  task: Task;
  to: "completion" | "due";
}

const ISO_DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Asks for the day alone; whatever else there is to say is said in the section. `onClose(true)`: it was done. */
export function ChangeTask({ id, seen, asked: { task, to }, words, setup, decided, today, onClose }: { id: string; seen: Seen; asked: Change; words: string; setup: Setup; decided: Decided; today: string; onClose: (isDone: boolean) => void }): JSX.Element {
  const source = useSource();
  const { book } = useCalendar();
  const isDone = to === "completion";
  const question = questionOf(task, to, setup);
  const [day, setDay] = useState(isDone || task.due_on < today ? today : task.due_on);
  const [wrong, setWrong] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const save = async (): Promise<void> => {
    if (!ISO_DAY.test(day) || (question?.date_validation === "not_future_date" && day > today)) {
      setWrong(t(ISO_DAY.test(day) ? "tasks.day.future" : "tasks.day.wrong"));
      return;
    }
    const newId = (): string => crypto.randomUUID();
    const answers = isDone ? completing(task, question?.date_include_time === true ? momentOn(day, today) : day, newId) : redating(task, day, decided, newId);
    if (answers === null) return;
    setBusy(true);
    const done = await change(source, id, seen, answers as JsonObject, t(isDone ? "tasks.done.said" : "tasks.redate.said"));
    if (done) onClose(true);
    else setBusy(false);
  };
  return (
    <Sheet
      open
      centre
      title={words}
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
        <Field label={t(isDone ? "tasks.done.when" : "tasks.redate.when")} error={wrong} group={book !== null}>
          {(attributes) => (
            <CalendarDate
              {...attributes}
              {...(question?.date_validation === "not_future_date" ? { max: today } : {})}
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

/** A moment of a day: now when it is today, else in the middle of it. */
function momentOn(day: string, today: string): string {
  const moment = day === today ? new Date() : new Date(`${day}T12:00`);
  return moment.toISOString().replace(/\.\d{3}Z$/, "Z");
}
