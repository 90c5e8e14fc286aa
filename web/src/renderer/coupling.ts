import { ageOn, birthFromAge } from "~/engine";
import type { Data, Field } from "./types";

/**
 * Age and day of birth know each other: `<prefix>date_of_birth` gives `<prefix>age` in completed years, and a typed age
 * gives 1 January of its year. Only where the sibling stands visibly on the same form. Whoever was typed last leads.
 * `<prefix>estimated` is ticked with a day that was only worked out and unticked with a day that was typed, until the
 * worker decides it herself: `byHand` keeps the names she has ticked or unticked.
 */
export function coupleAges(fields: readonly Field[], data: Data, changed: ReadonlySet<string>, today: string, byHand: Set<string> = new Set()): Data {
  for (const field of fields) if (field.type === "tick_box" && field.name.endsWith("estimated") && changed.has(field.name)) byHand.add(field.name);
  const names = new Map(fields.filter((field) => field.visible !== false).map((field) => [field.name, field]));
  let after = data;
  const estimate = (prefix: string, isEstimate: boolean): void => {
    const field = names.get(`${prefix}estimated`);
    if (field?.type !== "tick_box" || field.disabled || byHand.has(field.name) || (after[field.name] === true) === isEstimate) return;
    after = { ...after, [field.name]: isEstimate };
  };
  for (const name of changed) {
    const field = names.get(name);
    if (field?.type === "date_field" && name.endsWith("date_of_birth")) {
      const prefix = name.slice(0, -"date_of_birth".length);
      const age = `${prefix}age`;
      estimate(prefix, false);
      if (names.get(age)?.type === "numeric_field" && !changed.has(age)) after = { ...after, [age]: ageOn(after[name], today) };
    }
    if (field?.type === "numeric_field" && (name === "age" || name.endsWith("_age"))) {
      const prefix = name.slice(0, -"age".length);
      const birth = `${prefix}date_of_birth`;
      if (names.get(birth)?.type === "date_field" && !changed.has(birth)) {
        const day = birthFromAge(after[name], today);
        // A day of birth that already says this age stays: a known day is worth more than 1 January.
        if (day === null || ageOn(after[birth], today) !== after[name]) {
          after = { ...after, [birth]: day };
          estimate(prefix, day !== null);
        }
      }
    }
  }
  return after;
}
