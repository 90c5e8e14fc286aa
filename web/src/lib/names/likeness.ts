/** How alike two names are, from 0 to 1: to rank what a search found. What is one child is never decided by it. */

import { fold, orderOf } from "./folding";
import { jaroWinkler } from "./jaroWinkler";
import { romanized, scriptOf, skeletons } from "./sounds";
import { abbreviatedWords, everyWord, wordsThatCount } from "./words";

const SAME_SOUND = 0.9;
/** Across scripts two spellings are never the same: what sounds alike is as good as equal, its letters only break ties. */
const SAME_SOUND_ACROSS = 0.93;
const BEGINNING = 0.9;
const UNMATCHED = 0.35;
const UNASKED = 0.03;
const ABBREVIATED = 0.4;
const LIKE = 0.75;

/** A word of a name: as it is written, in Latin letters, and what it counts. */
export interface Word {
  readonly written: string;
  readonly latin: string;
  readonly weight: number;
}

/** Why a name answers a search: `near` is a typing error away, `some` is not every word. */
export type LikenessKind = "same" | "beginning" | "sound" | "script" | "near" | "some";

/** How well a name answers a search, and why. */
export interface Likeness {
  readonly score: number;
  readonly kind: LikenessKind;
}

/** A name taken apart, to be compared often. */
export interface Taken {
  readonly order: string;
  readonly script: string;
  readonly words: readonly Word[];
}

type Row = readonly Word[];
interface Total {
  readonly score: number;
  readonly pairs: readonly (readonly [Word, Word])[];
  readonly missing: number;
}

export function take(name: string): Taken {
  const folded = fold(name);
  const every = everyWord(folded);
  const short = abbreviatedWords(every);
  const words = wordsThatCount(every).map((written) => {
    const latin = romanized(written) || written;
    return { written, latin, weight: latin.length * (short.has(written) ? ABBREVIATED : 1) };
  });
  return { order: orderOf(folded), script: scriptOf(folded), words };
}

/** How alike two names are: word by word, whatever their order, script and spelling. */
export function nameSimilarity(one: string, other: string): number {
  const [a, b] = [take(one), take(other)];
  if (a.order === b.order) return 1;
  if (a.words.length === 0 || b.words.length === 0) return 0;
  const [first, second] = a.words.length > b.words.length ? [b.words, a.words] : [a.words, b.words];
  return Math.max(...writings(first, second).map(([x, y]) => total(x, y, alike, UNMATCHED).score));
}

/** How well a name answers a search for `query`: words may be missing in the search, but not in the name. */
export function nameLikeness(query: string | Taken, name: string | Taken): Likeness {
  const asked = typeof query === "string" ? take(query) : query;
  const there = typeof name === "string" ? take(name) : name;
  if (asked.order === there.order) return { score: 1, kind: "same" };
  if (asked.words.length === 0 || there.words.length === 0) return { score: 0, kind: "some" };
  const tries = writings(asked.words, there.words).map(([x, y]) => total(x, y, answers, UNASKED));
  const best = tries.reduce((found, next) => (next.score > found.score ? next : found));
  return { score: best.score, kind: reason(best, asked.script !== there.script) };
}

/** How well a name answers a search, from 0 to 1. */
export function scoreName(query: string, name: string): number {
  return nameLikeness(query, name).score;
}

function reason({ pairs, missing }: Total, otherScript: boolean): LikenessKind {
  const kinds = new Set(pairs.map(([asked, there]) => wordReason(asked, there)));
  if (missing > 0 || kinds.has("other")) return "some";
  if (otherScript) return "script";
  return (["near", "sound", "beginning"] as const).find((kind) => kinds.has(kind)) ?? "same";
}

function wordReason(asked: Word, there: Word): LikenessKind | "other" {
  if (asked.written === there.written) return "same";
  if (there.written.startsWith(asked.written)) return "beginning";
  if (soundAlike(asked.latin, there.latin)) return "sound";
  return jaroWinkler(asked.latin, there.latin) >= LIKE ? "near" : "other";
}

function soundAlike(one: string, other: string): boolean {
  const sounds = skeletons(other);
  return skeletons(one).some((sound) => sound !== "" && sounds.includes(sound));
}

function total(first: Row, second: Row, score: (one: Word, other: Word) => number, extra: number): Total {
  const every = first.flatMap((a, i) => second.map((b, j) => ({ value: score(a, b), i, j })));
  every.sort((one, other) => other.value - one.value || other.i - one.i || other.j - one.j);
  const paired = new Map<number, { j: number; value: number }>();
  const taken = new Set<number>();
  for (const { value, i, j } of every) {
    if (paired.has(i) || taken.has(j)) continue;
    paired.set(i, { j, value });
    taken.add(j);
  }
  let found = 0;
  let weight = 0;
  first.forEach((word, i) => {
    found += word.weight * (paired.get(i)?.value ?? 0);
    weight += word.weight;
  });
  let alone = 0;
  second.forEach((word, j) => {
    if (!taken.has(j)) alone += word.weight;
  });
  const pairs = [...paired].flatMap(([i, { j }]) => {
    const [a, b] = [first[i], second[j]];
    return a && b ? [[a, b] as const] : [];
  });
  return { score: found / (weight + extra * alone), pairs, missing: first.length - paired.size };
}

/** Two names as they stand, and with two neighbouring words written as one where the other writes them as one. */
function writings(first: Row, second: Row): [Row, Row][] {
  const ways: [Row, Row][] = [[first, second]];
  const one = joined(first, second);
  if (one) ways.push([one, second]);
  const other = joined(second, first);
  if (other) ways.push([first, other]);
  return ways;
}

function joined(words: Row, other: Row): Row | null {
  for (const [at, a] of words.entries()) {
    const b = words[at + 1];
    if (!b) break;
    const longest = Math.max(a.latin.length, b.latin.length);
    const longer = other.filter((word) => word.latin.length > longest);
    const latin = a.latin + b.latin;
    if (longer.some((word) => soundAlike(latin, word.latin)))
      return [...words.slice(0, at), { written: a.written + b.written, latin, weight: a.weight + b.weight }, ...words.slice(at + 2)];
  }
  return null;
}

/** How well a word of a name answers a word of a search. */
export function answers(asked: Word, there: Word): number {
  const [one, other] = [[...asked.written].length, [...there.written].length];
  if (one > 1 && one < other && there.written.startsWith(asked.written)) return Math.max(BEGINNING + ((1 - BEGINNING) * one) / other, alike(asked, there));
  return alike(asked, there);
}

function alike(one: Word, other: Word): number {
  if (one.written === other.written || one.latin === other.latin) return 1;
  const letters = jaroWinkler(one.latin, other.latin);
  if (!soundAlike(one.latin, other.latin)) return letters * letters;
  if ((one.written === one.latin) !== (other.written === other.latin)) return SAME_SOUND_ACROSS + (1 - SAME_SOUND_ACROSS) * letters;
  return Math.max(letters, Math.min(one.latin.length, other.latin.length) > 2 ? SAME_SOUND : letters);
}
