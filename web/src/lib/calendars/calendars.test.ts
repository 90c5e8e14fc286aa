import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import {
  calendar,
  calendarOfLanguage,
  CALENDARS,
  dayInWords,
  fromGregorian,
  monthInWords,
  monthLength,
  monthNames,
  monthsInYear,
  NotADate,
  spanOf,
  toGregorian,
  weekdayNames,
  type CalendarName,
} from "./index";

interface Case {
  id: string;
  kind: "pair" | "month_length" | "span" | "invalid";
  calendar: CalendarName;
  year: number;
  month: number;
  day: number;
  gregorian: string;
  tolerance_days?: number;
  from: string;
  to: string;
  expected: unknown;
}

const path = fileURLToPath(new URL("../../../../contracts/vectors/calendars.json", import.meta.url));
const { cases } = JSON.parse(readFileSync(path, "utf8")) as { cases: Case[] };
const DAY = 86_400_000;

function orCode(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    if (error instanceof NotADate) return { error: error.code };
    throw error;
  }
}

const RUNNERS: Record<Case["kind"], (c: Case) => void> = {
  pair: (c) => {
    const { year, month, day } = c;
    const stored = toGregorian(c.calendar, { year, month, day });
    const away = Math.abs(Date.parse(stored) - Date.parse(c.gregorian)) / DAY;
    expect(away).toBeLessThanOrEqual(c.tolerance_days ?? 0);
    expect(calendar(c.calendar).doubt(year, month)).toBe(c.tolerance_days ?? 0);
    if (c.tolerance_days === undefined) expect(fromGregorian(c.calendar, c.gregorian)).toEqual({ year, month, day });
    else {
      const named = fromGregorian(c.calendar, c.gregorian);
      expect(Math.abs(Date.parse(toGregorian(c.calendar, named)) - Date.parse(stored)) / DAY).toBeLessThanOrEqual(c.tolerance_days);
    }
  },
  month_length: (c) => expect(monthLength(c.calendar, c.year, c.month)).toBe(c.expected),
  span: (c) => expect(spanOf(c.calendar, c.month === undefined ? { year: c.year } : { year: c.year, month: c.month })).toEqual({ from: c.from, to: c.to }),
  invalid: (c) => expect(orCode(() => toGregorian(c.calendar, c))).toEqual(c.expected),
};

describe("calendars", () => {
  test("there are vectors of each kind", () => {
    expect(cases.length).toBe(558);
    expect(new Set(cases.map((c) => c.kind)).size).toBe(4);
  });
  test.each(cases.map((c) => [c.id, c] as const))("%s", (_, c) => {
    RUNNERS[c.kind](c);
  });

  /** An independent witness: the calendars that this Node itself knows, day by day. */
  test.each([
    ["ethiopic", "1800-09-10", "2200-09-10"],
    ["persian", "1800-03-21", "2122-03-20"],
    ["islamic-umalqura", "1999-04-17", "2029-05-14"],
  ] as const)("%s is what Intl says", (name, from, to) => {
    const format = new Intl.DateTimeFormat("en-u-nu-latn", { calendar: name, year: "numeric", month: "numeric", day: "numeric", timeZone: "UTC" });
    const differing: string[] = [];
    for (let at = Date.parse(from); at <= Date.parse(to); at += DAY) {
      const iso = new Date(at).toISOString().slice(0, 10);
      const { year, month, day } = fromGregorian(name, iso);
      const said = format.format(at).match(/\d+/g)?.map(Number);
      if (said?.[0] !== month || said[1] !== day || said[2] !== year) differing.push(iso);
    }
    expect(differing).toEqual([]);
  });

  test.each(CALENDARS)("%s: every day of the window there and back, without a gap", (name) => {
    const found = calendar(name);
    const [first, last] = name === "gregorian" ? [1800, 2199] : [found.firstYear, found.lastYear];
    let before: number | null = null;
    let broken = 0;
    for (let year = first; year <= last; year += 1)
      for (let month = 1; month <= monthsInYear(name, year); month += 1)
        for (let day = 1; day <= monthLength(name, year, month); day += 1) {
          const iso = toGregorian(name, { year, month, day });
          const back = fromGregorian(name, iso);
          const at = Date.parse(iso);
          if (back.year !== year || back.month !== month || back.day !== day || (before !== null && at - before !== DAY)) broken += 1;
          before = at;
        }
    expect(broken).toBe(0);
  });

  test("the edges of a table, and what is no day", () => {
    expect(orCode(() => fromGregorian("bikram-sambat", "1918-04-12"))).toEqual({ error: "out_of_range" });
    expect(fromGregorian("bikram-sambat", "1918-04-13")).toEqual({ year: 1975, month: 1, day: 1 });
    expect(orCode(() => fromGregorian("islamic-umalqura", "2077-11-17"))).toEqual({ error: "out_of_range" });
    expect(fromGregorian("islamic-umalqura", "2077-11-16")).toEqual({ year: 1500, month: 12, day: 30 });
    for (const wrong of ["2023-02-29", "", "2023-13-01", "0000-01-01", "20230101", "2023-01-00"]) expect(orCode(() => fromGregorian("persian", wrong))).toEqual({ error: "no_such_date" });
    for (const day of [1.5, NaN, -1]) expect(orCode(() => toGregorian("persian", { year: 1400, month: 1, day }))).toEqual({ error: "no_such_date" });
    expect(orCode(() => toGregorian("persian", { year: 1400.5, month: 1, day: 1 }))).toEqual({ error: "out_of_range" });
  });

  test("a day in a doubtful month is a span", () => {
    expect(spanOf("islamic-umalqura", { year: 1371, month: 7, day: 24 })).toEqual({ from: "1952-04-17", to: "1952-04-21" });
    expect(spanOf("bikram-sambat", { year: 2083, month: 1 })).toEqual({ from: "2026-04-13", to: "2026-05-15" });
    expect(spanOf("gregorian", { year: 2016, month: 2 })).toEqual({ from: "2016-02-01", to: "2016-02-29" });
  });

  test("names in every language that speaks of the calendar", () => {
    for (const name of CALENDARS)
      for (const locale of ["en", "fr", "es", "ar"]) expect(new Set(monthNames(name, locale)).size).toBe(name === "ethiopic" ? 13 : 12);
    for (const locale of ["en", "fr", "es", "ar", "am", "fa", "prs", "ne"]) expect(new Set(weekdayNames(locale)).size).toBe(7);
    expect(monthNames("persian", "fa-AF")[0]).toBe("حمل");
    expect(monthNames("persian", "fa-IR")[0]).toBe("فروردین");
    expect(monthNames("persian", "sw")[0]).toBe("Farvardin");
    expect(dayInWords("ethiopic", "2023-09-12", "en")).toBe("1 Meskerem 2016");
    expect(dayInWords("ethiopic", "2023-09-12", "es")).toBe("1 de meskerem de 2016");
    expect(dayInWords("bikram-sambat", "2024-04-13", "ne")).toBe("२०८१ वैशाख १");
    expect(dayInWords("bikram-sambat", "1900-01-01", "en")).toBeNull();
    expect(monthInWords("islamic-umalqura", 1445, 9, "fr")).toBe("ramadan 1445");
  });

  test("a language has its calendar", () => {
    const found = ["am", "fa", "fa-AF", "prs", "ne", "ne-IN", "en", "ar", "fr-CA"].map((locale) => calendarOfLanguage(locale));
    expect(found).toEqual(["ethiopic", "persian", "persian", "persian", "bikram-sambat", "bikram-sambat", "gregorian", "gregorian", "gregorian"]);
  });
});
