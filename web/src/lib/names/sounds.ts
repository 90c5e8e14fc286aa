/** Names of every script in Latin letters, by sound, and the consonants that every spelling of a word shares. */

import { DIGRAPHS, FIRST, LATIN, LETTERS, MYANMAR, MYANMAR_SIGNS, NASALS, SCRIPTS } from "./table";

const MOST_READINGS = 8;
const MOST_KEPT = 20_000;
const ASCII = /^[\0-\x7f]*$/;
const DOUBLED = /(.)\1+/gu;
const PROSTHETIC = /^[ei](?=s[tpkm])/u;
const ASSIMILATED = /^[ae]([zsdnrt])\1/u;
const VOWELS = "aeiou";

/** A folded word in Latin letters. */
export function romanized(word: string): string {
  if (ASCII.test(word)) return word;
  const letters = [...word];
  return letters.map((letter, at) => {
    if (letter >= "\u1000" && letter <= "\u109f") return burmese(letters, at, letter);
    return ASCII.test(letter) ? letter : (LATIN.get(letter) ?? "");
  }).join("");
}

/** The script of the first letter of a text that is of a script known here. */
export function scriptOf(text: string): string {
  for (const letter of text) {
    const code = letter.codePointAt(0) ?? 0;
    const found = SCRIPTS.find(({ first, last }) => first <= code && code <= last);
    if (found) return found.name;
  }
  return "";
}

function burmese(letters: readonly string[], at: number, letter: string): string {
  const sign = MYANMAR_SIGNS.get(letter);
  if (sign !== undefined) return sign;
  const sound = MYANMAR.get(letter) ?? "";
  if (sound !== "" && at > 0 && letters.slice(at + 1, at + 3).includes("\u103a")) {
    // A closed syllable ends in a nasal, or in a stop that Latin spellings write as t.
    const nasal = NASALS.includes(letter);
    const stop = nasal && letters[at + 1] !== "\u1037" ? "" : "t";
    return (MYANMAR_SIGNS.has(letters[at - 1] ?? "") ? "" : "a") + (nasal ? "n" : "") + stop;
  }
  return sound;
}

const known = new Map<string, readonly string[]>();

/** The consonant skeletons of a word in Latin letters, the likeliest first. */
export function skeletons(word: string): readonly string[] {
  const kept = known.get(word);
  if (kept) return kept;
  if (known.size >= MOST_KEPT) known.clear();
  const plain = word.replace(ASSIMILATED, "$1").replace(PROSTHETIC, "").replace(DOUBLED, "$1");
  const found = new Set<string>();
  for (const reading of combined(readingsOf(plain)).slice(0, MOST_READINGS)) found.add(servant(reading));
  if (plain.startsWith("al") && plain.length > 5 && !VOWELS.includes(plain.charAt(2))) for (const one of skeletons(plain.slice(2))) found.add(one);
  const answer = [...found];
  known.set(word, answer);
  return answer;
}

function combined(readings: readonly (readonly string[])[]): string[] {
  return readings.reduce<string[]>((starts, choices) => starts.flatMap((start) => choices.map((choice) => start + choice)), [""]);
}

function readingsOf(word: string): (readonly string[])[] {
  const out: (readonly string[])[] = [];
  let combinations = 1;
  for (let at = 0; at < word.length; ) {
    const length = [4, 3, 2].find((n) => DIGRAPHS.has(word.slice(at, at + n))) ?? 1;
    let choices = choicesOf(word, at, word.slice(at, at + length));
    if (combinations * choices.length > MOST_READINGS) choices = choices.slice(0, 1);
    combinations *= choices.length;
    out.push(choices);
    at += length;
  }
  return out;
}

function choicesOf(word: string, at: number, piece: string): readonly string[] {
  const next = word.charAt(at + 1);
  const soft = piece === "c" && (next === "e" || next === "i");
  if (at === 0) {
    if (word.startsWith("ou")) return FIRST.get("ou") ?? [""];
    if (piece === "y" && next === "e") return ["Y", "A"];
    const first = FIRST.get(piece);
    if (first) return soft ? ["S", "A"] : first;
    if (VOWELS.includes(piece)) return ["A"];
  }
  if (soft) return ["S", ""];
  if (piece === "d" && at + 1 === word.length) return ["T"];
  if (piece === "d" && ["ia", "io"].includes(word.slice(at + 1, at + 3))) return ["D", "J"];
  return DIGRAPHS.get(piece) ?? LETTERS.get(piece) ?? [""];
}

function servant(skeleton: string): string {
  // Abd ul-Rahman, Abdelrahman and Abd Rahman are one name.
  return skeleton.startsWith("ABDL") && skeleton.length > 5 ? `ABD${skeleton.slice(4)}` : skeleton;
}
