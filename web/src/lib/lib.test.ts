import { describe, expect, it } from "vitest";
import { matchOptions } from "~/ui/Combobox";
import { fold } from "./fold";
import { stable } from "./json";
import { matchPath } from "./router";

describe("addresses", () => {
  it("fit their pattern, with optional ends", () => {
    expect(matchPath("/cases/:id/:section?", "/cases/abc")).toEqual({ id: "abc" });
    expect(matchPath("/cases/:id/:section?", "/cases/abc/basic_identity/")).toEqual({ id: "abc", section: "basic_identity" });
    expect(matchPath("/cases", "/cases/abc")).toBeNull();
    expect(matchPath("/cases/:id", "/cases")).toBeNull();
    expect(matchPath("/", "/")).toEqual({});
  });
});

describe("folded text", () => {
  it("is found however it is typed", () => {
    expect(fold("Élodie  NOOR")).toBe("elodie noor");
    expect(fold("أحمد")).toBe(fold("احمد"));
    expect(fold("مُحَمَّد")).toBe("محمد");
    expect(fold("فاطمة")).toBe(fold("فاطمه"));
  });

  it("finds options by every word, best beginnings first", () => {
    const options = ["North Camp", "Camp North Two", "South"].map((label) => ({ value: label, label }));
    expect(matchOptions(options, "camp nor").map((option) => option.label)).toEqual(["Camp North Two", "North Camp"]);
    expect(matchOptions(options, "")).toHaveLength(3);
    expect(matchOptions(options, "east")).toEqual([]);
  });
});

describe("stable text of a value", () => {
  it("does not depend on the order of keys, and leaves out what is undefined", () => {
    expect(stable({ b: [1, { d: 1, c: 2 }], a: undefined })).toBe(stable({ b: [1, { c: 2, d: 1 }] }));
    expect(stable({ a: 1 })).not.toBe(stable({ a: "1" }));
  });
});
