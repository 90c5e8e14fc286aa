import type { JSX } from "preact";
import { useState } from "preact/compat";
import { textOf, type Shape } from "~/api";
import { formatAgo, t } from "~/lib/i18n";
import type { JsonObject } from "~/lib/json";
import { nameOf } from "~/renderer/kindWords";
import { ACTS, ALL_KINDS, KINDS, kindsOf, mayDo, useResource, useSource, type HandedOver, type Kind } from "~/store";
import { Button, Code, Muted, Notice, PlainRow, Row, say, Stack } from "~/ui";
import { questionsOf, Section } from "./items";

/** What devices gave back before they were emptied, for its author or who answers for her: done now, or put aside. */
export function HandedOverList({ forms }: { forms: readonly Shape<"Form">[] }): JSX.Element | null {
  const { value } = useResource(useSource().me(), 3600);
  // Asking in vain would only be noted as a refused look.
  return kindsOf(value).length > 0 ? <Waiting forms={forms} mayRegister={(kind) => mayDo(value, kind, "create")} /> : null;
}

function Waiting({ forms, mayRegister }: { forms: readonly Shape<"Form">[]; mayRegister: (kind: Kind) => boolean }): JSX.Element | null {
  const source = useSource();
  const { value } = useResource(source.decisions.handedOver(), 60);
  if (value === null || value.length === 0) return null;
  return (
    <Section title={t("outbox.handed_over", { count: value.length })}>
      {value.map((one) => (
        <Entry key={one.id} one={one} forms={forms} mayRegister={mayRegister} />
      ))}
    </Section>
  );
}

function Entry({ one, forms, mayRegister }: { one: HandedOver; forms: readonly Shape<"Form">[]; mayRegister: (kind: Kind) => boolean }): JSX.Element {
  const source = useSource();
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  const decide = (resolution: "take_over" | "put_aside"): void => {
    setBusy(true);
    setFailed(null);
    source.decisions.resolveHandover(one, resolution).then(
      () => {
        say(t(resolution === "take_over" ? "outbox.handed_over.done" : "outbox.handed_over.aside"), { icon: "check" });
      },
      (error: unknown) => {
        setBusy(false);
        setFailed(textOf(error));
      },
    );
  };
  const act = one.action !== null && one.action in ACTS ? ACTS[one.action as keyof typeof ACTS] : null;
  // Doing it is an act of the one who decides, with her rights.
  const kind = ALL_KINDS.find((each) => KINDS[each].register === one.action) ?? "cases";
  const mayDoIt = act?.makes !== true || mayRegister(kind);
  const questions = questionsOf(Object.keys(one.answers), forms);
  const child = nameOf(one.answers as JsonObject, kind).text;
  return (
    <PlainRow icon="user">
      <Stack gap={2}>
        <div>
          <div>
            {act ? t(act.words) : one.action} {one.record === null ? null : <Code>{one.record.slice(-7)}</Code>}
          </div>
          {/* What was registered has no code yet: without her name, one new child is like another. */}
          {child === "" ? null : (
            <strong>
              <bdi>{child}</bdi>
            </strong>
          )}
          <Muted small>{t("outbox.handed_over.by", { author: one.author_full_name || one.author, when: formatAgo(one.written_at) })}</Muted>
        </div>
        <p>{t(one.state === "unreadable" ? "outbox.handed_over.unopened" : mayDoIt ? "outbox.handed_over.text" : "outbox.handed_over.text_no_create")}</p>
        {questions.length > 0 ? (
          <p>
            <bdi>{questions.join(", ")}</bdi>
          </p>
        ) : null}
        {one.withheld > 0 ? <Muted small>{t("casefile.waiting.withheld", { count: one.withheld })}</Muted> : null}
        {failed === null ? null : (
          <Notice tone="danger" alert>
            {failed}
          </Notice>
        )}
        <Row>
          {mayDoIt ? (
            <Button
              look="primary"
              busy={busy}
              onClick={() => {
                decide("take_over");
              }}
            >
              {t("outbox.handed_over.take_over")}
            </Button>
          ) : null}
          <Button
            disabled={busy}
            onClick={() => {
              decide("put_aside");
            }}
          >
            {t("outbox.handed_over.put_aside")}
          </Button>
        </Row>
      </Stack>
    </PlainRow>
  );
}
