import type { ComponentChildren, JSX } from "preact";
import { textOf } from "~/api";
import { formatAgo, formatNumber, t } from "~/lib/i18n";
import { useResource, useSource, type CaseloadView } from "~/store";
import { Badge, Card, Link, List, LinkRow, Muted, Notice, Row, Skeleton, Stack } from "~/ui";
import css from "./home.module.css";

const SHOWN = 4;

/** A supervisor's short look: how her team stands, and whose children wait longest. */
export function TeamLook({ href }: { href: string | null }): JSX.Element {
  const team = useSource().tasks.team();
  const { value, at, error } = useResource(team, 120);
  if (value === null) return error ? <Notice tone="info">{textOf(error)}</Notice> : <Skeleton rows={2} blocks />;
  const sum = (of: (one: CaseloadView) => number): string => formatNumber(value.reduce((total, one) => total + of(one), 0));
  const late = value.filter((one) => one.overdue > 0 || one.to_hand_over).slice(0, SHOWN);
  return (
    <section aria-label={t("home.team")}>
      <Stack gap={3}>
        <Row between>
          <h2>{t("home.team")}</h2>
          {href ? <Link href={href}>{t("home.team.all")}</Link> : null}
        </Row>
        {error && at !== null ? <Muted small>{t("kept.as_of", { when: formatAgo(new Date(at)) })}</Muted> : null}
        <Card>
          <dl class={css.numbers}>
            <Number label={t("home.team.cases")}>{sum((one) => one.cases)}</Number>
            <Number label={t("tasks.near.overdue")}>
              <Link href="/tasks?all=1&due=overdue">{sum((one) => one.overdue)}</Link>
            </Number>
            <Number label={t("tasks.near.soon")}>
              <Link href="/tasks?all=1&due=soon">{sum((one) => one.soon)}</Link>
            </Number>
          </dl>
        </Card>
        {late.length > 0 ? (
          <Card flush>
            <List label={t("home.team.late")}>
              {late.map((one) => (
                <LinkRow key={one.user_name} href="/tasks?due=overdue" state={{ workers: [one.user_name] }} icon="user">
                  <Row between>
                    <span>
                      <bdi>{one.full_name || one.user_name}</bdi> <Muted small>{t("home.team.load", { count: one.cases })}</Muted>
                    </span>
                    <Row>
                      {one.to_hand_over ? <Badge tone="danger">{t("home.team.left")}</Badge> : null}
                      {one.overdue > 0 ? (
                        <Badge tone="warn" icon="clock">
                          {t("home.team.overdue", { count: one.overdue })}
                        </Badge>
                      ) : null}
                    </Row>
                  </Row>
                </LinkRow>
              ))}
            </List>
          </Card>
        ) : null}
      </Stack>
    </section>
  );
}

function Number({ label, children }: { label: string; children: ComponentChildren }): JSX.Element {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}
