import type { JSX } from "preact";
import { useState } from "preact/compat";
import { t } from "~/lib/i18n";
import { fromLocal, toLocal } from "~/renderer/fields/date_field/moments";
import { Button, CalendarDate, CheckboxGroup, Combobox, Field as Question, MultiCombobox, NumberInput, Select, TextInput, type ControlAttributes } from "~/ui";
import { useCalendar } from "~/lib/calendars/chosen";
import css from "../build.module.css";
import type { Field, Json } from "../types";
import { answerKind, optionsOf, type Lookable } from "./asking";
import { takesList, type Line } from "./tree";

/** Up to so many options all are shown; of more one is found by typing. */
const SHOWN_WHOLE = 12;

interface Props {
  line: Line;
  field: Field | undefined;
  known: Lookable;
  closed: boolean;
  aria: { "aria-describedby": string | undefined; "aria-invalid": "true" | undefined };
  onValue: (value: Json) => void;
}

/** The answer of a sentence, chosen or typed as the question itself would be answered. */
export function AnswerOf(props: Props): JSX.Element {
  const { line, field, known, closed, aria, onValue } = props;
  const kind = field === undefined ? "text" : answerKind(field);
  const calendar = useCalendar();
  const id = `${line.id}-answer`;
  const choices = field !== undefined && (kind === "choice" || kind === "choices") ? optionsOf(field, known.sources) : null;
  if (takesList(line.say)) {
    const values = (Array.isArray(line.value) ? line.value : []).map(String);
    if (choices !== null) {
      const options = [...choices.filter((one) => one.retired !== true || values.includes(one.id)).map((one) => ({ value: one.id, label: one.label, ...(one.hint ? { hint: one.hint } : {}) })), ...values.filter((value) => !choices.some((one) => one.id === value)).map((value) => ({ value, label: value }))];
      const whole = options.length <= SHOWN_WHOLE;
      return (
        <Question id={id} label={t("admin.build.answers")} group={whole}>
          {(attributes) =>
            whole ? (
              <CheckboxGroup values={values} options={options} disabled={closed} onValues={onValue} />
            ) : (
              <MultiCombobox {...attributes} {...aria} values={values} options={options} disabled={closed} onValues={onValue} />
            )
          }
        </Question>
      );
    }
    return (
      <Question id={id} label={t("admin.build.answers")} hint={t("admin.build.answers.hint")}>
        {(attributes) => (
          <Listed
            attributes={{ ...attributes, ...aria }}
            values={values}
            closed={closed}
            onValues={(parts) => {
              onValue(kind === "number" ? parts.map(numbered) : parts);
            }}
          />
        )}
      </Question>
    );
  }
  if (line.say === "between") {
    const [low, high] = Array.isArray(line.value) ? line.value : [];
    return (
      <>
        <One {...props} kind={kind} id={id} label={t("admin.build.from")} value={low ?? null} onValue={(value) => { onValue([value, high ?? null]); }} calendar={calendar.book !== null} />
        <One {...props} kind={kind} id={`${id}-to`} label={t("admin.build.to")} value={high ?? null} onValue={(value) => { onValue([low ?? null, value]); }} calendar={calendar.book !== null} />
      </>
    );
  }
  if (choices !== null) {
    const value = line.value === null ? "" : String(line.value);
    const options = choices.filter((one) => one.retired !== true || one.id === value).map((one) => ({ value: one.id, label: one.label, ...(one.hint ? { hint: one.hint } : {}) }));
    const choose = (next: string): void => {
      onValue(next === "" ? null : next);
    };
    return (
      <Question id={id} label={t("admin.build.answer")}>
        {(attributes) =>
          options.length <= SHOWN_WHOLE ? (
            <Select {...attributes} {...aria} value={value} options={options} disabled={closed} onValue={choose} />
          ) : (
            <Combobox {...attributes} {...aria} value={value} options={options} disabled={closed} onValue={choose} />
          )
        }
      </Question>
    );
  }
  return <One {...props} kind={kind} id={id} label={t("admin.build.answer")} value={line.value} calendar={calendar.book !== null} />;
}

/** Several answers without a list to choose from: typed with commas between them, taken up on leaving the field. */
function Listed({ attributes, values, closed, onValues }: { attributes: ControlAttributes; values: readonly string[]; closed: boolean; onValues: (values: string[]) => void }): JSX.Element {
  const [typed, setTyped] = useState<string | null>(null);
  return (
    <TextInput
      {...attributes}
      value={typed ?? values.join(", ")}
      disabled={closed}
      onValue={setTyped}
      onBlur={() => {
        if (typed === null) return;
        setTyped(null);
        onValues(typed.split(/[,،]/).map((part) => part.trim()).filter((part) => part !== ""));
      }}
    />
  );
}

interface OneProps extends Props {
  kind: string;
  id: string;
  label: string;
  value: Json;
  /** Days are entered by day, month and year: several controls. */
  calendar: boolean;
}

function One({ kind, id, label, value, closed, aria, calendar, onValue }: OneProps): JSX.Element {
  const text = value === null ? "" : String(value);
  const dated = kind === "day" || kind === "moment";
  return (
    <Question id={id} label={label} group={dated && calendar}>
      {(attributes) => {
        const all: ControlAttributes = { ...attributes, ...aria };
        if (dated) {
          const moment = kind === "moment" && !/^\d{4}-\d{2}-\d{2}$/.test(text);
          return (
            <span class={css.day}>
              {closed ? (
                <TextInput {...all} value={text} disabled onValue={() => undefined} />
              ) : (
                <>
                  <CalendarDate {...all} withTime={moment} value={moment ? toLocal(text) || text : text} onValue={(next) => { onValue(next === "" ? null : moment ? (fromLocal(next) ?? next) : next); }} />
                  <Button look="quiet" title={t("admin.build.today.hint")} onClick={() => { onValue(moment ? (fromLocal(`${today()}T00:00`) ?? null) : today()); }}>
                    {t("admin.build.today")}
                  </Button>
                </>
              )}
            </span>
          );
        }
        if (kind === "number") return <NumberInput {...all} value={text} disabled={closed} onValue={(next) => { onValue(numbered(next.trim())); }} />;
        return <TextInput {...all} value={text} disabled={closed} onValue={(next) => { onValue(next === "" ? null : next); }} />;
      }}
    </Question>
  );
}

/** A number as typed; what is none yet stays as it stands, so that it is said. */
function numbered(text: string): Json {
  if (text === "") return null;
  const number = Number(text);
  return Number.isFinite(number) && String(number) === text ? number : text;
}

function today(): string {
  const now = new Date();
  const two = (part: number): string => String(part).padStart(2, "0");
  return `${String(now.getFullYear())}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}
