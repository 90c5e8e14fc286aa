import type { JSX } from "preact";
import { Checkbox } from "~/ui/form";
import type { InputProps } from "../../registry";
import { tickLabel } from "./text";

export function Input({ field, value, set, attributes }: InputProps): JSX.Element {
  return <Checkbox {...attributes} checked={value === true || value === "true"} onChecked={set} label={tickLabel(field)} />;
}
