import type { JSX } from "preact";
import { TextInput } from "~/ui/form";
import type { InputProps } from "../../registry";
import { textOf } from "../../values";
import { SafeToCall } from "./SafeToCall";

export function Input({ field, value, set, attributes }: InputProps): JSX.Element {
  if (field.phone_number)
    return (
      <>
        <TextInput {...attributes} type="tel" inputMode="tel" dir="ltr" value={textOf(value)} onValue={set} />
        <SafeToCall field={field} />
      </>
    );
  return <TextInput {...attributes} value={textOf(value)} onValue={set} />;
}
