import { describe, expect, it } from "vitest";
import type { Section } from "~/renderer/forms";
import type { Field } from "~/renderer/types";
import { changesByForm } from "./forms";

const rows: Field = { name: "interventions", type: "subform", subform: { unique_id: "sub", name: { en: "Sub" }, fields: [{ name: "what", type: "text_field" }] } };
const section = (unique_id: string, ...fields: Field[]): Section => ({ form: { unique_id, name: { en: unique_id }, fields }, writable: false });
const sections = [section("identity", { name: "sex", type: "select_box" }, { name: "hidden", type: "text_field", visible: false }), section("plan", { name: "goal", type: "textarea" }, rows), section("again", { name: "goal", type: "textarea" })];

describe("what changed, form by form", () => {
  it("has the form that is to be approved first, and each answer once", () => {
    const found = changesByForm([{ name: "sex", from: "male", to: "female" }, { name: "goal", from: null, to: "School" }, { name: "hidden", to: "x" }, { name: "elsewhere", to: "y" }], sections, ["plan"]);
    expect(found.map((one) => [one.id, one.asked, one.answers.map((change) => change.name), one.count])).toEqual([
      ["plan", true, ["goal"], 1],
      ["identity", false, ["sex"], 1],
    ]);
  });

  it("compares rows by their id, and leaves out what only looks changed", () => {
    const from = [{ unique_id: "a", what: "Visit" }, { unique_id: "b", what: "Call" }];
    const to = [{ unique_id: "b", what: "Call twice" }, { unique_id: "c", what: "School" }];
    const [plan] = changesByForm([{ name: "interventions", from, to }, { name: "goal", from: "", to: null }], sections, ["plan"]);
    expect(plan?.rows[0]?.rows.map((row) => [row.kind, row.row["unique_id"]])).toEqual([["changed", "b"], ["added", "c"], ["removed", "a"]]);
    expect(plan?.answers).toEqual([]);
  });
});
