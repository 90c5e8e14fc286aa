import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { calculate, checkAnswers, findIncomplete, holds, mergeEdit, mergePatch, mergeThreeWay } from "./index";
import type { Data, Field, Json } from "./types";

/** The same promises as tests/properties/test_form_logic.py makes, on forms and answers that fast-check invents. */

const NAMES = ["a", "b", "c", "rows", "tally"] as const;
const id = fc.constantFrom("r1", "r2", "r3");
const scalar = fc.oneof(fc.constant(null), fc.boolean(), fc.integer({ min: -5, max: 200 }), fc.constantFrom("", "x", "yes", "2026-01-01", "5", "نور"));
const row = fc.record({ unique_id: id, a: scalar, b: scalar });
const rows = fc.uniqueArray(row, { selector: (one) => one.unique_id, maxLength: 3 });
const answer: fc.Arbitrary<Json> = fc.oneof(scalar, fc.array(fc.constantFrom("x", "y"), { maxLength: 2 }), rows, fc.record({ boys: scalar, total: scalar })) as fc.Arbitrary<Json>;
const answers = fc.dictionary(fc.constantFrom(...NAMES), answer) as fc.Arbitrary<Data>;

const condition = fc.oneof(
  fc.constant(null),
  fc.record({ eq: fc.record({ a: scalar }) }),
  fc.record({ in: fc.record({ b: fc.array(scalar, { maxLength: 2 }) }) }),
  fc.record({ not: fc.record({ gt: fc.record({ c: fc.integer() }) }) }),
);
const field = fc.record({
  name: fc.constantFrom(...NAMES),
  type: fc.constantFrom("text_field", "numeric_field", "tick_box", "date_field", "select_box", "textarea"),
  required: fc.boolean(),
  visible: fc.boolean(),
  disabled: fc.boolean(),
  multi_select: fc.boolean(),
  date_validation: fc.constantFrom("default_date_validation", "not_future_date"),
  option_strings_text: fc.constant([
    { id: "x", display_text: { en: "X" } },
    { id: "yes", display_text: { en: "Yes" } },
  ]),
  display_conditions_record: condition,
});
const form = fc.uniqueArray(field, { selector: (one) => one.name, maxLength: 4 }).map((fields) => fields as unknown as Field[]);
const asked = (record: Data, partial: boolean): Parameters<typeof checkAnswers>[2] => ({ record, stored: {}, lookups: {}, now: "2026-03-15T10:00:00Z", partial });
const fresh = (): (() => string) => {
  let number = 0;
  return () => `fresh-${String((number += 1))}`;
};
/** The same inventions in every run: a red one can be looked at again. */
const OFTEN = { seed: 20260315, numRuns: 400 };
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe("whatever is written", () => {
  it("a patch applied twice is a patch applied once", () => {
    fc.assert(
      fc.property(answers, answers, (before, patch) => {
        const once = mergePatch(before, patch, fresh());
        expect(plain(mergePatch(once, patch, fresh()))).toEqual(plain(once));
      }),
      OFTEN,
    );
  });

  it("an unchanged side takes the other, without a conflict", () => {
    fc.assert(
      fc.property(answers, answers, (base, theirs) => {
        const merged = mergeThreeWay(base, base, theirs);
        expect(merged.conflicts).toEqual([]);
        const mine = mergeThreeWay(base, theirs, base);
        expect(mine.conflicts).toEqual([]);
      }),
      OFTEN,
    );
  });

  it("nothing of mine is lost: it is stored, or it stands in a conflict", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom("a", "b", "c"), scalar), answers, answers, (patch, seen, stored) => {
        const { merged, conflicts } = mergeEdit(seen, patch as Data, stored, [], fresh());
        for (const [name, value] of Object.entries(patch)) {
          if (value === null) continue; // Nothing was typed: rows that somebody else added meanwhile stay.
          const kept = JSON.stringify(merged[name] ?? null) === JSON.stringify(value ?? null);
          const told = conflicts.some((one) => one.pointer === `/${name}` || one.pointer.startsWith(`/${name}/`));
          const untouched = JSON.stringify(seen[name] ?? null) === JSON.stringify(value ?? null);
          expect(kept || told || untouched).toBe(true);
        }
      }),
      OFTEN,
    );
  });

  it("checking never breaks, and what is incomplete is asked for", () => {
    fc.assert(
      fc.property(form, answers, fc.boolean(), (fields, sent, partial) => {
        const problems = checkAnswers(fields, sent, asked(sent, partial));
        for (const problem of problems) expect(problem.pointer.startsWith("/")).toBe(true);
        const required = new Set(fields.filter((one) => one.required === true && one.visible !== false && one.disabled !== true).map((one) => one.name));
        for (const problem of findIncomplete(fields, sent)) expect(required.has(problem.pointer.split("/")[1] ?? "")).toBe(true);
      }),
      OFTEN,
    );
  });

  it("calculating twice is calculating once", () => {
    fc.assert(
      fc.property(form, answers, (fields, data) => {
        const once = calculate(fields, data).data;
        expect(plain(calculate(fields, once).data)).toEqual(plain(once));
      }),
      OFTEN,
    );
  });

  it("a condition holds or its negation does", () => {
    fc.assert(
      fc.property(condition.filter((one) => one !== null), answers, (one, data) => {
        expect(holds(one, data)).not.toBe(holds({ not: one }, data));
      }),
      OFTEN,
    );
  });
});
