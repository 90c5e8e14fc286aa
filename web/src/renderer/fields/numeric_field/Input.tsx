import type { JSX } from "preact";
import { NumberInput } from "~/ui/form";
import type { InputProps } from "../../registry";
import css from "../../renderer.module.css";
import { readNumber, textOf } from "../../values";

export function Input({ value, set, attributes }: InputProps): JSX.Element {
  return (
    <NumberInput
      {...attributes}
      className={css.short}
      value={textOf(value)}
      onValue={(typed) => {
        set(readNumber(typed));
      }}
    />
  );
}
