/** Burmese: the old Zawgyi encoding brought into Unicode order, and words cut into syllables. */

import { ZAWGYI } from "./table";

const CONSONANT = "\u1000-\u1021\u1025\u103f";
const BURMESE = /[\u1000-\u109f]/;
// Signs of Zawgyi: the vowel E before its consonant at the start of a word, or letters that only Zawgyi uses.
const SIGNS = new RegExp(`(?:^| )\u1031|[\u1060-\u1097]|\u1039(?![${CONSONANT}])`, "u");
const WRITTEN = new RegExp(`(\u1031?)(\u103c?)([${CONSONANT}])([\u103b-\u103e]*)`, "gu");
const SYLLABLE = new RegExp(`(?<!\u1039)[${CONSONANT}\u1023-\u102a\u104e](?![\u103a\u1039\u1037]*[\u103a\u1039])`, "gu");

export function isBurmese(text: string): boolean {
  return BURMESE.test(text);
}

/** A text in Unicode, where it was written in Zawgyi; any other text as it is. */
export function inUnicodeOrder(text: string): string {
  if (!isBurmese(text) || !SIGNS.test(text)) return text;
  let known = "";
  for (const letter of text) known += ZAWGYI.get(letter) ?? letter;
  return known.replace(WRITTEN, (_, vowel: string, medial: string, consonant: string, medials: string) =>
    consonant + [...(medial + medials)].sort().join("") + vowel,
  );
}

/** A Burmese word cut into its syllables: names are written together, and apart in other scripts. */
export function syllables(word: string): string[] {
  const starts = [...word.matchAll(SYLLABLE)].map((found) => found.index);
  if (starts.length === 0) return [word];
  const cuts = starts[0] === 0 ? [...starts, word.length] : [0, ...starts, word.length];
  return cuts.slice(0, -1).map((start, at) => word.slice(start, cuts[at + 1])).filter((part) => part !== "");
}
