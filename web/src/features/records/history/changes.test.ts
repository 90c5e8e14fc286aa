import { describe, expect, it } from "vitest";
import type { Field } from "~/renderer/types";
import { compareRows, readHistory } from "./changes";

const family: Field = {
  name: "family",
  type: "subform",
  subform: {
    unique_id: "f",
    name: {},
    fields: [
      { name: "relation_name", type: "text_field" },
      { name: "relation_age", type: "numeric_field" },
    ],
  },
};
const fields = new Map<string, Field>([
  ["name_first", { name: "name_first", type: "text_field" }],
  ["age", { name: "age", type: "numeric_field" }],
  ["family", family],
]);

describe("the history as it is read", () => {
  it("tells answers in the order of the forms, rows as rows, and leaves the system's own values out", () => {
    const [entry] = readHistory(
      [
        {
          datetime: "2026-11-25T10:00:00Z",
          user_name: "bilal",
          action: "update",
          record_changes: [
            { last_updated_at: { from: "a", to: "b" } },
            { age: { from: 9, to: 10 } },
            { name_first: { from: null, to: "Noor" } },
            { owned_by: { from: "amina", to: "bilal" } },
            { family: { from: [{ unique_id: "1", relation_name: "Salma", relation_age: 33 }], to: [{ unique_id: "1", relation_name: "Salma", relation_age: 34 }, { unique_id: "2", relation_name: "Omar" }] } },
          ],
        },
      ],
      fields,
    );
    expect(entry?.fields.map((change) => [change.name, change.from, change.to])).toEqual([
      ["name_first", null, "Noor"],
      ["age", 9, 10],
      ["owned_by", "amina", "bilal"],
    ]);
    expect(entry?.technical).toBe(1);
    expect(entry?.subforms[0]?.rows.map((row) => [row.kind, row.row["unique_id"], row.changes.map((change) => change.name)])).toEqual([
      ["changed", "1", ["relation_age"]],
      ["added", "2", ["relation_name"]],
    ]);
  });

  it("drops what did not change", () => {
    const [entry] = readHistory([{ datetime: "", user_name: "a", action: "create", record_changes: [{ age: { from: null, to: 9 } }, { name_first: { from: null, to: "" } }] }], fields);
    expect(entry?.fields.map((change) => change.name)).toEqual(["age"]);
  });

  it("keeps a removed row's words", () => {
    expect(compareRows(family, [{ unique_id: "1", relation_name: "Salma" }], [])).toEqual([{ kind: "removed", row: { unique_id: "1", relation_name: "Salma" }, changes: [] }]);
  });
});
