import type { JSX } from "preact";
import { useRef, useState } from "preact/compat";
import { formatDay, getLocale, t } from "~/lib/i18n";
import { taskKey, type TaskNow } from "~/store";
import { todayHere } from "~/store/kept/finding";
import { Badge, Button, Code, Icon, Link, RiskBadge, StateBadge } from "~/ui";
import { ChangeSheet, type Change } from "./ChangeSheet";
import { daysBetween, nameOf, whatOf, type TaskSetup } from "./setup";
import css from "./tasks.module.css";

export interface TaskRowsProps {
  label: string;
  rows: readonly TaskNow[];
  setup: TaskSetup;
  /** Names of the workers, where tasks of several are shown. */
  workers?: ReadonlyMap<string, string> | null;
}

/** What is to be done, each with the case it lies in; done or given another day without opening it. */
export function TaskRows({ label, rows, setup, workers = null }: TaskRowsProps): JSX.Element {
  const [change, setChange] = useState<Change | null>(null);
  const list = useRef<HTMLUListElement>(null);
  const today = todayHere();
  return (
    <>
      <ul role="list" class={css.list} aria-label={label} ref={list} tabIndex={-1}>
        {rows.map((task) => (
          <TaskRow key={taskKey(task)} task={task} setup={setup} today={today} worker={workers?.get(task.ownedBy) ?? (workers ? task.ownedBy : "")} onChange={setChange} />
        ))}
      </ul>
      {change === null ? null : (
        <ChangeSheet
          change={change}
          setup={setup}
          today={today}
          onClose={(isDone) => {
            setChange(null);
            // The row is gone or stands elsewhere: whoever works by keyboard goes on in the list.
            if (isDone) requestAnimationFrame(() => list.current?.focus());
          }}
        />
      )}
    </>
  );
}

interface TaskRowProps {
  task: TaskNow;
  setup: TaskSetup;
  today: string;
  worker: string;
  onChange: (change: Change) => void;
}

function TaskRow({ task, setup, today, worker, onChange }: TaskRowProps): JSX.Element {
  const what = whatOf(task, setup);
  const name = nameOf(task);
  const days = daysBetween(today, task.due_on);
  const mayComplete = setup.completion(task) !== null;
  const mayRedate = setup.due(task) !== null;
  return (
    <li class={css.task}>
      <div class={css.what}>
        <div class={css.case}>
          <Link href={setup.href(task)}>
            <bdi>{name}</bdi>
          </Link>
          <span class={css.marks}>
            <Code>{task.code}</Code>
          </span>
        </div>
        <div dir="auto">{what}</div>
        <div class={css.marks}>
          {days < 0 ? (
            <Badge tone="warn" icon="clock">
              {t("tasks.late", { days: -days })}
            </Badge>
          ) : (
            <span>{inDays(days)}</span>
          )}
          <span>
            <Icon name="calendar" size={16} /> <bdi>{formatDay(task.due_on)}</bdi>
          </span>
          <RiskBadge level={task.risk} />
          <StateBadge state={task.state} />
          {worker ? (
            <span>
              <Icon name="user" size={16} /> <bdi>{worker}</bdi>
            </span>
          ) : null}
        </div>
      </div>
      {mayComplete || mayRedate ? (
        <div class={css.acts}>
          {mayComplete ? (
            <Button
              icon="check"
              aria-label={t("tasks.done.of", { what, name })}
              onClick={() => {
                onChange({ task, to: "completion" });
              }}
            >
              {t("tasks.done")}
            </Button>
          ) : null}
          {mayRedate ? (
            <Button
              look="quiet"
              icon="calendar"
              aria-label={t("tasks.redate.of", { what, name })}
              onClick={() => {
                onChange({ task, to: "due" });
              }}
            >
              {t("tasks.redate")}
            </Button>
          ) : null}
        </div>
      ) : null}
    </li>
  );
}

/** "today", "tomorrow", "in 5 days". */
function inDays(days: number): string {
  return new Intl.RelativeTimeFormat(getLocale(), { numeric: "auto" }).format(days, "day");
}
