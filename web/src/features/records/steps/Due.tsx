import type { JSX } from "preact";
import { useRef, useState } from "preact/compat";
import { redating } from "~/engine/due";
import { formatDay, localized, t } from "~/lib/i18n";
import { Button } from "~/ui/Button";
import { Badge } from "~/ui/labels";
import { Card } from "~/ui/layout";
import type { Section } from "~/renderer/forms";
import type { Data } from "~/renderer/types";
import { useDecided, useSource } from "~/store";
import { RecordLink, RecordLinkButton, casePath } from "../record/RecordLink";
import type { Setup } from "../record/setup";
import cards from "../record/summary.module.css";
import { ChangeTask, type Change } from "./ChangeTask";
import type { Seen } from "./changing";
import { detailOf, dueIn, questionOf, sectionOf, undatedIn, type DueTask, type Undated } from "./due";
import css from "./steps.module.css";

export interface DueProps {
  id: string;
  seen: Seen;
  data: Data;
  setup: Setup;
  sections: readonly Section[];
  today: string;
  mayWrite: boolean;
}

/** What is to be done for this child, by when; done or put on another day from here. */
export function Due({ id, seen, data, setup, sections, today, mayWrite }: DueProps): JSX.Element | null {
  const decided = useDecided(useSource());
  const [change, setChange] = useState<Change | null>(null);
  const list = useRef<HTMLUListElement>(null);
  const tasks = dueIn(data, decided, today);
  const undated = undatedIn(data, tasks);
  const plans = sectionOf({ type: "follow_up" }, sections) ?? sectionOf({ type: "service" }, sections);
  if (data["status"] === "closed" || (plans === undefined && tasks.length === 0)) return null;
  const title = t("story.due");
  const mayComplete = (task: Pick<DueTask, "type">): boolean => mayWrite && questionOf(task, "completion", setup) !== null;
  const mayRedate = (task: DueTask): boolean => mayWrite && questionOf(task, "due", setup) !== null && redating(task, today, decided, () => "") !== null;
  const wordsOf = (task: Change["task"]): string => {
    const detail = detailOf(task, setup);
    const kind = t(`task.type.${task.type}`);
    return detail === "" ? kind : t("tasks.what", { kind, about: detail });
  };
  return (
    <Card label={title}>
      <div class={cards.cardHead}>
        <h2>{title}</h2>
        {plans ? (
          <RecordLink to={casePath(id, plans.form.unique_id)} class={cards.more}>
            {localized(plans.form.name)}
          </RecordLink>
        ) : null}
      </div>
      {tasks.length === 0 && undated.length === 0 ? (
        <p class={css.quiet}>{t("story.due.none")}</p>
      ) : (
        <ul role="list" class={css.tasks} ref={list} tabIndex={-1}>
          {tasks.map((task) => {
            const ask = (to: Change["to"]): void => {
              setChange({ task, to });
            };
            return (
              <TaskRow
                key={`${task.type} ${task.row ?? ""} ${task.due_on}`}
                id={id}
                task={task}
                words={detailOf(task, setup)}
                section={sectionOf(task, sections)}
                onDone={mayComplete(task) ? () => { ask("completion"); } : null}
                onRedate={mayRedate(task) ? () => { ask("due"); } : null}
              />
            );
          })}
          {undated.map((one) => {
            const task = { type: one.type, due_on: one.day || today, row: one.row, ...(one.detail ? { detail: one.detail } : {}) };
            return <UndatedRow key={`${one.type} ${one.row}`} id={id} one={one} words={detailOf(one, setup)} section={sectionOf(one, sections)} onDone={mayComplete(task) ? () => { setChange({ task, to: "completion" }); } : null} />;
          })}
        </ul>
      )}
      {plans?.writable === true && mayWrite ? (
        <RecordLinkButton to={casePath(id, plans.form.unique_id, "edit")} icon="plus" look="quiet">
          {t("casefile.due.add")}
        </RecordLinkButton>
      ) : null}
      {change === null ? null : (
        <ChangeTask
          id={id}
          seen={seen}
          asked={change}
          words={wordsOf(change.task)}
          setup={setup}
          decided={decided}
          today={today}
          onClose={(isDone) => {
            setChange(null);
            if (isDone) requestAnimationFrame(() => list.current?.focus());
          }}
        />
      )}
    </Card>
  );
}

interface TaskRowProps {
  id: string;
  task: DueTask;
  words: string;
  section: Section | undefined;
  onDone: (() => void) | null;
  onRedate: (() => void) | null;
}

function TaskRow({ id, task, words, section, onDone, onRedate }: TaskRowProps): JSX.Element {
  const kind = t(`task.type.${task.type}`);
  const what = words || kind;
  return (
    <li>
      <span class={css.task}>
        {section ? <RecordLink to={casePath(id, section.form.unique_id)}>{what}</RecordLink> : <span>{what}</span>}
        <span class={css.when}>
          {words === "" ? null : <span>{kind}</span>}
          <bdi>{t("story.due.by", { day: formatDay(task.due_on) })}</bdi>
          {task.near === "later" ? null : (
            <Badge tone={task.near === "overdue" ? "warn" : "info"} icon="clock">
              {t(task.near === "overdue" ? "casefile.late" : "story.due.soon")}
            </Badge>
          )}
        </span>
      </span>
      {onDone === null && onRedate === null ? null : (
        <span class={css.acts}>
          {onDone === null ? null : (
            <Button icon="check" onClick={onDone}>
              {t("tasks.done")}
              <span class="visually-hidden">: {what}</span>
            </Button>
          )}
          {onRedate === null ? null : (
            <Button look="quiet" icon="calendar" onClick={onRedate}>
              {t("tasks.redate")}
              <span class="visually-hidden">: {what}</span>
            </Button>
          )}
        </span>
      )}
    </li>
  );
}

function UndatedRow({ id, one, words, section, onDone }: { id: string; one: Undated; words: string; section: Section | undefined; onDone: (() => void) | null }): JSX.Element {
  const kind = t(`task.type.${one.type}`);
  return (
    <li>
      <span class={css.task}>
        {section ? <RecordLink to={casePath(id, section.form.unique_id)}>{words || kind}</RecordLink> : <span>{words || kind}</span>}
        <span class={css.when}>
          {words === "" ? null : <span>{kind}</span>}
          {one.day === "" ? <span>{t("casefile.no_date")}</span> : <bdi>{t("story.on", { day: formatDay(one.day) })}</bdi>}
        </span>
      </span>
      {onDone === null ? null : (
        <span class={css.acts}>
          <Button icon="check" onClick={onDone}>
            {t("tasks.done")}
            <span class="visually-hidden">: {words || kind}</span>
          </Button>
        </span>
      )}
    </li>
  );
}
