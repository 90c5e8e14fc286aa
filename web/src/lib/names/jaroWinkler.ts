const BOOSTED_ABOVE = 0.7;
const LONGEST_START = 4;
const BOOST = 0.1;

let taken = new Uint8Array(64);

/** How alike two words are by the letters they share near the same place, more so when they begin alike (Jaro, Winkler). */
export function jaroWinkler(one: string, other: string): number {
  const likeness = jaro(one, other);
  if (likeness <= BOOSTED_ABOVE) return likeness;
  let start = 0;
  while (start < LONGEST_START && start < one.length && one[start] === other[start]) start += 1;
  return likeness + start * BOOST * (1 - likeness);
}

function jaro(one: string, other: string): number {
  if (one === other) return 1;
  const reach = Math.max((Math.max(one.length, other.length) >> 1) - 1, 0);
  if (taken.length < other.length) taken = new Uint8Array(other.length);
  else taken.fill(0, 0, other.length);
  let shared = "";
  for (let i = 0; i < one.length; i += 1) {
    const letter = one.charCodeAt(i);
    const last = Math.min(other.length - 1, i + reach);
    for (let j = Math.max(0, i - reach); j <= last; j += 1) {
      if (taken[j] === 1 || other.charCodeAt(j) !== letter) continue;
      taken[j] = 1;
      shared += one.charAt(i);
      break;
    }
  }
  if (shared === "") return 0;
  let moved = 0;
  for (let j = 0, at = 0; at < shared.length; j += 1) {
    if (taken[j] !== 1) continue;
    if (other.charCodeAt(j) !== shared.charCodeAt(at)) moved += 1;
    at += 1;
  }
  const count = shared.length;
  return (count / one.length + count / other.length + (count - (moved >> 1)) / count) / 3;
}
