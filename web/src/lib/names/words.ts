/** The words of a name: particles, titles and dirt left out, abbreviations written out. */

import { fold } from "./folding";
import { isBurmese, syllables } from "./myanmar";
import { ARTICLES, FIRST_ONLY, FULL, JOINED, PARTICLES, SHORT, SLASHED } from "./table";

const W = "[\\p{L}\\p{N}_]";
const full = new Map(FULL.map(([short, long]) => [fold(short), long]));
const short = new Set(SHORT.map(fold));
const firstOnly = new Set(FIRST_ONLY.map(fold));
const ARTICLE_HYPHEN = new RegExp(`(?<!${W})(?:${ARTICLES.join("|")})[-\u2010-\u2015](?=${W})`, "gu");
const SLASH = new RegExp(`(?<!${W})([wghtk])/(?=${W})`, "gu");
const DOTTED_MARIA = /^ma\. /u;
const SPLIT = /[^\u0900-\u0dff\u1000-\u109f\p{L}\p{N}_]+/u;
const TOGETHER = new RegExp(JOINED, "u");
const NO_LETTER = /[^\p{L}\p{M}_]/gu;
const NUMBER = /\p{N}/u;

/** The words of a name that count, folded; all of them when nothing else is left. */
export function nameWords(text: string): string[] {
  return wordsThatCount(everyWord(fold(text)));
}

export function wordsThatCount(every: readonly string[]): string[] {
  const words = every.map((word) => (NUMBER.test(word) ? null : (full.get(word) ?? word))).filter((word) => word !== null);
  const counting = words.filter((word) => !PARTICLES.has(word)).map(bare);
  while (counting.length > 2 && firstOnly.has(counting[0] ?? "")) counting.shift();
  return (counting.length > 0 ? counting : words).filter((word) => word !== "");
}

/** Those of a name's words that were written short and are read in full. */
export function abbreviatedWords(every: readonly string[]): Set<string> {
  return new Set(every.filter((word) => short.has(word)).map((word) => full.get(word) ?? word));
}

/** The words of a folded name, one by one. */
export function everyWord(folded: string): string[] {
  const apart = folded.replace(DOTTED_MARIA, "maria ").replace(ARTICLE_HYPHEN, "").replace(SLASH, (_, letter: string) => `${SLASHED[letter] ?? letter} `);
  return apart.replace(/\u0983/g, " ").split(SPLIT).filter((word) => word !== "").flatMap((word) => (isBurmese(word) ? syllables(word) : [word]));
}

function bare(word: string): string {
  if (word.startsWith("ال") && [...word].length > 4 && word !== "الله") return word.slice(2);
  return word.replace(TOGETHER, "").replace(NO_LETTER, "");
}
