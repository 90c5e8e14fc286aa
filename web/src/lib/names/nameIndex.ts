import { jaroWinkler } from "./jaroWinkler";
import { nameLikeness, take, type Likeness, type Taken } from "./likeness";
import { pairs } from "./keys";
import { skeletons } from "./sounds";

/** Two words are taken for one with a typing error when their letters are at least this alike. */
const NEAR = 0.84;
/** A name that answers worse than this is not shown. */
const SHOWN = 0.4;
const SHORTEST_SOUND = 2;
const SHORTEST_PART = 3;

/** One whose name answers a search. */
export interface Named extends Likeness {
  readonly id: string;
}

interface Bearers {
  readonly latin: string;
  readonly sounds: readonly string[];
  readonly ids: Set<string>;
}

/**
 * The names of many children in memory. Each different word is looked at once in a search, however many bear it, and only
 * those who bear one that answers are compared as a whole.
 */
export class NameIndex {
  private readonly names = new Map<string, Taken[]>();
  private readonly words = new Map<string, Bearers>();

  get size(): number {
    return this.names.size;
  }

  /** Puts somebody's names in, in place of those she had. */
  set(id: string, texts: readonly string[]): void {
    this.drop(id);
    const taken = texts.map(take).filter(({ words }) => words.length > 0);
    if (taken.length === 0) return;
    this.names.set(id, taken);
    for (const { words } of taken) {
      for (const { written, latin } of words) {
        const known = this.words.get(written);
        if (known) known.ids.add(id);
        else this.words.set(written, { latin, sounds: soundsOf(latin), ids: new Set([id]) });
      }
    }
  }

  drop(id: string): void {
    for (const { words } of this.names.get(id) ?? []) {
      for (const { written } of words) {
        const known = this.words.get(written);
        known?.ids.delete(id);
        if (known?.ids.size === 0) this.words.delete(written);
      }
    }
    this.names.delete(id);
  }

  /** Those whose names answer a search, the best first. */
  find(query: string, most = Infinity): Named[] {
    const asked = take(query);
    const found: Named[] = [];
    for (const id of this.candidates(asked)) {
      const likenesses = (this.names.get(id) ?? []).map((name) => nameLikeness(asked, name));
      const best = likenesses.reduce((one, other) => (other.score > one.score ? other : one));
      if (best.score >= SHOWN) found.push({ id, ...best });
    }
    return found.sort((one, other) => other.score - one.score || (one.id < other.id ? -1 : 1)).slice(0, most);
  }

  private candidates({ words }: Taken): Set<string> {
    const found = new Set<string>();
    const latins = words.map(({ latin }) => latin);
    const sounds = new Set([...latins, ...pairs(latins)].flatMap(soundsOf));
    const beginnings = new Set([...sounds].flatMap((sound) => beginningsOf(sound)));
    for (const [word, bearers] of this.words) {
      const answers =
        bearers.sounds.some((sound) => sounds.has(sound) || beginnings.has(sound)) ||
        words.some(({ written, latin }) => word.startsWith(written) || jaroWinkler(latin, bearers.latin) >= NEAR);
      if (answers) for (const id of bearers.ids) found.add(id);
    }
    return found;
  }
}

function soundsOf(latin: string): string[] {
  return skeletons(latin).filter((sound) => sound.length >= SHORTEST_SOUND);
}

/** A word of a search may be two words of a name: it sounds, to begin with, as the first. */
function beginningsOf(sound: string): string[] {
  return Array.from({ length: Math.max(sound.length - SHORTEST_PART, 0) }, (_, more) => sound.slice(0, SHORTEST_PART + more));
}
