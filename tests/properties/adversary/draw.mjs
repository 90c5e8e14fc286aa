// What is drawn from a seed, and how what was typed is known again.

/** A drawing of its own for each device and for the world, so that one does not move the other. */
export class Draw {
  constructor(seed) {
    this.state = seed >>> 0;
  }
  next() {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = this.state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
  below(most) {
    return Math.floor(this.next() * most);
  }
  chance(share) {
    return this.next() < share;
  }
  of(list) {
    return list[this.below(list.length)];
  }
  weighted(weights) {
    let left = this.next() * Object.values(weights).reduce((all, one) => all + one, 0);
    for (const [name, weight] of Object.entries(weights)) if ((left -= weight) < 0) return name;
    return Object.keys(weights)[0];
  }
}

const isRows = (value) => Array.isArray(value);
export const rowsOf = (value) => new Map((isRows(value) ? value : []).map((row) => [row.unique_id, row.note_text ?? null]));
export const tokensIn = (value) => new Set(JSON.stringify(value ?? null).match(/\bT\d+x\d+z\b/g) ?? []);
