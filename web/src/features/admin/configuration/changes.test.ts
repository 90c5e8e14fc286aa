import { describe, expect, it } from "vitest";
import type { Change } from "~/store/configuration";
import { chosenWith, counted, grouped, narrowed } from "./changes";

function change(kind: string, id: string, more: Partial<Change> = {}): Change {
  return { kind, action: "added", thing: { id, name: id.toUpperCase() }, within: null, form: null, property: null, before: null, after: null, sentence: `The ${kind} ${id}`, ...more };
}

const form = { id: "school", name: "School" };
const all = [
  change("setting", "system_name", { action: "changed" }),
  change("form", "school"),
  change("field", "grade", { within: form }),
  change("field_option", "first", { within: { id: "grade", name: "Grade" }, form, action: "removed", sentence: "L’école à Béni" }),
  change("option", "red", { within: { id: "lookup-risk", name: "Risk" } }),
  change("grant", "school", { within: { id: "role-worker", name: "Worker" } }),
];

describe("changes in words", () => {
  it("stand with the thing that they belong to, in the order of the areas", () => {
    const parts = grouped(all);
    expect(parts.map((part) => [part.area, part.count])).toEqual([
      ["forms", 3],
      ["lookups", 1],
      ["roles", 1],
      ["settings", 1],
    ]);
    expect(parts[0]?.things.map((thing) => [thing.id, thing.changes.length])).toEqual([["school", 3]]);
    expect(parts[2]?.things[0]?.name).toBe("Worker");
    expect(parts.flatMap((part) => part.things.flatMap((thing) => thing.changes))).toHaveLength(all.length);
  });

  it("are found without accents and by every word", () => {
    expect(narrowed(all, "ecole beni", null).map((one) => one.thing.id)).toEqual(["first"]);
    expect(narrowed(all, "ecole nowhere", null)).toEqual([]);
    expect(narrowed(all, "", "changed").map((one) => one.kind)).toEqual(["setting"]);
    expect(narrowed(all, "lookup-risk", null).map((one) => one.thing.id)).toEqual(["red"]);
    expect(counted(all)).toEqual({ added: 4, changed: 1, removed: 1 });
  });
});

describe("choosing", () => {
  const changes = [
    { id: "form", needs: [] },
    { id: "field", needs: ["form"] },
    { id: "option", needs: ["field", "list"] },
    { id: "list", needs: [] },
    { id: "alone", needs: ["elsewhere"] },
  ];

  it("brings with it what is needed, however far", () => {
    const { chosen, also } = chosenWith(changes, new Set(["list"]), ["option"], true);
    expect([...chosen].sort()).toEqual(["field", "form", "list", "option"]);
    expect(also.sort()).toEqual(["field", "form"]);
  });

  it("takes with it what needs it, however far", () => {
    const { chosen, also } = chosenWith(changes, new Set(["form", "field", "option", "list"]), ["form"], false);
    expect([...chosen]).toEqual(["list"]);
    expect(also.sort()).toEqual(["field", "option"]);
  });

  it("leaves alone what is not there, and ends where changes need each other", () => {
    expect([...chosenWith(changes, new Set(), ["alone"], true).chosen]).toEqual(["alone"]);
    const circle = [
      { id: "a", needs: ["b"] },
      { id: "b", needs: ["a"] },
    ];
    expect([...chosenWith(circle, new Set(), ["a"], true).chosen].sort()).toEqual(["a", "b"]);
    expect(chosenWith(circle, new Set(["a", "b"]), ["b"], false).chosen.size).toBe(0);
  });
});
