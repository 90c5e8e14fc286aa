// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { formatDay, formatGregorian, formatMoment, useCatalogue } from "~/lib/i18n";
import { calendarInUse, chooseCalendar, openCalendar } from "./chosen";

beforeEach(() => {
  localStorage.clear();
  useCatalogue("en", {});
});
afterEach(async () => {
  await openCalendar(null, "en");
});

const name = (): string => calendarInUse().name;

describe("the calendar in use", () => {
  it("is that of the language until she chooses another", async () => {
    await openCalendar("a", "am");
    expect(name()).toBe("ethiopic");
    await chooseCalendar("gregorian");
    await openCalendar("a", "am");
    expect(name()).toBe("gregorian");
    await openCalendar("b", "en");
    expect(name()).toBe("gregorian");
  });

  it("is kept for each person of a device, and for nobody before sign-in", async () => {
    await openCalendar("a", "en");
    await chooseCalendar("persian");
    await openCalendar("b", "en");
    expect(name()).toBe("gregorian");
    await chooseCalendar("bikram-sambat");
    await openCalendar(null, "en");
    expect(name()).toBe("gregorian");
    await openCalendar("a", "en");
    expect(name()).toBe("persian");
    expect(Object.keys(localStorage).sort()).toEqual(["cpims.calendar.a", "cpims.calendar.b"]);
  });

  it("is not that of the one who left while the table was loading", async () => {
    const slow = openCalendar("a", "ne");
    await openCalendar(null, "en");
    await slow;
    expect(name()).toBe("gregorian");
  });

  it("takes nothing unknown from the device", async () => {
    localStorage.setItem("cpims.calendar.a", "martian");
    await openCalendar("a", "fa");
    expect(name()).toBe("persian");
  });
});

describe("days on the screen", () => {
  it("are said in the calendar in use, and the Gregorian one beside it", async () => {
    expect(formatDay("2023-09-12")).toBe("Sep 12, 2023");
    await openCalendar("a", "am");
    expect(formatDay("2023-09-12")).toBe("1 Meskerem 2016");
    expect(formatGregorian("2023-09-12")).toBe("Sep 12, 2023");
    useCatalogue("ar", {});
    expect(formatDay("2023-09-12")).toMatch(/^(1|١) مسكرم (2016|٢٠١٦)$/);
  });

  it("outside the table are said in the Gregorian one; what is no day stays as it is", async () => {
    await openCalendar("a", "ne");
    expect(formatDay("1900-01-01")).toBe("Jan 1, 1900");
    expect(formatDay("no day")).toBe("no day");
    expect(formatDay("")).toBe("");
  });

  it("carry the time of the clock on the wall", async () => {
    await openCalendar("a", "am");
    expect(formatMoment(new Date(2023, 8, 12, 15, 5))).toMatch(/^1 Meskerem 2016, 3:05\sPM$/);
    expect(formatMoment(new Date(2023, 8, 12, 0, 5))).toMatch(/^1 Meskerem 2016, 12:05\sAM$/);
    expect(formatMoment("nothing")).toBe("nothing");
  });
});
