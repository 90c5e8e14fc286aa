import type { ComponentChildren, JSX } from "preact";
import { t } from "~/lib/i18n";
import { Card } from "~/ui/layout";
import { fieldShown } from "~/renderer/logic";
import type { Section } from "~/renderer/forms";
import { said } from "~/renderer/kindWords";
import type { Data, Field, Problem } from "~/renderer/types";
import { isBlank, rowId, rowsOf } from "~/renderer/values";
import { labelOfField, textOfAnswer, textOfRow } from "~/renderer/words";
import { RecordLinkButton, recordPath, type At } from "./RecordLink";
import css from "./record.module.css";
import { PEOPLE } from "./registration";
import type { Setup } from "./setup";
import { CardHead, Missing } from "./Summary";
import own from "./summary.module.css";

export interface PlainSummaryProps {
  at: At;
  data: Data;
  setup: Setup;
  sections: readonly Section[];
  missing: readonly Problem[];
  mayWrite: boolean;
  timeline: ComponentChildren;
  cards: ComponentChildren;
  onJump: (pointer: string) => void;
}

/** The questions whose answers stand on the summary when nothing is marked as short. */
const MOST = 8;

/** What one needs to know of a record that is no case: what is missing, its short answers, its people, what happened. */
export function PlainSummary(props: PlainSummaryProps): JSX.Element {
  return (
    <div class={own.summary}>
      <Missing {...props} />
      <div class={own.plain}>
        <div class={own.column}>
          <Glance {...props} />
          <Rows {...props} />
        </div>
        <div class={own.column}>
          {props.cards}
          {props.timeline}
        </div>
      </div>
    </div>
  );
}

/** Answers that forms call short; where none does, the first that were given. */
export function shortAnswers(sections: readonly Section[], data: Data): Field[] {
  const seen = new Set<string>();
  const asked = sections.flatMap((section) => section.form.fields).filter((field) => {
    const is = field.visible !== false && field.type !== "separator" && field.type !== "subform" && !isBlank(data[field.name]) && fieldShown(field, data) && !seen.has(field.name);
    if (is) seen.add(field.name);
    return is;
  });
  const short = asked.filter((field) => field.show_on_minify_form);
  return (short.length > 0 ? short : asked).slice(0, MOST);
}

function Glance({ at, data, setup, sections, mayWrite }: PlainSummaryProps): JSX.Element {
  const fields = shortAnswers(sections, data);
  const first = sections.find((section) => section.writable);
  const told = fields.flatMap((field) => {
    const words = textOfAnswer(field, data[field.name], setup.sources);
    return words === "" ? [] : [{ field, words }];
  });
  return (
    <Card label={t("kinds.glance")}>
      <CardHead title={t("kinds.glance")} to={sections[0] ? recordPath(at, sections[0].form.unique_id) : undefined} />
      {told.length === 0 ? <p class={css.quiet}>{said(at.kind, "kinds.glance.none")}</p> : null}
      <dl class={own.glance}>
        {told.map(({ field, words }) => (
          <div key={field.name}>
            <dt>{labelOfField(field)}</dt>
            <dd>
              <bdi>{words}</bdi>
            </dd>
          </div>
        ))}
      </dl>
      {told.length === 0 && mayWrite && first ? (
        <RecordLinkButton to={recordPath(at, first.form.unique_id, "edit")} icon="edit">
          {t("casefile.edit")}
        </RecordLinkButton>
      ) : null}
    </Card>
  );
}

function Rows({ at, data, setup, sections, mayWrite }: PlainSummaryProps): JSX.Element | null {
  const name = PEOPLE[at.kind];
  const section = sections.find((one) => one.form.fields.some((field) => field.name === name));
  const field = section?.form.fields.find((one) => one.name === name);
  if (!section || !field) return null;
  const rows = rowsOf(data[field.name]);
  const title = labelOfField(field);
  return (
    <Card label={title}>
      <CardHead title={title} to={recordPath(at, section.form.unique_id)} />
      {rows.length === 0 ? <p class={css.quiet}>{t("casefile.people.none")}</p> : null}
      <ul role="list" class={own.people}>
        {rows.map((row) => (
          <li key={rowId(row)}>
            <bdi>{textOfRow(field, row, setup.sources) || t("casefile.people.unnamed")}</bdi>
          </li>
        ))}
      </ul>
      {mayWrite && section.writable && rows.length === 0 ? (
        <RecordLinkButton to={recordPath(at, section.form.unique_id, "edit")} icon="plus">
          {t("casefile.people.add")}
        </RecordLinkButton>
      ) : null}
    </Card>
  );
}
