import type { Json } from "../../types";
import { textOf } from "../../values";

export function text(value: Json | undefined): string {
  return textOf(value).trim();
}
