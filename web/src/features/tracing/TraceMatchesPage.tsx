import type { JSX } from "preact";
import { textOf as textOfError } from "~/api";
import { t } from "~/lib/i18n";
import type { Params } from "~/lib/router";
import { rowId, rowsOf } from "~/renderer/values";
import { useRecord, useSource } from "~/store";
import { EmptyState, ErrorState, LinkButton, Page, Row, Skeleton } from "~/ui";
import { About, Sought } from "./MatchCard";
import { Matches } from "./Matches";
import { useWords } from "./words";

/** The cases that one child looked for may be. */
export default function TraceMatchesPage({ params }: { params: Params }): JSX.Element {
  const id = params["id"] ?? "";
  const trace = params["trace"] ?? "";
  const source = useSource();
  const record = useRecord("tracing_requests", id);
  const { words } = useWords();
  const row = rowsOf(record.data?.["tracing_request_subform_section"]).find((one) => rowId(one) === trace);
  const back = `/tracing_requests/${encodeURIComponent(id)}/matches`;
  return (
    <Page
      key={trace}
      narrow
      title={row ? <Sought trace={row} /> : t("tracing.matches.title")}
      before={
        <Row>
          <LinkButton look="quiet" icon="back" href={back}>
            {t("tracing.back.request")}
          </LinkButton>
        </Row>
      }
    >
      {record.data === null || words === null ? (
        record.error && record.data === null ? <ErrorState onRetry={() => void source.record("tracing_requests", id).refresh()}>{textOfError(record.error)}</ErrorState> : <Skeleton rows={4} blocks />
      ) : row === undefined ? (
        <EmptyState icon="search" title={t("tracing.not_found")}>
          {t("tracing.not_found.text")}
        </EmptyState>
      ) : (
        <>
          <About of={row} words={words} />
          <Matches side="traces" id={trace} hrefOf={(other) => `${back}/${encodeURIComponent(trace)}/${encodeURIComponent(other)}`} />
        </>
      )}
    </Page>
  );
}
