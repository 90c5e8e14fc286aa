import { describe, expect, it } from "vitest";
import type { Data } from "~/renderer/types";
import { bandsOf, generationOf, memberOf, pathOf, tiesOf, withPlaces, type Box, type Member } from "./kinship";

const person = (id: string, relation: string, more: Partial<Member> = {}): Member => ({ ...memberOf({ unique_id: id, family_relationship: relation, relation_name: id }), ...more });

const noor = person("noor", "", { caseId: "c1", age: 9 });
const salma = person("salma", "sister", { age: 12 });
const family = [person("teta", "grandmother"), person("amal", "mother"), person("yusuf", "father"), person("huda", "aunt"), noor, salma, person("cousin", "cousin"), person("friend", "other_nonfamily")];

describe("where somebody stands in the family", () => {
  it("puts everybody into a generation, the nearest first and then the oldest", () => {
    expect(bandsOf(family).map((band) => [band.generation, band.members.map((one) => one.id)])).toEqual([
      ["grandparents", ["teta"]],
      ["parents", ["amal", "yusuf", "huda"]],
      ["children", ["noor", "salma", "cousin"]],
      ["others", ["friend"]],
    ]);
  });

  it("takes a child without a word about the relation for one of the children, an adult for somebody else", () => {
    expect(generationOf(person("a", "", { age: 7 }))).toBe("children");
    expect(generationOf(person("b", "", { age: 40 }))).toBe("others");
    expect(generationOf(person("c", "", { caseId: "case", age: null }))).toBe("children");
    expect(generationOf(person("d", "a_relation_of_another_country"))).toBe("others");
  });

  it("draws only what is sure: no line to a cousin, none from an aunt", () => {
    expect(tiesOf(family)).toEqual([
      { from: ["teta"], to: ["amal", "yusuf", "huda"] },
      { from: ["amal", "yusuf"], to: ["noor", "salma"] },
    ]);
  });

  it("does not say whose children the youngest are when there are several it could be", () => {
    const son = person("son", "son");
    expect(tiesOf([noor, son])).toEqual([{ from: ["noor"], to: ["son"] }]);
    expect(tiesOf([noor, salma, son])).toEqual([]);
    expect(tiesOf([noor, salma, person("wife", "wife"), son])).toEqual([{ from: ["wife"], to: ["son"] }]);
  });

  it("reads a row of a case by the case's own words", () => {
    const read = memberOf({ unique_id: "m", relation_name: "Amal", relation: "mother", relation_is_caregiver: true, relation_age: 34, relation_age_estimated: true });
    expect(read).toMatchObject({ id: "m", relation: "mother", caregiver: true, age: 34, ageEstimated: true, caseId: null, readable: false });
  });
});

describe("the people on a case", () => {
  it("stand where the case says, else where the family says", () => {
    const family: Data[] = [{ unique_id: "amal", family_relationship: "mother", family_relation_is_caregiver: true, relation_name: "of the family" }, { unique_id: "huda", family_relationship: "sister" }];
    const people = withPlaces([{ unique_id: "amal", relation_name: "Amal" }, { unique_id: "huda", relation: "aunt" }, { unique_id: "new" }], family).map(memberOf);
    expect(people.map((one) => [one.id, one.relation, one.caregiver, one.name])).toEqual([["amal", "mother", true, "Amal"], ["huda", "aunt", false, ""], ["new", "", false, ""]]);
  });
});

describe("the lines", () => {
  const box = (x: number, y: number): Box => ({ x, y, width: 100, height: 50 });
  const at = new Map([
    ["amal", box(0, 0)],
    ["yusuf", box(200, 0)],
    ["noor", box(0, 100)],
    ["salma", box(200, 100)],
    ["omar", box(100, 200)],
  ]);

  it("gather under the parents and come down to every row of children", () => {
    const path = pathOf({ from: ["amal", "yusuf"], to: ["noor", "salma", "omar"] }, at);
    expect(path.split("M").slice(1)).toEqual(["50 50L50 60", "250 50L250 60", "50 60L250 60", "150 60L150 190", "50 90L250 90", "50 90L50 100", "250 90L250 100", "150 190L150 190", "150 190L150 200"]);
  });

  it("go round at the side rather than behind a card, as if one child came from another", () => {
    const stacked = new Map([
      ["amal", box(0, 0)],
      ["noor", box(0, 100)],
      ["salma", box(0, 200)],
    ]);
    const tie = { from: ["amal"], to: ["noor", "salma"] };
    expect(pathOf(tie, stacked)).toContain("M-10 60L-10 190");
    expect(pathOf(tie, stacked, true)).toContain("M110 60L110 190");
    expect(pathOf(tie, stacked)).not.toContain("M50 60L50 190");
  });

  it("are none while it is not known where somebody stands", () => {
    expect(pathOf({ from: ["amal"], to: ["nobody"] }, at)).toBe("");
  });
});
