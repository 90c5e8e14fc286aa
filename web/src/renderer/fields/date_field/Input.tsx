import type { JSX } from "preact";
import { CalendarDate } from "~/ui/CalendarDate";
import type { InputProps } from "../../registry";
import css from "../../renderer.module.css";
import { textOf } from "../../values";
import { useScope } from "../../scope";
import { fromLocal, toLocal } from "./moments";

const DAY_AND_MORE = /^\d{4}-\d{2}-\d{2}/;

/**
 * Stands in the answer while the browser's own control holds 31 February, or only half a day: it tells nobody what was
 * typed, yet the form must refuse it rather than take it for no answer.
 */
const UNREADABLE = "?";

export function Input({ field, value, set, attributes }: InputProps): JSX.Element {
  const { desk } = useScope();
  const iso = textOf(value) === UNREADABLE ? "" : textOf(value);
  const latest = field.date_validation === "not_future_date" ? desk.filling?.today : undefined;
  const onLeave = (event: FocusEvent): void => {
    const control = event.target;
    if (!(control instanceof HTMLInputElement) || control.type === "text") return;
    if (control.validity.badInput) set(UNREADABLE);
    else if (value === UNREADABLE && control.value === "") set(null);
  };
  return (
    <div onFocusOut={onLeave}>
      {field.date_include_time ? (
        <CalendarDate
          {...attributes}
          withTime
          className={css.moment}
          value={toLocal(iso) || iso}
          onValue={(local) => {
            // What is no moment yet stays as typed, so that the form refuses it.
            set(local === "" ? null : (fromLocal(local) ?? local));
          }}
        />
      ) : (
        <CalendarDate
          {...attributes}
          {...(latest === undefined ? {} : { max: latest })}
          className={css.short}
          value={DAY_AND_MORE.test(iso) ? iso.slice(0, 10) : iso}
          onValue={(day) => {
            set(day === "" ? null : day);
          }}
        />
      )}
    </div>
  );
}
