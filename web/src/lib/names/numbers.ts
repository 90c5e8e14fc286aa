/** Telephone numbers and identifiers: the keys by which they are found, however they are written. */

import { inPlainDigits } from "./folding";

const PHONE_TAIL = 8;
const SHORTEST_PHONE = 6;
const BETWEEN_NUMBERS = /[/,;|\n]|[\p{L}\p{Nl}\p{No}]+/u;
const SEPARATORS = /[^\p{L}\p{N}]+/gu;

/** The digits by which a telephone number is found, however its country code and trunk zero are written. */
export function phoneKey(text: string): string {
  return inPlainDigits(text).replace(/[^0-9]/g, "").replace(/^0+/, "").slice(-PHONE_TAIL);
}

/** The keys of what stands in a telephone field: the ends of every number in it, eight digits to six. */
export function phoneKeys(text: string): string[] {
  const found = new Set<string>();
  for (const number of numbers(text)) {
    const key = phoneKey(number);
    for (let length = key.length; length >= SHORTEST_PHONE; length -= 1) found.add(key.slice(-length));
    if (key !== "" && key.length < SHORTEST_PHONE) found.add(key);
  }
  return [...found];
}

/** The key to ask for in a search by telephone number; empty where there are too few digits to find anybody by. */
export function phoneSearchKey(text: string): string {
  const key = phoneKey(text);
  return key.length >= SHORTEST_PHONE ? key : "";
}

/** The letters and digits of an identifier, without case, blanks and separators. */
export function identifierKey(text: string): string {
  return inPlainDigits(text).toLowerCase().replace(SEPARATORS, "");
}

function numbers(text: string): string[] {
  const plain = inPlainDigits(text);
  const parts = plain.split(BETWEEN_NUMBERS).filter((part) => /[0-9]/.test(part));
  return parts.every((part) => phoneKey(part).length >= SHORTEST_PHONE) ? parts : [plain];
}
