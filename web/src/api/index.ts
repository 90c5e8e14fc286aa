export type { Shape } from "./shapes";
export { call, callForFile, type Answer, type Request } from "./client";
export { Refusal, Unreachable, textOf, textOfProblem, type Conflict, type Problem } from "./refusals";
