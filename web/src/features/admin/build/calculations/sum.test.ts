import { describe, expect, it, test } from "vitest";
import { BrokenCondition, evaluate, type Json } from "~/engine";
import { alike, vectors } from "~/engine/vectors";
import type { Field } from "../types";
import { lookable } from "../conditions/asking";
import { ofTerm, readCalculation, writeSum } from "./sum";

const stored = vectors("calculations").cases.filter((one) => one.kind === "expression");

describe("calculations that are stored", () => {
  it("mean the same when they are written anew, or are told broken", () => {
    let sums = 0;
    const otherwise: unknown[] = [];
    for (const { expression, data } of stored) {
      const read = readCalculation({ type: "number", expression });
      const said = ((): Json => {
        try {
          return evaluate(expression, data);
        } catch (error) {
          if (error instanceof BrokenCondition) return { error: error.code };
          throw error;
        }
      })();
      if (read.kind === "broken") expect(said).toEqual({ error: read.code });
      if (read.kind !== "sum") continue;
      const written = writeSum(read.sum);
      if (written === null) continue;
      if (!alike(evaluate(written, data), said)) otherwise.push([expression, written, data]);
      sums += 1;
    }
    expect(otherwise).toEqual([]);
    expect(sums).toBeGreaterThan(50);
  });

  it("that give yes or no are conditions", () => {
    expect(readCalculation({ expression: { gt: { age: 5 } } })).toEqual({ kind: "condition", expression: { gt: { age: 5 } } });
    expect(readCalculation(null)).toEqual({ kind: "none" });
  });
});

describe("a part of a total", () => {
  const fields: Field[] = [
    { name: "girls", type: "numeric_field" },
    { name: "born", type: "date_field" },
    { name: "all", type: "calculated", calculation: { type: "number", expression: { sum: ["girls", "more"] } } },
    { name: "more", type: "calculated", calculation: { type: "number", expression: { sum: ["all"] } } },
    { name: "gone", type: "numeric_field", visible: false },
  ];
  const known = lookable({ fields, elsewhere: [{ name: "score", type: "numeric_field" }] });
  test.each([
    ["girls", null],
    ["", "no_question"],
    ["nothing", "unknown"],
    ["score", "elsewhere"],
    ["born", "not_counted"],
    ["gone", "retired"],
    ["more", "itself"],
    ["all", "circle_of_sums"],
  ])("%s: %s", (name, code) => {
    expect(ofTerm({ kind: "question", name }, known, "more")?.code ?? null).toBe(code);
  });
});
