/** The one table of calendars that server and client share (`contracts/calendars/`). */

import table from "../../../../contracts/calendars/table.json";
import type { CalendarName } from "./kinds";

export type NotADateCode = "no_such_date" | "out_of_range";

/** A calendar has no such day, or not within the years of its table. */
export class NotADate extends Error {
  constructor(readonly code: NotADateCode) {
    super(code);
  }
}

interface Leap {
  month: number;
  rule: string;
  times?: number;
  plus?: number;
  cycle?: number;
  below?: number;
}

interface Row {
  first_year: number;
  last_year: number;
  starts: string;
  months?: number[];
  leap?: Leap;
  shortest?: number;
  years?: string[];
  doubt: { from: number[]; to: number[]; days: number }[];
}

/** One calendar over the years of its table. Days are counted from 1, the 1 January of the year 1. */
export class Calendar {
  /** The day on which each year begins, and the day after the last. */
  readonly starts: readonly number[];
  private readonly lengths: readonly (readonly number[])[];

  constructor(
    private readonly row: Row,
    start: number,
  ) {
    const lengths: number[][] = [];
    const starts = [start];
    for (let year = row.first_year; year <= row.last_year; year += 1) {
      const months = lengthsOf(row, year);
      lengths.push(months);
      starts.push(months.reduce((day, length) => day + length, starts[starts.length - 1] ?? start));
    }
    this.lengths = lengths;
    this.starts = starts;
  }

  get firstYear(): number {
    return this.row.first_year;
  }

  get lastYear(): number {
    return this.row.last_year;
  }

  /** The lengths of the months of a year. Raises NotADate. */
  months(year: number): readonly number[] {
    const months = this.lengths[year - this.firstYear];
    if (months === undefined) throw new NotADate("out_of_range");
    return months;
  }

  /** By how many days a day of this month may be off, because published tables disagree. */
  doubt(year: number, month: number): number {
    const at = year * 100 + month;
    return Math.max(0, ...this.row.doubt.filter(({ from, to }) => place(from) <= at && at <= place(to)).map(({ days }) => days));
  }
}

const place = ([year = 0, month = 0]: number[]): number => year * 100 + month;

function lengthsOf(row: Row, year: number): number[] {
  if (row.years !== undefined) return [...(row.years[year - row.first_year] ?? "")].map((digit) => (row.shortest ?? 0) + Number(digit));
  const longer = row.leap !== undefined && isLeap(row.leap, year) ? row.leap.month : 0;
  return (row.months ?? []).map((length, at) => length + (at + 1 === longer ? 1 : 0));
}

function isLeap({ rule, times = 0, plus = 0, cycle = 1, below = 0 }: Leap, year: number): boolean {
  if (rule === "gregorian") return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return (times * year + plus) % cycle < below;
}

const rows: Record<CalendarName, Row> = table.calendars;
const made = new Map<CalendarName, Calendar>();

export function calendar(name: CalendarName): Calendar {
  let found = made.get(name);
  if (found === undefined) {
    const row = rows[name];
    found = new Calendar(row, name === "gregorian" ? 1 : (ordinalOf(row.starts) ?? 1));
    made.set(name, found);
  }
  return found;
}

/** The number of an ISO day, or null for what is none. */
export function ordinalOf(iso: string): number | null {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(iso);
  if (parts === null) return null;
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  const gregorian = calendar("gregorian");
  const start = gregorian.starts[year - 1];
  if (start === undefined || year < 1 || year > gregorian.lastYear) return null;
  const months = gregorian.months(year);
  const length = months[month - 1];
  if (length === undefined || day < 1 || day > length) return null;
  return months.slice(0, month - 1).reduce((at, one) => at + one, start) + day - 1;
}
