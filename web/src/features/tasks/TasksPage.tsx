import type { JSX } from "preact";
import { useMemo } from "preact/compat";
import { textOf } from "~/api";
import { formatAgo, t } from "~/lib/i18n";
import { navigate, usePlace } from "~/lib/router";
import { useResource, useSource, useTasks, type TasksAsked } from "~/store";
import { Button, Card, Chip, ChipRow, EmptyState, ErrorState, Field, Muted, Notice, Page, Pager, RemovableChip, Select, Skeleton } from "~/ui";
import { useTaskSetup } from "./setup";
import { besideOf, NEARNESS, readState, toggled, TYPES, writeState } from "./state";
import { TaskRows } from "./TaskRows";
import css from "./tasks.module.css";

/** Everything that is to be done: hers, or all in sight; by kind and by lateness. */
export default function TasksPage(): JSX.Element {
  const source = useSource();
  const { query, state } = usePlace();
  const key = `${query.toString()} ${JSON.stringify(state["workers"] ?? null)}`;
  const asked = useMemo(() => readState(query, state), [key]);
  const tasks = useTasks(source, asked);
  const setup = useTaskSetup();
  const me = useResource(source.me(), 600);
  const users = useResource(source.users(), 600);
  const names = useMemo(() => new Map((users.value ?? []).map((one) => [one.user_name, one.full_name || one.user_name])), [users.value]);
  const isTeam = asked.everybody || asked.workers.length > 0;
  const look = (change: Partial<TasksAsked>): void => {
    const next = { ...asked, page: 1, ...change };
    navigate(writeState(next), { replace: true, keepScroll: true, state: besideOf(next) });
  };
  const pages = Math.max(1, Math.ceil(tasks.total / asked.per));
  return (
    <Page title={t("tasks.title")}>
      <div class={css.filters}>
        <ChipRow label={t("tasks.by_due")}>
          {NEARNESS.map((one) => (
            <Chip
              key={one}
              pressed={asked.due.includes(one)}
              onClick={() => {
                look({ due: toggled(asked.due, one) });
              }}
            >
              {t(`tasks.near.${one}`)}
            </Chip>
          ))}
        </ChipRow>
        <ChipRow label={t("tasks.by_kind")}>
          {TYPES.map((one) => (
            <Chip
              key={one}
              pressed={asked.types.includes(one)}
              onClick={() => {
                look({ types: toggled(asked.types, one) });
              }}
            >
              {t(`task.type.${one}`)}
            </Chip>
          ))}
        </ChipRow>
        <ChipRow label={t("tasks.by_worker")}>
          <Chip
            pressed={!isTeam}
            onClick={() => {
              look({ everybody: false, workers: [] });
            }}
          >
            {t("tasks.mine")}
          </Chip>
          <Chip
            pressed={asked.everybody && asked.workers.length === 0}
            onClick={() => {
              look({ everybody: true, workers: [] });
            }}
          >
            {t("tasks.in_sight")}
          </Chip>
          {asked.workers.map((one) => (
            <RemovableChip
              key={one}
              label={names.get(one) ?? one}
              onRemove={() => {
                const workers = asked.workers.filter((other) => other !== one);
                look({ workers, everybody: workers.length === 0 });
              }}
            />
          ))}
        </ChipRow>
        {me.value?.is_manager === true && names.size > 0 ? (
          <div class={css.worker}>
            <Field label={t("tasks.of_worker")}>
              {(attributes) => (
                <Select
                  {...attributes}
                  value=""
                  options={[...names].filter(([one]) => !asked.workers.includes(one)).map(([value, label]) => ({ value, label }))}
                  onValue={(one) => {
                    if (one !== "") look({ workers: [...asked.workers, one] });
                  }}
                />
              )}
            </Field>
          </div>
        ) : null}
      </div>
      <div role="status">
        {tasks.rows === null ? null : tasks.totalExact ? t("tasks.count", { count: tasks.total }) : t("tasks.count.over", { count: tasks.total })}
        {tasks.isHere && !tasks.loading && tasks.at !== null ? (
          <>
            {" "}
            <Muted small>{t(isTeam ? "tasks.here.team" : "tasks.here", { when: formatAgo(new Date(tasks.at)) })}</Muted>
          </>
        ) : null}
      </div>
      {tasks.rows !== null && !tasks.isHere && tasks.error ? <Notice tone="warn">{t("cases.stale", { why: textOf(tasks.error) })}</Notice> : null}
      {tasks.rows === null ? tasks.error ? <ErrorState onRetry={() => void source.tasks.search(asked).refresh()}>{textOf(tasks.error)}</ErrorState> : <Skeleton rows={5} blocks /> : null}
      {tasks.rows?.length === 0 ? (
        <EmptyState
          icon="check"
          title={t("tasks.none")}
          action={
            me.value?.is_manager === true && !isTeam ? (
              <Button
                onClick={() => {
                  look({ everybody: true });
                }}
              >
                {t("tasks.in_sight")}
              </Button>
            ) : undefined
          }
        >
          {t(asked.due.length + asked.types.length > 0 ? "tasks.none.filtered" : "tasks.none.text")}
        </EmptyState>
      ) : null}
      {tasks.rows !== null && tasks.rows.length > 0 ? (
        <Card flush>
          <TaskRows label={t("tasks.title")} rows={tasks.rows} setup={setup} workers={isTeam ? names : null} />
        </Card>
      ) : null}
      <Pager page={asked.page} pages={pages} hrefOf={(page) => writeState({ ...asked, page })} state={besideOf(asked)} />
    </Page>
  );
}
