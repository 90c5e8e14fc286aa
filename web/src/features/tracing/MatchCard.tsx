import type { JSX } from "preact";
import { formatDay, t } from "~/lib/i18n";
import type { JsonObject } from "~/lib/json";
import { labelOf } from "~/renderer/sources";
import { textOf } from "~/renderer/values";
import { Whose } from "~/renderer/Whose";
import type { ItemState, MatchView, Side } from "~/store";
import { Badge, Card, Icon, LinkButton, Muted, Row, Stack, StateBadge } from "~/ui";
import { LikelihoodBadge, Reasons } from "./Marks";
import { Face } from "./Photos";
import css from "./tracing.module.css";
import { nameOfAgency, nameOfUser, type Words } from "./words";

/** Age and sex in one line, as far as they are known. */
export function About({ of, words }: { of: JsonObject; words: Words }): JSX.Element | null {
  const sexField = words.traces.get("sex") ?? words.cases.get("sex");
  const sex = textOf(of["sex"]);
  const parts = [
    typeof of["age"] === "number" ? t("tracing.age", { age: of["age"] }) : "",
    sex === "" ? "" : sexField ? labelOf(sexField, sex, words.sources) : sex,
  ].filter((part) => part !== "");
  return parts.length === 0 ? null : <Muted small>{parts.join(" · ")}</Muted>;
}

/** A child looked for: the name as it was told, else that there is none. */
export function Sought({ trace }: { trace: JsonObject }): JSX.Element {
  const name = textOf(trace["name"]);
  return name === "" ? <Muted>{t("cases.name.none")}</Muted> : <bdi>{name}</bdi>;
}

export interface MatchCardProps {
  match: MatchView;
  /** From which side she looks: the other one is shown. */
  side: Side;
  words: Words;
  href: string;
  /** How far her own decision has come. */
  state: ItemState | null;
}

/** One who may be the child: how likely, why, and the way to compare. */
export function MatchCard({ match, side, words, href, state }: MatchCardProps): JSX.Element {
  if (match.outside !== null) return <Outside match={match} words={words} />;
  const shown = side === "traces" ? match.case : match.trace;
  const owner = textOf(match.case["owned_by"]);
  const decided = match.decided;
  return (
    <Card>
      <Stack gap={3}>
        <div class={css.cardTop}>
          <Face of={shown} record={textOf(side === "traces" ? match.case["id"] : match.trace["tracing_request_id"])} alt={t("tracing.photo.of")} />
          <div class={css.grow}>
            <h3>{side === "traces" ? <Whose data={match.case} /> : <Sought trace={match.trace} />}</h3>
            <About of={shown} words={words} />
            {side === "traces" && owner !== "" ? (
              <div class={css.quiet}>
                <Icon name="user" size={16} /> <bdi>{nameOfUser(owner, words)}</bdi>
              </div>
            ) : null}
            {side === "cases" && textOf(match.trace["relation_name"]) !== "" ? (
              <div class={css.quiet}>
                {t("tracing.looked_for_by")} <bdi>{textOf(match.trace["relation_name"])}</bdi>
              </div>
            ) : null}
          </div>
          <Row>
            <StateBadge state={state} />
            {decided?.decision === "confirmed" ? (
              <Badge tone="ok" icon="check">
                {t("tracing.decided.confirmed")}
              </Badge>
            ) : decided?.decision === "rejected" ? (
              <Badge icon="close">{t("tracing.decided.rejected")}</Badge>
            ) : (
              <LikelihoodBadge likelihood={match.likelihood} score={match.score} />
            )}
          </Row>
        </div>
        {match.elsewhere ? (
          <div>
            <Badge tone="warn" icon="alert">
              {t("tracing.elsewhere")}
            </Badge>
          </div>
        ) : null}
        {decided === null ? <Reasons reasons={match.reasons} words={words} most={3} /> : <Said match={match} words={words} />}
        <Row>
          <LinkButton look={decided === null ? "primary" : "secondary"} href={href}>
            {t(decided === null ? "tracing.compare" : "tracing.look_again")}
            <span class="visually-hidden">: {textOf(shown["name"]) || textOf(shown["case_id_display"])}</span>
          </LinkButton>
        </Row>
      </Stack>
    </Card>
  );
}

/** Who decided, when, and why. */
export function Said({ match, words }: { match: MatchView; words: Words }): JSX.Element | null {
  const { decided } = match;
  if (decided === null) return null;
  return (
    <div>
      <Muted small>
        <bdi>{nameOfUser(decided.by, words)}</bdi> · {formatDay(decided.at)}
      </Muted>
      {decided.note === "" ? null : (
        <p class={css.words} dir="auto">
          {decided.note}
        </p>
      )}
    </div>
  );
}

/** A case of others: only that there may be one, and whom to ask. */
function Outside({ match, words }: { match: MatchView; words: Words }): JSX.Element {
  const agency = match.outside === null ? "" : nameOfAgency(match.outside.agency, words);
  return (
    <Card>
      <Stack gap={2}>
        <Row between>
          <h3>
            <Icon name="lock" size={18} /> {t("tracing.outside.title", { agency: agency || t("tracing.outside.agency") })}
          </h3>
          <Badge tone="info" icon="search">
            {t(`matching.likelihood.${match.likelihood}`)}
          </Badge>
        </Row>
        <p>{t("tracing.outside.text")}</p>
        {match.outside !== null && match.outside.owner !== "" ? (
          <p>
            {t("tracing.outside.ask")} <bdi>{nameOfUser(match.outside.owner, words)}</bdi>
          </p>
        ) : null}
      </Stack>
    </Card>
  );
}
