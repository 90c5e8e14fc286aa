import type { JSX } from "preact";
import type { OutputProps } from "../../registry";
import { text } from "./text";

export function Output({ value }: OutputProps): JSX.Element {
  return <bdi>{text(value)}</bdi>;
}
