import type { JSX } from "preact";
import { useRef, useState } from "preact/compat";
import { useCalendar, type Book } from "~/lib/calendars/chosen";
import type { CalendarName } from "~/lib/calendars/kinds";
import { cx } from "~/lib/classes";
import { formatGregorian, getLocale, t } from "~/lib/i18n";
import css from "./CalendarDate.module.css";
import { NOTHING, plainDigits, readTyped, typedOf, unfinished, type Said, type Typed } from "./calendarDay";
import { DateInput, Select, TextInput, type ControlAttributes } from "./form";

export interface CalendarDateProps extends ControlAttributes {
  /** ISO day, or `YYYY-MM-DDTHH:MM` with `withTime`; empty when none. */
  value: string;
  /** An ISO day (and time), empty for none; while the fields of a calendar are no day, what was typed, for the form to refuse. */
  onValue: (value: string) => void;
  withTime?: boolean;
  max?: string;
  className?: string | undefined;
}

/** A day in the worker's calendar: the browser's own control for the Gregorian one, else day, month and year. Inside a `Field group` then. */
export function CalendarDate(props: CalendarDateProps): JSX.Element {
  const { name, book } = useCalendar();
  return book === null ? <DateInput {...props} /> : <Parts key={name} {...props} name={name} book={book} />;
}

type PartsProps = CalendarDateProps & { name: CalendarName; book: Book };

function Parts({ id, value, onValue, withTime, name, book, "aria-describedby": described, "aria-invalid": invalid, "aria-required": required }: PartsProps): JSX.Element {
  const [typed, setTyped] = useState<Typed>(() => typedOf(book, name, value));
  const [time, setTime] = useState(timeOf(value));
  // What is wrong is said on leaving the fields, not while she types.
  const [left, setLeft] = useState(true);
  const sent = useRef(value);
  if (value !== sent.current) {
    // The answer was changed from outside (an age was typed, a draft came back): the fields follow.
    sent.current = value;
    setTyped(value === "" ? NOTHING : typedOf(book, name, value));
    setTime(timeOf(value));
  }
  const said = readTyped(book, name, typed);
  const change = (next: Typed, clock: string): void => {
    setTyped(next);
    setTime(clock);
    setLeft(false);
    const read = readTyped(book, name, next);
    const stored = read.kind === "nothing" ? "" : read.kind === "wrong" ? unfinished(name, next) : withTime ? `${read.iso}T${clock || "00:00"}` : read.iso;
    if (stored === sent.current) return;
    sent.current = stored;
    onValue(stored);
  };
  const wrong = left ? wordsFor(said) : null;
  // A stored day that the calendar's table does not hold: the fields stay empty, but it is said that there is one.
  const isOutside = said.kind === "nothing" && /^\d{4}-/.test(value);
  const common = {
    "aria-describedby": [described, wrong ? `${id}-wrong` : "", said.kind === "day" || isOutside ? `${id}-same` : ""].filter(Boolean).join(" ") || undefined,
    "aria-invalid": invalid ?? (wrong ? ("true" as const) : undefined),
  };
  const number = (part: "day" | "year", length: number): JSX.Element => (
    <label class={cx(css.part, css[part])}>
      <span>{t(`date.${part}`)}</span>
      <TextInput
        {...common}
        id={`${id}-${part}`}
        aria-required={required}
        inputMode="numeric"
        dir="ltr"
        maxLength={length}
        value={typed[part]}
        onValue={(text) => {
          change({ ...typed, [part]: plainDigits(text) }, time);
        }}
      />
    </label>
  );
  return (
    <div
      onFocusOut={(event) => {
        if (event.relatedTarget instanceof Node && event.currentTarget.contains(event.relatedTarget)) return;
        setLeft(true);
      }}
    >
      <div class={css.parts}>
        {number("day", 2)}
        <label class={cx(css.part, css.month)}>
          <span>{t("date.month")}</span>
          <Select
            {...common}
            id={`${id}-month`}
            aria-required={required}
            value={typed.month}
            empty=""
            options={book.monthNames(name, getLocale()).map((month, at) => ({ value: String(at + 1), label: `${String(at + 1)} · ${month}` }))}
            onValue={(month) => {
              change({ ...typed, month }, time);
            }}
          />
        </label>
        {number("year", 4)}
        {withTime ? (
          <label class={cx(css.part, css.time)}>
            <span>{t("date.time")}</span>
            <TextInput
              {...common}
              id={`${id}-time`}
              type="time"
              dir="ltr"
              value={time}
              onValue={(clock) => {
                change(typed, clock);
              }}
            />
          </label>
        ) : null}
      </div>
      <div aria-live="polite">
        {isOutside ? (
          <p class={css.same} id={`${id}-same`}>
            {t("date.gregorian", { day: formatGregorian(value.slice(0, 10)) })}
          </p>
        ) : said.kind === "day" ? (
          <p class={css.same} id={`${id}-same`}>
            {t("date.gregorian", { day: formatGregorian(said.iso) })}
            {said.doubt > 0 ? ` ${t("date.doubt", { days: said.doubt })}` : ""}
          </p>
        ) : wrong ? (
          <p class={css.wrong} id={`${id}-wrong`}>
            {wrong}
          </p>
        ) : null}
      </div>
    </div>
  );
}

/** The time in `YYYY-MM-DDTHH:MM`. */
const timeOf = (value: string): string => (value[10] === "T" ? value.slice(11, 16) : "");

function wordsFor(said: Said): string | null {
  if (said.kind !== "wrong") return null;
  return said.code === "out_of_range" ? t("date.out_of_range", { from: String(said.from), to: String(said.to) }) : t(`date.${said.code}`);
}
