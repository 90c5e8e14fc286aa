/** What is wrong with a condition while it is being built, each thing at its own line. */

import { BrokenCondition, compileCondition, fieldsAsked } from "~/engine/conditions";
import { instantOf, isMap, looksLikeADate, numberOfText } from "~/engine/values";
import type { Choice } from "~/renderer/sources";
import type { Field, Json } from "../types";
import { answerKind, labelOf, optionsOf, saysOf, type AnswerKind, type Lookable } from "./asking";
import { isFinished, linesOf, takesNothing, type Group, type Line } from "./tree";

/** `wrong` must be mended before it is used; `notice` is worth a look. */
export interface Finding {
  readonly line: string;
  readonly tone: "wrong" | "notice";
  /** `admin.build.problem.<code>`, filled in with these. */
  readonly code: string;
  readonly values: Readonly<Record<string, string>>;
}

/** Everything that is wrong with the sentences of a condition. */
export function findings(top: Group | null, known: Lookable, owner?: string): Finding[] {
  return top === null ? [] : linesOf(top).flatMap((line) => ofLine(line, known, owner));
}

function ofLine(line: Line, known: Lookable, owner: string | undefined): Finding[] {
  const found = (code: string, values: Record<string, string> = {}, tone: Finding["tone"] = "wrong"): Finding => ({ line: line.id, tone, code, values });
  if (line.name === "") return [found("no_question")];
  const field = known.fields.get(line.name);
  if (field === undefined) {
    const other = known.elsewhere.get(line.name);
    return [other === undefined ? found("unknown", { question: line.name }) : found("elsewhere", { question: labelOf(other, known.sources) })];
  }
  const question = labelOf(field, known.sources);
  const all: Finding[] = [];
  if (line.name === owner) all.push(found("itself", { question }));
  else if (owner !== undefined) {
    const way = wayBack(line.name, owner, known);
    if (way !== null) all.push(found("circle", { way: way.map((name) => nameOf(name, known)).join(" › ") }));
  }
  if (field.visible === false) all.push(found("retired", { question }, "notice"));
  const kind = answerKind(field);
  if (kind === "none") return [...all, found("not_askable", { question })];
  if (!isFinished(line)) return [...all, found("no_answer")];
  return [...all, ...ofValue(line, field, kind, known, found)];
}

type Make = (code: string, values?: Record<string, string>, tone?: Finding["tone"]) => Finding;

function ofValue(line: Line, field: Field, kind: AnswerKind, known: Lookable, found: Make): Finding[] {
  const question = labelOf(field, known.sources);
  if (takesNothing(line.say)) return [];
  const several = line.say === "exactly" || line.say === "all_of" || line.say === "not_all_of" || line.say === "any_of";
  if (kind === "choices" && (line.say === "is" || line.say === "is_not")) return [found("takes_several", { question })];
  if (kind !== "choices" && several) return [found("takes_one", { question })];
  const ordered = ["more", "at_least", "less", "at_most", "between"].includes(line.say);
  if (ordered && !saysOf(kind).includes(line.say)) return [found("no_order", { question })];
  const values = Array.isArray(line.value) ? line.value : [line.value];
  if (kind === "choice" || kind === "choices") return ofChoices(values, optionsOf(field, known.sources), question, found);
  const wrong = values.find((value) => !fits(value, kind, ordered));
  if (wrong !== undefined) return [found(`not_a_${kind === "moment" ? "day" : kind}`, { question, answer: String(wrong) })];
  if (line.say === "between" && rank(values[0]) > rank(values[1])) return [found("upside_down")];
  if (kind === "moment" && !ordered) return [found("moment_never", { question }, "notice")];
  return [];
}

function ofChoices(values: readonly Json[], choices: readonly Choice[] | null, question: string, found: Make): Finding[] {
  if (choices === null) return [];
  return values.flatMap((value): Finding[] => {
    if (value === null || value === false) return [];
    const choice = choices.find((one) => one.id === String(value));
    if (choice === undefined) return [found("no_such_option", { question, answer: String(value) })];
    return choice.retired === true ? [found("retired_option", { question, answer: choice.label }, "notice")] : [];
  });
}

function fits(value: Json, kind: AnswerKind, ordered: boolean): boolean {
  switch (kind) {
    case "number":
      return typeof value === "number" || (ordered && typeof value === "string" && numberOfText(value) !== null);
    case "day":
    case "moment":
      return typeof value === "string" && looksLikeADate(value) && instantOf(value) !== null;
    case "tick":
      return typeof value === "boolean";
    default:
      return typeof value === "string";
  }
}

function rank(value: Json | undefined): number {
  if (typeof value === "number") return value;
  return typeof value === "string" ? (instantOf(value) ?? numberOfText(value) ?? 0) : 0;
}

function nameOf(name: string, known: Lookable): string {
  const field = known.fields.get(name);
  return field === undefined ? name : labelOf(field, known.sources);
}

/** From one question to another by what decides whether each is shown: the names on the way, or null when there is none. */
function wayBack(from: string, to: string, known: Lookable): string[] | null {
  const before = new Map<string, string>();
  const waiting = [from];
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
    const field = known.fields.get(name);
    for (const next of field === undefined ? [] : askedBy(field)) {
      if (next === to) {
        const way = [to];
        for (let step: string | undefined = name; step !== undefined; step = before.get(step)) way.unshift(step);
        return [to, ...way];
      }
      if (next !== from && !before.has(next)) {
        before.set(next, name);
        waiting.push(next);
      }
    }
  }
  return null;
}

function askedBy(field: Field): string[] {
  return [field.display_conditions_record, field.display_conditions_subform].flatMap((stored) => {
    if (stored === null || stored === undefined) return [];
    const expression = isMap(stored) ? Object.fromEntries(Object.entries(stored).filter(([key]) => key !== "disabled")) : stored;
    return isMap(stored) && stored["disabled"] === true ? [] : [...fieldsAsked(expression)];
  });
}

/** Can the engine ask what was built? Its code, or null: nesting is the one thing that no line shows. */
export function brokenBy(expression: unknown): string | null {
  if (expression === null) return null;
  try {
    compileCondition(isMap(expression) ? Object.fromEntries(Object.entries(expression).filter(([key]) => key !== "disabled")) : expression);
    return null;
  } catch (error) {
    if (error instanceof BrokenCondition) return error.code;
    throw error;
  }
}
