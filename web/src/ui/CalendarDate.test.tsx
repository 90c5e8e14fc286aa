// @vitest-environment jsdom
import axe from "axe-core";
import { render } from "preact/compat";
import { useState, type JSX } from "preact/compat";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { compileCatalogue } from "../../build/messages";
import { openCalendar } from "~/lib/calendars/chosen";
import { useCatalogue } from "~/lib/i18n";
import { CalendarDate } from "./CalendarDate";
import { Field } from "./form";

let root: HTMLElement;
let stored: string;
let put: (value: string) => void;

beforeEach(() => {
  useCatalogue("en", compileCatalogue("en"));
  document.title = "CPIMS";
  root = document.createElement("main");
  document.body.replaceChildren(root);
  stored = "";
});
afterEach(async () => {
  render(null, root);
  await openCalendar(null, "en");
});

function Asked({ first, withTime }: { first: string; withTime?: boolean }): JSX.Element {
  const [value, setValue] = useState(first);
  stored = value;
  put = setValue;
  return (
    <Field group id="birth" label="Date of birth">
      {(attributes) => <CalendarDate {...attributes} {...(withTime ? { withTime } : {})} value={value} onValue={setValue} />}
    </Field>
  );
}

async function show(locale: string, first = "", withTime = false): Promise<void> {
  await openCalendar("a", locale);
  void act(() => {
    render(<Asked first={first} withTime={withTime} />, root);
  });
}
const at = (part: string): HTMLInputElement => root.querySelector<HTMLInputElement>(`#birth-${part}`)!;
function type(part: string, text: string): void {
  void act(() => {
    const element = at(part);
    element.value = text;
    element.dispatchEvent(new Event(part === "month" ? "change" : "input", { bubbles: true }));
  });
}
function leave(): void {
  void act(() => {
    at("year").dispatchEvent(new FocusEvent("focusout", { bubbles: true }));
  });
}
const shown = (): string[] => ["day", "month", "year"].map((part) => at(part).value);

describe("a day in the worker's calendar", () => {
  it("is the browser's own control for the Gregorian one", async () => {
    await show("en", "2023-09-12");
    expect(root.querySelector<HTMLInputElement>("input[type=date]")?.value).toBe("2023-09-12");
  });

  it("shows a stored day in three fields, and stores what is typed as an ISO day", async () => {
    await show("am", "2023-09-12");
    expect(shown()).toEqual(["1", "1", "2016"]);
    expect(at("month").querySelectorAll("option").length).toBe(14);
    expect(root.textContent).toContain("Gregorian: Sep 12, 2023");
    type("month", "13");
    type("day", "5");
    expect(stored).toBe("2024-09-10");
  });

  it("stores no day until it is whole, and says so on leaving", async () => {
    await show("fa");
    type("day", "1");
    type("year", "1403");
    expect([stored, root.textContent.includes("Give day, month and year")]).toEqual(["1403//1 persian", false]);
    leave();
    expect(root.querySelector("#birth-wrong")?.textContent).toContain("Give day, month and year");
    expect(at("day").getAttribute("aria-invalid")).toBe("true");
    expect(at("day").getAttribute("aria-describedby")).toContain("birth-wrong");
    type("month", "1");
    expect(stored).toBe("2024-03-20");
    expect([root.querySelector("#birth-wrong"), at("day").getAttribute("aria-invalid")]).toEqual([null, null]);
  });

  it("says what is wrong with a day that is none, and with a year outside the table", async () => {
    await show("ne", "2024-04-13");
    expect(shown()).toEqual(["1", "1", "2081"]);
    type("day", "33");
    expect(root.querySelector("#birth-wrong")).toBeNull();
    leave();
    expect([stored, root.querySelector("#birth-wrong")?.textContent]).toEqual(["2081/1/33 bikram-sambat", expect.stringContaining("no such day")]);
    type("day", "1");
    type("year", "1900");
    leave();
    expect([stored, root.querySelector("#birth-wrong")?.textContent]).toEqual(["1900/1/1 bikram-sambat", "Give a year from 1975 to 2100."]);
  });

  it("tells where published calendars disagree", async () => {
    await show("ne", "2026-11-25");
    expect(root.textContent).toContain("differ here by up to 1 day.");
  });

  it("takes digits of other scripts", async () => {
    await show("ne");
    type("day", "१");
    type("month", "1");
    type("year", "٢٠٨١");
    expect([stored, at("year").value]).toEqual(["2024-04-13", "2081"]);
  });

  it("follows an answer that is changed from outside", async () => {
    await show("am", "2023-09-12");
    void act(() => {
      put("2019-01-01");
    });
    expect(shown()).toEqual(["23", "4", "2011"]);
    void act(() => {
      put("");
    });
    expect(shown()).toEqual(["", "", ""]);
  });

  it("says that there is a stored day which its table does not hold, and keeps it", async () => {
    await show("ne", "1910-05-01");
    expect([shown(), stored]).toEqual([["", "", ""], "1910-05-01"]);
    expect(root.querySelector("#birth-same")?.textContent).toBe("Gregorian: May 1, 1910");
  });

  it("brings back what was begun, and is empty when all is taken away", async () => {
    await show("fa", "1403//1 persian");
    expect(shown()).toEqual(["1", "", "1403"]);
    type("day", "");
    type("year", "");
    expect(stored).toBe("");
    await openCalendar(null, "en");
    await show("am", "1403//1 persian");
    expect(shown()).toEqual(["", "", ""]);
  });

  it("keeps a time beside the day", async () => {
    await show("am", "2023-09-12T08:30", true);
    expect(at("time").value).toBe("08:30");
    type("time", "09:45");
    expect(stored).toBe("2023-09-12T09:45");
    type("day", "2");
    expect(stored).toBe("2023-09-13T09:45");
  });

  it("can be used without seeing it, in both directions", async () => {
    for (const locale of ["en", "ar"] as const) {
      useCatalogue(locale, compileCatalogue(locale));
      await show("am", "2023-09-12");
      expect(root.querySelector("fieldset > legend")).not.toBeNull();
      for (const part of ["day", "month", "year"]) expect(at(part).labels?.[0]?.textContent).toBeTruthy();
      const found = await axe.run(root, { rules: { "color-contrast": { enabled: false }, region: { enabled: false } } });
      expect(found.violations.map((one) => one.id)).toEqual([]);
    }
  });
});
