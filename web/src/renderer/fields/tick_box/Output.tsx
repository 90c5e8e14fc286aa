import type { JSX } from "preact";
import { Icon } from "~/ui/icons";
import type { OutputProps } from "../../registry";
import css from "../../renderer.module.css";
import { text } from "./text";

export function Output({ field, value }: OutputProps): JSX.Element {
  return (
    <span class={css.ticked}>
      <Icon name="check" size={18} />
      {text(value, field)}
    </span>
  );
}
