import type { JSX } from "preact";
import { textOf } from "~/api";
import { cx } from "~/lib/classes";
import { formatDay, t } from "~/lib/i18n";
import type { FieldChange, RowChange } from "~/renderer/changes";
import type { Sources } from "~/renderer/sources";
import type { Field, Json } from "~/renderer/types";
import { isBlank, rowId } from "~/renderer/values";
import { labelOfField, textOfAnswer, textOfRow } from "~/renderer/words";
import { isAway, useResource, useSource, type Approval } from "~/store";
import { Card, ErrorState, Icon, Muted, Notice, Skeleton, Stack, type IconName } from "~/ui";
import { changesByForm, useWording, type FormChanges } from "./forms";
import css from "./approvals.module.css";

/** What is answered otherwise than when this was approved last, side by side; on a phone one under the other. */
export function Comparison({ id, kind, module, about }: { id: string; kind: Approval; module: string; about: readonly string[] }): JSX.Element {
  const source = useSource();
  const compared = source.approvals.comparison(id, kind);
  const { value, error } = useResource(compared, 0);
  const wording = useWording(source, module);
  if (value === null && error) return isAway(error) ? <Notice>{t("approvals.compare.offline")}</Notice> : <ErrorState onRetry={() => void compared.refresh()}>{textOf(error)}</ErrorState>;
  if (value === null || wording === null) return <Skeleton rows={4} blocks />;
  const forms = changesByForm(value.changes, wording.sections, about);
  const first = value.since === null;
  const [asked, others] = [forms.filter((one) => one.asked), forms.filter((one) => !one.asked)];
  return (
    <section aria-labelledby="compared">
      <Stack gap={3}>
        <h2 id="compared">{t(first ? "approvals.compare.first" : "approvals.compare.title")}</h2>
        <Muted>{first ? t("approvals.compare.first.text") : t("approvals.compare.since", { by: value.approved_by ?? "", on: formatDay(value.since) })}</Muted>
        {asked.length === 0 ? <Notice>{t(first ? "approvals.compare.empty" : "approvals.compare.same")}</Notice> : null}
        {asked.map((form) => (
          <Card key={form.id} label={form.name}>
            <h3 class={css.name}>{form.name}</h3>
            <Changes form={form} first={first} sources={wording.sources} />
          </Card>
        ))}
        {others.length > 0 ? <h3>{t(first ? "approvals.compare.others.first" : "approvals.compare.others")}</h3> : null}
        {others.length > 0 ? (
          <Card flush>
            {others.map((form) => (
              <details key={form.id} class={css.form}>
                <summary>
                  <bdi>{form.name}</bdi> <Muted small>{t("approvals.compare.count", { count: form.count })}</Muted>
                </summary>
                <Changes form={form} first={first} sources={wording.sources} />
              </details>
            ))}
          </Card>
        ) : null}
      </Stack>
    </section>
  );
}

function Changes({ form, first, sources }: { form: FormChanges; first: boolean; sources: Sources }): JSX.Element {
  return (
    <>
      {form.answers.length > 0 ? <Sides changes={form.answers} first={first} sources={sources} /> : null}
      {form.rows.map(({ field, rows }) => (
        <Rows key={field.name} field={field} rows={rows} first={first} sources={sources} />
      ))}
    </>
  );
}

function Sides({ changes, first, sources }: { changes: readonly FieldChange[]; first: boolean; sources: Sources }): JSX.Element {
  return (
    <div class={cx(css.compared, first && css.alone)}>
      {first ? null : (
        <div class={css.sides} aria-hidden="true">
          <span />
          <span>{t("approvals.compare.before")}</span>
          <span>{t("approvals.compare.now")}</span>
        </div>
      )}
      <dl class={css.compared}>
        {changes.map((change) => (
          <div key={change.name} class={css.change}>
            <dt>{change.field ? labelOfField(change.field) : change.name}</dt>
            {first ? null : (
              <dd class={css.before}>
                <span class={css.side}>{t("approvals.compare.before")} </span>
                <span class={css.words} dir="auto">
                  {wordsOf(change, change.from, sources)}
                </span>
              </dd>
            )}
            <dd class={first ? undefined : css.now}>
              {first ? null : <span class={css.side}>{t("approvals.compare.now")} </span>}
              <span class={css.words} dir="auto">
                {wordsOf(change, change.to, sources)}
              </span>
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

const SIGNS: Record<RowChange["kind"], IconName> = { added: "plus", removed: "trash", changed: "edit" };

function Rows({ field, rows, first, sources }: { field: Field; rows: readonly RowChange[]; first: boolean; sources: Sources }): JSX.Element {
  return (
    <div>
      <h4>{labelOfField(field)}</h4>
      <ul role="list">
        {rows.map((row, at) => (
          <li key={rowId(row.row) || at} class={css.row}>
            <p>
              {first ? null : (
                <>
                  <Icon name={SIGNS[row.kind]} size={16} />
                  <strong>{t(`approvals.compare.row.${row.kind}`)}</strong>
                </>
              )}
              <bdi>{textOfRow(field, row.row, sources)}</bdi>
            </p>
            {row.kind === "removed" || row.changes.length === 0 ? null : <Sides changes={row.changes.filter(isTold)} first={first || row.kind === "added"} sources={sources} />}
          </li>
        ))}
      </ul>
    </div>
  );
}

function isTold(change: FieldChange): boolean {
  return !isBlank(change.to) || !isBlank(change.from);
}

function wordsOf({ field }: FieldChange, value: Json, sources: Sources): string {
  if (isBlank(value)) return t("approvals.compare.blank");
  if (value === false) return t("renderer.no");
  return (field ? textOfAnswer(field, value, sources) : "") || t("approvals.compare.blank");
}
