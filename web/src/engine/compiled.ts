/** Fields made ready for checking: conditions compiled once, names indexed. */

import { tallyItems } from "./calculations";
import { inlineOptions, lookupOf } from "./options";
import type { Answers, Field } from "./types";
import { isAbsent, isMap } from "./values";
import type { Container } from "./visibility";
import { compileContainer } from "./visibility";

/** Types that no record body carries: files travel by themselves, headings hold nothing. */
export const NOT_WRITABLE: ReadonlySet<string> = new Set([
  "photo_upload_box",
  "audio_upload_box",
  "document_upload_box",
  "signature",
  "separator",
  "date_range",
  "custom",
  "link_to_form",
]);

export interface CompiledField {
  readonly name: string;
  readonly type: string;
  readonly writable: boolean;
  readonly multiple: boolean;
  readonly withTime: boolean;
  readonly notFuture: boolean;
  readonly phone: boolean;
  readonly isAge: boolean;
  /** Required while shown: required, visible and enabled. */
  readonly asked: boolean;
  readonly visible: boolean;
  readonly byRecord: Container;
  readonly byRow: Container;
  readonly lookup: string | null;
  readonly inline: readonly string[] | null;
  readonly items: ReadonlySet<string>;
  readonly rows: CompiledFields | null;
}

/** The fields of a record or of a row by name; a name on several forms counts once, the first form's. */
export type CompiledFields = ReadonlyMap<string, CompiledField>;

const compiled = new WeakMap<readonly Field[], CompiledFields>();

/** The fields made ready, once for each list. */
export function compileFields(fields: readonly Field[]): CompiledFields {
  const known = compiled.get(fields);
  if (known !== undefined) return known;
  const byName = new Map<string, CompiledField>();
  for (const field of fields) if (!byName.has(field.name)) byName.set(field.name, compileField(field));
  compiled.set(fields, byName);
  return byName;
}

export function compileField(field: Field): CompiledField {
  const type = field.type ?? "";
  const visible = field.visible !== false && field.disabled !== true;
  const summary = field.subform_summary;
  return {
    name: field.name,
    type,
    writable: !NOT_WRITABLE.has(type) && (isAbsent(summary) || (isMap(summary) && Object.keys(summary).length === 0)),
    multiple: field.multi_select === true,
    withTime: field.date_include_time === true,
    notFuture: field.date_validation === "not_future_date",
    phone: field.phone_number === true,
    isAge: field.name === "age" || field.name.endsWith("_age"),
    asked: field.required === true && visible,
    visible,
    byRecord: compileContainer(field.display_conditions_record),
    byRow: compileContainer(field.display_conditions_subform),
    lookup: lookupOf(field),
    inline: inlineOptions(field)?.map((option) => option.id) ?? null,
    items: new Set([...tallyItems(field), "total"]),
    rows: type === "subform" && field.subform ? compileFields(field.subform.fields ?? []) : null,
  };
}

/** Is the field shown, on the whole record and row? */
export function isShown(field: CompiledField, record: Answers, row: Answers | null): boolean {
  return (field.byRecord.condition?.(record) ?? true) && (row === null || (field.byRow.condition?.(row) ?? true));
}
