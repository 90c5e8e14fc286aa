import type { JSX } from "preact";
import { cx } from "~/lib/classes";
import { t } from "~/lib/i18n";
import type { Json } from "~/lib/json";
import type { Field } from "~/renderer/types";
import { isBlank } from "~/renderer/values";
import { labelOfField } from "~/renderer/words";
import type { ComparedView, MatchView } from "~/store";
import { Card, Icon, Notice, Stack, type IconName } from "~/ui";
import { grouped, verdictOf, type Verdict } from "./comparing";
import { Photos } from "./Photos";
import css from "./tracing.module.css";
import { labelOfName, textOfValue, type Words } from "./words";

const SIGNS: Readonly<Record<Verdict, IconName>> = { same: "check", different: "close", one: "info" };

/** Both children beside each other, question by question; on a phone one answer under the other. */
export function Compared({ match, words }: { match: MatchView; words: Words }): JSX.Element {
  const groups = grouped(match.compared);
  const family = match.family.map((rows) => rows.filter((row) => !isBlank(row.case_value))).filter((rows) => rows.length > 0);
  return (
    <Stack gap={4}>
      <Photos match={match} />
      {groups.length === 0 ? <Notice>{t("tracing.compare.nothing")}</Notice> : null}
      {groups.map(({ group, rows }) => (
        <Card key={group} label={t(`tracing.group.${group}`)}>
          <h2 class={css.groupTitle}>{t(`tracing.group.${group}`)}</h2>
          <Sides rows={rows} words={words} caseFields={words.cases} traceFields={words.traces} />
        </Card>
      ))}
      {family.length > 0 ? (
        <Card label={t("tracing.group.family")}>
          <h2 class={css.groupTitle}>{t("tracing.group.family")}</h2>
          <p class={css.quiet}>{t("tracing.group.family.text")}</p>
          {family.map((rows, at) => (
            <section key={at} class={css.person} aria-label={t("tracing.family.person", { number: at + 1 })}>
              <Sides rows={rows} words={words} caseFields={words.family} traceFields={words.inquirer} />
            </section>
          ))}
        </Card>
      ) : null}
    </Stack>
  );
}

interface SidesProps {
  rows: readonly ComparedView[];
  words: Words;
  caseFields: ReadonlyMap<string, Field>;
  traceFields: ReadonlyMap<string, Field>;
}

function Sides({ rows, words, caseFields, traceFields }: SidesProps): JSX.Element {
  const label = (name: string): string => {
    const field = traceFields.get(name) ?? caseFields.get(name);
    return field ? labelOfField(field) : labelOfName(name, words);
  };
  return (
    <div>
      <div class={css.sides} aria-hidden="true">
        <span />
        <span>{t("tracing.side.case")}</span>
        <span>{t("tracing.side.trace")}</span>
        <span />
      </div>
      <dl class={css.compared}>
        {rows.map((row) => {
          const verdict = verdictOf(row);
          return (
            <div key={row.field_name} class={cx(css.question, css[verdict])}>
              <dt>{label(row.field_name)}</dt>
              <Value side={t("tracing.side.case")} text={textOfValue(caseFields.get(row.field_name) ?? traceFields.get(row.field_name), row.case_value as Json, words.sources)} />
              <Value side={t("tracing.side.trace")} text={textOfValue(traceFields.get(row.field_name) ?? caseFields.get(row.field_name), row.trace_value as Json, words.sources)} />
              <dd class={css.verdict}>
                <Icon name={SIGNS[verdict]} size={16} />
                <span>{t(`tracing.verdict.${verdict}`)}</span>
              </dd>
            </div>
          );
        })}
      </dl>
    </div>
  );
}

function Value({ side, text }: { side: string; text: string }): JSX.Element {
  return (
    <dd class={css.value}>
      <span class={css.sideName}>{side} </span>
      {text === "" ? <span class={css.quiet}>{t("tracing.no_answer")}</span> : <span dir="auto">{text}</span>}
    </dd>
  );
}
