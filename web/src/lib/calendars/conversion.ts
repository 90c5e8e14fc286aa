/** From a day as a calendar names it to the ISO day that is stored, and back. */

import type { CalendarName } from "./kinds";
import { calendar, NotADate, ordinalOf, type Calendar } from "./table";

export interface CalendarDay {
  year: number;
  month: number;
  day: number;
}

/** The ISO day that is stored for a day of a calendar. Raises NotADate. */
export function toGregorian(name: CalendarName, { year, month, day }: CalendarDay): string {
  return isoOf(ordinalIn(calendar(name), year, month, day));
}

/** How a calendar names a stored day. Raises NotADate for what is no day, or not within the calendar's table. */
export function fromGregorian(name: CalendarName, iso: string): CalendarDay {
  const ordinal = ordinalOf(iso);
  if (ordinal === null) throw new NotADate("no_such_date");
  return dayAt(calendar(name), ordinal);
}

/** How many days a month has. Raises NotADate. */
export function monthLength(name: CalendarName, year: number, month: number): number {
  return lengthIn(calendar(name), year, month);
}

/** How many months a year has. Raises NotADate. */
export function monthsInYear(name: CalendarName, year: number): number {
  return calendar(name).months(year).length;
}

export interface DaySpan {
  from: string;
  to: string;
}

/**
 * The first and the last day that a date can mean of which perhaps only the year, or year and month, are known.
 * Where published tables disagree the span is wider by as many days as they may be off. Raises NotADate.
 */
export function spanOf(name: CalendarName, { year, month, day }: { year: number; month?: number; day?: number }): DaySpan {
  const found = calendar(name);
  const months = found.months(year);
  const firstMonth = month ?? 1;
  const lastMonth = month ?? months.length;
  const from = ordinalIn(found, year, firstMonth, day ?? 1) - found.doubt(year, firstMonth);
  const to = ordinalIn(found, year, lastMonth, day ?? lengthIn(found, year, lastMonth)) + found.doubt(year, lastMonth);
  return { from: isoOf(from), to: isoOf(to) };
}

function lengthIn(found: Calendar, year: number, month: number): number {
  const length = found.months(year)[month - 1];
  if (length === undefined) throw new NotADate("no_such_date");
  return length;
}

function ordinalIn(found: Calendar, year: number, month: number, day: number): number {
  const length = lengthIn(found, year, month);
  if (!Number.isInteger(day) || day < 1 || day > length) throw new NotADate("no_such_date");
  const start = found.starts[year - found.firstYear] ?? 0;
  return found.months(year).slice(0, month - 1).reduce((at, length) => at + length, start) + day - 1;
}

function dayAt(found: Calendar, ordinal: number): CalendarDay {
  const { starts } = found;
  if (ordinal < (starts[0] ?? 0) || ordinal >= (starts[starts.length - 1] ?? 0)) throw new NotADate("out_of_range");
  let [low, high] = [0, starts.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= ordinal) low = middle;
    else high = middle;
  }
  let left = ordinal - (starts[low] ?? 0);
  let month = 1;
  for (const length of found.months(found.firstYear + low)) {
    if (left < length) break;
    left -= length;
    month += 1;
  }
  return { year: found.firstYear + low, month, day: left + 1 };
}

function isoOf(ordinal: number): string {
  const { year, month, day } = dayAt(calendar("gregorian"), ordinal);
  return `${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
}
