import type { JSX } from "preact";
import { TextArea } from "~/ui/form";
import type { InputProps } from "../../registry";
import { textOf } from "../../values";

export function Input({ value, set, attributes }: InputProps): JSX.Element {
  return <TextArea {...attributes} value={textOf(value)} onValue={set} />;
}
