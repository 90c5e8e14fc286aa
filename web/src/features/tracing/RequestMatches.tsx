import type { JSX } from "preact";
import { useEffect } from "preact/compat";
import { t } from "~/lib/i18n";
import type { JsonObject } from "~/lib/json";
import { useWatched } from "~/lib/watched";
import { labelOf } from "~/renderer/sources";
import { rowId, rowsOf, textOf } from "~/renderer/values";
import { isAway, useSource, type Loaded, type MatchView } from "~/store";
import { Badge, Card, EmptyState, LinkButton, LinkRow, List, Muted, Row, Skeleton, Stack, type IconName, type Tone } from "~/ui";
import { About, Sought } from "./MatchCard";
import css from "./tracing.module.css";
import { useWords, type Words } from "./words";

/** The children that one request looks for, each with how far the search is. */
export default function RequestMatches({ id, data }: { id: string; data: JsonObject }): JSX.Element {
  const { words } = useWords();
  const rows = rowsOf(data["tracing_request_subform_section"]);
  if (rows.length === 0)
    return (
      <EmptyState icon="search" title={t("tracing.request.empty")} action={<LinkButton icon="edit" href={`/tracing_requests/${encodeURIComponent(id)}/tracing_request_tracing_request/edit`}>{t("tracing.request.add")}</LinkButton>}>
        {t("tracing.request.empty.text")}
      </EmptyState>
    );
  if (words === null) return <Skeleton rows={rows.length} blocks />;
  return (
    <Stack>
      <p class={css.quiet}>{t("tracing.request.text")}</p>
      <ul role="list" class={css.cards} aria-label={t("tracing.request.children")}>
        {rows.map((row) => (
          <li key={rowId(row)}>
            <Child request={id} row={row} words={words} />
          </li>
        ))}
      </ul>
    </Stack>
  );
}

interface Standing {
  state: "confirmed" | "likely" | "possible" | "looking" | "unknown";
  count: number;
}

const STANDINGS: Readonly<Record<Standing["state"], { tone: Tone; icon: IconName }>> = {
  confirmed: { tone: "ok", icon: "check" },
  likely: { tone: "accent", icon: "people" },
  possible: { tone: "info", icon: "people" },
  looking: { tone: "plain", icon: "search" },
  unknown: { tone: "plain", icon: "cloudOff" },
};

/** How far the search for one child is; a match that was confirmed stands before all that may be. */
function standingOf(row: JsonObject, matches: readonly MatchView[] | null, mayAsk: boolean): Standing {
  if (textOf(row["matched_case_id"]) !== "" || matches?.some((one) => one.decided?.decision === "confirmed") === true) return { state: "confirmed", count: 1 };
  if (matches === null) return { state: mayAsk ? "unknown" : "looking", count: 0 };
  const open = matches.filter((one) => one.decided?.decision !== "rejected" && one.likelihood !== "unlikely");
  const likely = open.filter((one) => one.likelihood === "likely");
  return likely.length > 0 ? { state: "likely", count: likely.length } : open.length > 0 ? { state: "possible", count: open.length } : { state: "looking", count: 0 };
}

/** What may be this child; nothing is asked for where she may not look for matches: it would be noted as a refused look. */
function useMatches(trace: string, mayAsk: boolean): Pick<Loaded<MatchView[]>, "value" | "error"> {
  const found = useSource().tracing.matches("traces", trace);
  const now = useWatched(found);
  useEffect(() => {
    if (mayAsk) void found.refresh(60);
  }, [found, mayAsk]);
  return now;
}

/** The same in short, on the summary of the request. */
export function ChildrenCard({ id, data }: { id: string; data: JsonObject }): JSX.Element | null {
  const { words } = useWords();
  const rows = rowsOf(data["tracing_request_subform_section"]);
  if (words === null || rows.length === 0) return null;
  return (
    <Card label={t("tracing.request.standing")}>
      <h2 class={css.groupTitle}>{t("tracing.request.standing")}</h2>
      <List label={t("tracing.request.children")}>
        {rows.map((row) => (
          <LinkRow key={rowId(row)} href={`/tracing_requests/${encodeURIComponent(id)}/matches${words.may("potential_matches", "read") ? `/${encodeURIComponent(rowId(row))}` : ""}`}>
            <div>
              <Sought trace={row} />
            </div>
            <Row>
              <About of={row} words={words} />
              <StandingBadge row={row} words={words} />
            </Row>
          </LinkRow>
        ))}
      </List>
    </Card>
  );
}

function useStanding(row: JsonObject, words: Words): { standing: Standing; error: unknown; asking: boolean } {
  const mayAsk = words.may("potential_matches", "read");
  const { value, error } = useMatches(rowId(row), mayAsk);
  return { standing: standingOf(row, value, mayAsk), error, asking: mayAsk && value === null && error === null };
}

function StandingBadge({ row, words }: { row: JsonObject; words: Words }): JSX.Element {
  const { standing, error, asking } = useStanding(row, words);
  const { tone, icon } = STANDINGS[standing.state];
  if (asking && standing.state === "unknown") return <Skeleton rows={1} />;
  return (
    <Badge tone={tone} icon={icon}>
      {t(standing.state === "unknown" && !isAway(error) ? "tracing.state.failed" : `tracing.state.${standing.state}`, { count: standing.count })}
    </Badge>
  );
}

function Child({ request, row, words }: { request: string; row: JsonObject; words: Words }): JSX.Element {
  const trace = rowId(row);
  const mayAsk = words.may("potential_matches", "read");
  const relationField = words.traces.get("relation");
  const relation = textOf(row["relation"]);
  const { standing } = useStanding(row, words);
  return (
    <Card>
      <Row between>
        <div class={css.grow}>
          <h3>
            <Sought trace={row} />
          </h3>
          <About of={row} words={words} />
          {relation === "" ? null : (
            <div>
              <Muted small>{t("tracing.relation", { relation: relationField ? labelOf(relationField, relation, words.sources) : relation })}</Muted>
            </div>
          )}
        </div>
        <StandingBadge row={row} words={words} />
      </Row>
      {mayAsk ? (
        <Row className={css.cardEnd}>
          <LinkButton look={standing.state === "likely" ? "primary" : "secondary"} href={`/tracing_requests/${encodeURIComponent(request)}/matches/${encodeURIComponent(trace)}`}>
            {t(standing.state === "confirmed" ? "tracing.see_match" : "tracing.see_matches")}
            <span class="visually-hidden">: {textOf(row["name"])}</span>
          </LinkButton>
        </Row>
      ) : null}
    </Card>
  );
}
