import type { Conflict } from "~/api";
import type { Data, Json } from "~/renderer/types";
import { isData, rowId, rowsOf, stepsOf } from "~/renderer/values";

/** The record with one answer put in place; rows by `unique_id`; a row that is null is taken out, a missing one put back. */
export function putAt(data: Data, pointer: string, value: Json): Data {
  const put = (here: Json | undefined, steps: readonly string[]): Json => {
    const step = steps[0];
    if (step === undefined) return value;
    const rest = steps.slice(1);
    if (Array.isArray(here)) {
      const at = here.findIndex((row) => isData(row) && rowId(row) === step);
      if (rest.length === 0 && value === null) return here.filter((_, index) => index !== at);
      if (at < 0) return rest.length === 0 ? [...here, value] : here;
      return here.with(at, put(here[at], rest));
    }
    const object = isData(here) ? here : {};
    // A list of rows that is gone altogether, and one row of it to be put back.
    if (here === undefined && rest.length === 0 && isData(value) && rowId(value) === step) return [value];
    return { ...object, [step]: put(object[step], rest) };
  };
  return put(data, stepsOf(pointer)) as Data;
}

/** Her own answers that lose against another's, by question; of rows, the whole row as she had it. */
export function losing(conflicts: readonly Conflict[], mine: Data): Data {
  const lost: Data = {};
  for (const { pointer, mine: value } of conflicts) {
    const [name, id] = stepsOf(pointer);
    if (name === undefined) continue;
    if (id === undefined) lost[name] = value;
    else {
      const before = rowsOf(lost[name] ?? null).filter((row) => rowId(row) !== id);
      const row = rowsOf(mine[name] ?? null).find((one) => rowId(one) === id) ?? { unique_id: id, _destroy: true };
      lost[name] = [...before, row];
    }
  }
  return lost;
}
