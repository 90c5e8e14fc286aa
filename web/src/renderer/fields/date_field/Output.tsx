import type { JSX } from "preact";
import { calendarInUse } from "~/lib/calendars/chosen";
import { formatGregorian } from "~/lib/i18n";
import type { OutputProps } from "../../registry";
import { textOf } from "../../values";
import { text } from "./text";

export function Output({ field, value }: OutputProps): JSX.Element {
  const iso = textOf(value);
  return (
    <time dateTime={iso} title={calendarInUse().book === null || iso === "" ? undefined : formatGregorian(iso)}>
      <bdi>{text(value, field)}</bdi>
    </time>
  );
}
