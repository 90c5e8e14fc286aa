/** What the server serves at `/api/v2/forms`, and what a record's answers are. */

import type { Json, JsonObject } from "~/lib/json";

export type { Json };
export type Data = JsonObject;
export type Localized = Record<string, string>;
export type Expression = Record<string, unknown> | unknown[];

export interface Option {
  id: string;
  display_text: Localized | string;
  disabled?: boolean;
  tags?: string[];
}

export interface SubformConfiguration {
  subform_sort_by?: string;
  subform_sort_by_direction?: string;
  subform_group_by?: string;
  fields?: string[];
  display_conditions?: Expression | null;
}

export interface Field {
  id?: number;
  name: string;
  type: string;
  visible?: boolean;
  disabled?: boolean;
  required?: boolean;
  multi_select?: boolean;
  hide_on_view_page?: boolean;
  show_on_minify_form?: boolean;
  hidden_text_field?: boolean;
  phone_number?: boolean;
  order?: number;
  display_name?: Localized;
  help_text?: Localized;
  guiding_questions?: Localized;
  tick_box_label?: Localized;
  option_strings_source?: string;
  option_strings_text?: Option[];
  option_strings_condition?: Record<string, Expression> | null;
  selected_value?: string;
  date_validation?: string;
  date_include_time?: boolean;
  tally?: Option[];
  autosum_total?: boolean;
  calculation?: Record<string, unknown> | null;
  subform_summary?: Record<string, unknown> | null;
  subform_section_id?: number;
  subform_section_configuration?: SubformConfiguration | null;
  display_conditions_record?: Expression | null;
  display_conditions_subform?: Expression | null;
  /** The nested form, put here by `readForms`: form logic reads it from the field. */
  subform?: Form;
}

export interface Form {
  id?: number;
  unique_id: string;
  name: Localized;
  description?: Localized;
  help_text?: Localized;
  parent_form?: string;
  visible?: boolean;
  order?: number;
  order_form_group?: number;
  form_group_id?: string;
  is_nested?: boolean;
  is_first_tab?: boolean;
  core_form?: boolean;
  subform_prevent_item_removal?: boolean;
  subform_append_only?: boolean;
  initial_subforms?: number;
  collapsed_field_names?: string[];
  display_conditions?: Expression | null;
  module_ids?: string[];
  fields: Field[];
}

export interface Lookup {
  unique_id: string;
  name?: Localized;
  values: Option[];
}

export interface Place {
  code: string;
  name: Localized;
  placename?: Localized;
  type?: string;
  admin_level?: number;
  hierarchy?: string[];
  disabled?: boolean;
}

/** How a form is shown: to be read, or to be filled in. */
export type Mode = "view" | "edit";

export type ProblemKind = "wrong" | "incomplete" | "notice" | "refused";

export interface Problem {
  /** JSON pointer from the record, rows by their place in the list. */
  pointer: string;
  code: string;
  kind: ProblemKind;
  params?: Record<string, Json>;
  /** The server's own words, where it gives a code we have no words for. */
  message?: string;
}
