/** How exactly a birth is known: the day that is stored, the span it stands for, and how that is said. As in `cpims/records/rules/precision.py`. */

import { ageOn } from "./calculations";
import type { Answers } from "./types";
import { dayOf, looksLikeADate } from "./values";

/** The day that is stored, the first and last day it can mean, and since when this is known. */
export interface Estimate {
  day: string;
  first: string;
  last: string;
  recordedOn: string;
  /** What the worker ticked. */
  estimated: boolean;
}

/** A message key and what fills its gaps. Days are ISO; whoever shows them puts them in the reader's calendar. */
export interface Wording {
  key: string;
  params: Record<string, string | number>;
}

const OLDEST = 130;
const HALF_A_YEAR = 182;
const DAY = 86_400_000;

/**
 * When somebody was born: from the date of birth, else from a typed age, which was true on the day it was recorded.
 * An estimated 1 January stands for an age: the birth lies in the year that gives this age on the day of recording. Any
 * other estimated day is taken as half a year more or less.
 */
export function birthOf(answers: Answers, recordedOn: string, prefix = ""): Estimate | null {
  const estimated = answers[`${prefix}estimated`] === true;
  const born = dayIn(answers[`${prefix}date_of_birth`]);
  if (born !== null) {
    if (!estimated || born > recordedOn) return { day: born, first: born, last: born, recordedOn, estimated };
    if (born.endsWith("-01-01")) return { day: born, ...spanOfAge(yearOf(recordedOn) - yearOf(born), recordedOn), recordedOn, estimated };
    const last = moved(born, HALF_A_YEAR);
    return { day: born, first: moved(born, -HALF_A_YEAR), last: last < recordedOn ? last : recordedOn, recordedOn, estimated };
  }
  const age = answers[`${prefix}age`];
  if (typeof age !== "number" || !Number.isInteger(age) || age < 0 || age > OLDEST) return null;
  const { first, last } = spanOfAge(age, recordedOn);
  return { day: moved(first, Math.floor((numberOf(last) - numberOf(first)) / 2)), first, last, recordedOn, estimated };
}

/**
 * How old somebody is: a number when that is sure, else "about", with the day on which it was recorded. Null for somebody
 * not yet born.
 */
export function ageInWords(birth: Estimate, today: string): Wording | null {
  const age = ageOn(birth.day, today);
  if (age === null) return null;
  if (birth.estimated || ageOn(birth.first, today) !== ageOn(birth.last, today)) return { key: "precision.age.about", params: { age, on: birth.recordedOn } };
  return { key: "precision.age.exact", params: { age } };
}

/**
 * The age on a record as the server gives it, which is that of today: sure, or "about" where the worker ticked that it is an
 * estimate. `recordedOn` is the day on which it was written down, where that is known.
 */
export function ageShown(answers: Answers, recordedOn: string | null): Wording | null {
  const age = answers["age"];
  if (typeof age !== "number" || !Number.isInteger(age) || age < 0) return null;
  if (answers["estimated"] !== true) return { key: "precision.age.exact", params: { age } };
  return recordedOn === null ? { key: "precision.age.guess", params: { age } } : { key: "precision.age.about", params: { age, on: recordedOn } };
}

/** When somebody was born: the day, else the two days between which the birth lies. */
export function birthInWords(birth: Estimate): Wording {
  if (birth.first === birth.last) return { key: birth.estimated ? "precision.day.about" : "precision.day.exact", params: { day: birth.day } };
  return { key: "precision.day.between", params: { from: birth.first, to: birth.last } };
}

function spanOfAge(age: number, on: string): { first: string; last: string } {
  return { first: moved(yearsBefore(on, age + 1), 1), last: yearsBefore(on, age) };
}

/** The same day some years earlier; 29 February becomes 28. */
function yearsBefore(day: string, years: number): string {
  const earlier = `${String(Math.max(yearOf(day) - years, 1)).padStart(4, "0")}${day.slice(4)}`;
  return dayOf(earlier) === null ? `${earlier.slice(0, 8)}28` : earlier;
}

const yearOf = (day: string): number => Number(day.slice(0, 4));
const numberOf = (day: string): number => dayOf(day) ?? 0;

function moved(day: string, by: number): string {
  return new Date((numberOf(day) + by) * DAY).toISOString().slice(0, 10);
}

function dayIn(value: unknown): string | null {
  if (typeof value !== "string" || !looksLikeADate(value)) return null;
  const day = value.slice(0, 10);
  return dayOf(day) === null ? null : day;
}
