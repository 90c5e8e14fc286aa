import type { JSX } from "preact";
import { textOf } from "~/api";
import { t } from "~/lib/i18n";
import { usePlace } from "~/lib/router";
import { Whose } from "~/renderer/Whose";
import { standingOf, stateOfApproval, useApprovalKinds, useResource, useSource, waitingFor, WAITING_PER_PAGE, type ApprovalKind, type Asker } from "~/store";
import { Badge, Card, EmptyState, ErrorState, LinkRow, List, Muted, Page, Pager, RiskBadge, Row, Skeleton, Stack } from "~/ui";
import { SaidOf } from "./CaseApprovalsPage";

/** What waits for her yes or no, longest first. */
export default function ApprovalsPage(): JSX.Element {
  const { asker, kinds } = useApprovalKinds(useSource());
  const hers = kinds.filter((one) => one.approves);
  return (
    <Page narrow title={t("approvals.title")}>
      {asker === null ? <Skeleton rows={4} blocks /> : hers.length === 0 ? <EmptyState icon="lock" title={t("approvals.none_yours")} /> : <Waiting asker={asker} kinds={hers} />}
    </Page>
  );
}

function Waiting({ asker, kinds }: { asker: Asker; kinds: readonly ApprovalKind[] }): JSX.Element {
  const source = useSource();
  const { query } = usePlace();
  const asked = Number(query.get("page"));
  const page = Number.isInteger(asked) && asked > 0 ? asked : 1;
  const list = source.search("cases", waitingFor(kinds.map((one) => one.kind), asker, page));
  const { value, error } = useResource(list, 0);
  if (value === null) return error ? <ErrorState onRetry={() => void list.refresh()}>{textOf(error)}</ErrorState> : <Skeleton rows={4} blocks />;
  if (value.rows.length === 0)
    return (
      <EmptyState icon="check" title={t("approvals.waiting.none")}>
        {t("approvals.waiting.none.text")}
      </EmptyState>
    );
  return (
    <Stack>
      <span role="status">{t("cases.count", { count: value.total })}</span>
      <Card flush>
        <List label={t("approvals.title")}>
          {value.rows.flatMap((row) =>
            kinds
              .filter(({ kind }) => stateOfApproval(row, kind) === "pending")
              .map(({ kind, label }) => {
                const standing = standingOf(row, kind);
                return (
                  <LinkRow key={`${String(row["id"])} ${kind}`} href={`/cases/${String(row["id"])}/approvals/${kind}`}>
                    <Row between>
                      <span>
                        <Whose data={row} />
                        <div>
                          <Badge tone="accent">{label}</Badge>{" "}
                          <Muted small>
                            <SaidOf standing={standing} />
                          </Muted>
                        </div>
                        {standing.comments === "" ? null : (
                          <Muted small>
                            <span dir="auto">{standing.comments}</span>
                          </Muted>
                        )}
                      </span>
                      <RiskBadge level={typeof row["risk_level"] === "string" ? row["risk_level"] : null} />
                    </Row>
                  </LinkRow>
                );
              }),
          )}
        </List>
      </Card>
      <Pager page={page} pages={Math.ceil(value.total / WAITING_PER_PAGE)} hrefOf={(next) => (next === 1 ? "/approvals" : `/approvals?page=${String(next)}`)} />
    </Stack>
  );
}
