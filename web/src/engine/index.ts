/** Form logic: the same rules as the server's, held to them by the same vectors. */

export type { BuilderRow } from "./builder";
export { conditionFromRows, rowsFromCondition } from "./builder";
export type { CalculationProblem } from "./calculations";
export { ageOn, birthFromAge, calculate, evaluate, summarize, tallyItems, withTotal } from "./calculations";
export { BrokenCondition, DEEPEST_NESTING, fieldsAsked, holds } from "./conditions";
export type { Clock } from "./defaults";
export { defaultAnswer, defaultAnswers } from "./defaults";
export type { Conflict, ConflictKind, Merged, NewId } from "./merging";
export { mergeEdit, mergePatch, mergeThreeWay } from "./merging";
export { inlineOptions, lookupOf, optionIds, optionsOffered, tagsMet } from "./options";
export type { Answers, Data, Field, FormSection, Json, Lookup, Option, OptionIds, OptionLists } from "./types";
export type { Asked, Problem, ProblemCode, ProblemKind } from "./validation";
export { KINDS, checkAnswers, findIncomplete, findProblems } from "./validation";
export { dayOf, instantOf, same } from "./values";
export { fieldShown, formShown, rowsShown } from "./visibility";
export { ageInWords, ageShown, birthInWords, birthOf, type Estimate, type Wording } from "./precision";
