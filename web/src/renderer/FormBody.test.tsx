// @vitest-environment jsdom
import { options, render, type VNode } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { useCatalogue } from "~/lib/i18n";
import { watched } from "~/lib/watched";
import { Filling } from "./filling";
import { FormBody } from "./FormBody";
import { nestForms, sectionsOf } from "./forms";
import type { Desk, OpenRows } from "./scope";
import type { Data, Form } from "./types";

const form: Form = {
  id: 1,
  unique_id: "identity",
  name: { en: "Identity" },
  parent_form: "case",
  visible: true,
  fields: [
    { name: "name_first", type: "text_field", required: true, display_name: { en: "Given name" } },
    { name: "nickname", type: "text_field", display_name: { en: "Called" } },
    { name: "phone", type: "text_field", phone_number: true, display_name: { en: "Telephone" } },
    { name: "safe_to_contact", type: "radio_button", display_name: { en: "Safe?" }, option_strings_text: [{ id: "yes", display_text: { en: "Yes" } }, { id: "no", display_text: { en: "No" } }] },
    { name: "why", type: "textarea", display_name: { en: "Why not" }, display_conditions_record: { eq: { safe_to_contact: "no" } } },
    { name: "secret", type: "text_field", hide_on_view_page: true, display_name: { en: "Not when read" } },
    { name: "code", type: "text_field", disabled: true, display_name: { en: "Code" } },
    { name: "family_size", type: "tally_field", display_name: { en: "How many" }, tally: [{ id: "girls", display_text: { en: "Girls" } }] },
    { name: "gone", type: "text_field", visible: false, display_name: { en: "Gone" } },
  ],
};
const sections = sectionsOf(nestForms([form]), "primeromodule-cp", { identity: "rw" });
const fields = sections[0]?.form.fields ?? [];

let root: HTMLElement;
let drawn: string[];
const before = options.diffed;

beforeEach(() => {
  useCatalogue("en", {});
  root = document.createElement("div");
  document.body.append(root);
  drawn = [];
  options.diffed = (vnode: VNode) => {
    const props = vnode.props as { field?: { name: string } };
    if (typeof vnode.type === "function" && props.field) drawn.push(props.field.name);
    before?.(vnode);
  };
});
afterEach(() => {
  options.diffed = before;
  void act(() => {
    render(null, root);
  });
  root.remove();
});

function show(data: Data, mode: "view" | "edit"): Desk {
  const sources = { locale: "en", fallback: "en", lookups: new Map(), places: [], reportingLevel: null, agencies: [], users: [] };
  const desk: Desk = { sources, filling: new Filling(sections, data, 1, "2026-11-25", sources), openRows: watched<OpenRows | null>(null) };
  void act(() => {
    render(<FormBody desk={desk} fields={fields} book={desk.filling.answers} mode={mode} />, root);
  });
  drawn = [];
  return desk;
}
const labels = (): string[] => [...root.querySelectorAll("label,legend,dt")].map((one) => one.textContent.replace(/ui\.required| \*/g, "").trim());

describe("a form being filled in", () => {
  it("draws only the field that changed", () => {
    const desk = show({}, "edit");
    void act(() => {
      desk.filling.answers.set("nickname", "Nunu");
    });
    expect(new Set(drawn)).toEqual(new Set(["nickname"]));
    expect(root.querySelector<HTMLInputElement>("#answer-nickname")?.value).toBe("Nunu");
  });

  it("asks a question only while its condition holds, and keeps its answer meanwhile", () => {
    const desk = show({ why: "shared phone" }, "edit");
    expect(labels()).not.toContain("Why not");
    void act(() => {
      desk.filling.answers.set("safe_to_contact", "no");
    });
    expect(labels()).toContain("Why not");
    expect(root.querySelector("textarea")?.value).toBe("shared phone");
  });

  it("ties a problem to its control, and lets it go while typing", () => {
    const desk = show({}, "edit");
    void act(() => {
      desk.filling.problems.show(desk.filling.check());
    });
    const input = root.querySelector<HTMLInputElement>("#answer-name_first");
    expect(input?.getAttribute("aria-invalid")).toBe("true");
    expect(input?.getAttribute("aria-describedby")).toContain("answer-name_first-error");
    void act(() => {
      desk.filling.answers.set("name_first", "N");
    });
    expect(input?.getAttribute("aria-invalid")).toBeNull();
  });

  it("names at the question what is wrong with a part of its answer", () => {
    const desk = show({ family_size: { girls: "many" } }, "edit");
    void act(() => {
      desk.filling.problems.touch("/family_size", desk.filling.check());
    });
    expect(root.querySelector("#answer-family_size-error")?.textContent).not.toBe("");
    expect(root.querySelector("#answer-family_size-girls")?.getAttribute("aria-invalid")).toBe("true");
    void act(() => {
      desk.filling.answers.set("family_size", { girls: 2 });
    });
    expect(root.querySelector("#answer-family_size-error")).toBeNull();
  });

  it("warns beside a telephone number until calling is said to be safe", () => {
    const desk = show({ phone: "+96279000000" }, "edit");
    const verdict = (): string | null | undefined => root.querySelector("[data-safe]")?.getAttribute("data-safe");
    expect(verdict()).toBe("unknown");
    void act(() => {
      desk.filling.answers.set("safe_to_contact", "no");
    });
    expect(verdict()).toBe("no");
  });

  it("asks nothing that cannot be changed, and never shows what is invisible", () => {
    show({ code: "abc", gone: "x" }, "edit");
    expect(labels()).toEqual(["Given name", "Called", "Telephone", "Safe?", "Yes", "No", "Not when read", "How many", "Girls"]);
    expect(root.textContent).toContain("abc");
    expect(root.textContent).not.toContain("Gone");
  });
});

it("a form being read leaves out what is hidden on reading and says what is missing", () => {
  show({ nickname: "Nunu", secret: "x" }, "view");
  expect(labels()).toEqual(["Given name", "Called", "Telephone", "Safe?", "Code", "How many"]);
  expect(root.textContent).toContain("renderer.missing");
  expect(root.querySelector("input")).toBeNull();
});
