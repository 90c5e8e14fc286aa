/** Which calendars there are, and whose: apart from the table, so that who counts by the Gregorian one never loads it. */

import { of_language } from "../../../../contracts/calendars/table.json";

export const CALENDARS = ["gregorian", "ethiopic", "persian", "islamic-umalqura", "bikram-sambat"] as const;
export type CalendarName = (typeof CALENDARS)[number];

export function isCalendar(value: unknown): value is CalendarName {
  return typeof value === "string" && (CALENDARS as readonly string[]).includes(value);
}

/** The calendar in which people of a language count their days, unless they choose another. */
export function calendarOfLanguage(locale: string): CalendarName {
  const found: Record<string, string> = of_language;
  const name = found[locale] ?? found[locale.split("-")[0] ?? locale];
  return isCalendar(name) ? name : "gregorian";
}
