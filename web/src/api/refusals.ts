import { hasMessage, t, type Values } from "~/lib/i18n";
import { isObject, type Json, type JsonObject } from "~/lib/json";
import type { Shape } from "./shapes";

/** One value that two people changed differently; answers are JSON. */
export type Conflict = Required<Omit<Shape<"Conflict">, "base" | "mine" | "theirs">> & Record<"base" | "mine" | "theirs", Json>;

/** One thing that the server says is wrong (its `Error`, with what any server may leave out made plain). */
export interface Problem {
  code: Shape<"Error">["code"] | null;
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
  if (Array.isArray(errors)) return errors.filter(isObject).flatMap(readError);
  const text = body["error"];
  return typeof text === "string" ? [{ code: null, message: text, detail: [], params: {}, conflicts: [] }] : [];
}

/** A refused record names each wrong answer by itself; those are told, not the error around them. */
function readError(error: JsonObject): Problem[] {
  const inner = Array.isArray(error["problems"]) ? error["problems"].filter(isObject) : [];
  return inner.length > 0 ? inner.map(readProblem) : [readProblem(error)];
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
    conflicts: Array.isArray(error["conflicts"]) ? error["conflicts"].filter(isObject).map(readConflict) : [],
  };
}

function readConflict(one: JsonObject): Conflict {
  const text = (value: Json | undefined): string | null => (typeof value === "string" ? value : null);
  return {
    pointer: text(one["pointer"]) ?? "",
    kind: text(one["kind"]) ?? "value",
    base: one["base"] ?? null,
    mine: one["mine"] ?? null,
    theirs: one["theirs"] ?? null,
    author: text(one["author"]),
    at: text(one["at"]),
  };
}

/** A problem in the worker's language: by its code, else by its message when that is a key; null when there are no words for it. */
function wordsFor(problem: Pick<Problem, "code" | "message" | "params">): string | null {
  // Codes of refusals are keys themselves; those of single answers are told as beside the field.
  for (const key of problem.code === null ? [] : [problem.code, `renderer.problem.${problem.code}`]) if (hasMessage(key)) return t(key, problem.params);
  return hasMessage(problem.message) ? t(problem.message, problem.params) : null;
}

function wordsForStatus(status: number): string {
  const key = `error.status.${String(status)}`;
  return hasMessage(key) ? t(key) : t("error.unexpected");
}

/** A problem in the worker's language; what the server wrote in its own is never shown. */
export function textOfProblem(problem: Pick<Problem, "code" | "message" | "params">, status = 422): string {
  return wordsFor(problem) ?? wordsForStatus(status);
}

/** What went wrong, in words for a person. Never a stack trace, never a status alone. */
export function textOf(error: unknown): string {
  if (error instanceof Unreachable) return t("error.unreachable");
  if (!(error instanceof Refusal)) return t("error.unexpected");
  const own = [...new Set(error.problems.map(wordsFor).filter((text) => text !== null))];
  return own.length > 0 ? own.join(" ") : wordsForStatus(error.status);
}
