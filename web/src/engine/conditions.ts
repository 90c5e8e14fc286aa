/** Display conditions: one JSON expression, checked whole, then asked of the answers. */

import type { Answers, Json } from "./types";
import type { JsonMap } from "./values";
import { ORDERINGS, answer, before, instantOf, isAbsent, isList, isMap, looksLikeADate, numberOfText, same } from "./values";

export type Condition = (data: Answers) => boolean;

export const DEEPEST_NESTING = 32;
export const COMPARISONS: readonly string[] = ["eq", "in", "gt", "ge", "lt", "le"];
const LOGIC: readonly string[] = ["and", "or", "not"];
export const OPERATORS: ReadonlySet<string> = new Set([...LOGIC, ...COMPARISONS]);

export type BrokenCode = "not_an_expression" | "unknown_operator" | "several_operators" | "operand_type" | "too_deep";
type Scalar = null | string | number | boolean;

/** The expression cannot be asked; `code` says why. */
export class BrokenCondition extends Error {
  constructor(readonly code: BrokenCode) {
    super(code);
    this.name = "BrokenCondition";
  }
}

/** Does the condition hold for these answers? Throws BrokenCondition. */
export function holds(expression: unknown, data: Answers): boolean {
  return compileCondition(expression)(data);
}

/** The expression in a `display_conditions*` container; undefined when there is none or it is switched off. */
export function conditionOf(container: unknown): unknown {
  if (isAbsent(container)) return undefined;
  if (isMap(container)) {
    if (container["disabled"] === true) return undefined;
    const entries = Object.entries(container).filter(([key]) => key !== "disabled");
    return entries.length === 0 ? undefined : Object.fromEntries(entries);
  }
  return isList(container) && container.length === 0 ? undefined : container;
}

/** The condition as a question to answers, checked whole. Throws BrokenCondition. */
export function compileCondition(expression: unknown, depth = 1): Condition {
  if (depth > DEEPEST_NESTING) throw new BrokenCondition("too_deep");
  if (isList(expression)) return legacy(expression);
  if (!isMap(expression) || Object.keys(expression).length === 0) throw new BrokenCondition("not_an_expression");
  const operator = operatorOf(expression, OPERATORS);
  if (operator === null) {
    const entries = Object.entries(expression);
    const scalars = entries.flatMap(([key, value]) => (isScalar(value) ? [equals(key, value)] : []));
    if (scalars.length < entries.length) throw new BrokenCondition("unknown_operator");
    return every(scalars);
  }
  return LOGIC.includes(operator) ? logic(operator, expression[operator], depth) : comparison(operator, expression[operator]);
}

/** The one operator of an expression object, or null when it has none. Throws BrokenCondition. */
export function operatorOf(expression: JsonMap, known: ReadonlySet<string>): string | null {
  const keys = Object.keys(expression);
  const found = keys.find((key) => known.has(key));
  if (found !== undefined && keys.length > 1) throw new BrokenCondition("several_operators");
  return found ?? null;
}

export function isScalar(value: unknown): value is Scalar {
  return value === null || ["string", "number", "boolean"].includes(typeof value);
}

/** The names of the answers that a (sound) condition looks at. */
export function fieldsAsked(expression: unknown): Set<string> {
  if (isList(expression)) return new Set(expression.flatMap((element) => (isMap(element) ? Object.keys(element) : [])));
  if (!isMap(expression)) return new Set();
  const asked = new Set<string>();
  const add = (names: Iterable<string>) => {
    for (const name of names) asked.add(name);
  };
  for (const [key, operand] of Object.entries(expression)) {
    if ((key === "and" || key === "or") && isList(operand)) for (const member of operand) add(fieldsAsked(member));
    else if (key === "not") add(fieldsAsked(operand));
    else if (COMPARISONS.includes(key) && isMap(operand)) add(Object.keys(operand));
    else asked.add(key);
  }
  return asked;
}

function logic(operator: string, operand: unknown, depth: number): Condition {
  if (operator === "not") {
    if (!isMap(operand)) throw new BrokenCondition("operand_type");
    const inner = compileCondition(operand, depth + 1);
    return (data) => !inner(data);
  }
  if (!isList(operand)) throw new BrokenCondition("operand_type");
  const members = operand.map((member) => compileCondition(member, depth + 1));
  if (members.length === 0) return () => false;
  return operator === "and" ? every(members) : any(members);
}

function comparison(operator: string, operand: unknown): Condition {
  if (!isMap(operand) || Object.keys(operand).length === 0) throw new BrokenCondition("operand_type");
  return every(Object.entries(operand).map(([key, value]) => compare(operator, key, value)));
}

function compare(operator: string, key: string, operand: unknown): Condition {
  if (operator === "eq") {
    if (isScalar(operand) || isScalars(operand)) return equals(key, operand);
    throw new BrokenCondition("operand_type");
  }
  if (operator === "in") {
    if (!isScalars(operand)) throw new BrokenCondition("operand_type");
    return contained(key, operand);
  }
  const test = ORDERINGS[operator];
  if (test === undefined || (typeof operand !== "string" && typeof operand !== "number")) throw new BrokenCondition("operand_type");
  return ordered(test, key, operand);
}

function isScalars(value: unknown): value is readonly Scalar[] {
  return isList(value) && value.every(isScalar);
}

function every(members: readonly Condition[]): Condition {
  return (data) => members.every((member) => member(data));
}

function any(members: readonly Condition[]): Condition {
  return (data) => members.some((member) => member(data));
}

function equals(key: string, operand: Scalar | readonly Scalar[]): Condition {
  if (operand === null || operand === false) {
    return (data) => {
      const found = answer(data, key);
      return found === null || found === operand;
    };
  }
  if (typeof operand === "string" && looksLikeADate(operand)) {
    const moment = instantOf(operand);
    return (data) => moment !== null && instantOf(answer(data, key)) === moment;
  }
  return (data) => same(operand, answer(data, key));
}

function contained(key: string, listed: readonly Scalar[]): Condition {
  const forAbsent = listed.some((item) => item === null || item === false);
  return (data) => {
    const found = answer(data, key);
    if (found === null) return forAbsent;
    if (Array.isArray(found)) return listed.every((item) => found.some((one) => same(item, one)));
    return listed.some((item) => same(item, found));
  };
}

function ordered(test: (difference: number) => boolean, key: string, operand: string | number): Condition {
  if (typeof operand === "string" && looksLikeADate(operand)) {
    const moment = instantOf(operand);
    return (data) => {
      const answered = instantOf(answer(data, key));
      return moment !== null && answered !== null && test(answered - moment);
    };
  }
  const bound = typeof operand === "string" ? numberOfText(operand) : operand;
  return (data) => {
    const found: Json = answer(data, key);
    if (typeof found === "string" && typeof operand === "string") return found !== "" && test(before(found, operand));
    const number = typeof found === "string" ? numberOfText(found) : typeof found === "number" ? found : null;
    return number !== null && bound !== null && test(before(number, bound));
  };
}

function legacy(elements: readonly unknown[]): Condition {
  if (elements.length === 0) throw new BrokenCondition("not_an_expression");
  return any(elements.map(legacyElement));
}

function legacyElement(element: unknown): Condition {
  if (!isMap(element) || Object.keys(element).length === 0) throw new BrokenCondition("not_an_expression");
  return every(
    Object.entries(element).map(([key, value]) => {
      if (isScalar(value)) return equals(key, value);
      if (isScalars(value)) return any(value.map((item) => equals(key, item)));
      throw new BrokenCondition("operand_type");
    }),
  );
}
