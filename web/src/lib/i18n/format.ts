/** A compiled message (see build/messages.ts) and how to fill it in. */
export type Part =
  | string
  | [0, string]
  | [1 | 2 | 3, string, string | null]
  | [4, string, Record<string, Part[]>]
  | [5, string, Record<string, Part[]>, number, boolean]
  | 6
  | [7, string, Part[]];
export type Compiled = string | Part[];
export type Catalogue = Record<string, Compiled>;
export type Value = string | number | boolean | Date | null | undefined;
export type Values = Record<string, Value>;

const rules = new Map<string, Intl.PluralRules>();

function plural(locale: string, count: number, ordinal: boolean): string {
  const key = `${locale}${ordinal ? "#" : ""}`;
  let found = rules.get(key);
  if (!found) {
    found = new Intl.PluralRules(locale, { type: ordinal ? "ordinal" : "cardinal" });
    rules.set(key, found);
  }
  return found.select(count);
}

/** Fills in a message; a value that is missing leaves an empty place rather than a crash. */
export function fill(message: Compiled, values: Values, locale: string): string {
  return typeof message === "string" ? message : render(message, values, locale, null);
}

function render(parts: Part[], values: Values, locale: string, count: number | null): string {
  let text = "";
  for (const part of parts) {
    if (typeof part === "string") text += part;
    else if (part === 6) text += count === null ? "#" : new Intl.NumberFormat(locale).format(count);
    else if (part[0] === 7) text += render(part[2], values, locale, count);
    else if (part[0] === 4) text += render(part[2][String(values[part[1]])] ?? part[2]["other"] ?? [], values, locale, count);
    else if (part[0] === 5) {
      const number = Number(values[part[1]] ?? 0);
      const rest = number - part[3];
      const chosen = part[2][`=${String(number)}`] ?? part[2][plural(locale, rest, part[4])] ?? part[2]["other"] ?? [];
      text += render(chosen, values, locale, rest);
    } else text += plain(part, values[part[1]], locale);
  }
  return text;
}

function plain(part: [0, string] | [1 | 2 | 3, string, string | null], value: Value, locale: string): string {
  if (value === null || value === undefined) return "";
  if (part[0] === 1) return new Intl.NumberFormat(locale, part[2] === "percent" ? { style: "percent" } : {}).format(Number(value));
  if (part[0] === 2 || part[0] === 3) {
    const moment = value instanceof Date ? value : new Date(String(value));
    return new Intl.DateTimeFormat(locale, part[0] === 2 ? { dateStyle: "medium" } : { timeStyle: "short" }).format(moment);
  }
  if (typeof value === "number") return new Intl.NumberFormat(locale).format(value);
  return value instanceof Date ? new Intl.DateTimeFormat(locale).format(value) : String(value);
}
