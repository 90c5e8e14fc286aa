import { describe, expect, it } from "vitest";
import type { Shape } from "~/api";
import { risksOf, sorted, sumOf } from "./loads";

type Load = Shape<"Caseload">;

function load(name: string, more: Partial<Load> = {}): Load {
  return { user_name: name, full_name: "", agency: "a", disabled: false, to_hand_over: false, cases: 0, quiet: 0, quiet_since: null, by_risk: null, by_type: {}, overdue: 0, soon: 0, ...more };
}

describe("the caseloads of a team", () => {
  const team = [load("bilal", { cases: 9, overdue: 1 }), load("amina", { cases: 3, overdue: 4, full_name: "Zeinab" }), load("dawit", { cases: 12, overdue: 1 })];
  const names = (loads: readonly Load[]): string[] => loads.map((one) => one.user_name);

  it("come in the order that was asked for", () => {
    expect(names(sorted(team, "late"))).toEqual(["amina", "dawit", "bilal"]);
    expect(names(sorted(team, "most"))).toEqual(["dawit", "bilal", "amina"]);
    expect(names(sorted(team, "name"))).toEqual(["bilal", "dawit", "amina"]);
    expect(names(team)).toEqual(["bilal", "amina", "dawit"]);
  });

  it("are added up", () => {
    expect(sumOf(team, (one) => one.overdue)).toBe(6);
  });

  it("tell risks from the highest, whatever has no level of ours last", () => {
    const told = risksOf(load("a", { by_risk: { low: 2, "": 1, high: 3, strange: 4 } })).map(({ level, count }) => [level, count]);
    expect(told).toEqual([
      ["high", 3],
      ["low", 2],
      ["none", 5],
    ]);
    expect(risksOf(load("a"))).toEqual([]);
  });
});
