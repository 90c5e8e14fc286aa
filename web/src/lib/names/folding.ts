/** One spelling for what people write in many ways: case, marks, letter forms, invisible characters, digits. */

import { inUnicodeOrder } from "./myanmar";
import { DIGITS, MARKS, PAIRS, SAME } from "./table";

const INVISIBLE = /\p{Cf}/gu;
const BLANK = /[\p{Cc}\p{Z}]/gu;
const PAIRED = new RegExp([...PAIRS.keys()].join("|"), "gu");
const MARKED = new RegExp(`[${MARKS}]`, "gu");
const PLAIN = /^[a-z ]*$/;
const LONGEST_ORDER = 200;
const PUNCTUATION = /[^\p{L}\p{N}\p{M}]/gu;

/** A text without the differences that do not make another name. */
export function fold(text: string): string {
  const small = text.toLowerCase();
  if (PLAIN.test(small)) return plain(small);
  const shown = text.normalize("NFKC").replace(INVISIBLE, "").replace(BLANK, " ");
  const apart = shown.toLowerCase().normalize("NFD");
  const bare = apart.replace(PAIRED, (pair) => PAIRS.get(pair) ?? pair).replace(MARKED, "");
  return plain(inUnicodeOrder(translated(translated(bare, DIGITS), SAME)));
}

/** The key that orders names: the folded text without punctuation, the same for every language. */
export function sortKey(text: string): string {
  return orderOf(fold(text));
}

/** The key that orders names, of a text that is folded already. */
export function orderOf(folded: string): string {
  const key = plain(folded.replace(PUNCTUATION, " "));
  return key.length <= LONGEST_ORDER ? key : [...key].slice(0, LONGEST_ORDER).join("");
}

/** A text with the digits of every script written 0 to 9. */
export function inPlainDigits(text: string): string {
  return translated(text.normalize("NFKC"), DIGITS);
}

export function translated(text: string, letters: ReadonlyMap<string, string>): string {
  let out = "";
  for (const letter of text) out += letters.get(letter) ?? letter;
  return out;
}

function plain(text: string): string {
  return text.replace(/ +/g, " ").replace(/^ | $/g, "");
}
