import type { Data, Field, Json } from "./types";

/** Absent and null are the same state; so, for a worker's eye, are an empty text and an empty list. */
export function isBlank(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === "") return true;
  if (Array.isArray(value)) return value.length === 0;
  if (typeof value === "object") return Object.values(value).every((inner) => isBlank(inner));
  return false;
}

export function isData(value: Json | undefined): value is Data {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function rowsOf(value: Json | undefined): Data[] {
  return Array.isArray(value) ? value.filter(isData) : [];
}

export function rowId(row: Data): string {
  return typeof row["unique_id"] === "string" ? row["unique_id"] : "";
}

export function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : typeof value === "number" || typeof value === "boolean" ? String(value) : "";
}

/** The ids a select holds, single or multiple; a stored true/false counts as its text. */
export function idsOf(value: Json | undefined): string[] {
  if (Array.isArray(value)) return value.map(textOf).filter((id) => id !== "");
  const id = textOf(value);
  return id === "" ? [] : [id];
}

/** Key order never matters, list order does; blank is blank. */
export function sameValue(a: Json | undefined, b: Json | undefined): boolean {
  if (Object.is(a, b)) return true;
  if (isBlank(a) && isBlank(b)) return true;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, at) => sameValue(item, b[at]));
  if (isData(a) && isData(b)) {
    const names = new Set([...Object.keys(a), ...Object.keys(b)]);
    return [...names].every((name) => sameValue(a[name], b[name]));
  }
  return false;
}

const ARABIC_DIGITS = /[\u0660-\u0669\u06f0-\u06f9]/g;

/** Digits as typed on an Arabic, Persian or Latin keyboard, as ASCII digits. */
export function asciiDigits(text: string): string {
  return text.replace(ARABIC_DIGITS, (digit) => String((digit.codePointAt(0) ?? 0) & 0xf));
}

/** A whole number, or the text as typed when it is none: what was typed is never thrown away. */
export function readNumber(text: string): Json {
  const clean = asciiDigits(text).trim();
  if (clean === "") return null;
  return /^[+-]?\d{1,15}$/.test(clean) ? Number(clean) : text;
}

const UNSENDABLE = new Set(["separator", "photo_upload_box", "audio_upload_box", "document_upload_box", "signature", "date_range", "custom", "link_to_form"]);

/** May an answer of this field be in what we send? */
export function isSendable(field: Field): boolean {
  return !UNSENDABLE.has(field.type) && !field.subform_summary;
}

/** JSON pointers: `~` is `~0`, `/` is `~1`. */
export function pointerOf(...steps: (string | number)[]): string {
  return steps.map((step) => `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

export function stepsOf(pointer: string): string[] {
  return pointer
    .split("/")
    .filter((step, at) => at > 0 || step !== "")
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
}
