import type { JSX } from "preact";
import type { OutputProps } from "../../registry";
import { Rows } from "./Rows";

export function Output({ field, pointer }: OutputProps): JSX.Element {
  return <Rows field={field} pointer={pointer} mode="view" />;
}
