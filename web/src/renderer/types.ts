/** What the server serves at `/api/v2/forms`, and what a record's answers are. */

import type { Shape } from "~/api";
import type { Json, JsonObject } from "~/lib/json";

export type { Json };
export type Data = JsonObject;
export type Localized = Shape<"Option">["display_text"];
export type Expression = Record<string, unknown> | unknown[];

/** Only what names a thing must be there: an older server, or a test, may say less. */
type Sparse<T, Needed extends keyof T> = Pick<T, Needed> & Partial<Omit<T, Needed>>;

export type Option = Omit<Shape<"Option">, "display_text"> & { display_text: Localized | string };
export type RowsShown = Shape<"RowsShown">;

export type Field = Sparse<Omit<Shape<"Question">, "type" | "option_strings_text" | "display_conditions_record" | "display_conditions_subform">, "name"> & {
  /** Also the types that a later server may know. */
  type: string;
  option_strings_text?: Option[] | null;
  display_conditions_record?: Expression | null;
  display_conditions_subform?: Expression | null;
  /** The nested form, put here by `nestForms`: form logic reads it from the field. */
  subform?: Form;
};

export type Form = Sparse<Omit<Shape<"Form">, "fields" | "display_conditions">, "unique_id" | "name"> & {
  display_conditions?: Expression | null;
  fields: Field[];
};

export type Lookup = Sparse<Omit<Shape<"Lookup">, "values">, "unique_id"> & { values: Option[] };
export type Place = Sparse<Shape<"Location">, "code" | "name">;

/** How a form is shown: to be read, or to be filled in. */
export type Mode = "view" | "edit";

export type ProblemKind = "wrong" | "incomplete" | "notice" | "refused";

export interface Problem {
  /** JSON pointer from the record, rows by their place in the list. */
  pointer: string;
  code: string;
  kind: ProblemKind;
  params?: Record<string, Json>;
  /** In words already, for a refusal of the server. */
  message?: string;
}
