import type { JSX } from "preact";
import { useMemo, useState } from "preact/compat";
import { evaluate, BrokenCondition } from "~/engine";
import { fieldsRead } from "~/engine/calculations";
import { t } from "~/lib/i18n";
import { Card, Checkbox, Field as Question, NumberInput, Select, Stack, TextInput } from "~/ui";
import css from "../build.module.css";
import { answerKind, labelOf, optionsOf, type Lookable } from "../conditions/asking";
import { answerWords } from "../conditions/words";
import type { Data } from "~/engine";
import type { Field, Json } from "../types";

/** Tries a calculation out with answers of one's own; nothing of it is kept. */
export function Trial({ expression, known }: { expression: unknown; known: Lookable }): JSX.Element | null {
  const [given, give] = useState<Data>({});
  const fields = useMemo(() => (expression === null || expression === undefined ? [] : [...fieldsRead(expression)].flatMap((name) => known.fields.get(name) ?? [])), [expression, known]);
  if (fields.length === 0) return null;
  const answers: Data = Object.fromEntries(fields.map((field, at) => [field.name, field.name in given ? (given[field.name] ?? null) : example(field, at)]));
  const said = fields.map((field) => t("admin.build.trial.answer", { question: labelOf(field, known.sources), answer: answerWords(answers[field.name] ?? null, field, known) }));
  return (
    <Card label={t("admin.build.trial")}>
      <Stack gap={3}>
        <h4>{t("admin.build.trial")}</h4>
        <div class={css.parts}>
          {fields.map((field) => (
            <Given
              key={field.name}
              field={field}
              known={known}
              value={answers[field.name] ?? null}
              onValue={(value) => {
                give((now) => ({ ...now, [field.name]: value }));
              }}
            />
          ))}
        </div>
        <p class={css.words} role="status">
          {t("admin.build.trial.result", { answers: new Intl.ListFormat(known.sources.locale, { type: "conjunction" }).format(said), result: resultOf(expression, answers, known) })}
        </p>
      </Stack>
    </Card>
  );
}

function resultOf(expression: unknown, answers: Data, known: Lookable): string {
  try {
    return answerWords(evaluate(expression, answers), undefined, known);
  } catch (error) {
    if (error instanceof BrokenCondition) return t(`admin.build.broken.${error.code}`);
    throw error;
  }
}

/** Three, four, five …: so that one sees something before one types. */
function example(field: Field, at: number): Json {
  const kind = answerKind(field);
  return kind === "number" ? 3 + at : kind === "tick" ? true : null;
}

function Given({ field, known, value, onValue }: { field: Field; known: Lookable; value: Json; onValue: (value: Json) => void }): JSX.Element {
  const kind = answerKind(field);
  const label = labelOf(field, known.sources);
  const text = value === null ? "" : String(value);
  if (kind === "tick") return <Checkbox checked={value === true} label={label} onChecked={onValue} />;
  const choices = kind === "choice" || kind === "choices" ? optionsOf(field, known.sources) : null;
  return (
    <Question label={label}>
      {(attributes) => {
        if (choices !== null) {
          const options = choices.map((one) => ({ value: one.id, label: one.label }));
          return (
            <Select
              {...attributes}
              value={Array.isArray(value) ? String(value[0] ?? "") : text}
              options={options}
              onValue={(next) => {
                onValue(next === "" ? null : kind === "choices" ? [next] : next);
              }}
            />
          );
        }
        if (kind === "number") {
          return (
            <NumberInput
              {...attributes}
              value={text}
              onValue={(next) => {
                const number = Number(next);
                onValue(next === "" ? null : Number.isFinite(number) && String(number) === next ? number : next);
              }}
            />
          );
        }
        return (
          <TextInput
            {...attributes}
            {...(kind === "day" ? { type: "date" } : {})}
            value={text}
            onValue={(next) => {
              onValue(next === "" ? null : next);
            }}
          />
        );
      }}
    </Question>
  );
}
