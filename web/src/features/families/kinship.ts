import type { Data } from "~/renderer/types";
import { rowId, textOf } from "~/renderer/values";

/** Somebody of a family, as far as she who looks may know of them. */
export interface Member {
  id: string;
  name: string;
  nickname: string;
  /** Place in the family, as the list of options calls it; empty when nobody said. */
  relation: string;
  caregiver: boolean;
  sex: string;
  /** In years, as it was told; null when it was not. */
  age: number | null;
  ageEstimated: boolean;
  dead: boolean;
  /** The child's own case, where she may know of it. */
  caseId: string | null;
  caseCode: string;
  /** She may open that case. */
  readable: boolean;
}

export type Generation = "grandparents" | "parents" | "children" | "grandchildren" | "others";

/** From the oldest to the youngest; whoever has no place stands last. */
export const GENERATIONS: readonly Generation[] = ["grandparents", "parents", "children", "grandchildren", "others"];

/** Where a person stands, and who stands first among those beside them. */
const PLACES: Readonly<Record<Exclude<Generation, "others">, readonly string[]>> = {
  grandparents: ["grandmother", "grandfather"],
  parents: ["mother", "father", "stepmother", "stepfather", "aunt", "uncle"],
  children: ["", "sister", "brother", "cousin", "wife", "husband", "partner"],
  grandchildren: ["daughter", "son"],
};

const PARENTS = new Set(["mother", "father", "stepmother", "stepfather"]);
const OF_GRANDPARENTS = new Set(["mother", "father", "aunt", "uncle"]);
const SPOUSES = new Set(["wife", "husband", "partner"]);
const SIBLINGS = new Set(["", "sister", "brother"]);
const GROWN_AT = 18;

function numberIn(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

/** A person as a row of a family (`family_members`) or of a case (`family_details_section`) tells of them. */
export function memberOf(row: Data): Member {
  // What they are to the child from whose case one looks, else their place in the family.
  const relation = textOf(row["relation"]) || textOf(row["family_relationship"]);
  const caseId = textOf(row["case_id"]);
  return {
    id: rowId(row),
    name: textOf(row["relation_name"]),
    nickname: textOf(row["relation_nickname"]),
    relation,
    caregiver: row["family_relation_is_caregiver"] === true || row["relation_is_caregiver"] === true,
    sex: textOf(row["relation_sex"]),
    age: numberIn(row["relation_age"]),
    ageEstimated: row["relation_age_estimated"] === true,
    dead: row["relation_is_alive"] === "dead",
    caseId: caseId === "" ? null : caseId,
    caseCode: textOf(row["case_id_display"]),
    readable: row["can_read_record"] === true,
  };
}

/** What a family says of its members and no case repeats. */
const OF_FAMILY = ["family_relationship", "family_relation_is_caregiver"];

/** The people on a case, each with the place in the family where the case itself says nothing of it. */
export function withPlaces(details: readonly Data[], family: readonly Data[]): Data[] {
  const known = new Map(family.map((row) => [rowId(row), row]));
  return details.map((row) => ({ ...Object.fromEntries(OF_FAMILY.flatMap((name) => (known.get(rowId(row))?.[name] === undefined ? [] : [[name, known.get(rowId(row))?.[name] ?? null]]))), ...row }));
}

/** The child whose case it is, beside the others of the family. */
export function memberOfCase(data: Data, masked: boolean): Member {
  return {
    id: textOf(data["family_member_id"]) || textOf(data["id"]),
    name: masked ? "" : textOf(data["name"]),
    nickname: masked ? "" : textOf(data["name_nickname"]),
    relation: "",
    caregiver: false,
    sex: textOf(data["sex"]),
    age: numberIn(data["age"]),
    ageEstimated: data["estimated"] === true,
    dead: false,
    caseId: textOf(data["id"]),
    caseCode: textOf(data["case_id_display"]) || textOf(data["short_id"]),
    readable: true,
  };
}

/** Which generation of the family somebody belongs to. A child without a word about the relation is one of the children. */
export function generationOf(member: Pick<Member, "relation" | "age" | "caseId">): Generation {
  if (member.relation === "") return member.caseId !== null || (member.age !== null && member.age < GROWN_AT) ? "children" : "others";
  return GENERATIONS.find((one) => one !== "others" && PLACES[one].includes(member.relation)) ?? "others";
}

export interface Band {
  generation: Generation;
  members: Member[];
}

/** The family by generations, those that are empty left out; in each the nearest first, then the oldest. */
export function bandsOf(members: readonly Member[]): Band[] {
  return GENERATIONS.map((generation): Band => {
    const order = generation === "others" ? [] : PLACES[generation];
    const here = members.filter((one) => generationOf(one) === generation);
    return { generation, members: [...here].sort((a, b) => order.indexOf(a.relation) - order.indexOf(b.relation) || (b.age ?? -1) - (a.age ?? -1)) };
  }).filter((band) => band.members.length > 0);
}

/** Who descends from whom: everybody of `from` stands over everybody of `to`. */
export interface Tie {
  from: string[];
  to: string[];
}

/** What can be said for sure of who descends from whom; a cousin or somebody else stands there without a line. */
export function tiesOf(members: readonly Member[]): Tie[] {
  const ids = (fits: (member: Member) => boolean): string[] => members.filter(fits).map((one) => one.id);
  const children = ids((one) => generationOf(one) === "children" && SIBLINGS.has(one.relation));
  const spouses = ids((one) => SPOUSES.has(one.relation));
  // With several children nobody said whose sons and daughters they are: the spouse alone is sure.
  const couple = children.length === 1 ? [...children, ...spouses] : spouses;
  const ties: Tie[] = [
    { from: ids((one) => generationOf(one) === "grandparents"), to: ids((one) => OF_GRANDPARENTS.has(one.relation)) },
    { from: ids((one) => PARENTS.has(one.relation)), to: children },
    { from: couple, to: ids((one) => generationOf(one) === "grandchildren") },
  ];
  return ties.filter((tie) => tie.from.length > 0 && tie.to.length > 0);
}

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

const middle = (box: Box): number => box.x + box.width / 2;
const round = (value: number): number => Math.round(value * 2) / 2;

/** Room between a card and the bar that gathers the lines of its row. */
const REACH = 10;

/**
 * The lines of one tie, as the path of a drawing: down from each, gathered, and down again to each row below. Where the
 * way down would lead behind a card, as if one child came from another, it goes round at the side where lines begin.
 */
export function pathOf(tie: Tie, boxes: ReadonlyMap<string, Box>, rtl = false): string {
  const find = (ids: readonly string[]): Box[] => ids.flatMap((id) => boxes.get(id) ?? []);
  const above = find(tie.from);
  const below = find(tie.to);
  if (above.length === 0 || below.length === 0) return "";
  const joint = Math.max(...above.map((box) => box.y + box.height)) + REACH;
  const centres = above.map(middle);
  const centre = (Math.min(...centres) + Math.max(...centres)) / 2;
  const rows = [...new Set(below.map((box) => round(box.y)))].map((top) => ({ top, row: below.filter((box) => round(box.y) === top) }));
  const last = Math.max(...rows.map(({ top }) => top));
  const isBehind = rows.some(({ top, row }) => top < last && row.some((box) => box.x < centre && centre < box.x + box.width));
  const side = rtl ? Math.max(...below.map((box) => box.x + box.width)) + REACH : Math.min(...below.map((box) => box.x)) - REACH;
  const trunk = isBehind ? side : centre;
  const line = (x1: number, y1: number, x2: number, y2: number): string => `M${String(round(x1))} ${String(round(y1))}L${String(round(x2))} ${String(round(y2))}`;
  const across = [...centres, trunk];
  return [
    ...above.map((box) => line(middle(box), box.y + box.height, middle(box), joint)),
    line(Math.min(...across), joint, Math.max(...across), joint),
    line(trunk, joint, trunk, last - REACH),
    ...rows.flatMap(({ top, row }) => {
      const ends = [trunk, ...row.map(middle)];
      return [line(Math.min(...ends), top - REACH, Math.max(...ends), top - REACH), ...row.map((box) => line(middle(box), top - REACH, middle(box), top))];
    }),
  ].join("");
}
