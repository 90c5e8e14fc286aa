/** A calculation as the builder shows it: a total or an average of questions, or a condition that gives yes or no. */

import { BrokenCondition, type BrokenCode } from "~/engine/conditions";
import { compileCalculation, fieldsRead } from "~/engine/calculations";
import { isList, isMap, part } from "~/engine/values";
import type { Field } from "../types";
import { answerKind, labelOf, type Lookable } from "../conditions/asking";

/** A part of a total: a question, a number, or a total or average of its own. */
export type Term = { readonly kind: "question"; readonly name: string } | { readonly kind: "number"; readonly text: string } | { readonly kind: "sum"; readonly sum: Sum };

export interface Sum {
  readonly how: "sum" | "avg";
  readonly terms: readonly Term[];
  /** Places after the point; null: rounded down to a whole number (averages alone). */
  readonly places: number | null;
}

export type ReadCalculation =
  | { readonly kind: "none" }
  | { readonly kind: "sum"; readonly sum: Sum }
  | { readonly kind: "condition"; readonly expression: unknown }
  | { readonly kind: "broken"; readonly code: BrokenCode };

/** What is stored in `calculation`. */
export function readCalculation(stored: unknown): ReadCalculation {
  const expression = isMap(stored) ? part(stored, "expression") : undefined;
  if (expression === undefined || expression === null) return { kind: "none" };
  try {
    compileCalculation(expression);
  } catch (error) {
    if (error instanceof BrokenCondition) return { kind: "broken", code: error.code };
    throw error;
  }
  const sum = sumOf(expression);
  return sum === null ? { kind: "condition", expression } : { kind: "sum", sum };
}

function sumOf(expression: unknown): Sum | null {
  if (!isMap(expression)) return null;
  const how = (["sum", "avg"] as const).find((one) => one in expression);
  if (how === undefined) return null;
  const operand = expression[how];
  const extra = isMap(operand) ? part(operand, "extra") : null;
  const places = isMap(extra) ? part(extra, "decimalPlaces") : null;
  const terms = isMap(operand) ? part(operand, "data") : operand;
  if (!isList(terms)) return null;
  return { how, places: typeof places === "number" ? places : null, terms: terms.map(termOf) };
}

function termOf(term: unknown): Term {
  if (typeof term === "string") return { kind: "question", name: term };
  if (typeof term === "number") return { kind: "number", text: String(term) };
  return { kind: "sum", sum: sumOf(term) ?? { how: "sum", terms: [], places: null } };
}

/** The expression of a total; parts that are not finished are left out. Null when nothing is left. */
export function writeSum({ how, terms, places }: Sum): Record<string, unknown> | null {
  const written = terms.flatMap((term): unknown[] => {
    if (term.kind === "question") return term.name === "" ? [] : [term.name];
    if (term.kind === "number") return numberOf(term.text) === null ? [] : [numberOf(term.text)];
    const inner = writeSum(term.sum);
    return inner === null ? [] : [inner];
  });
  if (written.length === 0) return null;
  return { [how]: how === "avg" && places !== null ? { data: written, extra: { decimalPlaces: places } } : written };
}

export function numberOf(text: string): number | null {
  return /^[+-]?\d{1,15}(\.\d{1,10})?$/.test(text.trim()) ? Number(text) : null;
}

export interface SumFinding {
  readonly tone: "wrong" | "notice";
  readonly code: string;
  readonly values: Readonly<Record<string, string>>;
}

/** What is wrong with one part of a total. */
export function ofTerm(term: Term, known: Lookable, owner: string | undefined): SumFinding | null {
  if (term.kind === "sum") return term.sum.terms.length === 0 ? { tone: "wrong", code: "no_question", values: {} } : null;
  if (term.kind === "number") return numberOf(term.text) === null ? { tone: "wrong", code: "no_number", values: {} } : null;
  if (term.name === "") return { tone: "wrong", code: "no_question", values: {} };
  const field = known.fields.get(term.name);
  if (field === undefined) {
    const other = known.elsewhere.get(term.name);
    return other === undefined ? { tone: "wrong", code: "unknown", values: { question: term.name } } : { tone: "wrong", code: "elsewhere", values: { question: labelOf(other, known.sources) } };
  }
  const question = labelOf(field, known.sources);
  if (term.name === owner) return { tone: "wrong", code: "itself", values: { question } };
  const way = owner === undefined ? null : wayBack(term.name, owner, known);
  if (way !== null) return { tone: "wrong", code: "circle_of_sums", values: { way: way.map((name) => nameOf(name, known)).join(" › ") } };
  if (!isCounted(field)) return { tone: "wrong", code: "not_counted", values: { question } };
  return field.visible === false ? { tone: "notice", code: "retired", values: { question } } : null;
}

/** Does an answer of it count in a total? Ticks count as one; ids of options that are numbers, and numbers in a text, count too. */
export function isCounted(field: Field): boolean {
  return ["number", "tick", "choice", "text"].includes(answerKind(field));
}

function nameOf(name: string, known: Lookable): string {
  const field = known.fields.get(name);
  return field === undefined ? name : labelOf(field, known.sources);
}

function wayBack(from: string, to: string, known: Lookable): string[] | null {
  const seen = new Set<string>();
  const go = (name: string, way: readonly string[]): string[] | null => {
    const expression = known.fields.get(name)?.calculation?.["expression"];
    if (seen.has(name) || expression === undefined || expression === null) return null;
    seen.add(name);
    for (const next of fieldsRead(expression)) {
      if (next === to) return [...way, name, to];
      const found = go(next, [...way, name]);
      if (found !== null) return found;
    }
    return null;
  };
  const way = go(from, []);
  return way === null ? null : [to, ...way];
}

/** How many parts must be mended. */
export function wrongParts(sum: Sum, known: Lookable, owner: string | undefined): number {
  return sum.terms.reduce((count, term) => count + (ofTerm(term, known, owner)?.tone === "wrong" ? 1 : 0) + (term.kind === "sum" ? wrongParts(term.sum, known, owner) : 0), 0);
}
