import type { JSX } from "preact";
import { t } from "~/lib/i18n";
import { useConfiguration, type ImpactView, type Problems as Found, type ProblemView, type Side } from "~/store/configuration";
import { Badge, Card, Icon, Muted, Notice, Row, Stack, type IconName } from "~/ui";
import { Loaded } from "../parts";
import css from "./configuration.module.css";

/** So many are told at first. */
const AT_FIRST = 6;
const COUNTED: Readonly<Record<ImpactView["counted"], IconName>> = { records: "cases", people: "people", lists: "star", acts: "edit" };

/** What is wrong or weak in what is configured now; errors first. */
export function Problems(): JSX.Element {
  const configuration = useConfiguration();
  return (
    <Card label={t("admin.configuration.problems")}>
      <Stack gap={3}>
        <h2>{t("admin.configuration.problems")}</h2>
        <Loaded from={configuration.problems()} maxAge={10}>
          {(problems) => (problems.items.length === 0 ? <Notice tone="ok">{t("admin.configuration.problems.none")}</Notice> : <ProblemsTold problems={problems} />)}
        </Loaded>
      </Stack>
    </Card>
  );
}

export function ProblemsTold({ problems: { items, errors, warnings } }: { problems: Found }): JSX.Element {
  return (
    <Stack gap={3}>
      <Row>
        {errors > 0 ? (
          <Badge icon="alert" tone="danger">
            {t("admin.configuration.problems.errors", { count: errors })}
          </Badge>
        ) : null}
        {warnings > 0 ? (
          <Badge icon="info" tone="warn">
            {t("admin.configuration.problems.warnings", { count: warnings })}
          </Badge>
        ) : null}
      </Row>
      <Muted>{t(errors > 0 ? "admin.configuration.problems.block" : "admin.configuration.problems.pass")}</Muted>
      <Few of={items}>{(problem, index) => <Problem key={index} problem={problem} />}</Few>
    </Stack>
  );
}

function Problem({ problem: { warning, sentence, way_out } }: { problem: ProblemView }): JSX.Element {
  return (
    <li>
      <span class={warning ? css.weak : css.removed}>
        <Icon name={warning ? "info" : "alert"} size={18} label={t(warning ? "admin.configuration.problems.warning" : "admin.configuration.problems.error")} />
      </span>
      <span class={css.sentence}>
        <bdi>{sentence}</bdi>
        {way_out === "" ? null : (
          <Muted small>
            <bdi>{way_out}</bdi>
          </Muted>
        )}
      </span>
    </li>
  );
}

/** Whom and what it touches when one side follows on the other. */
export function Impact({ before, after }: { before: Side; after: Side }): JSX.Element {
  const configuration = useConfiguration();
  return (
    <Card label={t("admin.configuration.impact")}>
      <Loaded from={configuration.impact(before, after)} maxAge={5}>
        {(impact) => <ImpactTold impact={impact} />}
      </Loaded>
    </Card>
  );
}

export function ImpactTold({ impact }: { impact: readonly ImpactView[] }): JSX.Element {
  return (
    <Stack gap={3}>
      <h2>{t("admin.configuration.impact")}</h2>
      {impact.length === 0 ? (
        <Notice tone="ok">{t("admin.configuration.impact.none")}</Notice>
      ) : (
        <Few of={impact}>
          {(one, index) => (
            <li key={index}>
              <span class={one.count > 0 ? css.weak : css.changed}>
                <Icon name={COUNTED[one.counted]} size={18} />
              </span>
              <span class={css.sentence}>
                <bdi>{one.sentence}</bdi>
              </span>
            </li>
          )}
        </Few>
      )}
      <Muted small>{t("admin.configuration.impact.about")}</Muted>
    </Stack>
  );
}

/** The first of many; the others open on demand. */
function Few<T>({ of, children }: { of: readonly T[]; children: (one: T, index: number) => JSX.Element }): JSX.Element {
  return (
    <>
      <ul class={css.found} role="list">
        {of.slice(0, AT_FIRST).map(children)}
      </ul>
      {of.length > AT_FIRST ? (
        <details class={css.more}>
          <summary>{t("admin.configuration.more", { count: of.length - AT_FIRST })}</summary>
          <ul class={css.found} role="list">
            {of.slice(AT_FIRST).map(children)}
          </ul>
        </details>
      ) : null}
    </>
  );
}
