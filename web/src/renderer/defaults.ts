import * as engine from "~/engine";
import type { Data, Field } from "./types";

/** The answers a new record, or a new row, starts with, as the forms say. */
export function defaultAnswers(fields: readonly Field[], today: string): Data {
  return engine.defaultAnswers(fields, { today, now: new Date().toISOString().replace(/\.\d{3}Z$/, "Z") });
}
