import { formOffered, fieldShown } from "~/renderer/logic";
import type { Section } from "~/renderer/forms";
import { isAsked } from "~/renderer/kinds";
import { answerAt, locate, nameRows } from "~/renderer/problems";
import type { Data, Problem } from "~/renderer/types";
import { isBlank } from "~/renderer/values";
import type { RecordView } from "~/store";

export type Mark = "done" | "partial" | "missing" | "empty" | "read";

export interface Progress {
  mark: Mark;
  /** Required answers that are missing. */
  missing: number;
  answered: number;
  asked: number;
}

/** How far a section is: what is asked of this child now, what is answered, and what is missing. */
export function progressOf(section: Section, data: Data, incomplete: readonly Problem[], sections: readonly Section[]): Progress {
  const asked = section.form.fields.filter((field) => field.visible !== false && field.type !== "separator" && isAsked(field) && fieldShown(field, data));
  const answered = asked.filter((field) => !isBlank(data[field.name]) && data[field.name] !== false).length;
  const missing = incomplete.filter((one) => locate(one.pointer, sections)?.section === section).length;
  const mark: Mark = missing > 0 ? "missing" : asked.length === 0 ? "read" : answered === 0 ? "empty" : answered >= asked.length ? "done" : "partial";
  return { mark, missing, answered, asked: asked.length };
}

/** The sections of this child now: those whose condition holds. */
export function offeredSections(sections: readonly Section[], data: Data): Section[] {
  return sections.filter((section) => formOffered(section.form, data));
}

/**
 * What the server misses and the form logic here does not: answers of sections she only reads or does not see, or a
 * newer rule. What she has answered since is no longer missing.
 */
export function alsoMissing(stored: Pick<RecordView, "data" | "incomplete">, data: Data, found: readonly Problem[]): Problem[] {
  const known = new Set(found.map((one) => one.pointer));
  return stored.incomplete.flatMap(({ pointer: given, code, form }): Problem[] => {
    const pointer = nameRows(given, stored.data);
    return known.has(pointer) || !isBlank(answerAt(data, pointer)) ? [] : [{ pointer, code, kind: "incomplete", params: { form: form ?? null } }];
  });
}
