/** What the builders are given and what they give back. */

import type { Expression, Field, Form, Json, Lookup, Place } from "~/renderer/types";

export type { Expression, Field, Form, Json, Lookup, Place };

/** What a condition decides: each has its own sentence. */
export type About = "question" | "form" | "rows" | "options" | "answer";

/** What can be asked about: the questions, and where their options come from. */
export interface Known {
  /** The questions that the condition looks at, retired ones too: those of the record, or those of the row. */
  fields: readonly Field[];
  /** Questions of the other side (record or row), only to say so when one of them is asked by mistake. */
  elsewhere?: readonly Field[];
  lookups?: readonly Lookup[];
  places?: readonly Place[];
  /** The language for labels; without it that of the screen. */
  locale?: string;
}

export interface ConditionBuilderProps extends Known {
  /** As stored: `display_conditions*`, the rows' `display_conditions`, or the condition of one tag of options. */
  value: Expression | null | undefined;
  /** Null: no condition. `problems` says how many lines cannot be stored or would never be met; such lines that are not finished are left out. */
  onChange: (value: Expression | null, problems: number) => void;
  about?: About;
  /** The name of the question whose condition this is: it may not ask itself, nor run in a circle. */
  owner?: string;
  /** Only to look at. */
  closed?: boolean;
}

export interface OptionConditionBuilderProps extends Known {
  /** As stored in `option_strings_condition`: a condition for each tag. */
  value: Readonly<Record<string, unknown>> | null | undefined;
  /** The tags that the options of the question bear. */
  tags: readonly string[];
  onChange: (value: Record<string, unknown> | null, problems: number) => void;
  owner?: string;
  closed?: boolean;
}

export interface CalculationBuilderProps extends Known {
  /** As stored in `calculation`. */
  value: Readonly<Record<string, unknown>> | null | undefined;
  onChange: (value: Record<string, unknown> | null, problems: number) => void;
  owner?: string;
  closed?: boolean;
}

export interface SummaryBuilderProps extends Known {
  /** As stored in `subform_summary`. */
  value: Readonly<Record<string, unknown>> | null | undefined;
  onChange: (value: Record<string, unknown> | null, problems: number) => void;
  closed?: boolean;
}

export interface FormPreviewProps {
  /** As it is being edited; need not be saved. */
  form: Form;
  /** All forms, flat, as served: nested ones and those whose answers the conditions ask. The one being edited may be among them. */
  forms: readonly Form[];
  lookups: readonly Lookup[];
  places?: readonly Place[];
  /** The languages of the instance. */
  locales?: readonly string[];
}
