// @vitest-environment jsdom
import { readFileSync } from "node:fs";
import { render } from "preact";
import { useState } from "preact/hooks";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { compile } from "../../../../build/messages";
import { useCatalogue } from "~/lib/i18n";
import { CalculationBuilder, SummaryBuilder } from "./CalculationBuilder";
import { ConditionBuilder } from "./ConditionBuilder";
import { OptionConditionBuilder } from "./OptionConditionBuilder";
import { conditionProblems } from "./problems";
import type { Expression, Field } from "./types";
import { conditionWords } from "./conditions/words";

const fields: Field[] = [
  { name: "age", type: "numeric_field", display_name: { en: "Age" } },
  { name: "sex", type: "radio_button", display_name: { en: "Sex" }, option_strings_text: [{ id: "female", display_text: { en: "Female" } }, { id: "male", display_text: { en: "Male" } }] },
  { name: "born", type: "date_field", display_name: { en: "Born" } },
  { name: "alone", type: "tick_box", display_name: { en: "Alone" } },
  { name: "girls", type: "numeric_field", display_name: { en: "Girls" } },
];

let root: HTMLElement;

beforeEach(() => {
  const words = ["adminbuild", "web"].map((name) => JSON.parse(readFileSync(`../contracts/messages/en/${name}.json`, "utf8")) as Record<string, string>);
  useCatalogue("en", Object.fromEntries(words.flatMap((all) => Object.entries(all)).map(([key, text]) => [key, compile(text)])));
  root = document.createElement("div");
  document.body.append(root);
});
afterEach(() => {
  void act(() => {
    render(null, root);
  });
  root.remove();
});

interface Sent {
  value: unknown;
  problems: number;
}

/** Shows a condition to be changed; what was sent last is what is given next. */
function show(start: Expression | null, more: { owner?: string; closed?: boolean } = {}): Sent[] {
  const sent: Sent[] = [];
  function Page() {
    const [value, setValue] = useState<Expression | null>(start);
    return (
      <ConditionBuilder
        {...more}
        fields={fields}
        value={value}
        onChange={(next, problems) => {
          sent.push({ value: next, problems });
          setValue(next);
        }}
      />
    );
  }
  void act(() => {
    render(<Page />, root);
  });
  return sent;
}

function press(name: string, at = 0): void {
  const found = [...root.querySelectorAll<HTMLButtonElement>("button")].filter((one) => (one.getAttribute("aria-label") ?? one.textContent).includes(name));
  void act(() => {
    const button = found.at(at);
    if (button === undefined) throw new Error(`no button ${name}`);
    button.click();
  });
}

function choose(selector: string, value: string, at = 0): void {
  const control = [...root.querySelectorAll<HTMLSelectElement>(selector)].at(at);
  if (control === undefined) throw new Error(`no ${selector}`);
  void act(() => {
    control.value = value;
    control.dispatchEvent(new Event(control.tagName === "SELECT" ? "change" : "input", { bubbles: true }));
  });
}

/** Finds a question by typing and takes it with the Enter key. */
function find(text: string, at = -1): void {
  const box = [...root.querySelectorAll<HTMLInputElement>('input[role="combobox"]')].at(at);
  if (box === undefined) throw new Error("no combobox");
  void act(() => {
    box.value = text;
    box.dispatchEvent(new Event("input", { bubbles: true }));
  });
  void act(() => {
    box.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
  });
}

describe("a condition is built in sentences", () => {
  it("from nothing, by keyboard, and told in words", () => {
    const sent = show(null);
    expect(root.textContent).toContain("The question is always asked.");
    press("Add a condition");
    expect(document.activeElement?.getAttribute("role")).toBe("combobox");
    expect(sent.at(-1)).toEqual({ value: null, problems: 1 });
    find("Sex");
    choose("select", "female", -1);
    expect(sent.at(-1)).toEqual({ value: { eq: { sex: "female" } }, problems: 0 });
    expect(root.textContent).toContain("“Sex” is Female");
    press("Add a condition");
    find("Age");
    choose("select", "at_least", -1);
    choose('input[inputmode="numeric"]', "12");
    expect(sent.at(-1)).toEqual({ value: { and: [{ eq: { sex: "female" } }, { ge: { age: 12 } }] }, problems: 0 });
    choose('[aria-label="How many of them must be true"]', "any");
    expect(sent.at(-1)?.value).toEqual({ or: [{ eq: { sex: "female" } }, { ge: { age: 12 } }] });
    expect(root.textContent).toContain("“Sex” is Female or “Age” is at least 12");
  });

  it("in groups within groups, and taken apart again", () => {
    const sent = show({ eq: { sex: "female" } });
    press("Add a group of conditions");
    find("Alone");
    expect(sent.at(-1)?.value).toEqual({ and: [{ eq: { sex: "female" } }, { eq: { alone: true } }] });
    press("Add a condition");
    find("Age");
    choose('input[inputmode="numeric"]', "٥");
    expect(sent.at(-1)?.value).toEqual({ and: [{ eq: { sex: "female" } }, { or: [{ eq: { alone: true } }, { eq: { age: 5 } }] }] });
    press("Remove this group");
    expect(sent.at(-1)?.value).toEqual({ eq: { sex: "female" } });
    press("Remove condition 1");
    expect(sent.at(-1)).toEqual({ value: null, problems: 0 });
    expect(document.activeElement?.textContent).toBe("Add a condition");
  });

  it("and nothing is sent by looking at it", () => {
    expect(show({ disabled: true, and: [{ eq: { sex: "female", age: 3 } }, { not: { gt: { age: 5 } } }] })).toEqual([]);
  });

  it("is switched off and on without being lost", () => {
    const sent = show({ eq: { sex: "female" } });
    const off = root.querySelector<HTMLInputElement>('input[type="checkbox"]');
    void act(() => off?.click());
    expect(sent.at(-1)?.value).toEqual({ eq: { sex: "female" }, disabled: true });
    void act(() => off?.click());
    expect(sent.at(-1)?.value).toEqual({ eq: { sex: "female" } });
  });

  it("says what is wrong at its line, tied to the control", () => {
    show({ and: [{ eq: { nothing: 1 } }, { eq: { age: "old" } }] });
    const [first, second] = root.querySelectorAll('[role="group"][aria-label^="Condition"]');
    expect(first?.textContent).toContain("There is no question “nothing” here.");
    expect(second?.textContent).toContain("“old” is no number");
    const wrong = second?.querySelector('input[aria-invalid="true"]');
    expect(document.getElementById(wrong?.getAttribute("aria-describedby") ?? "")?.textContent).toContain("“old” is no number");
    expect(conditionProblems({ eq: { age: "old" } }, { fields })).toHaveLength(1);
  });

  it("one that cannot be told in sentences is shown as it stands, and goes only when it is removed", () => {
    const broken = { ne: { age: 5 } } as Expression;
    const sent = show(broken);
    expect(root.querySelector("pre")?.textContent).toContain('"ne"');
    expect(sent).toEqual([]);
    expect(root.querySelector("select,input")).toBeNull();
    press("Remove the condition");
    expect(sent).toEqual([{ value: null, problems: 0 }]);
  });

  it("only to look at, it has nothing to press", () => {
    show({ and: [{ eq: { sex: "female" } }, { gt: { born: "2020-01-01" } }] }, { closed: true });
    expect(root.querySelectorAll("button:not([disabled]),input:not([disabled]),select:not([disabled])")).toHaveLength(0);
  });

  it("is told in one sentence", () => {
    expect(conditionWords({ and: [{ eq: { sex: "female" } }, { or: [{ gt: { born: "2020-02-03" } }, { not: { and: [{ eq: { alone: true } }, { lt: { age: 5 } }] } }] }] }, { fields, locale: "en" })).toBe(
      "“Sex” is Female and (“Born” is after Feb 3, 2020 or it is not so that (“Alone” is ticked and “Age” is less than 5))",
    );
    expect(conditionWords({ disabled: true, eq: { sex: "female" } }, { fields })).toBeNull();
  });
});

describe("a calculation", () => {
  it("is built of parts and tried out", () => {
    const sent: Sent[] = [];
    function Page() {
      const [value, setValue] = useState<Record<string, unknown> | null>(null);
      return (
        <CalculationBuilder
          fields={fields}
          owner="girls"
          value={value}
          onChange={(next, problems) => {
            sent.push({ value: next, problems });
            setValue(next);
          }}
        />
      );
    }
    void act(() => {
      render(<Page />, root);
    });
    void act(() => root.querySelectorAll<HTMLInputElement>('input[type="radio"]')[1]?.click());
    find("Age", 0);
    expect(sent.at(-1)).toEqual({ value: { type: "number", expression: { sum: ["age"] } }, problems: 0 });
    press("Add a question");
    find("Girls");
    expect(sent.at(-1)?.problems).toBe(1);
    expect(root.textContent).toContain("“Girls” cannot depend on its own answer.");
    press("Remove part 2");
    press("Add a number");
    choose('input[inputmode="numeric"]', "4");
    expect(sent.at(-1)).toEqual({ value: { type: "number", expression: { sum: ["age", 4] } }, problems: 0 });
    expect(root.querySelector('[role="status"]')?.textContent).toBe("If “Age” is 3, the result is 7.");
    choose('input[inputmode="numeric"]', "10", -1);
    expect(root.querySelector('[role="status"]')?.textContent).toBe("If “Age” is 10, the result is 14.");
    void act(() => root.querySelectorAll<HTMLInputElement>('input[type="radio"]')[2]?.click());
    choose("select", "2", -1);
    expect(sent.at(-1)?.value).toEqual({ type: "number", expression: { avg: { data: ["age", 4], extra: { decimalPlaces: 2 } } } });
  });

  it("that cannot be asked is kept", () => {
    const sent: unknown[] = [];
    void act(() => {
      render(<CalculationBuilder fields={fields} value={{ type: "number", expression: { product: ["a"] } }} onChange={(next) => sent.push(next)} />, root);
    });
    expect(root.querySelector("pre")?.textContent).toContain("product");
    expect(sent).toEqual([]);
  });
});

it("a summary copies one answer of a row", () => {
  const sent: Sent[] = [];
  const rows: Field = { name: "visits", type: "subform", display_name: { en: "Visits" }, subform: { unique_id: "v", name: {}, fields: [{ name: "score", type: "numeric_field" }, { name: "on", type: "date_field" }] } };
  function Page() {
    const [value, setValue] = useState<Record<string, unknown> | null>(null);
    return (
      <SummaryBuilder
        fields={[rows]}
        value={value}
        onChange={(next, problems) => {
          sent.push({ value: next, problems });
          setValue(next);
        }}
      />
    );
  }
  void act(() => {
    render(<Page />, root);
  });
  press("Copy an answer");
  choose("select", "visits", 0);
  choose("select", "last", 1);
  choose("select", "score", 2);
  choose("select", "on", 3);
  choose("select", "desc", 4);
  expect(sent.at(-1)).toEqual({ value: { subform_field_name: "visits", last: { field_name: "score", order_by: "on", order: "desc" } }, problems: 0 });
});

it("options are offered by their mark", () => {
  const sent: Sent[] = [];
  void act(() => {
    render(<OptionConditionBuilder fields={fields} tags={["girls"]} value={{ girls: { eq: { sex: "female" } }, old: { eq: { age: "x" } } }} onChange={(value, problems) => sent.push({ value, problems })} />, root);
  });
  expect(root.textContent).toContain("No option bears this mark.");
  press("Remove condition 1");
  expect(sent).toEqual([{ value: { old: { eq: { age: "x" } } }, problems: 1 }]);
});
