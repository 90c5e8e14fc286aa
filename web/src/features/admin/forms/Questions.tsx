import type { JSX } from "preact";
import { t } from "~/lib/i18n";
import type { QuestionView } from "~/store/forming";
import { Badge, Button, IconButton, Icon, Muted, Row, say, Stack } from "~/ui";
import { isQuestionChanged, now, textOf, type QuestionDraft } from "./draft";
import css from "./forms.module.css";
import type { Problems } from "./useDraft";
import { labelOf, missingIn, typeWords, type Reach } from "./words";

export interface QuestionsProps {
  questions: readonly QuestionDraft[];
  away: readonly QuestionView[];
  languages: readonly string[];
  problems: Problems;
  reach: Reach;
  onOpen: (key: string) => void;
  onMove: (key: string, by: 1 | -1) => void;
  onAdd: () => void;
  /** A question that saving would put away stays after all. */
  onKeep: (question: QuestionView) => void;
}

/** The questions of a form in their order; each is opened to be changed, and moved by buttons. */
export function Questions({ questions, away, languages, problems, reach, onOpen, onMove, onAdd, onKeep }: QuestionsProps): JSX.Element {
  const move = (one: QuestionDraft, place: number, by: 1 | -1): void => {
    if (place + by < 0 || place + by >= questions.length) return;
    onMove(one.key, by);
    say(t("admin.forms.moved", { name: labelOf(now(one)), place: place + by + 1, count: questions.length }));
    const id = moverId(one.key, by);
    requestAnimationFrame(() => document.getElementById(id)?.focus());
  };
  return (
    <Stack gap={3}>
      <Row between>
        <Muted>{t("admin.forms.questions.count", { count: questions.length })}</Muted>
        {reach.all ? (
          <Button icon="plus" look="primary" onClick={onAdd}>
            {t("admin.forms.add")}
          </Button>
        ) : null}
      </Row>
      {questions.length === 0 ? <Muted>{t("admin.forms.questions.none")}</Muted> : null}
      <ol class={css.questions} aria-label={t("admin.forms.questions")}>
        {questions.map((one, place) => {
          const said = now(one);
          const name = labelOf(said);
          const missing = missingIn(said["display_name"], languages);
          const wrong = Object.values(problems[one.key] ?? {});
          return (
            <li key={one.key} class={textOf(said["type"]) === "separator" ? css.separator : css.question}>
              <div class={css.face}>
                <button type="button" class={css.open} data-question={one.key} onClick={() => { onOpen(one.key); }}>
                  <bdi>{name}</bdi>
                  <span class="visually-hidden"> {t("admin.forms.edit")}</span>
                </button>
                <div class={css.marks}>
                  <span class={css.kind}>{typeWords(said)}</span>
                  {said["required"] === true ? <Badge>{t("admin.forms.mark.required")}</Badge> : null}
                  {said["display_conditions_record"] || said["display_conditions_subform"] ? <Badge icon="filter">{t("admin.forms.mark.condition")}</Badge> : null}
                  {said["visible"] === false ? <Badge icon="eyeOff">{t("admin.forms.mark.hidden")}</Badge> : null}
                  {missing.length > 0 ? (
                    <Badge tone="warn" icon="language">
                      {t("admin.forms.mark.missing", { languages: missing.join(", ") })}
                    </Badge>
                  ) : null}
                  {one.origin !== "form" ? (
                    <Badge tone="accent" icon="plus">
                      {t("admin.forms.mark.new")}
                    </Badge>
                  ) : isQuestionChanged(one) ? (
                    <Badge tone="accent" icon="edit">
                      {t("admin.forms.mark.changed")}
                    </Badge>
                  ) : null}
                </div>
                {wrong.length > 0 ? (
                  <div class={css.wrong}>
                    <Icon name="alert" size={18} />
                    <span>{wrong.join(" ")}</span>
                  </div>
                ) : null}
              </div>
              {reach.words ? (
                <Row gap={1}>
                  <IconButton id={moverId(one.key, -1)} icon="up" label={t("admin.forms.up", { name })} aria-disabled={place === 0} onClick={() => { move(one, place, -1); }} />
                  <IconButton id={moverId(one.key, 1)} icon="down" label={t("admin.forms.down", { name })} aria-disabled={place === questions.length - 1} onClick={() => { move(one, place, 1); }} />
                </Row>
              ) : null}
            </li>
          );
        })}
      </ol>
      {away.length > 0 ? (
        <section class={css.away} aria-label={t("admin.forms.going")}>
          <strong>{t("admin.forms.going")}</strong>
          <Muted small>{t("admin.forms.going.text")}</Muted>
          <ul class={css.plain}>
            {away.map((one) => (
              <li key={one.name}>
                <Row between>
                  <bdi>{labelOf(one as never)}</bdi>
                  <Button look="quiet" icon="undo" onClick={() => { onKeep(one); }}>
                    {t("admin.forms.keep")}
                  </Button>
                </Row>
              </li>
            ))}
          </ul>
        </section>
      ) : null}
    </Stack>
  );
}

function moverId(key: string, by: 1 | -1): string {
  return `${by === 1 ? "down" : "up"}-${key}`;
}
