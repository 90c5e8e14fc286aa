import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { compile, compileCatalogue, readMessages, type Part } from "../build/messages.ts";
import { LOCALES } from "~/lib/i18n";
import { fill } from "~/lib/i18n/format";

const en = readMessages("en");
const ar = readMessages("ar");
const others = (["fr", "es", "ar"] as const).map((locale) => ({ locale, messages: readMessages(locale) }));

/** The values a message needs, whichever branch is taken. */
function names(parts: Part[] | string): Set<string> {
  const found = new Set<string>();
  if (typeof parts === "string") return found;
  for (const part of parts) {
    if (typeof part === "string" || part === 6) continue;
    if (part[0] === 7) {
      for (const name of names(part[2])) found.add(name);
      continue;
    }
    found.add(part[1]);
    if (part[0] === 4 || part[0] === 5) for (const option of Object.values(part[2])) for (const name of names(option)) found.add(name);
  }
  return found;
}

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !entry.name.includes(".test."))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"));
}

describe("the catalogues", () => {
  it("are the ones that can be chosen", () => {
    expect([...LOCALES].sort()).toEqual(readdirSync(join(import.meta.dirname, "../../contracts/messages")).sort());
  });

  it.each(others)("say the same things in $locale", ({ messages }) => {
    expect(Object.keys(messages).sort()).toEqual(Object.keys(en).sort());
  });

  it.each(others)("are valid ICU and ask for the same values in $locale", ({ messages }) => {
    for (const [key, text] of Object.entries(en)) {
      expect([key, [...names(compile(messages[key] ?? ""))].sort()]).toEqual([key, [...names(compile(text))].sort()]);
    }
  });

  it("hold every key that the screens name", () => {
    const browser = compileCatalogue("en");
    const missing = new Set<string>();
    for (const text of sources(join(import.meta.dirname, "../src"))) {
      for (const [, key] of text.matchAll(/\bt\(\s*"([a-z][\w.]+)"/g)) if (key && !(key in browser)) missing.add(key);
      for (const [, one, two] of text.matchAll(/\bt\([^()"]*\? "([\w.]+)" : "([\w.]+)"/g)) for (const key of [one, two]) if (key && !(key in browser)) missing.add(key);
    }
    expect([...missing]).toEqual([]);
  });

  it("are really Arabic in Arabic", () => {
    const latin = Object.entries(ar).filter(([key, text]) => key.startsWith("signin.") && !/[\u0600-\u06ff]/.test(text));
    expect(latin).toEqual([]);
  });
});

describe("filling a message", () => {
  it("chooses Arabic plurals", () => {
    const message = compile(ar["cases.count"] ?? "");
    expect([0, 1, 2, 5, 11].map((count) => fill(message, { count }, "ar"))).toEqual(["لا حالات", "حالة واحدة", "حالتان", expect.stringContaining("حالات"), expect.stringContaining("حالة")]);
  });

  it("chooses French and Spanish plurals", () => {
    const said = (locale: "fr" | "es") => {
      const message = compile(readMessages(locale)["cases.count"] ?? "");
      return [0, 1, 5, 1_000_000].map((count) => fill(message, { count }, locale).replace(/\s/gu, " "));
    };
    expect(said("fr")).toEqual(["Aucun cas", "1 cas", "5 cas", "1 000 000 de cas"]);
    expect(said("es")).toEqual(["Ningún caso", "Un caso", "5 casos", "1.000.000 de casos"]);
  });

  it("fills arguments, selects, nested plurals and offsets", () => {
    const message = compile("{who} {n, plural, offset:1 =0 {nobody} =1 {one} other {# others}} {sex, select, female {she} other {they}}");
    expect(fill(message, { who: "Noor", n: 3, sex: "female" }, "en")).toBe("Noor 2 others she");
    expect(fill(message, { who: "Noor", n: 0, sex: "x" }, "en")).toBe("Noor nobody they");
  });

  it("keeps a broken message out of the build", () => {
    expect(() => compile("{count, plural, one {x}")).toThrow();
  });
});
