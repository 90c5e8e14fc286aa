import type { JSX } from "preact";
import { textOf as textOfError } from "~/api";
import { t } from "~/lib/i18n";
import type { Params } from "~/lib/router";
import { textOf } from "~/renderer/values";
import { Whose } from "~/renderer/Whose";
import { isAway, useResource, useSource, type MatchView, type Side } from "~/store";
import { Card, EmptyState, ErrorState, LinkButton, LinkRow, List, Notice, Page, Row, Skeleton, Stack } from "~/ui";
import { Compared } from "./Compared";
import { Decide } from "./Decide";
import { Reasons } from "./Marks";
import { Sought } from "./MatchCard";
import css from "./tracing.module.css";
import { useWords, type Words } from "./words";

/** From a child looked for. */
export function CompareFromTrace({ params }: { params: Params }): JSX.Element {
  const request = encodeURIComponent(params["id"] ?? "");
  const trace = params["trace"] ?? "";
  return <ComparePage side="traces" id={trace} other={params["other"] ?? ""} back={`/tracing_requests/${request}/matches/${encodeURIComponent(trace)}`} />;
}

/** From a child in care. */
export function CompareFromCase({ params }: { params: Params }): JSX.Element {
  const id = params["id"] ?? "";
  return <ComparePage side="cases" id={id} other={params["other"] ?? ""} back={`/cases/${encodeURIComponent(id)}/matches`} />;
}

interface CompareProps {
  side: Side;
  id: string;
  other: string;
  back: string;
}

/** A child in care and a child looked for beside each other: what agrees, what does not, and the decision. */
function ComparePage({ side, id, other, back }: CompareProps): JSX.Element {
  const source = useSource();
  const found = source.tracing.matches(side, id);
  const { value, error } = useResource(found, 0);
  const { words } = useWords();
  const match = value?.find((one) => textOf((side === "traces" ? one.case : one.trace)["id"]) === other);
  return (
    <Page
      key={`${id} ${other}`}
      title={t("tracing.compare.title")}
      before={
        <Row>
          <LinkButton look="quiet" icon="back" href={back}>
            {t("tracing.back.matches")}
          </LinkButton>
        </Row>
      }
    >
      {value === null && error ? (
        isAway(error) ? <Notice title={t("tracing.offline.title")}>{t("tracing.offline")}</Notice> : <ErrorState onRetry={() => void found.refresh()}>{textOfError(error)}</ErrorState>
      ) : value === null || words === null ? (
        <Skeleton rows={6} blocks />
      ) : match === undefined || match.outside !== null ? (
        <EmptyState icon="search" title={t("tracing.not_found")}>
          {t("tracing.not_found.text")}
        </EmptyState>
      ) : (
        <Both match={match} words={words} />
      )}
    </Page>
  );
}

function Both({ match, words }: { match: MatchView; words: Words }): JSX.Element {
  const request = textOf(match.trace["tracing_request_id"]);
  return (
    <div class={css.desk}>
      <div class={css.whom}>
        <Card flush>
          <List label={t("tracing.compare.whom")}>
            <LinkRow icon="cases" href={`/cases/${encodeURIComponent(textOf(match.case["id"]))}`}>
              <span class={css.quiet}>{t("tracing.side.case")}</span>
              <div>
                <Whose data={match.case} />
              </div>
            </LinkRow>
            <LinkRow icon="search" href={`/tracing_requests/${encodeURIComponent(request)}`}>
              <span class={css.quiet}>{t("tracing.side.trace")}</span>
              <div>
                <Sought trace={match.trace} />
              </div>
            </LinkRow>
          </List>
        </Card>
      </div>
      <div class={css.why}>
        <Card label={t("tracing.reasons.title")}>
          <h2 class={css.groupTitle}>{t("tracing.reasons.title")}</h2>
          <Stack gap={3}>
            <Reasons reasons={match.reasons} words={words} />
            <p class={css.quiet}>{t("tracing.reasons.text")}</p>
          </Stack>
        </Card>
      </div>
      <div class={css.main}>
        <Compared match={match} words={words} />
      </div>
      <div class={css.decision}>
        <Decide match={match} words={words} />
      </div>
    </div>
  );
}
