import type { JSX } from "preact";
import type { OutputProps } from "../../registry";
import { textOf } from "../../values";
import { text } from "./text";

export function Output({ field, value }: OutputProps): JSX.Element {
  return (
    <time dateTime={textOf(value)}>
      <bdi>{text(value, field)}</bdi>
    </time>
  );
}
