import type { JSX } from "preact";
import type { OutputProps } from "../../registry";
import css from "../../renderer.module.css";
import { text } from "./text";

export function Output({ value }: OutputProps): JSX.Element {
  return (
    <div dir="auto" class={css.prose}>
      {text(value)}
    </div>
  );
}
