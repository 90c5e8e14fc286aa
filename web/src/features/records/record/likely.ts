import { fold } from "~/lib/fold";
import type { JsonObject } from "~/lib/json";
import type { Data } from "~/renderer/types";
import { textOf } from "~/renderer/values";
import type { LikelyView } from "~/store";

/** What is known of a child before her file is opened. */
export interface Typed {
  name: string;
  age: number | null;
  sex: string;
  /** A telephone number or the number of a card, where it is known. */
  number: string;
}

export type Reason = "same_phone" | "same_id" | "same_name" | "similar_name" | "same_age" | "near_age" | "same_sex";

export interface Likely {
  row: Data;
  reasons: Reason[];
  score: number;
  /** What the server says of it, which compares all that she may read. */
  judged?: LikelyView;
}

/** Of those found by name alone and unlike in all else, no more than these are shown. */
const FARTHEST = 3;

/** Is there enough to look for? */
export function isSearchable(typed: Typed): boolean {
  return fold(typed.name).length >= 2 || isNumber(typed.number);
}

/** Long enough to find few. */
export function isNumber(text: string): boolean {
  return text.replace(/\P{N}/gu, "").length >= 5;
}

/** The cases found by name, the likeliest first, each with why it may be the same child. */
export function rankLikely(rows: readonly Data[], typed: Typed, byNumber: ReadonlyMap<string, "same_phone" | "same_id"> = new Map()): Likely[] {
  const all = rows.map((row) => judge(row, typed, byNumber.get(String(row["id"])) ?? null)).sort((a, b) => b.score - a.score);
  const near = all.filter((one) => one.score > 0);
  return near.length > 0 ? near : all.slice(0, FARTHEST);
}

function judge(row: Data, typed: Typed, number: "same_phone" | "same_id" | null): Likely {
  const reasons: Reason[] = [];
  let score = 0;
  if (number !== null) {
    reasons.push(number);
    score += 6;
  }
  const mine = fold(typed.name).split(" ").filter(Boolean);
  const theirs = new Set(fold(textOf(row["name"])).split(" ").filter(Boolean));
  const shared = mine.filter((word) => theirs.has(word)).length;
  if (shared > 0 && shared === mine.length) {
    reasons.push("same_name");
    score += 4 + shared;
  } else if (mine.length > 0 && (number === null || shared > 0)) {
    // The server found it by sound or in another script: our own eyes may see no letter in common.
    reasons.push("similar_name");
    score += 2 + shared;
  }
  const age = row["age"];
  if (typed.age !== null && typeof age === "number") {
    const apart = Math.abs(age - typed.age);
    if (apart === 0) reasons.push("same_age");
    else if (apart <= 2) reasons.push("near_age");
    score += apart === 0 ? 3 : apart <= 2 ? 1 : -2;
  }
  if (typed.sex !== "" && row["sex"] === typed.sex) {
    reasons.push("same_sex");
    score += 1;
  }
  return { row, reasons, score };
}

/** What the server is asked: the answers so far, as the form will hold them. */
export function askedFor(typed: Typed): JsonObject {
  const { name, age, sex, number } = typed;
  return { name: name.trim(), ...(age === null ? {} : { age }), ...(sex === "" ? {} : { sex }), ...(isNumber(number) ? { telephone_current: number.trim() } : {}) };
}

/**
 * What the server judged, the likeliest first; after that only what it does not know: cases of others, and whoever has the
 * number that she typed.
 */
export function withJudged(found: readonly Likely[], judged: readonly LikelyView[], except?: string): Likely[] {
  const named = new Map(judged.map((one) => [textOf(one.case["id"]), one]));
  const by = new Map(found.map((one) => [textOf(one.row["id"]), one]));
  const first = [...named].map(([id, one]): Likely => ({ row: one.case, reasons: by.get(id)?.reasons.filter(isOfNumber) ?? [], score: one.score, judged: one }));
  const others = found.filter((one) => !named.has(textOf(one.row["id"])) && (one.row["record_in_scope"] === false || one.reasons.some(isOfNumber)));
  return [...first, ...others].filter((one) => textOf(one.row["id"]) !== except);
}

function isOfNumber(reason: Reason): boolean {
  return reason === "same_phone" || reason === "same_id";
}

/** A full name laid into the questions of the form: the first word, the last, and what stands between. */
export function splitName(name: string): { first: string; middle: string; last: string } {
  const words = name.trim().split(/\s+/).filter(Boolean);
  if (words.length < 2) return { first: words[0] ?? "", middle: "", last: "" };
  return { first: words[0] ?? "", middle: words.slice(1, -1).join(" "), last: words.at(-1) ?? "" };
}
