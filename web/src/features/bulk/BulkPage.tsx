import type { JSX } from "preact";
import { useEffect, useState } from "preact/compat";
import { Refusal, textOf } from "~/api";
import { formatAgo, formatNumber, t } from "~/lib/i18n";
import { setQuery, usePlace, type Params } from "~/lib/router";
import { BULK_PER_PAGE, isUnderWay, useResource, useSource, type BulkNow, type BulkResult, type BulkState } from "~/store";
import { Badge, Button, Chip, ChipRow, Code, EmptyState, ErrorState, LinkButton, Muted, Notice, Page, Pager, Records, Row, say, Skeleton, Stack, type Tone } from "~/ui";
import css from "./bulk.module.css";
import { progressOf, RESULT, STATUS, whatOf, whyOf } from "./words";

const LOOKED_AFTER_MS = 1500;
const STATES: readonly BulkState[] = ["refused", "done", "waiting"];
const TONES: Readonly<Record<BulkState, Tone>> = { waiting: "info", done: "ok", refused: "danger" };

/** How far a job is, what became of each case, and what can be done about it. */
export default function BulkPage({ params }: { params: Params }): JSX.Element {
  const id = params["id"] ?? "";
  const source = useSource();
  const { query } = usePlace();
  const asked = query.get("state");
  const state = STATES.find((one) => one === asked) ?? null;
  const page = Math.max(1, Number(query.get("page")) || 1);
  const list = source.bulk.job(id, state, page);
  const { value: job, error } = useResource(list);
  const working = isUnderWay(job);
  useEffect(() => {
    if (!working) return undefined;
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") void list.refresh();
    }, LOOKED_AFTER_MS);
    return () => {
      clearInterval(timer);
    };
  }, [list, working]);
  return (
    <Page
      title={t("bulk.job.title")}
      before={
        <Row>
          <LinkButton look="quiet" icon="back" href="/bulk">
            {t("bulk.jobs")}
          </LinkButton>
        </Row>
      }
    >
      {job === null ? (
        error ? (
          <ErrorState {...(error instanceof Refusal && error.status === 404 ? {} : { onRetry: () => void list.refresh() })}>{textOf(error)}</ErrorState>
        ) : (
          <Skeleton rows={4} blocks />
        )
      ) : (
        <Stack>
          {error ? <Notice tone="warn">{t("bulk.stale", { why: textOf(error) })}</Notice> : null}
          <Head job={job} />
          <Results job={job} state={state} page={page} />
        </Stack>
      )}
    </Page>
  );
}

function Head({ job }: { job: BulkNow }): JSX.Element {
  const source = useSource();
  const [busy, setBusy] = useState(false);
  const working = isUnderWay(job);
  const settled = job.done + job.refused;
  const act = async (how: "retry" | "cancel"): Promise<void> => {
    setBusy(true);
    try {
      await source.bulk[how](job.id);
    } catch (error) {
      say(textOf(error), { icon: "alert" });
    }
    setBusy(false);
  };
  return (
    <Stack gap={3}>
      <p>
        <strong dir="auto">{whatOf(job)}</strong>
      </p>
      <Row between>
        <span role="status">
          {t(STATUS[job.status])}
          {working && job.total !== null ? <> · {progressOf(job)}</> : null}
        </span>
        <Muted small>{formatAgo(new Date(job.ended_at ?? job.created_at))}</Muted>
      </Row>
      {working ? job.total === null ? <progress class={css.bar} aria-label={t("bulk.job.progress")} /> : <progress class={css.bar} aria-label={t("bulk.job.progress")} max={job.total} value={settled} /> : null}
      {job.refusal === null ? null : <Notice tone="warn">{t(job.refusal)}</Notice>}
      {!working && job.refused > 0 ? <Notice tone="warn">{t("bulk.some_refused", { count: job.refused })}</Notice> : null}
      {!working && job.refused === 0 && job.waiting === 0 && job.done > 0 ? <Notice tone="ok">{t("bulk.all_done", { count: job.done })}</Notice> : null}
      {job.may_retry || job.may_cancel ? (
        <Row>
          {job.may_retry ? (
            <Button look="primary" icon="sync" busy={busy} onClick={() => void act("retry")}>
              {t("bulk.retry", { count: job.refused + job.waiting })}
            </Button>
          ) : null}
          {job.may_cancel ? (
            <Button icon="close" busy={busy} onClick={() => void act("cancel")}>
              {t("bulk.cancel")}
            </Button>
          ) : null}
        </Row>
      ) : null}
    </Stack>
  );
}

function Results({ job, state, page }: { job: BulkNow; state: BulkState | null; page: number }): JSX.Element {
  const count = (one: BulkState): number => job[one];
  const hrefOf = (number: number): string => `/bulk/${job.id}?${new URLSearchParams({ ...(state === null ? {} : { state }), page: String(number) }).toString()}`;
  return (
    <Stack gap={3}>
      <h2>{t("bulk.results")}</h2>
      <ChipRow label={t("bulk.results")}>
        {STATES.map((one) => (
          <Chip
            key={one}
            pressed={state === one}
            onClick={() => {
              setQuery({ state: state === one ? null : one, page: null });
            }}
          >
            {t(RESULT[one])} <Muted>{formatNumber(count(one))}</Muted>
          </Chip>
        ))}
      </ChipRow>
      {job.cases.length === 0 ? (
        <EmptyState icon="cases" title={t(job.total === null ? "bulk.results.soon" : "bulk.results.none")} />
      ) : (
        <Records
          label={t("bulk.results")}
          rows={job.cases}
          keyOf={(one) => one.record_id}
          hrefOf={(one) => (one.case_id_display === null ? null : `/cases/${one.record_id}`)}
          title={titleOf}
          titleLabel={t("bulk.case")}
          marks={(one) => <Badge tone={TONES[one.state]}>{t(RESULT[one.state])}</Badge>}
          marksLabel={t("bulk.result")}
          columns={[{ id: "why", label: t("bulk.why"), cell: (one) => whyOf(one.errors), wraps: true }]}
        />
      )}
      <Pager page={page} pages={Math.ceil(job.found / BULK_PER_PAGE)} hrefOf={hrefOf} />
    </Stack>
  );
}

function titleOf(one: BulkResult): JSX.Element {
  if (one.case_id_display === null) return <>{t("bulk.case.unseen")}</>;
  return (
    <>
      {one.name === null || /^\*+$/.test(one.name) ? null : (
        <>
          <bdi>{one.name}</bdi>{" "}
        </>
      )}
      <Code>{one.case_id_display}</Code>
    </>
  );
}
