import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/compat";
import { useCalendar } from "~/lib/calendars/chosen";
import { t } from "~/lib/i18n";
import { Button, CalendarDate, Field, Muted, Notice, Sheet, Stack } from "~/ui";

const ISO_DAY = /^\d{4}-\d{2}-\d{2}$/;

/**
 * Asks on which day a task was done (`isDone`), or to which day it is put off; whatever else there is to say is said in
 * the case. `onSave` answers true, or why it did not work (empty when that was said already). `onClose(true)`: it was done.
 */
export function DaySheet({ title, isDone, due, today, isPast, onSave, onClose, children }: { title: string; isDone: boolean; due: string; today: string; isPast: boolean; onSave: (day: string) => Promise<true | string>; onClose: (isDone: boolean) => void; children?: ComponentChildren }): JSX.Element {
  const { book } = useCalendar();
  const [day, setDay] = useState(isDone || due < today ? today : due);
  const [wrong, setWrong] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState("");
  const save = async (): Promise<void> => {
    const isDay = ISO_DAY.test(day);
    if (!isDay || (isPast && day > today)) {
      setWrong(t(isDay ? "tasks.day.future" : "tasks.day.wrong"));
      return;
    }
    setBusy(true);
    setFailed("");
    const why = await onSave(day);
    if (why === true) onClose(true);
    else {
      setFailed(why);
      setBusy(false);
    }
  };
  return (
    <Sheet
      open
      centre
      title={title}
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
        {children}
        {failed === "" ? null : (
          <Notice tone="warn" alert>
            {failed}
          </Notice>
        )}
        <Field label={t(isDone ? "tasks.done.when" : "tasks.redate.when")} error={wrong} group={book !== null}>
          {(attributes) => (
            <CalendarDate
              {...attributes}
              {...(isPast ? { max: today } : {})}
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

/** A day as the answer that is stored: for a question with a time, a moment of it that is not still to come. */
export function answerOn(day: string, today: string, withTime: boolean, now: Date = new Date()): string {
  if (!withTime) return day;
  const moment = day === today ? now : new Date(`${day}T12:00`);
  return moment.toISOString().replace(/\.\d{3}Z$/, "Z");
}
