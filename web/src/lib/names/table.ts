/** The letters, sounds and words that server and client share (`contracts/names/`). */

import shared from "../../../../contracts/names/table.json";

type Letters = Readonly<Record<string, string>>;
type Readings = ReadonlyMap<string, readonly string[]>;

const { ethiopic, myanmar, sounds, words } = shared;
const { rows, vowels, bare } = ethiopic;
const ORDERS = [0, 1, 2, 3, 4, 5, 6, 7] as const;

const after = (letter: string, places: number): string => String.fromCodePoint((letter.codePointAt(0) ?? 0) + places);
const map = (letters: Letters): Map<string, string> => new Map(Object.entries(letters));
const readings = (entries: Readonly<Record<string, string[]>>): Readings => new Map(Object.entries(entries));
const list = (text: string): string[] => text.split(" ");

/** The digits of every script, each with the plain one. */
export const DIGITS = new Map([...shared.digits].flatMap((zero) => [..."0123456789"].map((digit, n) => [after(zero, n), digit] as const)));
/** Marks that do not make another letter, as the inside of a regular expression's class. */
export const MARKS = shared.marks;
/** A letter and its mark that together are another letter. */
export const PAIRS = new Map(Object.entries<string>(shared.pairs).map(([pair, letter]) => [pair.normalize("NFD"), letter]));
/** Letters that are written for one another: each with the one that is kept. */
export const SAME = map(shared.same);
for (const [row, onto] of Object.entries(ethiopic.same_rows)) for (const order of ORDERS) SAME.set(after(row, order), after(onto, order));
for (const [letter, onto] of Object.entries(ethiopic.same)) SAME.set(letter, onto);
/** What a letter sounds like in Latin letters; Burmese ones depend on their neighbours and stand apart. */
export const LATIN = map(shared.latin);
for (const [row, consonant] of Object.entries(rows))
  for (const order of ORDERS) LATIN.set(after(row, order), consonant + ((consonant === "" ? bare : vowels)[order] ?? ""));
export const MYANMAR = map(myanmar.latin);
export const MYANMAR_SIGNS = map(myanmar.signs);
export const NASALS = myanmar.nasals;
export const ZAWGYI = map(myanmar.zawgyi);

export const DIGRAPHS = readings(sounds.digraphs);
export const LETTERS = readings(sounds.letters);
export const FIRST = readings(sounds.first);

/** Where the letters of a script stand, first and last. */
export const SCRIPTS = shared.scripts.map((entry) => {
  const [name = "", first = "", last = ""] = list(entry);
  return { name, first: parseInt(first, 16), last: parseInt(last, 16) };
});

export const ARTICLES = list(words.articles);
export const PARTICLES = new Set(list(words.particles));
/** Titles only in front of a name: elsewhere they are names. */
export const FIRST_ONLY = list(words.first_only);
/** Words that are written short, or in another way, for a longer one. */
export const FULL = Object.entries<string>(words.full);
/** Those of them that stand before many names and say little. */
export const SHORT = list(words.short);
/** Particles written together with the name, as a regular expression. */
export const JOINED = words.joined;
export const SLASHED: Letters = words.slashed;
