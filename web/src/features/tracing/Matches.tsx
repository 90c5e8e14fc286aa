import type { JSX } from "preact";
import { textOf as textOfError } from "~/api";
import { t } from "~/lib/i18n";
import { useWatched } from "~/lib/watched";
import { textOf } from "~/renderer/values";
import { decisionsOn, isAway, useResource, useSource, type MatchView, type Side } from "~/store";
import { Button, EmptyState, ErrorState, Notice, Row, Skeleton, Stack } from "~/ui";
import { MatchCard } from "./MatchCard";
import css from "./tracing.module.css";
import { useWords } from "./words";

export interface MatchesProps {
  side: Side;
  id: string;
  /** Where two are compared, by the id of the other side. */
  hrefOf: (other: string) => string;
}

/** All who may be the child, the likeliest first; what was decided apart from them. */
export function Matches({ side, id, hrefOf }: MatchesProps): JSX.Element {
  const source = useSource();
  const found = source.tracing.matches(side, id);
  const { value, error, loading } = useResource(found, 0);
  const { words, error: wordless } = useWords();
  const items = useWatched(source.outbox.items);
  const failed = value === null ? (error ?? wordless) : wordless;
  if (failed) return isAway(failed) ? <Notice title={t("tracing.offline.title")}>{t("tracing.offline")}</Notice> : <ErrorState onRetry={() => void found.refresh()}>{textOfError(failed)}</ErrorState>;
  if (value === null || words === null) return <Skeleton rows={4} blocks />;
  const other = (match: MatchView): string => textOf((side === "traces" ? match.case : match.trace)["id"]);
  const card = (match: MatchView, at: number): JSX.Element => (
    <li key={other(match) || String(at)}>
      <MatchCard match={match} side={side} words={words} href={hrefOf(other(match))} state={decisionsOn(match, items).at(-1)?.state ?? null} />
    </li>
  );
  const confirmed = value.filter((one) => one.decided?.decision === "confirmed");
  const rejected = value.filter((one) => one.decided?.decision === "rejected");
  const open = value.filter((one) => !confirmed.includes(one) && !rejected.includes(one));
  return (
    <Stack gap={6}>
      {error && isAway(error) ? <Notice>{t("tracing.stale")}</Notice> : null}
      {confirmed.length > 0 ? (
        <section aria-labelledby="matches-confirmed">
          <h2 id="matches-confirmed">{t("tracing.confirmed.title")}</h2>
          <ul role="list" class={css.cards}>
            {confirmed.map(card)}
          </ul>
        </section>
      ) : null}
      {open.length > 0 || confirmed.length === 0 ? (
        <section aria-labelledby="matches-open">
          <Row between>
            <h2 id="matches-open">{t("tracing.open.title", { count: open.length })}</h2>
            <Button look="quiet" icon="sync" busy={loading} onClick={() => void found.refresh()}>
              {t("tracing.look_anew")}
            </Button>
          </Row>
          {open.length === 0 ? (
            <EmptyState icon="search" title={t("tracing.none.title")}>
              {t(side === "traces" ? "tracing.none.of_trace" : "tracing.none.of_case")}
            </EmptyState>
          ) : (
            <>
              <p class={css.quiet}>{t("tracing.open.text")}</p>
              <ul role="list" class={css.cards}>
                {open.map(card)}
              </ul>
            </>
          )}
        </section>
      ) : null}
      {rejected.length > 0 ? (
        <details class={css.rejected}>
          <summary>{t("tracing.rejected.title", { count: rejected.length })}</summary>
          <ul role="list" class={css.cards}>
            {rejected.map(card)}
          </ul>
        </details>
      ) : null}
    </Stack>
  );
}
