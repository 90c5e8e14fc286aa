export type { Shape } from "./shapes";
export { call, callForFile, type Answer, type Request } from "./client";
export { readProblems, Refusal, Unreachable, textOf, textOfProblem, type Conflict, type Problem } from "./refusals";
