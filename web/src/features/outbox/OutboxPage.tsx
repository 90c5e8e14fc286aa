import type { JSX } from "preact";
import { useState } from "preact/compat";
import { textOfProblem, type Problem, type Shape } from "~/api";
import { formatAgo, localized, t } from "~/lib/i18n";
import { useOnline } from "~/lib/online";
import { useWatched } from "~/lib/watched";
import { useResource, useSource, type OutboxItem } from "~/store";
import { Badge, Button, Card, Code, EmptyState, LinkRow, LinkButton, List, Muted, Notice, Page, PlainRow, Row, Sheet, Stack, StateBadge } from "~/ui";

/** What is on this device and not (yet) on the server: drafts, waiting, refused; and what was just confirmed. */
export default function OutboxPage(): JSX.Element {
  const source = useSource();
  const items = useWatched(source.outbox.items);
  const sending = useWatched(source.outbox.sending);
  const drafts = useWatched(source.drafts.all);
  const online = useOnline();
  const forms = useResource(source.forms(), 3600);
  const [asked, setAsked] = useState<OutboxItem | null>(null);
  const refused = items.filter((item) => item.state === "refused");
  const waiting = items.filter((item) => item.state === "waiting" || item.state === "sending");
  const confirmed = items.filter((item) => item.state === "confirmed");
  return (
    <Page
      title={t("outbox.title")}
      narrow
      actions={
        <Button look="primary" icon="sync" busy={sending} disabled={waiting.length === 0} onClick={() => void source.outbox.flush(true)}>
          {t("outbox.sync")}
        </Button>
      }
    >
      {online ? null : <Notice>{t("outbox.offline")}</Notice>}
      {items.length === 0 && drafts.length === 0 ? (
        <EmptyState icon="cloud" title={t("outbox.empty.title")}>
          {t("outbox.empty.text")}
        </EmptyState>
      ) : null}
      {refused.length > 0 ? (
        <Section title={t("outbox.refused", { count: refused.length })}>
          {refused.map((item) => (
            <PlainRow key={item.id} icon="alert">
              <Stack gap={2}>
                <ItemHead item={item} />
                <ul>
                  {item.refusal?.problems.map((problem, index) => (
                    <li key={index}>
                      {questionsOf(problem, forms.value ?? []).map((question) => (
                        <strong key={question}>
                          <bdi>{question}</bdi>
                          {": "}
                        </strong>
                      ))}
                      {textOfProblem(problem, item.refusal?.status)}
                    </li>
                  ))}
                </ul>
                <Row>
                  <LinkButton look="primary" icon="edit" href={`/cases/${item.record}`} state={{ fix: true }}>
                    {t("outbox.correct")}
                  </LinkButton>
                  <Button onClick={() => void source.outbox.retry(item.id)}>{t("outbox.retry")}</Button>
                  <Button
                    look="quiet"
                    onClick={() => {
                      setAsked(item);
                    }}
                  >
                    {t("outbox.take_back")}
                  </Button>
                </Row>
              </Stack>
            </PlainRow>
          ))}
        </Section>
      ) : null}
      {waiting.length > 0 ? (
        <Section title={t("outbox.waiting", { count: waiting.length })}>
          {waiting.map((item) => (
            <LinkRow key={item.id} href={`/cases/${item.record}`} icon="clock">
              <ItemHead item={item} />
            </LinkRow>
          ))}
        </Section>
      ) : null}
      {drafts.length > 0 ? (
        <Section title={t("outbox.drafts", { count: drafts.length })}>
          {drafts.map((draft) => (
            <LinkRow key={draft.key} href={`/${draft.key}`} icon="edit">
              <div>
                {draft.key === "cases/new" ? t("outbox.draft.new") : t("outbox.draft.change")} {draft.key === "cases/new" ? null : <Code>{draft.key.slice(-7)}</Code>}
              </div>
              <Muted small>{t("outbox.draft.at", { when: formatAgo(draft.at) })}</Muted>
            </LinkRow>
          ))}
        </Section>
      ) : null}
      {confirmed.length > 0 ? (
        <Section title={t("outbox.confirmed", { count: confirmed.length })}>
          {confirmed.map((item) => (
            <LinkRow key={item.id} href={`/cases/${item.record}`} icon="check">
              <ItemHead item={item} />
            </LinkRow>
          ))}
        </Section>
      ) : null}
      <Sheet
        centre
        open={asked !== null}
        title={t("outbox.take_back.title")}
        onClose={() => {
          setAsked(null);
        }}
        actions={
          <>
            <Button
              onClick={() => {
                setAsked(null);
              }}
            >
              {t("outbox.take_back.keep")}
            </Button>
            <Button
              look="danger"
              onClick={() => {
                if (asked) void source.outbox.takeBack(asked.id);
                setAsked(null);
              }}
            >
              {t("outbox.take_back.go")}
            </Button>
          </>
        }
      >
        <p>{t("outbox.take_back.text")}</p>
      </Sheet>
    </Page>
  );
}

/** The questions that a refusal speaks of, as the form asks them. */
function questionsOf(problem: Problem, forms: readonly Shape<"Form">[]): string[] {
  const names = problem.detail.map((pointer) => pointer.replace(/^\/(data\/)?/, "").split("/")[0]);
  return [...new Set(names)].flatMap((name) => {
    const field = forms.filter((form) => !form.is_nested).flatMap((form) => form.fields).find((one) => one.name === name);
    return field ? [localized(field.display_name) || field.name] : [];
  });
}

function Section({ title, children }: { title: string; children: JSX.Element[] }): JSX.Element {
  return (
    <Stack gap={2}>
      <h2>{title}</h2>
      <Card flush>
        <List label={title}>{children}</List>
      </Card>
    </Stack>
  );
}

function ItemHead({ item }: { item: OutboxItem }): JSX.Element {
  return (
    <Row between>
      <div>
        <div>
          {t(item.action === "register_case" ? "outbox.item.register" : "outbox.item.amend")} <Code>{item.record.slice(-7)}</Code>
        </div>
        <Muted small>{formatAgo(item.at)}</Muted>
      </div>
      {item.state === "confirmed" ? <Badge tone="ok">{t("state.confirmed")}</Badge> : <StateBadge state={item.state} />}
    </Row>
  );
}
