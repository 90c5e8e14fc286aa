import type { JSX } from "preact";
import { cx } from "~/lib/classes";
import { t } from "~/lib/i18n";
import { Combobox, Field as Question, Icon, IconButton, Select } from "~/ui";
import css from "../build.module.css";
import type { Json } from "../types";
import { AnswerOf } from "./AnswerOf";
import { answerKind, labelOf, saysOf, type Lookable } from "./asking";
import type { Finding } from "./checking";
import { takesList, takesNothing, type Line, type Say } from "./tree";
import { findingWords, sayWords } from "./words";

export interface LineProps {
  line: Line;
  number: number;
  known: Lookable;
  found: readonly Finding[];
  closed: boolean;
  /** Null: taken away. */
  onChange: (next: Line | null) => void;
}

/** What is wrong with the question that was chosen; all else is wrong with the answer. */
const OF_QUESTION: ReadonlySet<string> = new Set(["no_question", "unknown", "elsewhere", "itself", "circle", "not_askable"]);

/** One sentence: a question, what is said about it, and the answer that it is compared with. */
export function LineOf({ line, number, known, found, closed, onChange }: LineProps): JSX.Element {
  const field = known.fields.get(line.name);
  const kind = field === undefined ? "none" : answerKind(field);
  const dated = kind === "day" || kind === "moment";
  const says = saysOf(kind);
  const offered = says.includes(line.say) ? says : [...says, line.say];
  const told = found.length > 0 ? `${line.id}-problems` : undefined;
  const wrongs = found.filter((one) => one.tone === "wrong");
  const aria = (of: "question" | "answer") => ({ "aria-describedby": told, "aria-invalid": wrongs.some((one) => OF_QUESTION.has(one.code) === (of === "question")) ? ("true" as const) : undefined });
  const set = (next: Partial<Omit<Line, "was" | "kind" | "id">>): void => {
    const { was: _was, ...rest } = line;
    onChange({ ...rest, ...next });
  };
  return (
    <div class={css.line} role="group" aria-label={t("admin.build.line", { number })}>
      <div class={css.parts}>
        <Question id={`${line.id}-question`} label={t("admin.build.question")}>
          {(attributes) => (
            <Combobox
              {...attributes}
              {...aria("question")}
              value={line.name}
              disabled={closed}
              options={questions(known, line.name)}
              onValue={(name) => {
                const next = known.fields.get(name);
                const allowed = next === undefined ? [] : saysOf(answerKind(next));
                const say = allowed.includes(line.say) ? line.say : (allowed[0] ?? "is");
                set({ name, say, value: takesList(say) ? [] : null });
              }}
            />
          )}
        </Question>
        {line.name === "" ? null : (
          <Question id={`${line.id}-say`} label={t("admin.build.said")}>
            {(attributes) => (
              <Select
                {...attributes}
                value={line.say}
                empty={null}
                disabled={closed}
                options={offered.map((say) => ({ value: say, label: sayWords(say, dated) }))}
                onValue={(say) => {
                  set({ say: say as Say, value: carried(line, say as Say) });
                }}
              />
            )}
          </Question>
        )}
        {line.name === "" || takesNothing(line.say) ? null : (
          <AnswerOf
            line={line}
            field={field}
            known={known}
            closed={closed}
            aria={aria("answer")}
            onValue={(value) => {
              set({ value });
            }}
          />
        )}
        {closed ? null : (
          <span class={css.away}>
            <IconButton
              icon="trash"
              label={t("admin.build.remove_line", { number })}
              onClick={() => {
                onChange(null);
              }}
            />
          </span>
        )}
      </div>
      {found.length === 0 ? null : (
        <ul role="list" class={css.problems} id={told}>
          {found.map((one) => (
            <li key={one.code} class={cx(one.tone === "wrong" ? css.wrong : css.notice)}>
              <Icon name={one.tone === "wrong" ? "alert" : "info"} size={18} />
              <span>{findingWords(one)}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** What was compared with, as far as it fits what is said now. */
function carried(line: Line, say: Say): Json {
  const values = Array.isArray(line.value) ? line.value : line.value === null ? [] : [line.value];
  if (takesNothing(say)) return null;
  if (say === "between") return [values[0] ?? null, values[1] ?? null];
  return takesList(say) ? values.filter((value) => value !== null) : (values[0] ?? null);
}

const offers = new WeakMap<Lookable, { value: string; label: string; hint: string }[]>();

/** Questions to choose from: those in use that can be asked about, and the one that is asked already. */
function questions(known: Lookable, chosen: string): { value: string; label: string; hint: string }[] {
  let all = offers.get(known);
  if (all === undefined) {
    all = [...known.fields.values()]
      .filter((field) => field.visible !== false && answerKind(field) !== "none")
      .map((field) => ({ value: field.name, label: labelOf(field, known.sources), hint: field.name }));
    offers.set(known, all);
  }
  const field = known.fields.get(chosen);
  return chosen === "" || all.some((one) => one.value === chosen) ? all : [...all, { value: chosen, label: field === undefined ? chosen : labelOf(field, known.sources), hint: chosen }];
}
