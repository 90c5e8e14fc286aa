/** The keys by which a name is found: stored with the record, asked for in a search. */

import { romanized, skeletons } from "./sounds";
import { nameWords } from "./words";

const SHORTEST_SKELETON = 2;
const BEGINNINGS = [2, 3, 4, 5, 7] as const;
const MISTYPED = { from: 4, to: 12 } as const;
const MOST_WORDS = 6;

/** The keys of one word of a search: of the word itself, and of words that are a typing error away. */
export interface WordKeys {
  readonly word: string;
  readonly keys: readonly string[];
  readonly mistyped: readonly string[];
}

/** The keys stored with a name: words (`w:`), sounds (`s:`), beginnings (`p:`), words less a letter (`d:`). */
export function nameKeys(text: string): string[] {
  const words = nameWords(text);
  const keys = new Set([...words, ...pairs(words)].flatMap(whole));
  for (const word of words) {
    const letters = [...word];
    for (const length of BEGINNINGS) if (length < letters.length) keys.add(`p:${letters.slice(0, length).join("")}`);
    for (const key of lessALetter(word)) keys.add(key);
  }
  return [...keys];
}

/** The words of a search with their keys; each word may be the beginning of a longer one, or run into the next. */
export function searchWords(text: string): WordKeys[] {
  const words = nameWords(text).slice(0, MOST_WORDS);
  return words.map((word, position) => {
    const near = [word, ...pairs(words.slice(Math.max(position - 1, 0), position + 2))];
    const keys = new Set(near.flatMap(whole));
    const letters = [...word];
    const longest = BEGINNINGS.findLast((length) => length <= letters.length);
    if (longest !== undefined) keys.add(`p:${letters.slice(0, longest).join("")}`);
    const less = lessALetter(word);
    const mistyped = less.length > 0 ? [`d:${word}`, ...less, ...less.map((key) => `w:${key.slice(2)}`)] : [];
    return { word, keys: [...keys], mistyped: [...new Set([...mistyped, ...lessASound(word)])] };
  });
}

/** Two neighbouring words each, written as one. */
export function pairs(words: readonly string[]): string[] {
  return words.slice(1).map((word, before) => (words[before] ?? "") + word);
}

function whole(word: string): string[] {
  const sounds = skeletons(romanized(word)).filter((skeleton) => skeleton.length >= SHORTEST_SKELETON);
  return [`w:${word}`, ...sounds.map((sound) => `s:${sound}`)];
}

function lessALetter(word: string): string[] {
  const letters = [...word];
  if (letters.length < MISTYPED.from || letters.length > MISTYPED.to) return [];
  return [...new Set(letters.map((_, at) => `d:${letters.filter((__, other) => other !== at).join("")}`))];
}

function lessASound(word: string): string[] {
  const sound = skeletons(romanized(word))[0] ?? "";
  if (sound.length < MISTYPED.from) return [];
  return [...sound].map((_, at) => `s:${sound.slice(0, at)}${sound.slice(at + 1)}`);
}
