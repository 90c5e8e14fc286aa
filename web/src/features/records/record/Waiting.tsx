import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/compat";
import { textOf as textOfError } from "~/api";
import { formatMoment, t } from "~/lib/i18n";
import { Button } from "~/ui/Button";
import { Card, EmptyState, ErrorState, Notice, Skeleton } from "~/ui/layout";
import { say } from "~/ui/toast";
import { mergeAnswers, useResource, useSource, type Quarantined } from "~/store";
import { said } from "~/renderer/kindWords";
import type { Data, Json } from "~/renderer/types";
import { rowId, rowsOf, sameValue, textOf } from "~/renderer/values";
import { labelOfField, textOfAnswer, textOfRow } from "~/renderer/words";
import type { RecordDesk } from "./RecordDesk";
import { RecordLinkButton, recordPath, type At } from "./RecordLink";
import css from "./waiting.module.css";

/** The section of a record in which answers of others wait for its owner. */
export const WAITING = "waiting";

/** On every screen of the case: answers of others wait here. */
export function WaitingNotice({ at, count }: { at: At; count: number }): JSX.Element | null {
  if (count === 0) return null;
  return (
    <Notice tone="warn" title={t("casefile.waiting.title", { count })} actions={<RecordLinkButton to={recordPath(at, WAITING)}>{t("casefile.waiting.open")}</RecordLinkButton>}>
      {said(at.kind, "casefile.waiting.notice")}
    </Notice>
  );
}

/** What others wrote, side by side with what stands in the case; its owner takes it over, all or in part, or puts it aside. */
export function WaitingPage({ desk }: { desk: RecordDesk }): JSX.Element {
  const source = useSource();
  const { value, error } = useResource(source.decisions.waiting(desk.kind, desk.id));
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <section class={css.page} aria-labelledby="section-title">
      <h2 id="section-title" ref={heading} tabIndex={-1}>
        {t("casefile.waiting.heading")}
      </h2>
      {error ? <ErrorState onRetry={() => void source.decisions.waiting(desk.kind, desk.id).refresh()}>{t("casefile.waiting.unreachable")}</ErrorState> : null}
      {value === null ? error ? null : <Skeleton rows={4} /> : value.length === 0 ? <EmptyState icon="check" title={t("casefile.waiting.none")} /> : value.map((one) => <Entry key={one.id} desk={desk} entry={one} />)}
    </section>
  );
}

function Entry({ desk, entry }: { desk: RecordDesk; entry: Quarantined }): JSX.Element {
  const source = useSource();
  const stored = desk.filling.base;
  const answers = entry.answers as Data;
  const names = inOrder(desk, Object.keys(answers));
  const differing = names.filter((name) => !sameValue(after(stored, answers, name), stored[name]));
  const [chosen, setChosen] = useState<ReadonlySet<string>>(() => new Set(differing));
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  const decide = (resolution: "take_over" | "put_aside"): void => {
    setBusy(true);
    setFailed(null);
    source.decisions.resolve(desk.kind, desk.id, entry.id, resolution, resolution === "take_over" ? [...chosen] : null).then(
      () => {
        say(said(desk.kind, resolution === "take_over" ? "casefile.waiting.taken" : "casefile.waiting.aside"), { icon: "check" });
      },
      (error: unknown) => {
        setBusy(false);
        setFailed(textOfError(error));
      },
    );
  };
  const title = `waiting-${entry.id}`;
  return (
    <Card>
      <div class={css.entry} role="group" aria-labelledby={title}>
        <h3 id={title}>{t("casefile.waiting.from", { author: entry.author_full_name || entry.author, at: formatMoment(entry.written_at) })}</h3>
        <ul role="list" class={css.answers}>
          {names.map((name) => (
            <li key={name} class={css.answer}>
              <label class={css.take}>
                <input
                  type="checkbox"
                  checked={chosen.has(name)}
                  aria-label={t("casefile.waiting.take", { question: labelOf(desk, name) })}
                  onChange={() => {
                    const next = new Set(chosen);
                    if (!next.delete(name)) next.add(name);
                    setChosen(next);
                  }}
                />
                <strong>{labelOf(desk, name)}</strong>
              </label>
              <dl class={css.sides}>
                <div>
                  <dt>{said(desk.kind, "casefile.waiting.now")}</dt>
                  <dd dir="auto"><Words desk={desk} name={name} value={stored[name]} /></dd>
                </div>
                <div>
                  <dt>{t("casefile.waiting.theirs")}</dt>
                  <dd dir="auto"><Words desk={desk} name={name} value={answers[name]} /></dd>
                </div>
              </dl>
            </li>
          ))}
        </ul>
        {entry.withheld > 0 ? <p class={css.quiet}>{t("casefile.waiting.withheld", { count: entry.withheld })}</p> : null}
        {failed === null ? null : (
          <Notice tone="danger" alert>
            {failed}
          </Notice>
        )}
        <div class={css.buttons}>
          <Button
            look="primary"
            icon="check"
            busy={busy}
            disabled={chosen.size === 0}
            onClick={() => {
              decide("take_over");
            }}
          >
            {t("casefile.waiting.take_over", { count: chosen.size })}
          </Button>
          <Button
            disabled={busy}
            onClick={() => {
              decide("put_aside");
            }}
          >
            {t("casefile.waiting.put_aside")}
          </Button>
        </div>
      </div>
    </Card>
  );
}

/** How the answer would stand if it were taken over: rows are laid over rows. */
function after(stored: Data, answers: Data, name: string): Json | undefined {
  return mergeAnswers({ [name]: stored[name] ?? null }, { [name]: answers[name] ?? null })[name];
}

function inOrder(desk: RecordDesk, names: readonly string[]): string[] {
  const order = new Map([...desk.setup.fields.keys()].map((name, at) => [name, at]));
  return [...names].sort((a, b) => (order.get(a) ?? order.size) - (order.get(b) ?? order.size));
}

function labelOf(desk: RecordDesk, name: string): string {
  const field = desk.setup.fields.get(name);
  return field ? labelOfField(field) : name.replaceAll("_", " ");
}

function Words({ desk, name, value }: { desk: RecordDesk; name: string; value: Json | undefined }): JSX.Element {
  const field = desk.setup.fields.get(name);
  if (field?.type === "subform" && rowsOf(value ?? null).length > 0)
    return (
      <ul class={css.rows}>
        {rowsOf(value ?? null).map((row, at) => (
          <li key={rowId(row) || at}>{row["_destroy"] === true ? t("casefile.conflict.row_removed") : textOfRow(field, row, desk.setup.sources)}</li>
        ))}
      </ul>
    );
  if (value === undefined || value === null || value === "") return <>{t("renderer.no_answer")}</>;
  return <>{(field ? textOfAnswer(field, value, desk.setup.sources) : textOf(value)) || t("renderer.no_answer")}</>;
}
