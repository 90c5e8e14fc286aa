// @vitest-environment jsdom
import { render } from "preact/compat";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import axe from "axe-core";
import type { JSX } from "preact";
import { useState } from "preact/compat";
import { Combobox, MultiCombobox } from "./Combobox";
import { Field, NumberInput, RadioGroup, TextInput, type Option } from "./form";
import { ProblemList } from "./layout";
import { RiskBadge } from "./labels";

let root: HTMLElement;
beforeEach(() => {
  document.documentElement.lang = "en";
  document.title = "CPIMS";
  root = document.createElement("main");
  document.body.replaceChildren(root);
  Element.prototype.scrollIntoView = () => undefined;
});
afterEach(() => {
  render(null, root);
});

function show(element: JSX.Element): void {
  void act(() => {
    render(element, root);
  });
}
function press(element: Element | null, key: string): void {
  void act(() => {
    element?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  });
}
function type(element: Element | null, text: string): void {
  void act(() => {
    if (element instanceof HTMLInputElement) element.value = text;
    element?.dispatchEvent(new InputEvent("input", { bubbles: true }));
  });
}
const serious = async (): Promise<string[]> => (await axe.run(root, { rules: { "color-contrast": { enabled: false }, region: { enabled: false } } })).violations.map((one) => one.id);

const CAMPS: Option[] = ["North camp", "South camp", "Harbour"].map((label, index) => ({ value: String(index), label }));

describe("a question", () => {
  it("ties its label, hint and error to the control", async () => {
    show(
      <Field label="Age" hint="In years" error="Too high" required>
        {(attributes) => <TextInput {...attributes} value="" onValue={() => undefined} />}
      </Field>,
    );
    const input = root.querySelector("input");
    const ids = input?.getAttribute("aria-describedby")?.split(" ") ?? [];
    expect(ids.map((id) => document.getElementById(id)?.textContent)).toEqual(["In years", "Too high"]);
    expect([input?.getAttribute("aria-invalid"), input?.getAttribute("aria-required"), input?.labels?.[0]?.textContent]).toEqual(["true", "true", expect.stringContaining("Age")]);
    expect(await serious()).toEqual([]);
  });

  it("with several controls is a fieldset with a legend", async () => {
    const chosen = vi.fn();
    show(
      <Field group label="Sex">
        {() => <RadioGroup value="" onValue={chosen} options={[{ value: "f", label: "Female" }, { value: "m", label: "Male" }]} />}
      </Field>,
    );
    expect(root.querySelector("fieldset > legend")?.textContent).toBe("Sex");
    root.querySelectorAll<HTMLInputElement>("input")[1]?.click();
    expect(chosen).toHaveBeenCalledWith("m");
    expect(await serious()).toEqual([]);
  });

  it("takes Arabic-Indic digits for a number", () => {
    const typed = vi.fn();
    show(<NumberInput aria-label="Age" value="" onValue={typed} />);
    type(root.querySelector("input"), "١٢۴");
    expect(typed).toHaveBeenCalledWith("124");
  });
});

describe("a long list of options", () => {
  function Place(): JSX.Element {
    const [value, setValue] = useState("");
    return (
      <Field label="Place">
        {(attributes) => (
          <>
            <Combobox {...attributes} options={CAMPS} value={value} onValue={setValue} />
            <output>{value}</output>
          </>
        )}
      </Field>
    );
  }

  it("is found by typing and chosen by the keyboard", async () => {
    show(<Place />);
    const input = root.querySelector("input");
    type(input, "camp");
    expect([...root.querySelectorAll("[role=option]")].map((one) => one.textContent)).toEqual(["North camp", "South camp"]);
    press(input, "ArrowDown");
    expect(document.getElementById(input?.getAttribute("aria-activedescendant") ?? "")?.textContent).toBe("South camp");
    expect(await serious()).toEqual([]);
    press(input, "Enter");
    expect([root.querySelector("output")?.textContent, input?.value, input?.getAttribute("aria-expanded")]).toEqual(["1", "South camp", "false"]);
  });

  it("closes by Escape and keeps what was chosen", () => {
    show(<Place />);
    const input = root.querySelector("input");
    type(input, "harb");
    press(input, "Enter");
    type(input, "nort");
    press(input, "Escape");
    expect(input?.value).toBe("Harbour");
  });

  it("takes several, each with a button that takes it away", () => {
    const changed = vi.fn();
    show(<MultiCombobox id="m" options={CAMPS} values={["0", "2"]} onValues={changed} />);
    root.querySelectorAll<HTMLButtonElement>("button")[1]?.click();
    expect(changed).toHaveBeenCalledWith(["0"]);
  });
});

describe("the list of problems", () => {
  it("takes the focus, and each entry jumps to its field", () => {
    show(
      <>
        <ProblemList problems={[{ id: "age", label: "Age", message: "An answer is needed here." }]} />
        <input id="age" aria-label="Age" />
      </>,
    );
    expect(document.activeElement?.getAttribute("role")).toBe("alert");
    root.querySelector<HTMLButtonElement>("li button")?.click();
    expect(document.activeElement?.id).toBe("age");
  });
});

describe("a risk", () => {
  it("is said by word and shape, not by colour alone", () => {
    show(<RiskBadge level="high" text="Very high" />);
    expect(root.textContent).toContain("Very high");
    expect(root.querySelector("svg")).not.toBeNull();
  });
});
