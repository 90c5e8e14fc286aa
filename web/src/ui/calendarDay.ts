import type { Book } from "~/lib/calendars/chosen";
import type { CalendarName } from "~/lib/calendars/kinds";

/** What stands in the three fields of a day, as typed. */
export interface Typed {
  day: string;
  month: string;
  year: string;
}

export const NOTHING: Typed = { day: "", month: "", year: "" };

/** What three fields say: nothing, a day that can be stored, or what is wrong with it. */
export type Said =
  | { kind: "nothing" }
  | { kind: "day"; iso: string; doubt: number }
  | { kind: "wrong"; code: "incomplete" | "no_such_date" }
  | { kind: "wrong"; code: "out_of_range"; from: number; to: number };

const UNFINISHED = /^([^/]*)\/([^/]*)\/([^/]*) ([a-z-]+)$/;

/**
 * What stands in the answer while the fields are no day: as typed, with the calendar. It is no ISO day, so the form refuses it
 * rather than dropping it, and a draft brings it back.
 */
export function unfinished(name: CalendarName, { year, month, day }: Typed): string {
  return `${year}/${month}/${day} ${name}`;
}

/** The three fields for an answer; empty for none, and for a day outside the calendar's table. */
export function typedOf(book: Book, name: CalendarName, value: string): Typed {
  const begun = UNFINISHED.exec(value);
  if (begun !== null) return begun[4] === name ? { year: begun[1] ?? "", month: begun[2] ?? "", day: begun[3] ?? "" } : NOTHING;
  try {
    const { year, month, day } = book.fromGregorian(name, value.slice(0, 10));
    return { day: String(day), month: String(month), year: String(year) };
  } catch (error) {
    if (error instanceof book.NotADate) return NOTHING;
    throw error;
  }
}

export function readTyped(book: Book, name: CalendarName, typed: Typed): Said {
  const parts = [typed.day, typed.month, typed.year].map((text) => text.trim());
  if (parts.every((part) => part === "")) return { kind: "nothing" };
  if (parts.some((part) => part === "")) return { kind: "wrong", code: "incomplete" };
  const [day = NaN, month = NaN, year = NaN] = parts.map((part) => (/^\d+$/.test(part) ? Number(part) : NaN));
  try {
    const iso = book.toGregorian(name, { year, month, day });
    return { kind: "day", iso, doubt: book.calendar(name).doubt(year, month) };
  } catch (error) {
    if (!(error instanceof book.NotADate)) throw error;
    if (error.code === "no_such_date") return { kind: "wrong", code: "no_such_date" };
    const { firstYear, lastYear } = book.calendar(name);
    return { kind: "wrong", code: "out_of_range", from: firstYear, to: lastYear };
  }
}

/** Digits of Arabic, Persian and Devanagari script as plain digits. */
export function plainDigits(text: string): string {
  return text.replace(/[٠-٩۰-۹०-९]/g, (digit) => {
    const code = digit.codePointAt(0) ?? 0;
    return String(code >= 0x966 ? code - 0x966 : code & 15);
  });
}
