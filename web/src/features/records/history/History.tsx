import type { JSX } from "preact";
import { useMemo } from "preact/compat";
import type { Shape } from "~/api";
import { formatDay, formatMoment, hasMessage, t } from "~/lib/i18n";
import { Button } from "~/ui/Button";
import { Icon, type IconName } from "~/ui/icons";
import { EmptyState, ErrorState, Skeleton } from "~/ui/layout";
import type { Sources } from "~/renderer/sources";
import type { Field, Json } from "~/renderer/types";
import { isBlank, textOf } from "~/renderer/values";
import { labelOfField, textOfAnswer, textOfRow } from "~/renderer/words";
import { isAway } from "~/store";
import type { Paged } from "../record/data";
import { readHistory, type Entry, type FieldChange, type RowChange } from "./changes";
import css from "./history.module.css";

export interface HistoryProps {
  paged: Paged<Shape<"HistoryEntry">>;
  fields: ReadonlyMap<string, Field>;
  sources: Sources;
  onRetry?: () => void;
}

const ICONS: Record<string, IconName> = { create: "plus", update: "edit", flag: "flag", unflag: "flag" };

/** What happened to this file, newest first: who, when, which answer, before and after, in words. */
export function History({ paged, fields, sources, onRetry }: HistoryProps): JSX.Element {
  const entries = useMemo(() => readHistory(paged.items, fields), [paged.items, fields]);
  if (entries.length === 0) {
    if (paged.loading) return <Skeleton rows={4} />;
    if (paged.error) return <ErrorState {...(onRetry ? { onRetry } : {})}>{t(isAway(paged.error) ? "kept.history.offline" : "casefile.history.unreachable")}</ErrorState>;
    return <EmptyState icon="history" title={t("casefile.history.none")} />;
  }
  return (
    <>
      <ol role="list" class={css.timeline}>
        {entries.map((entry) => (
          <li key={entry.key}>
            <span class={css.dot}>
              <Icon name={ICONS[entry.action] ?? "edit"} size={16} />
            </span>
            <div class={css.entry}>
              <p class={css.head}>
                <strong>{t(`casefile.history.${entry.isLetGo ? "let_go" : entry.action in ICONS ? entry.action : "update"}`)}</strong>
                <span class={css.quiet}>
                  <bdi>{entry.who}</bdi>
                  {" · "}
                  <time dateTime={entry.at}>{formatMoment(entry.at)}</time>
                </span>
              </p>
              <Details entry={entry} sources={sources} />
            </div>
          </li>
        ))}
      </ol>
      {paged.more ? (
        <Button onClick={paged.more} busy={paged.loading} icon="down">
          {t("casefile.history.more", { count: paged.total - paged.items.length })}
        </Button>
      ) : null}
    </>
  );
}

function nameOfChange(change: FieldChange): string {
  if (change.field) return labelOfField(change.field);
  const key = `casefile.history.field.${change.name}`;
  return hasMessage(key) ? t(key) : change.name.replaceAll("_", " ");
}

function Details({ entry, sources }: { entry: Entry; sources: Sources }): JSX.Element {
  return (
    <>
      {entry.fields.length > 0 ? <Changes changes={entry.fields} sources={sources} fresh={entry.action === "create"} isLetGo={entry.isLetGo} /> : null}
      {entry.subforms.map(({ field, rows }) => (
        <div key={field.name} class={css.rows}>
          <h3>{labelOfField(field)}</h3>
          <ul role="list">
            {rows.map((row, at) => (
              <Row key={`${textOf(row.row["unique_id"])}-${String(at)}`} field={field} change={row} sources={sources} />
            ))}
          </ul>
        </div>
      ))}
      {entry.fields.length === 0 && entry.subforms.length === 0 ? <p class={css.quiet}>{t("casefile.history.nothing_readable", { count: entry.technical })}</p> : null}
    </>
  );
}

const SIGNS: Record<RowChange["kind"], IconName> = { added: "plus", removed: "trash", changed: "edit" };

function Row({ field, change, sources }: { field: Field; change: RowChange; sources: Sources }): JSX.Element {
  return (
    <li>
      <p class={css.rowHead}>
        <Icon name={SIGNS[change.kind]} size={16} />
        <span>{t(`casefile.history.row.${change.kind}`)}</span> <span>{textOfRow(field, change.row, sources)}</span>
      </p>
      {change.kind === "removed" || change.changes.length === 0 ? null : (
        <details>
          <summary>{t("casefile.history.row.details", { count: change.changes.length })}</summary>
          <Changes changes={change.changes} sources={sources} fresh={change.kind === "added"} />
        </details>
      )}
    </li>
  );
}

function Changes({ changes, sources, fresh, isLetGo = false }: { changes: readonly FieldChange[]; sources: Sources; fresh: boolean; isLetGo?: boolean }): JSX.Element {
  return (
    <dl class={css.changes}>
      {changes.map((change) => (
        <div key={change.name}>
          <dt>{nameOfChange(change)}</dt>
          <dd>
            {fresh && isBlank(change.from) ? null : (
              <>
                <del dir="auto">
                  <span class={isLetGo ? css.quiet : "visually-hidden"}>{t(isLetGo ? "casefile.history.let_go.hers" : "casefile.history.before")} </span>
                  {wordsOf(change, change.from, sources)}
                </del>{" "}
                <Icon name="chevron" size={14} />{" "}
              </>
            )}
            <ins dir="auto">
              <span class={isLetGo ? css.quiet : "visually-hidden"}>{t(isLetGo ? "casefile.history.let_go.kept" : "casefile.history.after")} </span>
              {wordsOf(change, change.to, sources)}
            </ins>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function wordsOf(change: FieldChange, value: Json, sources: Sources): string {
  if (isBlank(value)) return t("casefile.history.blank");
  if (value === false) return t("renderer.no");
  if (change.field) return textOfAnswer(change.field, value, sources) || t("casefile.history.blank");
  if (typeof value === "boolean") return t(value ? "renderer.yes" : "renderer.no");
  const text = Array.isArray(value) ? value.map(textOf).join(", ") : textOf(value);
  return /^\d{4}-\d{2}-\d{2}T/.test(text) ? formatMoment(text) : /^\d{4}-\d{2}-\d{2}$/.test(text) ? formatDay(text) : text;
}
