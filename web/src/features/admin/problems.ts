import { Refusal, textOf, textOfProblem, type Problem } from "~/api";

export interface Told {
  /** What is wrong with an answer, by the name of its field. */
  fields: Readonly<Record<string, string>>;
  /** What is wrong with none of them alone. */
  whole: string | null;
}

export const NOTHING_WRONG: Told = { fields: {}, whole: null };

/** Every problem of a refusal beside the field that it is about, as far as there is such a field. */
export function toldBy(error: unknown, names: readonly string[]): Told {
  if (!(error instanceof Refusal)) return { fields: {}, whole: textOf(error) };
  const fields: Record<string, string> = {};
  const rest: Problem[] = [];
  for (const problem of error.problems) {
    const places = problem.detail.map((pointer) => fieldOf(pointer, names)).filter((name) => name !== null);
    if (places.length === 0) rest.push(problem);
    for (const name of places) fields[name] = [fields[name], textOfProblem(problem, error.status)].filter(Boolean).join(" ");
  }
  const found = Object.keys(fields).length > 0;
  return { fields, whole: rest.length > 0 || !found ? textOf(new Refusal(error.status, rest)) : null };
}

/** The field that a pointer leads to or into: `/name/en` is `name.en`, and so is `/name` when the parts alone are asked. */
function fieldOf(pointer: string, names: readonly string[]): string | null {
  const path = pointer.replace(/^\//, "").replaceAll("/", ".");
  return names.find((name) => name === path) ?? names.find((name) => path.startsWith(`${name}.`)) ?? names.find((name) => name.startsWith(`${path}.`)) ?? null;
}
