import { describe, expect, test } from "vitest";
import {
  BrokenCondition,
  DEEPEST_NESTING,
  KINDS,
  ageOn,
  birthFromAge,
  calculate,
  checkAnswers,
  conditionFromRows,
  evaluate,
  fieldShown,
  findIncomplete,
  findProblems,
  formShown,
  holds,
  mergeEdit,
  mergePatch,
  mergeThreeWay,
  optionsOffered,
  rowsFromCondition,
  rowsShown,
  summarize,
  withTotal,
} from "./index";
import type { Data, Json, Problem } from "./index";
import type { BuilderRow, Case } from "./vectors";
import { alike, vectors } from "./vectors";

const conditions = vectors("conditions");
const calculations = vectors("calculations");
const validation = vectors("validation");
const merge = vectors("merge");

function orCode(act: () => Json): Json {
  try {
    return act();
  } catch (error) {
    if (error instanceof BrokenCondition) return { error: error.code };
    throw error;
  }
}

function expectAlike(actual: Json, expected: Json, tolerance = 0): void {
  if (!alike(actual, expected, tolerance)) expect(actual).toEqual(expected);
  expect(alike(actual, expected, tolerance)).toBe(true);
}

const KIND_RUNNERS: Record<string, (c: Case) => void> = {
  condition: (c) => expect(orCode(() => holds(c.expression, c.data))).toEqual(c.expected),
  field_shown: (c) => expect(fieldShown(c.field, c.record ?? {}, c.row)).toEqual({ shown: c.expected, problem: c.problem ?? null }),
  form_shown: (c) => expect(formShown(c.display_conditions, c.record ?? {})).toEqual({ shown: c.expected, problem: c.problem ?? null }),
  rows_shown: (c) => {
    const shown = rowsShown(c.display_conditions, c.rows as Data[]);
    expect(shown.rows.map((row) => row["unique_id"])).toEqual(c.expected);
    expect(shown.problem).toBe(c.problem ?? null);
  },
  options_offered: (c) => expect(optionsOffered(c.field, c.record ?? {}, c.row)).toEqual(c.expected),
  builder: (c) => {
    const rows = c.rows as unknown as BuilderRow[];
    const expression = conditionFromRows(rows);
    expect(expression).toEqual(c.expected);
    expect(JSON.stringify(rowsFromCondition(expression)) === JSON.stringify(rows)).toBe(c.round_trip);
  },
  expression: (c) => expectAlike(orCode(() => evaluate(c.expression, c.data)), c.expected, c.tolerance),
  subform_summary: (c) => expectAlike(summarize(c.subform_summary, c.rows), c.expected),
  tally_total: (c) => expectAlike(withTotal(c.field, c.value ?? null), c.expected),
  age_on: (c) => expect(ageOn(c.date_of_birth, c.today)).toBe(c.expected),
  birth_from_age: (c) => expect(birthFromAge(c.age, c.today)).toBe(c.expected),
  record: (c) => {
    const { data, problems } = calculate(c.fields ?? [], c.data);
    expectAlike(data, c.expected);
    expect(sorted(problems, "field")).toEqual(sorted((c.problems ?? []) as unknown as { field: string; code: string }[], "field"));
  },
  patch: (c) => {
    const before = structuredClone(c.before);
    let fresh = 0;
    const merged = mergePatch(c.before, c.patch, () => `fresh-${String((fresh += 1))}`);
    expect(merged).toEqual(withNews(c.expected, merged));
    expect(c.before).toEqual(before);
  },
  three_way: (c) => {
    const { merged, conflicts } = mergeThreeWay(c.base, c.mine, c.theirs, c.fields);
    expectAlike(merged, c.expected);
    expectAlike(sorted(conflicts as unknown as Data[], "pointer"), sorted(c.conflicts as Data[], "pointer"));
  },
};

function sorted<T>(list: readonly T[], key: keyof T): T[] {
  return [...list].sort((a, b) => (a[key] < b[key] ? -1 : 1));
}

/** The expectation with each `<new>` replaced by the fresh identity found in its place. */
function withNews(expected: Json, actual: Json | undefined): Json {
  if (expected === "<new>") {
    expect(actual).toMatch(/^fresh-/);
    return actual ?? null;
  }
  if (Array.isArray(expected)) return expected.map((item, at) => withNews(item, Array.isArray(actual) ? actual[at] : undefined));
  if (typeof expected !== "object" || expected === null) return expected;
  const there = typeof actual === "object" && actual !== null && !Array.isArray(actual) ? actual : {};
  return Object.fromEntries(Object.entries(expected).map(([key, value]) => [key, withNews(value, there[key])]));
}

describe.each([
  ["conditions", conditions, 459, ["condition", "field_shown", "form_shown", "rows_shown", "options_offered", "builder"]],
  ["calculations", calculations, 135, ["expression", "subform_summary", "tally_total", "age_on", "birth_from_age", "record"]],
  ["merge", merge, 90, ["patch", "three_way"]],
] as const)("%s", (_name, file, count, kinds) => {
  test.each(file.cases.map((c) => [c.id, c] as const))("%s", (_id, c) => {
    const run = KIND_RUNNERS[c.kind];
    expect(run).toBeDefined();
    run?.(c);
  });

  test("every case was run", () => {
    expect(file.cases.length).toBe(count);
    expect(new Set(file.cases.map((c) => c.id)).size).toBe(count);
    expect(file.cases.filter((c) => (kinds as readonly string[]).includes(c.kind)).length).toBe(count);
  });
});

function said(problems: readonly Problem[]): string[] {
  return problems.map(({ pointer, code }) => `${pointer} ${code}`).sort();
}

describe("validation", () => {
  const lookups = Object.fromEntries(Object.entries(validation.lookups).map(([id, options]) => [id, options.map((option) => option.id)]));

  test.each(validation.cases.map((c) => [c.id, c] as const))("%s", (_id, c) => {
    const name = c.field.name;
    const expected = said(c.expected as unknown as Problem[]);
    const now = c.now ?? validation.now;
    const partial = c.mode === "partial";
    const found = findProblems(c.field, c.value, { record: c.record ?? {}, stored: c.stored ?? null, lookups, now, partial });
    expect(said(found)).toEqual(expected);
    expect(found.every((problem) => problem.kind === KINDS[problem.code])).toBe(true);

    const sent: Data = c.value === undefined ? {} : { [name]: c.value };
    const stored: Data = { ...c.record, ...(c.stored === undefined ? {} : { [name]: c.stored }) };
    const record = mergePatch(stored, sent, () => "new");
    const second = { ...c.field, type: "separator", required: true };
    expect(said(checkAnswers([c.field, second], sent, { record, stored, lookups, now, partial }))).toEqual(expected);
  });

  test("every case was run and every code occurs", () => {
    expect(validation.cases.length).toBe(268);
    const codes = validation.cases.flatMap((c) => (c.expected as unknown as Problem[]).map(({ code }) => code));
    expect(new Set(codes)).toEqual(new Set(Object.keys(KINDS)));
  });

  const family = {
    name: "family",
    type: "subform",
    subform: {
      fields: [
        { name: "relation", type: "text_field", required: true },
        { name: "school", type: "text_field", required: true, display_conditions_record: { lt: { age: 18 } } },
      ],
    },
  };

  test("what a stored record still misses", () => {
    const fields = [{ name: "name", type: "text_field", required: true }, family];
    const record: Data = { age: 9, family: [{ relation: "aunt" }, { school: "x" }] };
    expect(said(findIncomplete(fields, record))).toEqual(["/family/0/school required", "/family/1/relation required", "/name required"]);
    expect(findIncomplete(fields, { age: 19, name: "Noor", family: [{ relation: "aunt" }] })).toEqual([]);
  });

  test("nothing is asked inside a hidden subform", () => {
    const hidden = [{ ...family, display_conditions_record: { eq: { has_family: true } } }];
    const sent: Data = { family: [{ relation: "" }, { relation: 4 }] };
    expect(said(checkAnswers(hidden, sent, { record: sent, lookups, now: validation.now, partial: false }))).toEqual(["/family/1/relation wrong_type"]);
    expect(findIncomplete(hidden, sent)).toEqual([]);
  });
});

test("the depth limit is the contract's", () => {
  expect(DEEPEST_NESTING).toBe(conditions.deepest_nesting);
});

test("an edit of what she saw", () => {
  const stored: Data = { name: "Noor", age: 11, sex: "female", note: "x" };
  const { merged, conflicts } = mergeEdit({ age: 9, sex: "female" }, { age: 10, sex: "male", note: "y" }, stored, [], () => "new");
  expect(merged).toEqual({ name: "Noor", age: 11, sex: "male", note: "y" });
  expect(conflicts).toEqual([{ pointer: "/age", kind: "value", base: 9, mine: 10, theirs: 11 }]);
});

test("rows compute inside themselves and a summary reads the result", () => {
  const scores = { fields: [{ name: "score", type: "calculated", calculation: { expression: { sum: ["a", "b"] } } }] };
  const fields = [
    { name: "double", type: "calculated", calculation: { expression: { sum: ["latest", "latest"] } } },
    { name: "latest", type: "calculated", subform_summary: { subform_field_name: "visits", last: { field_name: "score" } } },
    { name: "visits", type: "subform", subform: scores },
  ];
  const { data, problems } = calculate(fields, { visits: [{ a: 1, b: 1 }, { a: 2, b: 3, score: 9 }] });
  expect(data).toEqual({ visits: [{ a: 1, b: 1, score: 2 }, { a: 2, b: 3, score: 5 }], latest: 5, double: 10 });
  expect(problems).toEqual([]);
});
