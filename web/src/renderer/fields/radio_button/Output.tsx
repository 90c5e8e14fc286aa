import type { JSX } from "preact";
import type { OutputProps } from "../../registry";
import { useScope } from "../../scope";
import { text } from "./text";

export function Output({ field, value }: OutputProps): JSX.Element {
  return <span dir="auto">{text(value, field, useScope().desk.sources)}</span>;
}
