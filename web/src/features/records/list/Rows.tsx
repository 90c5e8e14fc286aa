import type { JSX } from "preact";
import { textOf } from "~/api";
import { formatDay, formatNumber, hasMessage, t } from "~/lib/i18n";
import type { Json } from "~/lib/json";
import { useWide } from "~/lib/media";
import { Whose } from "~/renderer/Whose";
import { KIND_ICONS, said } from "~/renderer/kindWords";
import type { Kind, ListView, Row as ListRow } from "~/store";
import { Badge, Card, Code, EmptyState, ErrorState, Muted, Records, RiskBadge, Skeleton, StateBadge, type Column, type Selecting } from "~/ui";
import type { ListColumn } from "./columns";
import type { Words } from "./words";

interface RowsProps {
  kind: Kind;
  rows: readonly ListRow[];
  reasons: ListView["reasons"];
  words: Words;
  state: "loading" | "failed" | "ready";
  why: unknown;
  narrowed: boolean;
  register: JSX.Element | null;
  /** The columns that she chose, in order. */
  columns: readonly ListColumn[];
  select: Selecting<ListRow> | null;
  onRetry: () => void;
}

/** The records of a list, as rows on a desk and as cards on a phone. */
export function Rows({ kind, rows, reasons, words, columns, state, why, narrowed, register, select, onRetry }: RowsProps): JSX.Element {
  const wide = useWide();
  if (rows.length === 0 && state === "loading") return <Skeleton rows={6} blocks={!wide} />;
  if (rows.length === 0 && state === "failed") return <ErrorState onRetry={onRetry}>{textOf(why)}</ErrorState>;
  if (rows.length === 0) {
    return (
      <EmptyState icon={narrowed ? "search" : KIND_ICONS[kind]} title={said(kind, narrowed ? "cases.none.narrowed" : "cases.none")} action={narrowed ? null : register}>
        {said(kind, narrowed ? "cases.none.narrowed.text" : "cases.none.text")}
      </EmptyState>
    );
  }
  const shown = columns.map(({ name, label, wraps }): Column<ListRow> => ({ id: name, label, ...(wraps ? { wraps } : {}), cell: ({ data }) => <Cell kind={kind} name={name} value={data[name] ?? (name === "registration_date" ? data["created_at"] : undefined)} words={words} /> }));
  const filled = shown.map((column): Column<ListRow> => ({ ...column, cell: (row) => (isEmpty(row.data[column.id]) && column.id !== "registration_date" ? "" : column.cell(row)) }));
  const records = (
    <Records
      label={said(kind, "cases.title")}
      rows={rows}
      keyOf={({ data }) => String(data["id"])}
      hrefOf={({ data }) => (data["record_in_scope"] === false ? null : `/${kind}/${String(data["id"])}`)}
      titleLabel={said(kind, "cases.column.child")}
      title={({ data }) => (
        <>
          <Whose kind={kind} data={data} />
          <Why kind={reasons?.[String(data["id"])]} />
        </>
      )}
      marksLabel={t("cases.column.marks")}
      marks={(row) => <Marks row={row} words={words} />}
      columns={filled}
      {...(select === null ? {} : { select })}
    />
  );
  return wide ? <Card flush>{records}</Card> : records;
}

/** Why the search found this child, where the name does not say so itself. */
function Why({ kind }: { kind: string | undefined }): JSX.Element | null {
  if (kind === undefined || kind === "name_same" || kind === "name_beginning" || !hasMessage(`cases.match.${kind}`)) return null;
  return <Muted small> {t("cases.match", { why: t(`cases.match.${kind}`) })}</Muted>;
}

function isEmpty(value: Json | undefined): boolean {
  return value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

const DAY = /^\d{4}-\d\d-\d\d/;

function Cell({ kind, name, value, words }: { kind: Kind; name: string; value: Json | undefined; words: Words }): JSX.Element {
  if (Array.isArray(value)) return <>{value.filter((one) => typeof one === "string").map((one) => words.word(name, one)).join(", ")}</>;
  if (typeof value === "number") return <>{formatNumber(value)}</>;
  if (typeof value === "boolean") return <>{t(value ? "renderer.yes" : "renderer.no")}</>;
  if (name === "owned_by") return <Code>{String(value ?? "")}</Code>;
  if (typeof value === "string" && DAY.test(value)) return <>{formatDay(value)}</>;
  if (kind !== "cases" && typeof value === "string" && words.options(name).length === 0) return <bdi>{value}</bdi>;
  return <>{words.word(name, value)}</>;
}

function Marks({ row: { data, state }, words }: { row: ListRow; words: Words }): JSX.Element {
  const risk = typeof data["risk_level"] === "string" ? data["risk_level"] : null;
  const alerts = typeof data["alert_count"] === "number" ? data["alert_count"] : 0;
  const flags = typeof data["flag_count"] === "number" ? data["flag_count"] : 0;
  return (
    <>
      <StateBadge state={state} />
      {risk === null ? null : <RiskBadge level={risk} {...(hasMessage(`ui.risk.${risk}`) ? {} : { text: words.word("risk_level", risk) })} />}
      {flags > 0 ? (
        <Badge icon="flag" tone="warn">
          <span class="visually-hidden">{t("cases.flags", { count: flags })}</span>
          <span aria-hidden="true">{formatNumber(flags)}</span>
        </Badge>
      ) : null}
      {alerts > 0 ? (
        <Badge icon="alert" tone="warn">
          <span class="visually-hidden">{t("alerts.count", { count: alerts })}</span>
          <span aria-hidden="true">{formatNumber(alerts)}</span>
        </Badge>
      ) : null}
      {data["record_in_scope"] === false ? <Badge icon="lock">{t("cases.out_of_scope")}</Badge> : null}
    </>
  );
}

