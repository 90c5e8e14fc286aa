import { labelOf, type Sources } from "../../sources";
import type { Field, Json } from "../../types";
import { idsOf } from "../../values";

export function text(value: Json | undefined, field: Field, sources: Sources): string {
  const id = idsOf(value)[0];
  return id === undefined ? "" : labelOf(field, id, sources);
}
