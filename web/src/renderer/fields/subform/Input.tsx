import type { JSX } from "preact";
import type { InputProps } from "../../registry";
import { Rows } from "./Rows";

export function Input({ field, pointer }: Pick<InputProps, "field" | "pointer">): JSX.Element {
  return <Rows field={field} pointer={pointer} mode="edit" />;
}
