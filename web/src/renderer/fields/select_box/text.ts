import { labelOf, type Sources } from "../../sources";
import type { Field, Json } from "../../types";
import { idsOf } from "../../values";

export function text(value: Json | undefined, field: Field, sources: Sources): string {
  return idsOf(value)
    .map((id) => labelOf(field, id, sources))
    .join(", ");
}
