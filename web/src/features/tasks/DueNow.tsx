import type { JSX } from "preact";
import { textOf } from "~/api";
import { formatAgo, formatNumber, t } from "~/lib/i18n";
import { splitDue, useSource, useTasks, type TaskNow, type TasksAsked } from "~/store";
import { todayHere } from "~/store/kept/finding";
import { Badge, Card, ErrorState, Link, Muted, Row, Skeleton, Stack } from "~/ui";
import { useTaskSetup, type TaskSetup } from "./setup";
import { TaskRows } from "./TaskRows";
import css from "./tasks.module.css";

/** All that is late or near in a caseload; more than these is no day's work, and the page of tasks has the rest. */
const ASKED: TasksAsked = { everybody: false, workers: [], types: [], due: ["overdue", "soon"], page: 1, per: 200 };
const SHOWN = 5;

/** What is late, for today, and near, in her own cases. `isQuiet`: nothing at all is said when nothing is due. */
export function DueNow({ isQuiet }: { isQuiet: boolean }): JSX.Element | null {
  const source = useSource();
  const tasks = useTasks(source, ASKED);
  const setup = useTaskSetup();
  if (tasks.rows === null) {
    if (isQuiet) return null;
    return tasks.error ? <ErrorState onRetry={() => void source.tasks.search(ASKED).refresh()}>{textOf(tasks.error)}</ErrorState> : <Skeleton rows={3} blocks />;
  }
  if (isQuiet && tasks.rows.length === 0) return null;
  const { overdue, today, week } = splitDue(tasks.rows, todayHere());
  // Where not all of it was told, the last group is not known whole.
  const isWhole = tasks.total <= tasks.rows.length;
  return (
    <Stack gap={3}>
      <Row between>
        <h2>{t("tasks.due_now")}</h2>
        <Link href="/tasks">{t("tasks.all")}</Link>
      </Row>
      {tasks.isHere && !tasks.loading && tasks.at !== null ? <Muted small>{t("tasks.here", { when: formatAgo(new Date(tasks.at)) })}</Muted> : null}
      <Card flush>
        {tasks.rows.length === 0 ? <p class={css.quiet}>{t("tasks.none_now")}</p> : null}
        <Group id="overdue" tone="warn" rows={overdue} href="/tasks?due=overdue" setup={setup} isWhole={isWhole || today.length + week.length > 0} />
        <Group id="today" tone="accent" rows={today} href="/tasks?due=soon" setup={setup} isWhole={isWhole || week.length > 0} />
        <Group id="week" tone="plain" rows={week} href="/tasks?due=soon" setup={setup} isWhole={isWhole} />
      </Card>
    </Stack>
  );
}

function Group({ id, tone, rows, href, setup, isWhole }: { id: "overdue" | "today" | "week"; tone: "warn" | "accent" | "plain"; rows: readonly TaskNow[]; href: string; setup: TaskSetup; isWhole: boolean }): JSX.Element | null {
  if (rows.length === 0) return null;
  const title = t(`tasks.group.${id}`);
  return (
    <section class={css.group} aria-label={title}>
      <h3>
        {title} <Badge tone={tone}>{isWhole ? formatNumber(rows.length) : `${formatNumber(rows.length)}+`}</Badge>
      </h3>
      <TaskRows label={title} rows={rows.slice(0, SHOWN)} setup={setup} />
      {rows.length > SHOWN ? (
        <Link href={href} class={css.more}>
          {isWhole ? t("tasks.more", { count: rows.length - SHOWN }) : t("tasks.all")}
        </Link>
      ) : null}
    </section>
  );
}
