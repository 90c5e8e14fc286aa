/**
 * Which answers are wrong, which are still missing, and what is only worth a remark.
 * *wrong* is never stored, *incomplete* may be kept as a draft but not completed, *notice* never blocks.
 */

import type { CompiledField, CompiledFields } from "./compiled";
import { compileField, compileFields, isShown } from "./compiled";
import type { Answers, Field, Json, OptionIds } from "./types";
import { DAY_MS, answer, dayOf, escaped, has, instantOf, isMap, storedInstantOf } from "./values";

export type ProblemKind = "wrong" | "incomplete" | "notice";

export const KINDS = {
  wrong_type: "wrong",
  not_an_integer: "wrong",
  out_of_range: "wrong",
  invalid_date: "wrong",
  date_in_future: "wrong",
  not_an_option: "wrong",
  invalid_text: "wrong",
  invalid_unique_id: "wrong",
  duplicate_unique_id: "wrong",
  not_writable: "wrong",
  required: "incomplete",
  phone_format: "notice",
  unknown_key: "notice",
} as const satisfies Readonly<Record<string, ProblemKind>>;

export type ProblemCode = keyof typeof KINDS;

/** One thing to be said about one answer; `pointer` leads to it from the record, rows by their place. */
export interface Problem {
  pointer: string;
  code: ProblemCode;
  kind: ProblemKind;
  params: Record<string, Json>;
}

export interface Asked {
  /** The whole record with the change applied: conditions look at it. */
  readonly record: Answers;
  /** What the record held before. */
  readonly stored?: Answers;
  readonly lookups: OptionIds;
  readonly now: string;
  /** Ask about the keys that were sent only. */
  readonly partial: boolean;
}

const LARGEST = 2_147_483_647;
const SMALLEST = -2_147_483_648;
const OLDEST = 130;
const IDENTITY = "unique_id";
const REMOVED = "_destroy";
const PHONE = /^\+[1-9][0-9]{6,14}$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const NOTHING: Answers = {};

class Check {
  readonly found: Problem[] = [];

  constructor(
    readonly record: Answers,
    readonly lookups: OptionIds,
    readonly latest: number,
    readonly partial: boolean,
  ) {}

  add(pointer: string, code: ProblemCode, params: Record<string, Json> = {}): void {
    this.found.push({ pointer, code, kind: KINDS[code], params });
  }
}

/** What is to be said about one answer of one field (undefined: not sent); `record` holds the other answers. */
export function findProblems(field: Field, value: Json | undefined, asked: Omit<Asked, "stored"> & { readonly stored?: Json }): Problem[] {
  const record = value === undefined ? asked.record : { ...asked.record, [field.name]: value };
  const check = new Check(record, asked.lookups, latest(asked.now), asked.partial);
  checkField(check, compileField(field), value, asked.stored ?? null, `/${escaped(field.name)}`, null, true);
  return check.found;
}

/** What is to be said about the answers of a whole record. Keys that are no field are left to the caller. */
export function checkAnswers(fields: readonly Field[], sent: Answers, asked: Asked): Problem[] {
  const check = new Check(asked.record, asked.lookups, latest(asked.now), asked.partial);
  checkAll(check, compileFields(fields), sent, asked.stored ?? NOTHING, "", null, asked.partial, true);
  return check.found;
}

/** What a stored record still misses; its files and signatures included. */
export function findIncomplete(fields: readonly Field[], record: Answers): Problem[] {
  const check = new Check(record, {}, 0, false);
  findMissing(check, compileFields(fields), record, "", null);
  return check.found;
}

function latest(now: string): number {
  const moment = instantOf(now);
  if (moment === null) throw new RangeError(`not a moment: ${now}`);
  return moment + DAY_MS;
}

function checkAll(check: Check, fields: CompiledFields, sent: Answers, stored: Answers, pointer: string, row: Answers | null, partial: boolean, asked: boolean): void {
  if (partial) {
    for (const [name, value] of Object.entries(sent)) {
      const field = fields.get(name);
      if (field && value !== undefined) checkField(check, field, value, answer(stored, name), `${pointer}/${escaped(name)}`, row, asked);
    }
    return;
  }
  for (const [name, field] of fields) {
    const value = has(sent, name) ? sent[name] : undefined;
    if (value !== undefined || field.asked) checkField(check, field, value, answer(stored, name), `${pointer}/${escaped(name)}`, row, asked);
  }
}

function checkField(check: Check, field: CompiledField, value: Json | undefined, stored: Json, pointer: string, row: Answers | null, asked: boolean): void {
  if (value === undefined) {
    if (!check.partial || row !== null) require(check, field, null, null, pointer, row, asked);
    return;
  }
  if (!field.writable) {
    check.add(pointer, "not_writable");
    return;
  }
  if (value === null) {
    require(check, field, null, null, pointer, row, asked);
    return;
  }
  if (field.type === "subform") {
    if (!Array.isArray(value)) {
      check.add(pointer, "wrong_type");
      return;
    }
    const rowsAsked = asked && field.visible && isShown(field, check.record, row);
    checkRows(check, field, value, stored, pointer, rowsAsked);
    require(check, field, value, stored, pointer, row, rowsAsked);
    return;
  }
  const before = check.found.length;
  CHECKERS[field.type]?.(check, field, value, stored, pointer);
  if (check.found.slice(before).every((problem) => problem.kind !== "wrong")) require(check, field, value, stored, pointer, row, asked);
}

function require(check: Check, field: CompiledField, value: Json, stored: Json, pointer: string, row: Answers | null, asked: boolean): void {
  if (asked && field.asked && !isAnswered(check, field, value, stored) && isShown(field, check.record, row)) check.add(pointer, "required");
}

function isAnswered(check: Check, field: CompiledField, value: Json, stored: Json): boolean {
  if (value === null) return false;
  if (typeof value === "string") return value.trim() !== "";
  if (field.type === "tick_box") return value === true;
  if (field.type === "tally_field" && isMap(value)) {
    const whole: Answers = check.partial && isMap(stored) ? { ...stored, ...value } : value;
    return [...field.items].some((item) => item !== "total" && typeof answer(whole, item) === "number");
  }
  if (field.type === "subform" && Array.isArray(value)) return rowsRemain(value, check.partial ? stored : null);
  if (Array.isArray(value)) return value.length > 0;
  return !isMap(value) || Object.keys(value).length > 0;
}

function rowsRemain(sent: readonly Json[], stored: Json): boolean {
  const rows = sent.filter((row) => isMap(row));
  if (rows.some((row) => answer(row, REMOVED) !== true)) return true;
  const removed = new Set(rows.map((row) => answer(row, IDENTITY)));
  return Array.isArray(stored) && stored.some((row) => isMap(row) && !removed.has(answer(row, IDENTITY)));
}

function checkRows(check: Check, field: CompiledField, rows: readonly Json[], stored: Json, pointer: string, asked: boolean): void {
  const known = new Map<Json, Answers>();
  if (Array.isArray(stored)) for (const row of stored) if (isMap(row) && typeof answer(row, IDENTITY) === "string") known.set(answer(row, IDENTITY), row);
  const seen = new Set<string>();
  for (const [position, row] of rows.entries()) {
    const at = `${pointer}/${position}`;
    if (!isMap(row)) {
      check.add(at, "wrong_type");
      continue;
    }
    const identity = answer(row, IDENTITY);
    if (has(row, IDENTITY)) {
      if (typeof identity !== "string" || !UUID.test(identity)) check.add(`${at}/${IDENTITY}`, "invalid_unique_id");
      else if (seen.has(identity)) check.add(`${at}/${IDENTITY}`, "duplicate_unique_id");
      else seen.add(identity);
    }
    const removal = answer(row, REMOVED);
    if (removal === true) continue;
    if (removal !== null && removal !== false) check.add(`${at}/${REMOVED}`, "wrong_type", { expected: "tick" });
    if (field.rows === null) continue;
    for (const key of Object.keys(row)) if (!field.rows.has(key) && key !== IDENTITY && key !== REMOVED) check.add(`${at}/${escaped(key)}`, "unknown_key", { key });
    const before = known.get(identity);
    const change = check.partial && before !== undefined;
    checkAll(check, field.rows, row, before ?? NOTHING, at, change ? { ...before, ...row } : row, change, asked);
  }
}

type Checker = (check: Check, field: CompiledField, value: Json, stored: Json, pointer: string) => void;

const text: Checker = (check, field, value, _stored, pointer) => {
  if (typeof value !== "string") check.add(pointer, "wrong_type", { expected: "text" });
  else if (value.includes("\0")) check.add(pointer, "invalid_text");
  else if (field.phone && value !== "" && !PHONE.test(value)) check.add(pointer, "phone_format");
};

function wholeNumber(check: Check, value: Json, highest: number, pointer: string): void {
  if (typeof value !== "number") check.add(pointer, "wrong_type", { expected: "number" });
  else if (!Number.isInteger(value)) check.add(pointer, "not_an_integer");
  else if (value < 0 || value > highest) check.add(pointer, "out_of_range", { least: 0, most: highest });
}

const numeric: Checker = (check, field, value, _stored, pointer) => {
  wholeNumber(check, value, field.isAge ? OLDEST : LARGEST, pointer);
};

const tally: Checker = (check, field, value, _stored, pointer) => {
  if (!isMap(value)) {
    check.add(pointer, "wrong_type", { expected: "tally" });
    return;
  }
  for (const key of Object.keys(value)) {
    const at = `${pointer}/${escaped(key)}`;
    const count = answer(value, key);
    if (!field.items.has(key)) check.add(at, "unknown_key", { key });
    else if (count !== null) wholeNumber(check, count, LARGEST, at);
  }
};

const tick: Checker = (check, _field, value, _stored, pointer) => {
  if (typeof value !== "boolean") check.add(pointer, "wrong_type", { expected: "tick" });
};

const date: Checker = (check, field, value, _stored, pointer) => {
  if (typeof value !== "string") {
    check.add(pointer, "wrong_type", { expected: "date" });
    return;
  }
  const day = field.withTime ? null : dayOf(value);
  const moment = field.withTime ? storedInstantOf(value) : day === null ? null : day * DAY_MS;
  if (moment === null) check.add(pointer, "invalid_date");
  else if (field.notFuture && moment > check.latest) check.add(pointer, "date_in_future");
};

const calculated: Checker = (check, _field, value, _stored, pointer) => {
  if (typeof value === "string") {
    if (value.includes("\0")) check.add(pointer, "invalid_text");
  } else if (typeof value === "number") {
    if (value < SMALLEST || value > LARGEST) check.add(pointer, "out_of_range", { least: SMALLEST, most: LARGEST });
  } else if (typeof value !== "boolean") check.add(pointer, "wrong_type");
};

const choice: Checker = (check, field, value, stored, pointer) => {
  const options = field.lookup === null ? field.inline : has(check.lookups, field.lookup) ? (check.lookups[field.lookup] ?? null) : null;
  if (field.type === "select_box" && field.multiple) {
    if (!Array.isArray(value)) {
      check.add(pointer, "wrong_type", { expected: "options" });
      return;
    }
    const kept = Array.isArray(stored) ? stored : [];
    for (const [position, one] of value.entries()) oneChoice(check, options, one, kept, `${pointer}/${position}`);
    return;
  }
  const booleans = field.type === "radio_button" && options !== null && options.length > 0 && options.every((id) => id === "true" || id === "false");
  if (typeof value === "boolean" && booleans) return;
  oneChoice(check, options, value, [stored], pointer);
};

function oneChoice(check: Check, options: readonly string[] | null, value: Json, kept: readonly Json[], pointer: string): void {
  if (typeof value !== "string") check.add(pointer, "wrong_type", { expected: "option" });
  else if (options === null) {
    if (value.includes("\0")) check.add(pointer, "invalid_text");
  } else if (!options.includes(value) && !kept.includes(value)) check.add(pointer, "not_an_option");
}

const CHECKERS: Readonly<Record<string, Checker>> = {
  text_field: text,
  textarea: text,
  numeric_field: numeric,
  tally_field: tally,
  tick_box: tick,
  date_field: date,
  calculated,
  radio_button: choice,
  select_box: choice,
};

function findMissing(check: Check, fields: CompiledFields, answers: Answers, pointer: string, row: Answers | null): void {
  for (const [name, field] of fields) {
    const value = answer(answers, name);
    const at = `${pointer}/${escaped(name)}`;
    if (field.asked) require(check, field, value, null, at, row, true);
    if (field.rows === null || !Array.isArray(value) || !field.visible || !isShown(field, check.record, row)) continue;
    for (const [position, entry] of value.entries()) if (isMap(entry)) findMissing(check, field.rows, entry, `${at}/${position}`, entry);
  }
}
