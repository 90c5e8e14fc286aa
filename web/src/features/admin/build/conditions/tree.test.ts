import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { load } from "js-yaml";
import { describe, expect, it, test } from "vitest";
import { compileCondition, conditionOf } from "~/engine/conditions";
import { BrokenCondition, holds, type Data } from "~/engine";
import { vectors } from "~/engine/vectors";
import type { Field, Lookup } from "../types";
import { lookable } from "./asking";
import { findings } from "./checking";
import { isFinished, linesOf, newLine, readCondition, replaced, untouched, write, writeCondition, type Group, type KindOf, type Line } from "./tree";

const CONDITIONS = new Set(["display_conditions", "display_conditions_record", "display_conditions_subform"]);
const plain: KindOf = () => "other";
const KINDS: Readonly<Record<string, KindOf>> = { other: plain, choices: () => "choices", tick: () => "tick", text: () => "text" };

/** Every condition that stands in the packs. */
function ofPacks(): unknown[] {
  const root = fileURLToPath(new URL("../../../../../../packs", import.meta.url));
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".yaml"));
  const found: unknown[] = [];
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(walk);
    else if (typeof value === "object" && value !== null)
      for (const [key, inner] of Object.entries(value)) {
        if (CONDITIONS.has(key) && inner !== null) found.push(inner);
        else if (key === "option_strings_condition" && inner !== null) found.push(...Object.values(inner as object));
        else walk(inner);
      }
  };
  for (const name of files) walk(load(readFileSync(`${root}/${name}`, "utf8")));
  return found;
}

/** Every condition of the vectors that the engine accepts. */
function ofVectors(): { expression: unknown; data: Data }[] {
  return vectors("conditions").cases.flatMap((one) => {
    const stored: unknown = one.expression ?? one.display_conditions ?? one.field?.display_conditions_record ?? one.field?.display_conditions_subform;
    const expression = conditionOf(stored);
    if (expression === undefined) return [];
    try {
      compileCondition(expression);
    } catch (error) {
      if (error instanceof BrokenCondition) return [];
      throw error;
    }
    return [{ expression, data: one.data ?? one.record ?? {} }];
  });
}

const everything = [...ofPacks().map((expression) => ({ expression, data: {} as Data })), ...ofVectors()];

/** What the engine says of it, or that it cannot be asked. */
function said(expression: unknown, data: Data): boolean | string {
  try {
    return holds(expression, data);
  } catch (error) {
    return error instanceof BrokenCondition ? error.code : String(error);
  }
}

describe("conditions that are stored", () => {
  it("there are many", () => {
    expect(ofPacks().length).toBeGreaterThan(250);
    expect(ofVectors().length).toBeGreaterThan(300);
  });

  test.each(Object.entries(KINDS))("come back as they were, whatever the questions are (%s)", (_name, kindOf) => {
    for (const { expression } of everything) {
      const { top, off, broken } = readCondition(expression, kindOf);
      expect(broken).toBeNull();
      expect(writeCondition(top, off, kindOf)).toEqual(expression);
    }
  });

  test.each(Object.entries(KINDS))("mean the same when every sentence is written anew (%s)", (_name, kindOf) => {
    let written = 0;
    const otherwise: unknown[] = [];
    for (const { expression, data } of everything) {
      const { top } = readCondition(expression, kindOf);
      if (top === null || !linesOf(top).every(isFinished) || hasEmptyGroup(top) || (kindOf !== plain && asksEmptiness(top))) continue;
      const anew = write(untouched(top), kindOf);
      for (const answers of [data, {}, { a: ["x", "y"], sex: "female", age: 5 }]) if (said(anew, answers) !== said(expression, answers)) otherwise.push([expression, anew, answers]);
      written += 1;
    }
    expect(otherwise).toEqual([]);
    expect(written).toBeGreaterThan(250);
  });

  it("stay as they were where they were not touched", () => {
    const stored = { or: [{ eq: { a: 1, b: 2 } }, { sex: "female" }, { and: [{ not: { gt: { age: 5 } } }, { in: { c: [] } }] }, { eq: { d: "x" } }] };
    const top = readCondition(stored, plain).top as Group;
    const last = top.members[3] as Line;
    const { was: _was, ...rest } = last;
    expect(write(replaced(top, last.id, { ...rest, value: "y" }), plain)).toEqual({ or: [...stored.or.slice(0, 3), { eq: { d: "y" } }] });
  });

  it("are told broken with their reason, and never read as something else", () => {
    for (const stored of [{ ne: { a: 1 } }, { and: { eq: { a: 1 } } }, { eq: { a: 1 }, gt: { b: 2 } }, { not: [{ eq: { a: 1 } }] }, { gt: { a: [1] } }]) {
      expect(readCondition(stored, plain)).toMatchObject({ top: null, broken: expect.any(String) as string });
    }
  });
});

function hasEmptyGroup(group: Group): boolean {
  return group.members.length === 0 || group.members.some((member) => member.kind === "group" && hasEmptyGroup(member));
}

/** Written anew, "no answer" also covers the answer that was emptied: wider than what was stored, on purpose. */
function asksEmptiness(group: Group): boolean {
  return linesOf(group).some((line) => line.say === "empty" || line.say === "answered" || line.say === "ticked" || line.say === "unticked");
}

describe("sentences", () => {
  const field = (name: string, more: Partial<Field>): Field => ({ name, type: "text_field", visible: true, display_name: { en: name }, ...more });
  const lookup: Lookup = { unique_id: "lookup-risk", values: [{ id: "high", display_text: { en: "High" } }, { id: "low", display_text: { en: "Low" }, disabled: true }] };
  const known = lookable({
    fields: [
      field("age", { type: "numeric_field" }),
      field("sex", { type: "radio_button", option_strings_text: [{ id: "female", display_text: { en: "Female" } }] }),
      field("needs", { type: "select_box", multi_select: true, option_strings_text: ["a", "b"].map((id) => ({ id, display_text: { en: id } })) }),
      field("risk", { type: "select_box", option_strings_source: "lookup lookup-risk" }),
      field("known_since", { type: "date_field" }),
      field("urgent", { type: "tick_box" }),
      field("why", { display_conditions_record: { eq: { urgent: true } } }),
      field("gone", { visible: false }),
      field("mine", { type: "tick_box", display_conditions_record: { not: { eq: { why: null } } } }),
      field("notes", { type: "subform" }),
    ],
    elsewhere: [field("relation", {})],
    lookups: [lookup],
  });
  const codes = (stored: unknown, owner?: string): string[] => findings(readCondition(stored, known.kindOf).top, known, owner).map((one) => one.code);

  test.each([
    [{ in: { needs: ["a", "b"] } }, "all_of"],
    [{ or: [{ in: { needs: ["a"] } }, { in: { needs: ["b"] } }] }, "any_of"],
    [{ not: { or: [{ in: { needs: ["a"] } }, { in: { needs: ["b"] } }] } }, "none_of"],
    [{ not: { in: { needs: ["a"] } } }, "none_of"],
    [{ eq: { needs: ["a"] } }, "exactly"],
    [{ or: [{ eq: { needs: null } }, { eq: { needs: [] } }] }, "empty"],
    [{ not: { or: [{ eq: { why: null } }, { eq: { why: "" } }] } }, "answered"],
    [{ in: { sex: ["female"] } }, "one_of"],
    [{ not: { eq: { sex: "female" } } }, "is_not"],
    [{ in: { urgent: [true] } }, "ticked"],
    [{ not: { eq: { urgent: true } } }, "unticked"],
    [{ and: [{ ge: { age: 5 } }, { le: { age: 17 } }] }, "between"],
    [{ gt: { known_since: "1990-01-01" } }, "more"],
  ])("%j is one sentence: %s", (stored, say) => {
    const { top } = readCondition(stored, known.kindOf);
    expect(linesOf(top as Group).map((line) => line.say)).toEqual([say]);
    expect(codes(stored)).toEqual([]);
  });

  test.each([
    [{ eq: { nothing: 1 } }, ["unknown"]],
    [{ eq: { relation: "x" } }, ["elsewhere"]],
    [{ eq: { gone: "x" } }, ["retired"]],
    [{ eq: { age: "five" } }, ["not_a_number"]],
    [{ gt: { age: "5" } }, []],
    [{ eq: { sex: "male" } }, ["no_such_option"]],
    [{ in: { risk: ["high", "low"] } }, ["retired_option"]],
    [{ eq: { needs: "a" } }, ["takes_several"]],
    [{ eq: { sex: ["female"] } }, ["takes_one"]],
    [{ eq: { urgent: "true" } }, ["not_a_tick"]],
    [{ gt: { known_since: "2024-02-31" } }, ["not_a_day"]],
    [{ and: [{ ge: { age: 17 } }, { le: { age: 5 } }] }, ["upside_down"]],
    [{ gt: { sex: "a" } }, ["no_order"]],
    [{ eq: { notes: null } }, ["not_askable"]],
  ])("%j is told: %j", (stored, expected) => {
    expect(codes(stored)).toEqual(expected);
  });

  it("a question may not ask itself, nor run in a circle", () => {
    expect(codes({ eq: { urgent: true } }, "urgent")).toEqual(["itself"]);
    expect(codes({ eq: { mine: true } }, "urgent")).toEqual(["circle"]);
    expect(codes({ eq: { mine: true } }, "sex")).toEqual([]);
    const [circle] = findings(readCondition({ eq: { mine: true } }, known.kindOf).top, known, "urgent");
    expect(circle?.values["way"]).toBe("urgent › mine › why › urgent");
  });

  it("that are not finished are left out, and the group goes with its last one", () => {
    const top = readCondition({ and: [{ eq: { age: 1 } }, { or: [{ eq: { sex: "female" } }, { eq: { sex: "x" } }] }] }, known.kindOf).top as Group;
    const inner = top.members[1] as Group;
    const first = inner.members[0] as Line;
    const emptied = replaced(replaced(top, first.id, null), (inner.members[1] as Line).id, newLine());
    expect(write(emptied, known.kindOf)).toEqual({ eq: { age: 1 } });
    expect(replaced(replaced(top, first.id, null), (inner.members[1] as Line).id, null).members).toHaveLength(1);
  });
});
