import { fold } from "~/lib/fold";
import type * as Names from "~/lib/names";
import { watched, type Watched } from "~/lib/watched";
import { namesOf, type Summary } from "./summary";

/** How well a case answers a search, best 1, and why: a code, the same as the server's. */
export interface Answering {
  readonly score: number;
  readonly why: string;
}

/** How kept cases are found by name. */
export interface NameSearch {
  /** By id, those who answer. */
  find(query: string): ReadonlyMap<string, Answering>;
  /** One case that is not (or not so) in the index; nothing when it does not answer. */
  answer(query: string, names: readonly string[]): Answering | null;
}

const AT_ONCE = 150;
/** A name that answers worse than this is not shown. */
const SHOWN = 0.4;

type Library = typeof Names;

/**
 * The names of the kept cases, made ready for searches across scripts and spellings: in the background, in small
 * pieces, as a telephone needs its breath. Until then names are compared letter by letter.
 */
export class Naming {
  private readonly search = watched<NameSearch | null>(null);
  private readonly known = new Map<string, string>();
  private library: Library | null = null;
  private index: InstanceType<Library["NameIndex"]> | null = null;
  private wanted: ReadonlyMap<string, Summary> = new Map();
  private working: Promise<void> | null = null;

  constructor(
    private readonly load: () => Promise<Library> = () => import("~/lib/names"),
    private readonly breathe: () => Promise<unknown> = pause,
  ) {}

  get ready(): Watched<NameSearch | null> {
    return this.search;
  }

  /** These are the kept records now. */
  follow(summaries: ReadonlyMap<string, Summary>): void {
    this.wanted = summaries;
    if (summaries.size === 0 && this.known.size === 0) return;
    this.working ??= this.work()
      // Without the library (an update in between, no network) names are still found by their letters.
      .catch(() => undefined)
      .finally(() => {
        this.working = null;
      });
  }

  /** When everything that was followed is in the index. */
  async settled(): Promise<void> {
    while (this.working) await this.working;
  }

  forget(): void {
    this.wanted = new Map();
    this.known.clear();
    this.index = null;
    this.search.set(null);
  }

  private async work(): Promise<void> {
    this.library ??= await this.load();
    let taken: ReadonlyMap<string, Summary> | null = null;
    let isChanged = false;
    while (taken !== this.wanted) {
      taken = this.wanted;
      const index = (this.index ??= new this.library.NameIndex());
      let count = 0;
      for (const id of [...this.known.keys()]) {
        if (taken.has(id)) continue;
        index.drop(id);
        this.known.delete(id);
        isChanged = true;
      }
      for (const [id, summary] of taken) {
        const names = namesOf(summary);
        const written = names.join("\n");
        if (this.known.get(id) === written) continue;
        index.set(id, names);
        this.known.set(id, written);
        isChanged = true;
        if (++count % AT_ONCE === 0) {
          await this.breathe();
          if (taken !== this.wanted) break;
        }
      }
    }
    if (this.index !== null && (isChanged || this.search.get() === null)) this.search.set(searchOf(this.library, this.index));
  }
}

function searchOf(library: Library, index: InstanceType<Library["NameIndex"]>): NameSearch {
  const last = { query: "", found: new Map<string, Answering>() };
  return {
    find: (query) => {
      // The list and its count ask the same in one breath.
      if (query !== last.query) {
        last.query = query;
        last.found = new Map(index.find(query).map((one) => [one.id, answering(one)]));
      }
      return last.found;
    },
    answer: (query, names) => {
      const best = names.map((name) => library.nameLikeness(query, name)).reduce((one, other) => (other.score > one.score ? other : one), NOT_ALIKE);
      return best.score >= SHOWN ? answering(best) : null;
    },
  };
}

const NOT_ALIKE: Names.Likeness = { score: 0, kind: "some" };

function answering({ score, kind }: Names.Likeness): Answering {
  return { score, why: `name_${kind}` };
}

/** Letter by letter: each word looked for must begin a word of the name, or stand within one. */
export function answerByLetters(query: string, names: readonly string[]): Answering | null {
  const wanted = fold(query).split(" ").filter(Boolean);
  if (wanted.length === 0) return null;
  const words = names.flatMap((name) => fold(name).split(" "));
  let sum = 0;
  for (const word of wanted) {
    const best = words.includes(word) ? 1 : words.some((one) => one.startsWith(word)) ? 0.8 : word.length > 2 && words.some((one) => one.includes(word)) ? 0.6 : 0;
    if (best === 0) return null;
    sum += best;
  }
  return { score: sum / wanted.length, why: sum === wanted.length ? "name_same" : "name_beginning" };
}

function pause(): Promise<unknown> {
  return new Promise((done) => setTimeout(done, 0));
}
