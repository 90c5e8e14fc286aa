/** What the forms compute: sums and averages, summaries of rows, tally totals, ages. */

import { BrokenCondition, DEEPEST_NESTING, OPERATORS, compileCondition, fieldsAsked, operatorOf } from "./conditions";
import type { Answers, Data, Field, Json } from "./types";
import type { JsonMap } from "./values";
import { answer, before, dayOf, isAbsent, isList, isMap, mapOf, numberOfText, part, plain } from "./values";

const ARITHMETIC: ReadonlySet<string> = new Set(["sum", "avg"]);
const EVERY: ReadonlySet<string> = new Set([...OPERATORS, ...ARITHMETIC]);
const MOST_DECIMALS = 20;

/** A term's value, or null when nothing was counted in it. */
type Term = (data: Answers) => number | null;
export type Calculation = (data: Answers) => Json;

export interface CalculationProblem {
  readonly field: string;
  readonly code: string;
}

/** The result of a calculation: a number, true or false, or null. Throws BrokenCondition. */
export function evaluate(expression: unknown, data: Answers): Json {
  return compileCalculation(expression)(data);
}

/** The calculation as a function of the answers, checked whole. Throws BrokenCondition. */
export function compileCalculation(expression: unknown): Calculation {
  if (isMap(expression)) {
    const operator = operatorOf(expression, EVERY);
    if (operator !== null && ARITHMETIC.has(operator)) {
      const term = arithmetic(expression, 1);
      const ofNothing = operator === "sum" ? 0 : null;
      return (data) => {
        const value = term(data) ?? ofNothing;
        return value === null ? null : plain(value);
      };
    }
  }
  return compileCondition(expression);
}

/** The names of the answers that a calculation looks at. */
export function fieldsRead(expression: unknown): Set<string> {
  if (typeof expression === "string") return new Set([expression]);
  if (isMap(expression)) {
    const operator = Object.keys(expression).find((key) => ARITHMETIC.has(key));
    if (operator !== undefined) {
      const operand = expression[operator];
      const terms = isMap(operand) ? part(operand, "data") : operand;
      return new Set(isList(terms) ? terms.flatMap((term) => [...fieldsRead(term)]) : []);
    }
  }
  return fieldsAsked(expression);
}

/** What an answer counts in a sum: a number, a numeric text, a tick as 1 or 0; nothing else counts. */
export function numberCounted(value: Json): number | null {
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value === "string") return numberOfText(value);
  return typeof value === "number" ? value : null;
}

/** The answer that a summary copies from the first or last row of a subform, or null. */
export function summarize(summary: unknown, rows: Json): Json {
  if (!isMap(summary) || !Array.isArray(rows)) return null;
  const end = ["first", "last"].find((one) => isMap(part(summary, one)));
  const wanted = end === undefined ? undefined : part(summary, end);
  if (!isMap(wanted)) return null;
  let ordered: Answers[] = rows.filter((row): row is Data => isMap(row));
  const orderBy = part(wanted, "order_by");
  if (typeof orderBy === "string" && orderBy !== "") {
    const answered = ordered.filter((row) => answer(row, orderBy) !== null);
    if (answered.length > 0) {
      ordered = answered.sort((a, b) => ranked(answer(a, orderBy), answer(b, orderBy)));
      if (part(wanted, "order") === "desc") ordered.reverse();
    }
  }
  const row = ordered[end === "first" ? 0 : ordered.length - 1];
  return row === undefined ? null : answer(row, String(part(wanted, "field_name")));
}

/** A tally with its total computed, where the field asks for one; a total that was sent is replaced. */
export function withTotal(field: Field, value: Json): Json {
  if (!isMap(value) || field.autosum_total !== true) return value;
  const numbers = tallyItems(field)
    .map((item) => answer(value, item))
    .filter((count) => typeof count === "number");
  return { ...value, total: numbers.length > 0 ? plain(added(numbers)) : null };
}

/** The ids of a tally's items. */
export function tallyItems(field: Field): string[] {
  return (field.tally ?? []).map((item) => item.id);
}

/** Completed years on a day; null without a real birth date, or for one after that day. */
export function ageOn(dateOfBirth: unknown, today: string): number | null {
  const born = dayOf(dateOfBirth);
  const now = dayOf(today);
  if (typeof dateOfBirth !== "string" || born === null || now === null || born > now) return null;
  return Number(today.slice(0, 4)) - Number(dateOfBirth.slice(0, 4)) - (today.slice(5) < dateOfBirth.slice(5) ? 1 : 0);
}

/** The birth date that stands for an age in years: 1 January of the year, or null. */
export function birthFromAge(age: unknown, today: string): string | null {
  if (typeof age !== "number" || !Number.isInteger(age) || age < 0 || dayOf(today) === null) return null;
  const year = Number(today.slice(0, 4)) - age;
  return year >= 1 ? `${String(year).padStart(4, "0")}-01-01` : null;
}

/** The record with everything computed that its fields compute, and what could not be. */
export function calculate(fields: readonly Field[], data: Answers): { data: Data; problems: CalculationProblem[] } {
  const plan = planOf(fields);
  return { data: plan.run(data), problems: [...plan.problems] };
}

/** The calculations of a list of fields in the order in which they build on each other. */
export interface Plan {
  readonly problems: readonly CalculationProblem[];
  readonly empty: boolean;
  readonly run: (data: Answers) => Data;
}

const plans = new WeakMap<readonly Field[], Plan>();

/** The plan of these fields, made once. */
export function planOf(fields: readonly Field[]): Plan {
  const plan = plans.get(fields) ?? makePlan(fields);
  plans.set(fields, plan);
  return plan;
}

function makePlan(fields: readonly Field[]): Plan {
  const problems: CalculationProblem[] = [];
  const tallies = fields.filter((field) => field.type === "tally_field" && field.autosum_total === true);
  const summaries = fields.filter((field) => isMap(field.subform_summary) && Object.keys(field.subform_summary).length > 0);
  const nested = fields.flatMap((field) => {
    const plan = field.type === "subform" && field.subform?.fields ? planOf(field.subform.fields) : null;
    return plan === null || plan.empty ? [] : [{ name: field.name, plan }];
  });
  const expressions = new Map(fields.flatMap((field) => (hasCalculation(field) ? [[field.name, field.calculation.expression] as const] : [])));
  const ready = new Map<string, Calculation>();
  for (const [name, expression] of expressions) {
    try {
      ready.set(name, compileCalculation(expression));
    } catch (error) {
      if (!(error instanceof BrokenCondition)) throw error;
      problems.push({ field: name, code: error.code });
    }
  }
  const reads = new Map([...ready.keys()].map((name) => [name, [...fieldsRead(expressions.get(name))].filter((read) => ready.has(read))] as const));
  const circles = new Set([...reads.keys()].filter((name) => reached(name, reads).has(name)));
  for (const name of circles) problems.push({ field: name, code: "calculation_cycle" });
  const order = inOrder(reads).filter((name) => !circles.has(name));

  const run = (data: Answers): Data => {
    const result = new Map<string, Json>(Object.entries(data));
    const keep = (name: string, value: Json) => {
      if (value !== null || !isAbsent(result.get(name))) result.set(name, value);
    };
    for (const { name, plan } of nested) {
      const rows = result.get(name);
      if (Array.isArray(rows)) result.set(name, rows.map((row) => (isMap(row) ? plan.run(row) : row)));
    }
    for (const field of tallies) if (result.has(field.name)) result.set(field.name, withTotal(field, result.get(field.name) ?? null));
    for (const field of summaries) {
      const from = isMap(field.subform_summary) ? part(field.subform_summary, "subform_field_name") : null;
      keep(field.name, summarize(field.subform_summary, result.get(String(from)) ?? null));
    }
    for (const name of order) keep(name, ready.get(name)?.(mapOf(result)) ?? null);
    return mapOf(result);
  };
  return { problems, empty: tallies.length + summaries.length + nested.length + order.length === 0, run };
}

function hasCalculation(field: Field): field is Field & { calculation: { expression: unknown } } {
  return isMap(field.calculation) && !isAbsent(part(field.calculation, "expression"));
}

function reached(start: string, reads: ReadonlyMap<string, readonly string[]>): Set<string> {
  const found = new Set<string>();
  const waiting = [...(reads.get(start) ?? [])];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    waiting.push(...(reads.get(name) ?? []));
  }
  return found;
}

function inOrder(reads: ReadonlyMap<string, readonly string[]>): string[] {
  const ordered = new Set<string>();
  const seen = new Set<string>();
  const visit = (name: string) => {
    if (seen.has(name)) return;
    seen.add(name);
    for (const read of reads.get(name) ?? []) visit(read);
    ordered.add(name);
  };
  for (const name of reads.keys()) visit(name);
  return [...ordered];
}

function arithmetic(expression: JsonMap, depth: number): Term {
  if (depth > DEEPEST_NESTING) throw new BrokenCondition("too_deep");
  const operator = operatorOf(expression, EVERY);
  if (operator === null || !ARITHMETIC.has(operator)) {
    const bare = operator === null && Object.values(expression).every((value) => typeof value !== "object" || value === null);
    throw new BrokenCondition(operator !== null || bare ? "operand_type" : "unknown_operator");
  }
  const operand = expression[operator];
  const decimals = isMap(operand) ? decimalsOf(part(operand, "extra")) : null;
  const terms = isMap(operand) ? part(operand, "data") : operand;
  if (!isList(terms)) throw new BrokenCondition("operand_type");
  const compiled = terms.map((term) => termOf(term, depth));
  const found = (data: Answers) => compiled.map((term) => term(data)).filter((value) => value !== null);
  if (operator === "sum") {
    return (data) => {
      const values = found(data);
      return values.length > 0 ? added(values) : null;
    };
  }
  return (data) => {
    const values = found(data);
    if (values.length === 0) return null;
    const mean = added(values) / values.length;
    if (!Number.isFinite(mean)) return mean;
    return decimals === null ? Math.floor(mean) : rounded(mean, decimals);
  };
}

function decimalsOf(extra: unknown): number | null {
  if (isAbsent(extra)) return null;
  if (!isMap(extra)) throw new BrokenCondition("operand_type");
  const places = part(extra, "decimalPlaces");
  if (isAbsent(places)) return null;
  if (typeof places !== "number" || !Number.isInteger(places) || places < 0 || places > MOST_DECIMALS) throw new BrokenCondition("operand_type");
  return places;
}

function termOf(term: unknown, depth: number): Term {
  if (typeof term === "string") return (data) => numberCounted(answer(data, term));
  if (typeof term === "number") return () => term;
  if (!isMap(term)) throw new BrokenCondition("operand_type");
  if (Object.keys(term).length === 0) throw new BrokenCondition("not_an_expression");
  return arithmetic(term, depth + 1);
}

function added(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function rounded(number: number, decimals: number): number {
  // toFixed works on the exact binary value and rounds halves away from zero.
  return Math.abs(number) >= 1e21 ? number : Number(number.toFixed(decimals));
}

function rank(value: Json): number {
  return ["boolean", "number", "string"].indexOf(typeof value) + 1 || 4;
}

function ranked(one: Json, other: Json): number {
  const difference = rank(one) - rank(other);
  if (difference !== 0) return difference;
  if (typeof one === "string" && typeof other === "string") return before(one, other);
  if (typeof one === "number" && typeof other === "number") return before(one, other);
  if (typeof one === "boolean" && typeof other === "boolean") return Number(one) - Number(other);
  return 0;
}

