import type { JSX } from "preact";
import { useState } from "preact/compat";
import { textOf, type Shape } from "~/api";
import { formatAgo, formatNumber, localized, t } from "~/lib/i18n";
import { navigate } from "~/lib/router";
import { bulkActs, useResource, useSource } from "~/store";
import { Badge, Button, Card, EmptyState, ErrorState, Link, LinkButton, Muted, Notice, Page, Records, Row, Skeleton, SortSelect, Stack } from "~/ui";
import css from "./team.module.css";
import { ORDERS, risksOf, sorted, sumOf, type Order } from "./loads";

type Load = Shape<"Caseload">;

/** A supervisor's page: who has how many children in her care, what is late, and whose cases need other hands. */
export default function TeamPage(): JSX.Element {
  const source = useSource();
  const me = useResource(source.me(), 300);
  const list = source.tasks.team();
  const { value, at, error } = useResource(list);
  const [order, setOrder] = useState<Order>("late");
  const mayHandOver = bulkActs(me.value).includes("assign");
  const left = (value ?? []).filter((one) => one.to_hand_over);
  return (
    <Page
      title={t("team.title")}
      actions={
        <>
          <LinkButton href="/devices">{t("team.devices")}</LinkButton>
          <LinkButton href="/bulk">{t("bulk.jobs")}</LinkButton>
        </>
      }
    >
      {value === null ? error ? <ErrorState onRetry={() => void list.refresh()}>{textOf(error)}</ErrorState> : <Skeleton rows={5} blocks /> : null}
      {value !== null && error ? <Notice tone="warn">{t("team.stale", { why: textOf(error), when: at === null ? "" : formatAgo(new Date(at)) })}</Notice> : null}
      {value?.length === 0 ? <EmptyState icon="people" title={t("team.none.title")}>{t("team.none.text")}</EmptyState> : null}
      {value !== null && value.length > 0 ? (
        <Stack gap={4}>
          <Totals loads={value} />
          {left.map((one) => (
            <Notice
              key={one.user_name}
              tone="warn"
              title={<>{t("team.left.title")} <bdi>{one.full_name || one.user_name}</bdi></>}
              actions={mayHandOver ? <HandOver load={one} look="primary" /> : undefined}
            >
              {t("team.left.text", { count: one.cases })}
            </Notice>
          ))}
          <Row between>
            <h2>{t("team.workers", { count: value.length })}</h2>
            <SortSelect
              value={order}
              options={ORDERS.map((one) => ({ value: one, label: t(`team.sort.${one}`) }))}
              onValue={(one) => {
                setOrder(one as Order);
              }}
            />
          </Row>
          <Workers loads={sorted(value, order)} mayHandOver={mayHandOver} />
        </Stack>
      ) : null}
    </Page>
  );
}

function Totals({ loads }: { loads: readonly Load[] }): JSX.Element {
  const facts: [string, number][] = [
    [t("team.cases"), sumOf(loads, (one) => one.cases)],
    [t("team.overdue"), sumOf(loads, (one) => one.overdue)],
    [t("team.soon"), sumOf(loads, (one) => one.soon)],
    [t("team.quiet"), sumOf(loads, (one) => one.quiet)],
  ];
  return (
    <Card label={t("team.totals")}>
      <dl class={css.totals}>
        {facts.map(([label, number]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{formatNumber(number)}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}

/** Names of people stay out of the address: they lie beside it, in this page's memory. */
function Workers({ loads, mayHandOver }: { loads: readonly Load[]; mayHandOver: boolean }): JSX.Element {
  const known = useResource(useSource().agencies(), 600).value;
  const agencies = new Map((known ?? []).map((one) => [one.unique_id, localized(one.name)]));
  return (
    <Records
      label={t("team.title")}
      rows={loads}
      keyOf={(one) => one.user_name}
      hrefOf={() => null}
      title={(one) => (
        <span class={css.who}>
          <bdi>{one.full_name || one.user_name}</bdi>
          <Muted small>
            <bdi>{agencies.get(one.agency) ?? one.agency}</bdi>
          </Muted>
          {one.disabled ? (
            <Badge tone="warn" icon="alert">
              {t("team.disabled")}
            </Badge>
          ) : null}
        </span>
      )}
      titleLabel={t("team.worker")}
      marks={(one) => (one.cases > 0 && mayHandOver ? <HandOver load={one} look="secondary" /> : null)}
      marksLabel={t("team.do")}
      columns={[
        {
          id: "cases",
          label: t("team.cases"),
          cell: (one) =>
            one.cases === 0 ? (
              "0"
            ) : (
              <Link href="/cases" state={{ touched: true, beside: { owned_by: [one.user_name] } }} aria-label={t("team.cases.of", { count: one.cases, name: one.full_name || one.user_name })}>
                {formatNumber(one.cases)}
              </Link>
            ),
        },
        { id: "risk", label: t("team.risk"), cell: (one) => <Risks load={one} /> },
        {
          id: "overdue",
          label: t("team.overdue"),
          cell: (one) =>
            one.overdue === 0 ? (
              "0"
            ) : (
              <Link href="/tasks?due=overdue" state={{ workers: [one.user_name] }} aria-label={t("team.overdue.of", { count: one.overdue, name: one.full_name || one.user_name })}>
                <Badge tone="danger">{formatNumber(one.overdue)}</Badge>
              </Link>
            ),
        },
        { id: "soon", label: t("team.soon"), cell: (one) => formatNumber(one.soon) },
        {
          id: "quiet",
          label: t("team.quiet"),
          cell: (one) => (one.quiet === 0 ? "0" : `${formatNumber(one.quiet)} · ${one.quiet_since === null ? "" : formatAgo(new Date(one.quiet_since))}`),
        },
      ]}
    />
  );
}

function Risks({ load }: { load: Load }): JSX.Element {
  const risks = risksOf(load);
  if (risks.length === 0) return <>–</>;
  return (
    <span class={css.risks}>
      {risks.map(({ level, count, tone, icon }) => (
        <Badge key={level} tone={tone} icon={icon}>
          {t(`team.risk.${level}`, { count })}
        </Badge>
      ))}
    </span>
  );
}

function HandOver({ load, look }: { load: Load; look: "primary" | "secondary" }): JSX.Element {
  const source = useSource();
  return (
    <Button
      look={look}
      icon="people"
      aria-label={t("team.hand_over.of", { name: load.full_name || load.user_name })}
      onClick={() => {
        source.bulk.choose({
          cases: { search: { owned_by: [load.user_name], status: ["open"], record_state: ["true"] } },
          count: load.cases,
          worker: { userName: load.user_name, fullName: load.full_name },
        });
        navigate("/bulk/new?act=assign");
      }}
    >
      {t("team.hand_over")}
    </Button>
  );
}
