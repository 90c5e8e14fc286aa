import type { JSX } from "preact";
import { DateInput } from "~/ui/form";
import type { InputProps } from "../../registry";
import css from "../../renderer.module.css";
import { textOf } from "../../values";
import { useScope } from "../../scope";
import { fromLocal, toLocal } from "./moments";

export function Input({ field, value, set, attributes }: InputProps): JSX.Element {
  const { desk } = useScope();
  const iso = textOf(value);
  const latest = field.date_validation === "not_future_date" ? desk.filling?.today : undefined;
  if (field.date_include_time)
    return (
      <DateInput
        {...attributes}
        withTime
        className={css.moment}
        value={toLocal(iso)}
        onValue={(local) => {
          set(fromLocal(local));
        }}
      />
    );
  return (
    <DateInput
      {...attributes}
      {...(latest === undefined ? {} : { max: latest })}
      className={css.short}
      value={iso.slice(0, 10)}
      onValue={(day) => {
        set(day === "" ? null : day);
      }}
    />
  );
}
