import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { ageInWords, ageShown, birthInWords, birthOf } from "./precision";
import type { Answers } from "./types";

interface Case {
  id: string;
  answers: Answers;
  recorded_on: string;
  today: string;
  prefix?: string;
  expected: unknown;
}

const path = fileURLToPath(new URL("../../../contracts/vectors/precision.json", import.meta.url));
const { cases } = JSON.parse(readFileSync(path, "utf8")) as { cases: Case[] };

test("there are cases", () => {
  expect(cases.length).toBe(23);
});

test.each(cases.map((c) => [c.id, c] as const))("%s", (_, c) => {
  const birth = birthOf(c.answers, c.recorded_on, c.prefix);
  const found = birth && {
    day: birth.day,
    first: birth.first,
    last: birth.last,
    estimated: birth.estimated,
    age: ageInWords(birth, c.today),
    birth: birthInWords(birth),
  };
  expect(found).toEqual(c.expected);
});

test("the age of a record as the server gives it", () => {
  expect(ageShown({ age: 9, estimated: true }, "2026-03-03")).toEqual({ key: "precision.age.about", params: { age: 9, on: "2026-03-03" } });
  expect(ageShown({ age: 9, estimated: true }, null)).toEqual({ key: "precision.age.guess", params: { age: 9 } });
  expect(ageShown({ age: 9, estimated: false }, "2026-03-03")).toEqual({ key: "precision.age.exact", params: { age: 9 } });
  expect(ageShown({ age: 0 }, null)).toEqual({ key: "precision.age.exact", params: { age: 0 } });
  for (const age of [null, "9", 9.5, -1]) expect(ageShown({ age, estimated: true }, null)).toBeNull();
});
