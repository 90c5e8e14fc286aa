/** The definitions form logic works on, as the server serves them; a subform field carries its nested form. */

import type { Json, JsonObject } from "../lib/json";

export type { Json };
/** Answers by field name: of a record, or of a row. A missing key and null are the same. */
export type Data = JsonObject;
export type Answers = Readonly<Record<string, Json>>;

export interface Option {
  readonly id: string;
  readonly display_text?: unknown;
  readonly disabled?: boolean | null;
  readonly tags?: readonly string[] | null;
}

/** Whole options by lookup id. */
export type OptionLists = Readonly<Record<string, readonly Option[]>>;
/** Option ids by lookup id, retired ones included. */
export type OptionIds = Readonly<Record<string, readonly string[]>>;

export interface Field {
  readonly name: string;
  readonly type?: string;
  readonly visible?: boolean;
  readonly disabled?: boolean;
  readonly required?: boolean;
  readonly multi_select?: boolean;
  readonly phone_number?: boolean;
  readonly date_include_time?: boolean;
  readonly date_validation?: string | null;
  readonly option_strings_source?: string | null;
  readonly option_strings_text?: readonly Option[] | null;
  readonly option_strings_condition?: unknown;
  readonly selected_value?: unknown;
  readonly tally?: readonly Option[] | null;
  readonly autosum_total?: boolean;
  readonly calculation?: unknown;
  readonly subform_summary?: unknown;
  readonly display_conditions_record?: unknown;
  readonly display_conditions_subform?: unknown;
  readonly subform?: { readonly fields?: readonly Field[] } | null;
}

export interface FormSection {
  readonly unique_id: string;
  readonly display_conditions?: unknown;
  readonly fields: readonly Field[];
}

export interface Lookup {
  readonly unique_id: string;
  readonly values: readonly Option[];
}
