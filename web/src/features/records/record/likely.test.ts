import { describe, expect, it } from "vitest";
import type { LikelyView } from "~/store";
import { askedFor, withJudged, type Likely } from "./likely";

const typed = { name: " Noor Haddad ", age: 9, sex: "female", number: "" };

function found(id: string, reasons: Likely["reasons"] = ["similar_name"], row: Record<string, unknown> = {}): Likely {
  return { row: { id, ...row } as Likely["row"], reasons, score: 1 };
}

function judged(id: string, score: number): LikelyView {
  return { case: { id, name: "Noor" }, score, likelihood: score > 0.9 ? "likely" : "possible", reasons: [{ code: "same_sex", part: "sex", weight: 0.7, params: {} }] };
}

describe("asking who may be the same child", () => {
  it("tells what she typed, and nothing that she left out", () => {
    expect(askedFor(typed)).toEqual({ name: "Noor Haddad", age: 9, sex: "female" });
    expect(askedFor({ name: "Noor", age: null, sex: "", number: "+962 79 123 4567" })).toEqual({ name: "Noor", telephone_current: "+962 79 123 4567" });
    expect(askedFor({ ...typed, number: "12" })).not.toHaveProperty("telephone_current");
  });

  it("goes by the server's order and its reasons, and drops those whom it takes for others", () => {
    const shown = withJudged([found("sister"), found("b"), found("a")], [judged("a", 0.97), judged("b", 0.5)]);
    expect(shown.map((one) => [one.row["id"], one.judged?.likelihood, one.reasons])).toEqual([
      ["a", "likely", []],
      ["b", "possible", []],
    ]);
  });

  it("keeps whom only the search knows: cases of others, and whoever has the number", () => {
    const all = [found("stranger", ["similar_name"], { record_in_scope: false }), found("number", ["same_id"]), found("sister")];
    expect(withJudged(all, [judged("a", 0.97)]).map((one) => one.row["id"])).toEqual(["a", "stranger", "number"]);
    expect(withJudged([found("a", ["same_phone", "same_name"])], [judged("a", 0.97)])[0]?.reasons).toEqual(["same_phone"]);
  });

  it("never shows the case itself", () => {
    expect(withJudged([found("own", ["same_id"])], [judged("own", 0.99), judged("a", 0.6)], "own").map((one) => one.row["id"])).toEqual(["a"]);
  });
});
