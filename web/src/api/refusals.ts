import { hasMessage, t, type Values } from "~/lib/i18n";
import { isObject, type Json } from "~/lib/json";

/** One value that two people changed differently. */
export interface Conflict {
  pointer: string;
  kind: string;
  base: Json;
  mine: Json;
  theirs: Json;
  author: string | null;
  at: string | null;
}

/** One thing that the server says is wrong. */
export interface Problem {
  code: string | null;
  message: string;
  /** JSON pointers or attribute names. */
  detail: string[];
  params: Values;
  conflicts: Conflict[];
}

/** The server understood and said no. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly problems: readonly Problem[],
    /** Seconds to wait before asking again. */
    readonly retryAfter: number | null = null,
  ) {
    super(problems[0]?.code ?? `status ${String(status)}`);
    this.name = "Refusal";
  }

  get code(): string | null {
    return this.problems[0]?.code ?? null;
  }
}

/** No answer came: no network, or the server is away. Whether the request arrived is not known. */
export class Unreachable extends Error {
  constructor() {
    super("unreachable");
    this.name = "Unreachable";
  }
}

export function readProblems(body: unknown): Problem[] {
  if (!isObject(body)) return [];
  const errors = body["errors"];
  if (Array.isArray(errors)) return errors.filter(isObject).map(readProblem);
  const text = body["error"];
  return typeof text === "string" ? [{ code: null, message: text, detail: [], params: {}, conflicts: [] }] : [];
}

function readProblem(error: Record<string, Json>): Problem {
  const message = error["message"];
  // The pointer names the answer to the row; `detail` only its field.
  const detail = typeof error["pointer"] === "string" ? error["pointer"] : error["detail"];
  const params: Values = {};
  if (isObject(error["params"])) {
    for (const [name, value] of Object.entries(error["params"])) {
      params[name] = typeof value === "object" ? JSON.stringify(value) : value;
    }
  }
  return {
    code: typeof error["code"] === "string" ? error["code"] : null,
    message: Array.isArray(message) ? message.map(String).join(" ") : typeof message === "string" ? message : "",
    detail: Array.isArray(detail) ? detail.map(String) : typeof detail === "string" ? [detail] : [],
    params,
    conflicts: Array.isArray(error["conflicts"]) ? (error["conflicts"].filter(isObject) as unknown as Conflict[]) : [],
  };
}

/** A problem in the worker's language: by its code, else by its message when that is a key, else as the server wrote it. */
export function textOfProblem(problem: Pick<Problem, "code" | "message" | "params">): string {
  if (problem.code !== null && hasMessage(problem.code)) return t(problem.code, problem.params);
  if (hasMessage(problem.message)) return t(problem.message, problem.params);
  return problem.message;
}

/** What went wrong, in words for a person. Never a stack trace, never a status alone. */
export function textOf(error: unknown): string {
  if (error instanceof Unreachable) return t("error.unreachable");
  if (!(error instanceof Refusal)) return t("error.unexpected");
  const known = `error.status.${String(error.status)}`;
  const own = error.problems.map(textOfProblem).filter((text) => text !== "");
  const coded = error.problems.some((problem) => problem.code !== null && hasMessage(problem.code));
  if (own.length > 0 && (coded || error.status === 422 || error.status === 409)) return own.join(" ");
  return hasMessage(known) ? t(known) : (own[0] ?? t("error.unexpected"));
}
