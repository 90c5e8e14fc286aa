import type { Shape } from "~/api";
import { Refusal, textOfProblem } from "~/api";

export interface OptionDraft {
  id: string;
  display_text: Record<string, string>;
  disabled: boolean;
  tags: string[];
  isNew: boolean;
}

export function draftsOf(lookup: Shape<"Lookup"> | null): OptionDraft[] {
  return (lookup?.values ?? []).map((option) => ({ id: option.id, display_text: { ...option.display_text }, disabled: option.disabled === true, tags: [...(option.tags ?? [])], isNew: false }));
}

/** Options as they are sent: all of them, in their order. */
export function written(options: readonly OptionDraft[]): Shape<"OptionWrite">[] {
  return options.map(({ id, display_text, disabled, tags }) => ({ id, display_text, disabled, tags }));
}

/** One option a place earlier or later. */
export function moved(options: readonly OptionDraft[], from: number, by: 1 | -1): OptionDraft[] {
  const to = from + by;
  const one = options[from];
  const other = options[to];
  if (!one || !other) return [...options];
  const next = [...options];
  next[from] = other;
  next[to] = one;
  return next;
}

/** An identifier made of English words, not one that is there already. */
export function identifierOf(text: string, taken: readonly string[]): string {
  const plain = text
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "")
    .slice(0, 60);
  const stem = plain === "" ? "option" : plain;
  for (let n = 1; ; n += 1) {
    const tried = n === 1 ? stem : `${stem}_${String(n)}`;
    if (!taken.includes(tried)) return tried;
  }
}

/** What the server says is wrong with an option, by its place. */
export function wrongOptions(error: unknown): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  if (!(error instanceof Refusal)) return found;
  for (const problem of error.problems) {
    for (const pointer of problem.detail) {
      const place = /^\/?values\/(\d+)/.exec(pointer)?.[1];
      if (place === undefined) continue;
      const number = Number(place);
      found.set(number, [found.get(number), textOfProblem(problem, error.status)].filter(Boolean).join(" "));
    }
  }
  return found;
}
