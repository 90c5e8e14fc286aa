/** A condition as sentences in groups: read from what is stored, and written back. What nobody touched is written as it was. */

import { BrokenCondition, compileCondition, type BrokenCode } from "~/engine/conditions";
import { isList, isMap } from "~/engine/values";
import type { Json } from "../types";

export type Say =
  | "is"
  | "is_not"
  | "one_of"
  | "none_of"
  | "any_of"
  | "all_of"
  | "not_all_of"
  | "exactly"
  | "more"
  | "at_least"
  | "less"
  | "at_most"
  | "between"
  | "ticked"
  | "unticked"
  | "empty"
  | "answered";

/** All of these are true, at least one, none, or not all of them. */
export type How = "all" | "any" | "none" | "not_all";

export interface Line {
  readonly kind: "line";
  readonly id: string;
  /** Which question; empty while none is chosen. */
  readonly name: string;
  readonly say: Say;
  /** What it is compared with: a list for those that take several, the two bounds for `between`, null for those that take none. */
  readonly value: Json;
  readonly was?: unknown;
}

export interface Group {
  readonly kind: "group";
  readonly id: string;
  readonly how: How;
  readonly members: readonly Node[];
  readonly was?: unknown;
}

export type Node = Line | Group;

/** Which kind of answer a question takes, as far as reading and writing depend on it. */
export type KindOf = (name: string) => "choices" | "tick" | "text" | "other";

export interface Read {
  /** Null: no condition. */
  readonly top: Group | null;
  /** Switched off for now: always shown. */
  readonly off: boolean;
  /** It cannot be asked at all, and why. */
  readonly broken: BrokenCode | null;
}

let made = 0;
export function newId(): string {
  made += 1;
  return `line-${String(made)}`;
}

export function newLine(name = ""): Line {
  return { kind: "line", id: newId(), name, say: "is", value: null };
}

export function newGroup(how: How, members: readonly Node[]): Group {
  return { kind: "group", id: newId(), how, members };
}

const OPPOSITE: Partial<Record<Say, Say>> = { is: "is_not", one_of: "none_of", any_of: "none_of", all_of: "not_all_of", empty: "answered", ticked: "unticked", unticked: "ticked" };
const ORDER: Readonly<Record<string, Say>> = { gt: "more", ge: "at_least", lt: "less", le: "at_most" };
const WRITTEN: Partial<Record<Say, string>> = { more: "gt", at_least: "ge", less: "lt", at_most: "le" };

/** What is stored, as a tree. */
export function readCondition(stored: unknown, kindOf: KindOf): Read {
  if (stored === null || stored === undefined || (isList(stored) && stored.length === 0)) return { top: null, off: false, broken: null };
  const off = isMap(stored) && stored["disabled"] === true;
  const expression = isMap(stored) ? Object.fromEntries(Object.entries(stored).filter(([key]) => key !== "disabled")) : stored;
  if (isMap(expression) && Object.keys(expression).length === 0) return { top: null, off: false, broken: null };
  try {
    compileCondition(expression);
  } catch (error) {
    if (error instanceof BrokenCondition) return { top: null, off, broken: error.code };
    throw error;
  }
  const node = nodeOf(expression, kindOf);
  const top = node.kind === "group" ? node : { ...newGroup("all", [node]), was: expression };
  return { top, off, broken: null };
}

function nodeOf(expression: unknown, kindOf: KindOf): Node {
  const node = read(expression, kindOf);
  return { ...node, was: expression };
}

function read(expression: unknown, kindOf: KindOf): Node {
  if (isList(expression)) return newGroup("any", expression.map((element) => newGroup("all", Object.entries(element as object).map(([name, value]) => legacyLine(name, value as Json, kindOf)))));
  const entries = Object.entries(expression as Record<string, unknown>);
  const [first] = entries;
  if (first === undefined) return newGroup("all", []);
  const [operator, operand] = first;
  if ((operator === "and" || operator === "or") && isList(operand)) {
    const members = operand.map((member) => nodeOf(member, kindOf));
    return between(operator, operand) ?? blank(operator, members, kindOf) ?? anyOf(operator, members, kindOf) ?? newGroup(operator === "and" ? "all" : "any", members);
  }
  if (operator === "not" && isMap(operand)) return negated(nodeOf(operand, kindOf));
  if (isMap(operand)) {
    const lines = Object.entries(operand).map(([name, value]) => lineOf(operator, name, value as Json, kindOf));
    return lines.length === 1 && lines[0] !== undefined ? lines[0] : newGroup("all", lines);
  }
  const bare = entries.map(([name, value]) => lineOf("eq", name, value as Json, kindOf));
  return bare.length === 1 && bare[0] !== undefined ? bare[0] : newGroup("all", bare);
}

function line(name: string, say: Say, value: Json): Line {
  return { kind: "line", id: newId(), name, say, value };
}

function lineOf(operator: string, name: string, value: Json, kindOf: KindOf): Line {
  const kind = kindOf(name);
  if (operator === "in") {
    const listed = Array.isArray(value) ? value : [value];
    if (kind === "tick" && listed.length === 1 && typeof listed[0] === "boolean") return line(name, listed[0] ? "ticked" : "unticked", null);
    return line(name, kind === "choices" ? (listed.length === 1 ? "any_of" : "all_of") : "one_of", listed);
  }
  const ordered = ORDER[operator];
  if (ordered !== undefined) return line(name, ordered, value);
  if (value === null || (kind === "choices" && Array.isArray(value) && value.length === 0)) return line(name, "empty", null);
  if (kind === "tick" && typeof value === "boolean") return line(name, value ? "ticked" : "unticked", null);
  return line(name, Array.isArray(value) ? "exactly" : "is", value);
}

function legacyLine(name: string, value: Json, kindOf: KindOf): Node {
  if (!Array.isArray(value)) return lineOf("eq", name, value, kindOf);
  return newGroup("any", value.map((one) => lineOf("eq", name, one, kindOf)));
}

function negated(inner: Node): Node {
  if (inner.kind === "line") {
    const opposite = inner.say === "any_of" && Array.isArray(inner.value) && inner.value.length === 0 ? undefined : OPPOSITE[inner.say];
    return opposite === undefined ? newGroup("none", [inner]) : line(inner.name, opposite, inner.value);
  }
  if (inner.how === "any") return newGroup("none", inner.members);
  if (inner.how === "all") return newGroup("not_all", inner.members);
  return newGroup("none", [inner]);
}

/** The same question, at least this and at most that. */
function between(operator: string, operand: readonly unknown[]): Line | null {
  if (operator !== "and" || operand.length !== 2) return null;
  const [low, high] = operand.map((one) => (isMap(one) && Object.keys(one).length === 1 ? one : {}));
  const from = low?.["ge"];
  const to = high?.["le"];
  if (!isMap(from) || !isMap(to) || Object.keys(from).length !== 1 || Object.keys(to).length !== 1) return null;
  const name = Object.keys(from)[0] ?? "";
  return name in to ? line(name, "between", [from[name] as Json, to[name] as Json]) : null;
}

/** No answer, or an answer that was emptied. */
function blank(operator: string, members: readonly Node[], kindOf: KindOf): Line | null {
  const [none, emptied] = members;
  if (operator !== "or" || members.length !== 2 || none?.kind !== "line" || emptied?.kind !== "line" || none.name !== emptied.name) return null;
  if (none.say !== "empty" || stated(none.was) !== `{"eq":{${JSON.stringify(none.name)}:null}}`) return null;
  const kind = kindOf(none.name);
  const text = kind === "text" && emptied.say === "is" && emptied.value === "";
  const list = kind === "choices" && emptied.say === "empty" && stated(emptied.was) === `{"eq":{${JSON.stringify(none.name)}:[]}}`;
  return text || list ? line(none.name, "empty", null) : null;
}

function stated(was: unknown): string {
  return JSON.stringify(was) ?? "";
}

/** Of a question with several answers: each of them asked for by itself. */
function anyOf(operator: string, members: readonly Node[], kindOf: KindOf): Line | null {
  const [first] = members;
  if (operator !== "or" || first?.kind !== "line" || members.length < 2 || kindOf(first.name) !== "choices") return null;
  const values = members.flatMap((one) => (one.kind === "line" && one.name === first.name && one.say === "any_of" && Array.isArray(one.value) ? one.value : []));
  return values.length === members.length ? line(first.name, "any_of", values) : null;
}

export function takesList(say: Say): boolean {
  return ["one_of", "none_of", "any_of", "all_of", "not_all_of", "exactly"].includes(say);
}

export function takesNothing(say: Say): boolean {
  return ["ticked", "unticked", "empty", "answered"].includes(say);
}

/** Is everything there that the sentence needs? */
export function isFinished(one: Line): boolean {
  if (one.name === "") return false;
  if (takesNothing(one.say)) return true;
  if (takesList(one.say)) return Array.isArray(one.value) && one.value.length > 0;
  if (one.say === "between") return Array.isArray(one.value) && one.value.length === 2 && one.value.every(isSaid);
  return isSaid(one.value);
}

function isSaid(value: Json): boolean {
  return value !== null && value !== "";
}

/** What is to be stored; null for no condition. Sentences that are not finished are left out. */
export function writeCondition(top: Group | null, off: boolean, kindOf: KindOf): Record<string, unknown> | unknown[] | null {
  const written = top === null ? null : write(top, kindOf);
  if (written === null) return null;
  if (Array.isArray(written)) return written as unknown[];
  return off ? { ...(written as Record<string, unknown>), disabled: true } : (written as Record<string, unknown>);
}

/** A node as an expression, or null when nothing of it is finished. */
export function write(node: Node, kindOf: KindOf): unknown {
  if (node.was !== undefined) return node.was;
  if (node.kind === "line") return isFinished(node) ? writeLine(node, kindOf) : null;
  const members = node.members.map((member) => write(member, kindOf)).filter((member) => member !== null);
  const [only] = members;
  if (only === undefined) return null;
  // A list in the old manner stands alone, never inside another expression.
  const parts = members.map((member) => (isList(member) ? write(untouched(readCondition(member, kindOf).top), kindOf) : member));
  const joined = parts.length === 1 ? parts[0] : { [node.how === "all" || node.how === "not_all" ? "and" : "or"]: parts };
  return node.how === "all" || node.how === "any" ? joined : { not: joined };
}

/** The same sentences without a memory of how they were stored. */
export function untouched(node: Node | null): Group {
  const forget = (one: Node): Node => {
    const { was: _was, ...rest } = one;
    return rest.kind === "group" ? { ...rest, members: rest.members.map(forget) } : rest;
  };
  return node === null ? newGroup("all", []) : (forget(node) as Group);
}

function writeLine({ name, say, value }: Line, kindOf: KindOf): unknown {
  const of = (operator: string, operand: Json): Record<string, unknown> => ({ [operator]: Object.fromEntries([[name, operand]]) });
  const listed = Array.isArray(value) ? value : [value];
  const kind = kindOf(name);
  const eachAlone = listed.map((one) => of("in", [one]));
  const any = kind !== "choices" ? of("in", listed) : eachAlone.length === 1 ? eachAlone[0] : { or: eachAlone };
  const emptied = kind === "text" ? "" : kind === "choices" ? [] : null;
  const empty = emptied === null ? of("eq", null) : { or: [of("eq", null), of("eq", emptied)] };
  switch (say) {
    case "is":
      return of("eq", value);
    case "is_not":
      return { not: of("eq", value) };
    case "one_of":
    case "any_of":
      return any;
    case "none_of":
      return { not: any };
    case "all_of":
      return of("in", listed);
    case "not_all_of":
      return { not: of("in", listed) };
    case "exactly":
      return of("eq", listed);
    case "between":
      return { and: [of("ge", listed[0] ?? null), of("le", listed[1] ?? null)] };
    case "ticked":
      return of("eq", true);
    case "unticked":
      return of("eq", false);
    case "empty":
      return empty;
    case "answered":
      return { not: empty };
    default:
      return of(WRITTEN[say] ?? "eq", value);
  }
}

/** The tree with one node put in another's place (null: taken out), and every group around it written anew. */
export function replaced(group: Group, id: string, next: Node | null): Group {
  if (!holdsNode(group, id)) return group;
  const members = group.members.flatMap((member): Node[] => {
    if (member.id === id) return next === null ? [] : [next];
    if (member.kind === "line") return [member];
    const after = replaced(member, id, next);
    return after !== member && after.members.length === 0 ? [] : [after];
  });
  const { was: _was, ...rest } = group;
  return { ...rest, members };
}

function holdsNode(group: Group, id: string): boolean {
  return group.members.some((member) => member.id === id || (member.kind === "group" && holdsNode(member, id)));
}

/** Every sentence of the tree. */
export function linesOf(node: Node): Line[] {
  return node.kind === "line" ? [node] : node.members.flatMap(linesOf);
}
