import type { Data, Field, Json } from "./types";

/**
 * Age and day of birth know each other: `<prefix>date_of_birth` gives `<prefix>age` in completed years, and a typed age
 * gives 1 January of its year. Only where the sibling stands visibly on the same form. Whoever was typed last leads.
 */
export function coupleAges(fields: readonly Field[], data: Data, changed: ReadonlySet<string>, today: string): Data {
  const names = new Map(fields.filter((field) => field.visible !== false).map((field) => [field.name, field]));
  let after = data;
  for (const name of changed) {
    const field = names.get(name);
    if (field?.type === "date_field" && name.endsWith("date_of_birth")) {
      const age = `${name.slice(0, -"date_of_birth".length)}age`;
      if (names.get(age)?.type === "numeric_field" && !changed.has(age)) after = { ...after, [age]: ageOn(after[name], today) };
    }
    if (field?.type === "numeric_field" && (name === "age" || name.endsWith("_age"))) {
      const birth = `${name.slice(0, -"age".length)}date_of_birth`;
      if (names.get(birth)?.type === "date_field" && !changed.has(birth)) {
        const day = birthFromAge(after[name], today);
        // A day of birth that already says this age stays: a known day is worth more than 1 January.
        if (day === null || ageOn(after[birth], today) !== after[name]) after = { ...after, [birth]: day };
      }
    }
  }
  return after;
}

/** Completed years; born on 29 February, a year older on 1 March. */
export function ageOn(birth: Json | undefined, today: string): number | null {
  if (typeof birth !== "string") return null;
  const born = /^(\d{4})-(\d{2}-\d{2})/.exec(birth);
  const now = /^(\d{4})-(\d{2}-\d{2})/.exec(today);
  if (!born?.[1] || !born[2] || !now?.[1] || !now[2]) return null;
  const years = Number(now[1]) - Number(born[1]) - (now[2] < born[2] ? 1 : 0);
  return years >= 0 && years <= 130 ? years : null;
}

export function birthFromAge(age: Json | undefined, today: string): string | null {
  if (typeof age !== "number" || !Number.isInteger(age) || age < 0 || age > 130) return null;
  return `${String(Number(today.slice(0, 4)) - age).padStart(4, "0")}-01-01`;
}
