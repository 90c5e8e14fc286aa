import { localized } from "~/lib/i18n";
import type { Shape } from "~/api";
import { labelOf, type Sources } from "~/renderer/sources";
import type { Data, Field } from "~/renderer/types";
import { watched } from "~/lib/watched";
import { rowsOf } from "~/renderer/values";
import { useResource, useSource, type Loaded, type RecordNow, type RecordView, type Resource } from "~/store";
import type { Member } from "./kinship";

/** What the page of a record tells its parts. */
export interface About {
  id: string;
  data: Data;
  record: RecordNow;
  fields: ReadonlyMap<string, Field>;
  sources: Sources;
  mayWrite: boolean;
  may: (action: string) => boolean;
}

export const DETAILS = "family_details_section";
export const MEMBERS = "family_members";

/** The questions asked about somebody, by their names. */
export function rowFieldsOf(fields: ReadonlyMap<string, Field>, section: string): ReadonlyMap<string, Field> {
  return new Map((fields.get(section)?.subform?.fields ?? []).map((field) => [field.name, field]));
}

/** How somebody stands to the family, in the words of the instance. */
export function relationWords(fields: ReadonlyMap<string, Field>, sources: Sources, section: string): (member: Member) => string {
  const row = rowFieldsOf(fields, section);
  const field = row.get("family_relationship") ?? row.get("relation");
  return (member) => (member.relation === "" || !field ? "" : labelOf(field, member.relation, sources));
}

const NONE: Resource<RecordView> = { ...watched<Loaded<RecordView>>({ value: null, at: null, loading: false, error: null }), refresh: () => Promise.resolve(), wait: () => Promise.reject(new Error("none")) };

/** The members of a family as the family itself tells of them; none where she does not read it. */
export function useMembers(family: string): Data[] {
  const source = useSource();
  return rowsOf(useResource(family === "" ? NONE : source.record("families", family)).value?.data[MEMBERS]);
}

/** On which form a question is asked that she may answer, and what the form is called; null when there is none. */
export function useFormAsking(kind: "case" | "family", name: string): { id: string; label: string; writable: boolean } | null {
  const source = useSource();
  const forms = useResource(source.forms(), 600).value;
  const me = useResource(source.me(), 600).value;
  const found = (forms ?? []).filter((form: Shape<"Form">) => !form.is_nested && form.parent_form === kind && form.fields.some((field) => field.name === name));
  const granted = found.filter((form) => me?.permitted_form?.[form.unique_id] !== undefined);
  const form = granted.find((one) => me?.permitted_form?.[one.unique_id] === "rw") ?? granted[0];
  return form === undefined ? null : { id: form.unique_id, label: localized(form.name), writable: me?.permitted_form?.[form.unique_id] === "rw" };
}
