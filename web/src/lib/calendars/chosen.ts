import { useWatched, watched } from "../watched";
import type * as Calendars from "./index";
import { calendarOfLanguage, isCalendar, type CalendarName } from "./kinds";

/** How days are counted in the calendar in use; loaded only for who does not count by the Gregorian one. */
export type Book = typeof Calendars;

/** The calendar in which this worker enters and reads days. `book` is null for the Gregorian one, which the browser knows. */
export type InUse = { readonly name: "gregorian"; readonly book: null } | { readonly name: CalendarName; readonly book: Book };

const GREGORIAN: InUse = { name: "gregorian", book: null };
const KEPT = "cpims.calendar.";

const inUse = watched<InUse>(GREGORIAN);
let whose: string | null = null;

/**
 * Takes up the calendar of whoever signed in: the one she chose on this device, else that of her language. `owner` tells the
 * people on one device apart without naming them; null when nobody is signed in.
 */
export async function openCalendar(owner: string | null, locale: string): Promise<void> {
  whose = owner;
  const kept = owner === null ? null : localStorage.getItem(`${KEPT}${owner}`);
  await turnTo(isCalendar(kept) ? kept : calendarOfLanguage(locale), owner);
}

/** She chooses a calendar; the choice outlives reload and sign-out. */
export async function chooseCalendar(name: CalendarName): Promise<void> {
  if (whose !== null) localStorage.setItem(`${KEPT}${whose}`, name);
  await turnTo(name, whose);
}

async function turnTo(name: CalendarName, owner: string | null): Promise<void> {
  const next: InUse = name === "gregorian" ? GREGORIAN : { name, book: await import("./index") };
  // Somebody else may have come while the table was loading.
  if (owner === whose && next.name !== inUse.get().name) inUse.set(next);
}

export function calendarInUse(): InUse {
  return inUse.get();
}

/** Re-renders the caller when the calendar changes. */
export function useCalendar(): InUse {
  return useWatched(inUse);
}

/** A day in words in the calendar in use, or null where the Gregorian one is to be used. */
export function dayInUse(iso: string, locale: string): string | null {
  const { name, book } = inUse.get();
  return book === null ? null : book.dayInWords(name, iso, locale);
}
