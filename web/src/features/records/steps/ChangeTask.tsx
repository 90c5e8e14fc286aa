import type { JSX } from "preact";
import { completing, redating, type Decided, type Task } from "~/engine/due";
import { t } from "~/lib/i18n";
import type { JsonObject } from "~/lib/json";
import { answerOn, DaySheet } from "~/renderer/DaySheet";
import { useSource } from "~/store";
import type { Setup } from "../record/setup";
import { change, type Seen } from "./changing";
import { questionOf } from "./due";

/** A task that she completes, or gives another day. */
export interface Change {
  task: Task;
  to: "completion" | "due";
}

/** Asks for the day of a task of the case that she looks at. `onClose(true)`: it was done. */
export function ChangeTask({ id, seen, asked: { task, to }, words, setup, decided, today, onClose }: { id: string; seen: Seen; asked: Change; words: string; setup: Setup; decided: Decided; today: string; onClose: (isDone: boolean) => void }): JSX.Element {
  const source = useSource();
  const isDone = to === "completion";
  const question = questionOf(task, to, setup);
  const save = async (day: string): Promise<true | string> => {
    const newId = (): string => crypto.randomUUID();
    const answers = isDone ? completing(task, answerOn(day, today, question?.date_include_time === true), newId) : redating(task, day, decided, newId);
    return answers !== null && (await change(source, id, seen, answers as JsonObject, t(isDone ? "tasks.done.said" : "tasks.redate.said"))) ? true : "";
  };
  return <DaySheet title={words} isDone={isDone} due={task.due_on} today={today} isPast={question?.date_validation === "not_future_date"} onSave={save} onClose={onClose} />;
}
