import { describe, expect, it } from "vitest";
import { Refusal } from "~/api";
import { draftsOf, identifierOf, moved, wrongOptions, written, type OptionDraft } from "./options";

const of = (id: string): OptionDraft => ({ id, display_text: { en: id }, disabled: false, tags: [], isNew: false });

describe("options of a list", () => {
  it("are sent all, in their order, as they were changed", () => {
    const drafts = draftsOf({ id: 1, unique_id: "l", name: {}, locked: false, values: [{ id: "a", display_text: { en: "A" } }, { id: "b", display_text: { en: "B" }, disabled: true, tags: ["x"] }] });
    expect(written(moved(drafts, 0, 1))).toEqual([
      { id: "b", display_text: { en: "B" }, disabled: true, tags: ["x"] },
      { id: "a", display_text: { en: "A" }, disabled: false, tags: [] },
    ]);
  });
  it("stay where they are at either end", () => {
    const drafts = [of("a"), of("b")];
    expect(moved(drafts, 0, -1).map((one) => one.id)).toEqual(["a", "b"]);
    expect(moved(drafts, 1, 1).map((one) => one.id)).toEqual(["a", "b"]);
  });
  it("get an identifier of English words that nobody has", () => {
    expect(identifierOf("  Côte d’Ivoire ", [])).toBe("cote_d_ivoire");
    expect(identifierOf("Other", ["other", "other_2"])).toBe("other_3");
    expect(identifierOf("أخرى", [])).toBe("option");
  });
  it("carry what the server finds wrong with them", () => {
    const refusal = new Refusal(422, [{ code: "lookup.value_en", detail: ["/values/2/display_text"], message: "", params: {} } as never, { code: "lookup.name_en", detail: ["/name"], message: "", params: {} } as never]);
    expect([...wrongOptions(refusal).keys()]).toEqual([2]);
    expect(wrongOptions(new Error()).size).toBe(0);
  });
});
