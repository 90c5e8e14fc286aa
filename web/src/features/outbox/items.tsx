import type { ComponentChildren, JSX } from "preact";
import { textOfProblem, type Shape } from "~/api";
import { formatAgo, localized, t } from "~/lib/i18n";
import { ACTS, heldBy, isKeptForOwner, useSource, type OutboxItem } from "~/store";
import { Badge, Button, Card, Code, LinkButton, LinkRow, List, Muted, PlainRow, Row, Stack, StateBadge } from "~/ui";

export function Section({ title, children }: { title: string; children: ComponentChildren }): JSX.Element {
  return (
    <Stack gap={2}>
      <h2>{title}</h2>
      <Card flush>
        <List label={title}>{children}</List>
      </Card>
    </Stack>
  );
}

/** The server said no: why, by question, and the way out. */
export function RefusedItem({ item, forms, onTakeBack }: { item: OutboxItem; forms: readonly Shape<"Form">[]; onTakeBack: (item: OutboxItem) => void }): JSX.Element {
  const source = useSource();
  if (isKeptForOwner(item))
    return (
      <PlainRow icon="user">
        <Stack gap={2}>
          <Head item={item} />
          <p>{t("outbox.kept_for_owner")}</p>
          <Row>
            <Button onClick={() => void source.outbox.takeBack(item.id)}>{t("outbox.understood")}</Button>
          </Row>
        </Stack>
      </PlainRow>
    );
  const problems = item.refusal?.problems ?? [];
  const conflicts = problems.flatMap((problem) => problem.conflicts);
  return (
    <PlainRow icon="alert">
      <Stack gap={2}>
        <Head item={item} />
        {conflicts.length > 0 ? (
          <p>
            <Questions names={conflicts.map((one) => one.pointer)} forms={forms} />
            {t("outbox.conflict", { count: conflicts.length })}
          </p>
        ) : (
          <ul>
            {problems.map((problem, index) => (
              <li key={index}>
                <Questions names={problem.detail} forms={forms} />
                {textOfProblem(problem, item.refusal?.status)}
              </li>
            ))}
          </ul>
        )}
        <Row>
          {!ACTS[item.action].answers ? null : (
            <LinkButton look="primary" icon="edit" href={`/${item.kind}/${item.record}`} state={{ fix: true }}>
              {t(conflicts.length > 0 ? "outbox.choose" : "outbox.correct")}
            </LinkButton>
          )}
          {conflicts.length > 0 ? null : <Button onClick={() => void source.outbox.retry(item.id)}>{t("outbox.retry")}</Button>}
          <Button
            look="quiet"
            onClick={() => {
              onTakeBack(item);
            }}
          >
            {t("outbox.take_back")}
          </Button>
        </Row>
      </Stack>
    </PlainRow>
  );
}

/** On its way: and if it does not move although there is a network, why. */
export function WaitingItem({ item, all }: { item: OutboxItem; all: readonly OutboxItem[] }): JSX.Element {
  const cause = item.state === "waiting" ? heldBy(item, all) : null;
  return (
    <LinkRow href={`/${item.kind}/${item.record}`} icon={cause ? "alert" : "clock"}>
      <Head item={item} held={cause !== null} />
      {cause ? <Muted small>{t("outbox.held_by")}</Muted> : item.reason ? <Muted small>{t(`outbox.${item.reason.code}`)}</Muted> : null}
    </LinkRow>
  );
}

export function ConfirmedItem({ item }: { item: OutboxItem }): JSX.Element {
  return (
    <LinkRow href={`/${item.kind}/${item.record}`} icon="check">
      <Head item={item} />
    </LinkRow>
  );
}

function Head({ item, held = false }: { item: OutboxItem; held?: boolean }): JSX.Element {
  return (
    <Row between>
      <div>
        <div>
          {t(ACTS[item.action].words)} <Code>{item.record.slice(-7)}</Code>
        </div>
        <Muted small>{formatAgo(item.at)}</Muted>
      </div>
      {item.state === "confirmed" ? <Badge tone="ok">{t("state.confirmed")}</Badge> : held ? <Badge tone="warn">{t("state.held")}</Badge> : <StateBadge state={item.state} />}
    </Row>
  );
}


/** The questions that a refusal speaks of, as the form asks them. */
function Questions({ names, forms }: { names: readonly string[]; forms: readonly Shape<"Form">[] }): JSX.Element {
  return (
    <>
      {questionsOf(names, forms).map((question) => (
        <strong key={question}>
          <bdi>{question}</bdi>
          {": "}
        </strong>
      ))}
    </>
  );
}

export function questionsOf(pointers: readonly string[], forms: readonly Shape<"Form">[]): string[] {
  const names = pointers.map((pointer) => pointer.replace(/^\/(data\/)?/, "").split("/")[0]);
  return [...new Set(names)].flatMap((name) => {
    const field = forms.filter((form) => !form.is_nested).flatMap((form) => form.fields).find((one) => one.name === name);
    return field ? [localized(field.display_name) || field.name] : [];
  });
}
