/** Days in words: names of months and weekdays by language, from the shared table. */

import names from "../../../../contracts/calendars/names.json";
import { fromGregorian, type CalendarDay } from "./conversion";
import type { CalendarName } from "./kinds";
import { NotADate } from "./table";

/** The months of a calendar in a language (else in English), the first month first. */
export function monthNames(name: CalendarName, locale: string): readonly string[] {
  return inLanguage<readonly string[]>(names.months[name], locale) ?? [];
}

/** The days of the week in a language (else in English), Monday first. */
export function weekdayNames(locale: string): readonly string[] {
  return inLanguage<readonly string[]>(names.weekdays, locale) ?? [];
}

/** A stored day as a calendar names it; null for what is no day or lies outside the calendar's table. */
export function dayInWords(name: CalendarName, iso: string, locale: string): string | null {
  let found: CalendarDay;
  try {
    found = fromGregorian(name, iso);
  } catch (error) {
    if (error instanceof NotADate) return null;
    throw error;
  }
  const pattern = inLanguage<{ day: string; month: string }>(names.patterns, locale)?.day ?? "{day} {month} {year}";
  const parts: Record<string, string> = {
    day: plainNumber(found.day, locale),
    month: monthNames(name, locale)[found.month - 1] ?? "",
    year: plainNumber(found.year, locale),
  };
  return pattern.replace(/\{(\w+)\}/g, (_, part: string) => parts[part] ?? "");
}

/** A month of a year, for a date of which the day is not known. */
export function monthInWords(name: CalendarName, year: number, month: number, locale: string): string {
  const pattern = inLanguage<{ day: string; month: string }>(names.patterns, locale)?.month ?? "{month} {year}";
  return pattern.replace("{month}", monthNames(name, locale)[month - 1] ?? "").replace("{year}", plainNumber(year, locale));
}

function plainNumber(value: number, locale: string): string {
  return new Intl.NumberFormat(locale, { useGrouping: false }).format(value);
}

function inLanguage<T>(byLanguage: Record<string, T>, locale: string): T | undefined {
  // Persian as spoken in Afghanistan is Dari, whose months have names of their own.
  const wanted = locale === "fa-AF" ? "prs" : locale;
  return byLanguage[wanted] ?? byLanguage[wanted.split("-")[0] ?? wanted] ?? byLanguage["en"];
}
