import fc from "fast-check";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { NameIndex, nameKeys, nameLikeness, nameSimilarity, phoneKeys, phoneSearchKey, searchWords, sortKey } from "./index";

interface Pair {
  id: string;
  label: "same" | "different";
  kind: string;
  a: { text: string };
  b: { text: string };
}

const path = fileURLToPath(new URL("../../../../contracts/vectors/names.json", import.meta.url));
const { cases } = JSON.parse(readFileSync(path, "utf8")) as { cases: Pair[] };
const same = cases.filter(({ label }) => label === "same");
const texts = [...new Set(cases.flatMap(({ a, b }) => [a.text, b.text]))];

const finds = (query: string, stored: string): boolean => {
  const keys = new Set(nameKeys(stored));
  return searchWords(query).some((word) => word.keys.some((key) => keys.has(key)));
};

describe("the same name", () => {
  test.each(same.map((pair) => [pair.id, pair] as const))("%s is found from both sides and ranks as alike", (_, { a, b }) => {
    expect(finds(a.text, b.text) && finds(b.text, a.text)).toBe(true);
    expect(nameSimilarity(a.text, b.text)).toBeGreaterThan(0.5);
  });

  test("ranks above an unrelated one", () => {
    const unrelated = cases.filter(({ kind }) => kind === "unrelated").map(({ a, b }) => nameSimilarity(a.text, b.text));
    expect(unrelated.length).toBe(48);
    expect(Math.max(...unrelated)).toBeLessThan(0.5);
  });
});

describe("names in memory", () => {
  const index = new NameIndex();
  texts.forEach((text, at) => {
    index.set(String(at), [text]);
  });

  test("are found in another script, by a beginning, with a typing error and in another order", () => {
    const first = (query: string): string => texts[Number(index.find(query, 1)[0]?.id)] ?? "";
    const name = "Mohammed Abdulrahman Al-Khatib";
    expect(index.find("محمد عبد الرحمن الخطيب", 8).map(({ id }) => texts[Number(id)])).toContain(name);
    expect(first("Abdulrahman Khatib Mohammed")).toBe(name);
    expect(index.find("Mohmamed Abdulrahmn Khatib", 8).map(({ id }) => texts[Number(id)])).toContain(name);
    expect(index.find("Abdulrahm").map(({ id }) => texts[Number(id)])).toContain(name);
    expect(index.find("")).toEqual([]);
  });

  test("find nearly every spelling among all the others", () => {
    const at = new Map(texts.map((text, place) => [text, String(place)]));
    const hits = same.filter(({ a, b }) => index.find(a.text, 10).some(({ id }) => id === at.get(b.text)));
    expect(hits.length / same.length).toBeGreaterThan(0.95);
  });

  test("change with the names and forget who is dropped", () => {
    const few = new NameIndex();
    few.set("1", ["Noor Hassan", "Nunu"]);
    expect(few.find("nunu").map(({ id, kind }) => [id, kind])).toEqual([["1", "same"]]);
    few.set("1", ["Leyla Kaya"]);
    expect(few.find("Noor")).toEqual([]);
    expect(few.find("Leila")[0]?.kind).toBe("sound");
    few.drop("1");
    expect(few.size).toBe(0);
    expect(few.find("Leyla")).toEqual([]);
  });
});

test("whatever is typed, a name answers itself, and a likeness lies between nothing and all", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 20 }), fc.constantFrom(...texts), (typed, name) => {
      expect(nameLikeness(typed, typed)).toEqual({ score: 1, kind: "same" });
      const { score } = nameLikeness(typed, name);
      expect(score >= 0 && score <= 1).toBe(true);
      expect(sortKey(sortKey(typed))).toBe(sortKey(typed));
    }),
  );
});

test.each([
  ["+962 79 123 4567", "0791234567"],
  ["٠٧٩١٢٣٤٥٦٧", "00962791234567"],
  ["home 06 512 3456 / mother 079 123 4567", "791234567"],
])("the number %s is found by %s", (stored, asked) => {
  expect(phoneKeys(stored)).toContain(phoneSearchKey(asked));
});
