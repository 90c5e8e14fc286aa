/** Answers as JSON values: when two are the same, which texts are numbers, days and moments. */

import type { Answers, Json } from "./types";

/** What may stand where an answer is looked for. */
export type Maybe = Json | undefined;
export type JsonMap = Readonly<Record<string, unknown>>;

export const DAY_MS = 86_400_000;

const NUMBER = /^[ \t\n\v\f\r]*[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?[ \t\n\v\f\r]*$/;
const DAY = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/;
const MOMENT =
  /^([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,9}))?)?(?:(Z)|([+-])([0-9]{2}):?([0-9]{2}))?$/;
const STRICT_MOMENT = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?(?:Z|[+-][0-9]{2}:?[0-9]{2})$/;
const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

export function isMap(value: unknown): value is JsonMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

export function isAbsent(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

export function has(map: object, key: string): boolean {
  return Object.hasOwn(map, key);
}

/** The answer under a key, the map's own only: a field may be called `constructor`. */
export function answer(data: Answers, key: string): Json {
  return has(data, key) ? (data[key] ?? null) : null;
}

/** What stands under a key of a definition. */
export function part(map: JsonMap, key: string): unknown {
  return has(map, key) ? map[key] : undefined;
}

/** Are two answers the same: numbers by value, 1 is not true, a missing key is null, list order counts? */
export function same(one: unknown, other: unknown): boolean {
  if (isAbsent(one)) return isAbsent(other);
  if (isAbsent(other)) return false;
  if (isList(one)) return isList(other) && one.length === other.length && one.every((item, at) => same(item, other[at]));
  if (isMap(one)) {
    if (!isMap(other)) return false;
    return Object.keys(one).every((key) => same(one[key], part(other, key))) && Object.keys(other).every((key) => has(one, key) || isAbsent(other[key]));
  }
  return one === other;
}

/** The number that a text writes in plain decimal notation, or null. */
export function numberOfText(text: string): number | null {
  if (!NUMBER.test(text)) return null;
  const number = Number(text);
  return Number.isFinite(number) ? number : null;
}

/** A result as JSON writes it: 0 for -0, null for what is no number. */
export function plain(number: number): number | null {
  return Number.isFinite(number) ? number + 0 : null;
}

/** Days since 1 January 1970 in the Gregorian calendar, or null for a day that does not exist. */
export function dayNumber(year: number, month: number, day: number): number | null {
  if (year < 1 || month < 1 || month > 12 || day < 1) return null;
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  if (day > (MONTH_DAYS[month - 1] ?? 0) + (leap && month === 2 ? 1 : 0)) return null;
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const ofEra = shifted - era * 400;
  const ofYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return era * 146_097 + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear - 719_468;
}

/** The day that `YYYY-MM-DD` names, as days since 1970, or null. */
export function dayOf(text: unknown): number | null {
  const found = typeof text === "string" ? DAY.exec(text) : null;
  return found ? dayNumber(Number(found[1]), Number(found[2]), Number(found[3])) : null;
}

/** Is this text written as an ISO date or date-time (whether or not there is such a day)? */
export function looksLikeADate(text: string): boolean {
  return DAY.test(text) || MOMENT.test(text);
}

/** The moment that an ISO date or date-time names, in milliseconds since 1970; without zone in UTC. */
export function instantOf(text: unknown): number | null {
  if (typeof text !== "string" || text.length < 10) return null;
  if (text.length === 10) {
    const day = dayOf(text);
    return day === null ? null : day * DAY_MS;
  }
  const found = MOMENT.exec(text);
  if (!found) return null;
  const day = dayNumber(Number(found[1]), Number(found[2]), Number(found[3]));
  const hour = Number(found[4]);
  const minute = Number(found[5]);
  const second = Number(found[6] ?? 0);
  const zoneHours = Number(found[10] ?? 0);
  const zoneMinutes = Number(found[11] ?? 0);
  if (day === null || hour > 23 || minute > 59 || second > 59 || zoneHours > 23 || zoneMinutes > 59) return null;
  const millis = Number(`${found[7] ?? ""}000`.slice(0, 3));
  const offset = (zoneHours * 60 + zoneMinutes) * (found[9] === "-" ? -1 : 1);
  return day * DAY_MS + ((hour * 60 + minute - offset) * 60 + second) * 1000 + millis;
}

/** The moment of a stored date-time: seconds and a zone are asked for. */
export function storedInstantOf(text: string): number | null {
  return STRICT_MOMENT.test(text) ? instantOf(text) : null;
}

export const ORDERINGS: Readonly<Record<string, (difference: number) => boolean>> = {
  gt: (difference) => difference > 0,
  ge: (difference) => difference >= 0,
  lt: (difference) => difference < 0,
  le: (difference) => difference <= 0,
};

/** Which of two comes first (texts by code unit): below zero, zero, above zero. */
export function before(one: string | number, other: string | number): number {
  return one > other ? 1 : one < other ? -1 : 0;
}

/** A key as one step of a JSON pointer. */
export function escaped(key: string): string {
  return key.includes("~") || key.includes("/") ? key.replaceAll("~", "~0").replaceAll("/", "~1") : key;
}

/** A map with these entries, whatever they are called (`__proto__` too). */
export function mapOf(entries: Iterable<readonly [string, Json]>): Record<string, Json> {
  return Object.fromEntries(entries);
}
