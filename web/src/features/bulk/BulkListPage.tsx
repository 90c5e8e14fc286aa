import type { JSX } from "preact";
import { textOf } from "~/api";
import { formatAgo, t } from "~/lib/i18n";
import { useResource, useSource } from "~/store";
import { Badge, Card, EmptyState, ErrorState, LinkButton, LinkRow, List, Muted, Page, Row, Skeleton } from "~/ui";
import { STATUS, whatOf } from "./words";

/** What she asked for on many cases, the newest first. */
export default function BulkListPage(): JSX.Element {
  const list = useSource().bulk.jobs();
  const { value, error } = useResource(list);
  return (
    <Page narrow title={t("bulk.jobs")}>
      {value === null ? error ? <ErrorState onRetry={() => void list.refresh()}>{textOf(error)}</ErrorState> : <Skeleton rows={3} blocks /> : null}
      {value?.length === 0 ? (
        <EmptyState icon="cases" title={t("bulk.jobs.none")} action={<LinkButton href="/cases">{t("bulk.back.list")}</LinkButton>}>
          {t("bulk.none.text")}
        </EmptyState>
      ) : null}
      {value !== null && value.length > 0 ? (
        <Card flush>
          <List label={t("bulk.jobs")}>
            {value.map((job) => (
              <LinkRow key={job.id} href={`/bulk/${job.id}`}>
                <Row between>
                  <span dir="auto">{whatOf(job)}</span>
                  <Row>
                    {job.refused > 0 ? <Badge tone="danger">{t("bulk.refused.count", { count: job.refused })}</Badge> : null}
                    <Badge>{t(STATUS[job.status])}</Badge>
                  </Row>
                </Row>
                <Muted small>{formatAgo(new Date(job.created_at))}</Muted>
              </LinkRow>
            ))}
          </List>
        </Card>
      ) : null}
    </Page>
  );
}
