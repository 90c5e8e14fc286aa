import { describe, expect, it } from "vitest";
import type { Shape } from "~/api";
import { sectionsSeen } from "./words";

function form(unique_id: string, order: number, names: string[], more: object = {}): Shape<"Form"> {
  return {
    unique_id,
    name: { en: unique_id },
    parent_form: "case",
    visible: true,
    is_nested: false,
    order_form_group: order,
    order: 0,
    fields: names.map((name) => ({ name, type: "text_field", display_name: { en: `${name}?` } })),
    ...more,
  } as unknown as Shape<"Form">;
}

describe("what a recipient will see", () => {
  it("lists answered questions once, by section, in the order of the forms", () => {
    const forms = [form("later", 2, ["b", "a"]), form("first", 1, ["a", "empty"]), form("rows", 0, ["a"], { is_nested: true })];
    expect(sectionsSeen({ a: "x", b: 0, empty: [], other: "y" }, forms)).toEqual([
      { name: "first", questions: ["a?"] },
      { name: "later", questions: ["b?"] },
    ]);
  });

  it("shows no section without answers", () => {
    expect(sectionsSeen({ a: null, b: "" }, [form("first", 1, ["a", "b"])])).toEqual([]);
  });
});
