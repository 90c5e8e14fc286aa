import type { JSX } from "preact";
import type { OutputProps } from "../../registry";
import { SafeToCall } from "./SafeToCall";
import { text } from "./text";

export function Output({ field, value }: OutputProps): JSX.Element {
  if (!field.phone_number) return <span dir="auto">{text(value)}</span>;
  return (
    <>
      <bdi dir="ltr">{text(value)}</bdi>
      <SafeToCall field={field} />
    </>
  );
}
