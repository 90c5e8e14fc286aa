import type { JSX } from "preact";
import { textOf } from "~/api";
import { formatDay, t } from "~/lib/i18n";
import type { JsonObject } from "~/lib/json";
import type { Params } from "~/lib/router";
import { Whose } from "~/renderer/Whose";
import { isApproval, offersOf, standingOf, useApprovalKinds, useRecord, useSource, type ApprovalKind, type Asker, type RecordNow, type Standing } from "~/store";
import { Badge, Card, EmptyState, ErrorState, LinkButton, LinkRow, List, Muted, Page, Row, Skeleton, Stack, StateBadge } from "~/ui";
import { Approve } from "./Approve";
import { STATES } from "./words";

/** The approvals of one case, or one of them: where it stands, asking, comparing, answering. */
export default function CaseApprovalsPage({ params }: { params: Params }): JSX.Element {
  const id = params["id"] ?? "";
  const source = useSource();
  const record = useRecord("cases", id);
  const { asker, kinds } = useApprovalKinds(source, typeof record.data?.["module_id"] === "string" ? record.data["module_id"] : "");
  const type = params["type"] ?? "";
  const one = isApproval(type) ? kinds.find((kind) => kind.kind === type) : undefined;
  const back = `/cases/${encodeURIComponent(id)}`;
  return (
    <Page
      key={type}
      narrow={type === ""}
      title={one ? t("approvals.of", { what: one.label }) : t("approvals.case.title")}
      before={
        <Row>
          <LinkButton look="quiet" icon="back" href={back}>
            {t("share.back")}
          </LinkButton>
          {type === "" ? null : (
            <LinkButton look="quiet" href={`${back}/approvals`}>
              {t("approvals.open")}
            </LinkButton>
          )}
        </Row>
      }
    >
      {record.data === null || asker === null ? (
        record.error && record.data === null ? <ErrorState onRetry={() => void source.record("cases", id).refresh()}>{textOf(record.error)}</ErrorState> : <Skeleton rows={4} blocks />
      ) : (
        <Stack>
          <p>
            <Whose data={record.data} />
          </p>
          {type === "" ? (
            <Kinds id={id} data={record.data} kinds={kinds} asker={asker} record={record} />
          ) : one ? (
            <Approve key={one.kind} id={id} record={record} data={record.data} kind={one} asker={asker} />
          ) : (
            <EmptyState icon="lock" title={t("approvals.none_yours")} />
          )}
        </Stack>
      )}
    </Page>
  );
}

function Kinds({ id, data, kinds, asker, record }: { id: string; data: JsonObject; kinds: readonly ApprovalKind[]; asker: Asker; record: RecordNow }): JSX.Element {
  if (kinds.length === 0) return <EmptyState icon="lock" title={t("approvals.none_yours")} />;
  return (
    <Card flush>
      <List label={t("approvals.case.title")}>
        {kinds.map(({ kind, label }) => {
          const standing = standingOf(data, kind);
          const offers = offersOf(data, kind, asker);
          const unsent = record.items.find((item) => item.data["approval"] === kind);
          return (
            <LinkRow key={kind} href={`/cases/${encodeURIComponent(id)}/approvals/${kind}`}>
              <Row between>
                <span>
                  <strong>{label}</strong>
                  <div>
                    <Muted small>{offers.answer ? t("approvals.do.answer") : offers.ask && standing.state === "none" ? t("approvals.do.ask") : <SaidOf standing={standing} />}</Muted>
                  </div>
                </span>
                <Row>
                  <StateBadge state={unsent?.state ?? null} />
                  <Badge tone={STATES[standing.state].tone} icon={STATES[standing.state].icon}>
                    {t(STATES[standing.state].words)}
                  </Badge>
                </Row>
              </Row>
            </LinkRow>
          );
        })}
      </List>
    </Card>
  );
}

/** By whom and when. */
export function SaidOf({ standing }: { standing: Pick<Standing, "by" | "on"> }): JSX.Element | null {
  if (standing.on === "") return null;
  return (
    <>
      {standing.by === "" ? t("approvals.by_you") : <bdi>{standing.by}</bdi>} · {formatDay(standing.on)}
    </>
  );
}
