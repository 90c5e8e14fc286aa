import type { JSX } from "preact";
import type { ControlAttributes } from "~/ui/form";
import type { Choice, Sources } from "./sources";
import type { Field, Json } from "./types";

export interface InputProps {
  field: Field;
  value: Json | undefined;
  set: (value: Json) => void;
  attributes: ControlAttributes;
  /** Where the answer stands: a JSON pointer, rows by `unique_id`. */
  pointer: string;
  /** For fields with options: what may be chosen now. */
  choices: readonly Choice[];
}

export interface OutputProps {
  field: Field;
  value: Json | undefined;
  pointer: string;
}

/** One type of field: how it is asked, how it is read, and what it says in one line. */
export interface Kind {
  Input: (props: InputProps) => JSX.Element | null;
  Output: (props: OutputProps) => JSX.Element | null;
  text: (value: Json | undefined, field: Field, sources: Sources) => string;
  /** Several controls for one question: a fieldset with a legend. */
  isGroup?: (field: Field, choices: readonly Choice[]) => boolean;
  /** Takes the whole width and its own heading, in reading too. */
  standsAlone?: boolean;
  /** Never asked, only shown. */
  readOnly?: boolean;
  /** Its answers are files: each is put on the case, and taken off, by an act of its own. */
  isFiles?: boolean;
}
