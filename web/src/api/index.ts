export { call, type Answer, type Request } from "./client";
export { Refusal, Unreachable, textOf, textOfProblem, type Conflict, type Problem } from "./refusals";
