import { LOCALE_NAMES, LOCALES, directionOf, getLocale, hasMessage, isLocale, localized, t } from "~/lib/i18n";
import type { Json, JsonObject } from "~/lib/json";
import { mayDo, useResource, useSource, type DataSource } from "~/store";
import { resource } from "~/store/resource";
import { formingOf, type FormView, type Forming } from "~/store/forming";
import type { Option } from "~/ui";
import { textOf, textsOf } from "./draft";

export function useForming(): Forming {
  return formingOf(useSource());
}

/** How far somebody may go: nothing, words and places only, or everything. */
export interface Reach {
  words: boolean;
  all: boolean;
}

export function reachOf(me: Parameters<typeof mayDo>[0], closed: boolean): Reach {
  const all = mayDo(me, "metadata", "manage") && !closed;
  return { all, words: all || (mayDo(me, "metadata", "manage_restricted") && !closed) };
}

/** For whom it does not matter: asking in vain would only be noted as a refused look. */
const NOT_ASKED = resource<boolean>({ fetch: () => Promise.resolve(false) });

/** Who she is here, and whether configuration comes from elsewhere; null until both are known. */
export function useReach(source: DataSource): { reach: Reach; closed: boolean } | null {
  const me = useResource(source.me(), 300).value;
  const closed = useResource(reachOf(me, false).words ? formingOf(source).isClosed() : NOT_ASKED, 60);
  if (me === null || (closed.value === null && closed.error === null)) return null;
  const isClosed = closed.value === true;
  return { reach: reachOf(me, isClosed), closed: isClosed };
}

/** The languages in which this instance speaks, English first: everything has a name in it. */
export function useLanguages(): string[] {
  const told = useResource(useSource().publicInfo(), 3600).value?.locales ?? [];
  const all = told.length > 0 ? told : [...LOCALES];
  return ["en", ...all.filter((one) => one !== "en")];
}

export function languageName(locale: string): string {
  if (isLocale(locale)) return LOCALE_NAMES[locale];
  try {
    return new Intl.DisplayNames([getLocale()], { type: "language" }).of(locale) ?? locale;
  } catch {
    return locale;
  }
}
export { directionOf };

/** The languages in which a text is not said. */
export function missingIn(value: Json | undefined, languages: readonly string[]): string[] {
  const texts = textsOf(value);
  return Object.values(texts).every((text) => text === "") ? [] : languages.filter((locale) => (texts[locale] ?? "").trim() === "");
}

/** A kind of question, as it is offered: more than the types, for a text may be a telephone number and a day may have its hour. */
export interface Offered {
  id: string;
  gives: JsonObject;
}

export const OFFERED: readonly Offered[] = [
  { id: "text_field", gives: { type: "text_field" } },
  { id: "textarea", gives: { type: "textarea" } },
  { id: "tick_box", gives: { type: "tick_box" } },
  { id: "select_box", gives: { type: "select_box" } },
  { id: "multi_select_box", gives: { type: "select_box", multi_select: true } },
  { id: "radio_button", gives: { type: "radio_button" } },
  { id: "numeric_field", gives: { type: "numeric_field" } },
  { id: "tally_field", gives: { type: "tally_field", autosum_total: true } },
  { id: "date_field", gives: { type: "date_field" } },
  { id: "date_time", gives: { type: "date_field", date_include_time: true } },
  { id: "phone_number", gives: { type: "text_field", phone_number: true } },
  { id: "photo_upload_box", gives: { type: "photo_upload_box" } },
  { id: "audio_upload_box", gives: { type: "audio_upload_box" } },
  { id: "document_upload_box", gives: { type: "document_upload_box" } },
  { id: "signature", gives: { type: "signature" } },
  { id: "calculated", gives: { type: "calculated", disabled: true } },
  { id: "separator", gives: { type: "separator", disabled: true } },
  { id: "subform", gives: { type: "subform" } },
];

/** Which of the offered kinds a question is of. */
export function kindIdOf(question: JsonObject): string {
  const type = textOf(question["type"]);
  if (type === "select_box" && question["multi_select"] === true) return "multi_select_box";
  if (type === "date_field" && question["date_include_time"] === true) return "date_time";
  if (type === "text_field" && question["phone_number"] === true) return "phone_number";
  return type;
}

export function typeWords(question: JsonObject): string {
  const id = kindIdOf(question);
  const key = `admin.forms.type.${id}`;
  return hasMessage(key) ? t(key) : id;
}

export function kindWords(kind: string): string {
  const key = `admin.forms.kind.${kind}`;
  return hasMessage(key) ? t(key) : kind.replaceAll("_", " ");
}

export const KINDS_OF_FORMS = ["case", "incident", "tracing_request", "family", "registry_record"] as const;

export function labelOf(question: JsonObject): string {
  return localized(textsOf(question["display_name"])) || textOf(question["name"]) || t("admin.forms.nameless");
}

/** Parts of a question that are named in lists of problems and of changes. */
export function partWords(part: string): string {
  const key = `admin.forms.part.${part.split("/")[0] ?? ""}`;
  return hasMessage(key) ? t(key) : part;
}

/** The list of groups of a part of the work: its forms stand in them. */
export function groupListId(module: string, kind: string): string {
  return `lookup-form-group-${module.replace(/^primeromodule-/, "")}-${kind.replaceAll("_", "-")}`;
}

interface Listed {
  unique_id: string;
  name: Record<string, string>;
  values: readonly { id: string; display_text: Record<string, string>; disabled?: boolean | null }[];
}

/** The groups of forms of these parts of the work. */
export function groupOptions(lookups: readonly Listed[], modules: readonly string[], kind: string): Option[] {
  const wanted = new Set(modules.map((module) => groupListId(module, kind)));
  const found = new Map<string, Option>();
  for (const list of lookups) {
    if (!wanted.has(list.unique_id)) continue;
    for (const one of list.values) if (one.disabled !== true && !found.has(one.id)) found.set(one.id, { value: one.id, label: localized(one.display_text) || one.id });
  }
  return [...found.values()];
}

export interface FormGroup {
  id: string;
  forms: FormView[];
}

/** The forms of a kind of record in one part of the work, as they follow each other. */
export function groupsOf(forms: readonly FormView[], kind: string, module: string): FormGroup[] {
  const groups = new Map<string, FormGroup>();
  const wanted = forms
    .filter((form) => !form.is_nested && form.parent_form === kind && (module === "" || form.module_ids.includes(module)))
    .sort((a, b) => a.order_form_group - b.order_form_group || a.order - b.order || a.id - b.id);
  for (const form of wanted) {
    const id = form.form_group_id ?? "";
    const group = groups.get(id) ?? { id, forms: [] };
    group.forms.push(form);
    groups.set(id, group);
  }
  return [...groups.values()];
}
