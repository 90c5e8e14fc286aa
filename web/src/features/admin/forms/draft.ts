import { isObject, stable, type Json, type JsonObject } from "~/lib/json";
import type { Form } from "~/renderer/types";
import type { FormView, QuestionView } from "~/store/forming";

export type Texts = Readonly<Record<string, string>>;
export type Laid = Readonly<Record<string, Json>>;

/** From where a question came into this draft: it stands on the form, is new, is asked on another form, or was put away. */
export type Origin = "form" | "new" | "elsewhere" | "away";

export interface QuestionDraft {
  /** Tells it from the others of the draft; never sent. */
  key: string;
  origin: Origin;
  /** As the server has it; of a new one what its type gives. */
  stands: JsonObject;
  /** What she said otherwise. */
  laid: Laid;
}

/** A form as it is being changed: nothing of it has been sent. */
export interface FormDraft {
  base: FormView;
  laid: Laid;
  questions: readonly QuestionDraft[];
  /** Told by a table of rows that is made together with the form: the number of its own form, once that is made. */
  made: Readonly<Record<string, number>>;
}

const PLAIN: Laid = { visible: true, mobile_visible: true, disabled: false, required: false, show_on_minify_form: false, hide_on_view_page: false, matchable: false, multi_select: false, date_include_time: false, phone_number: false, autosum_total: false, date_validation: "default_date_validation" };

export function draftOf(base: FormView): FormDraft {
  return { base, laid: {}, questions: base.fields.map(standing), made: {} };
}

function standing(question: QuestionView): QuestionDraft {
  return { key: question.name, origin: "form", stands: asJson(question), laid: {} };
}

/** What a reply of the server is, as plain JSON. */
export function asJson(value: object): JsonObject {
  return value as unknown as JsonObject;
}

/** A question as it would be after saving. */
export function now(question: QuestionDraft): JsonObject {
  return { ...PLAIN, ...question.stands, ...question.laid };
}
export function formNow(draft: FormDraft): JsonObject {
  return { ...asJson(draft.base), ...draft.laid };
}

export function textsOf(value: Json | undefined): Texts {
  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([locale, text]) => [locale, typeof text === "string" ? text : ""])) : {};
}
export function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}
export function listOf(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** Texts without the languages in which nothing is said: those say nothing different. */
function plainly(value: Json | undefined): Json {
  if (Array.isArray(value)) return value.map(plainly);
  if (!isObject(value)) return value ?? null;
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== "" && inner !== null && inner !== false).map(([key, inner]) => [key, plainly(inner)]));
}
export function isSame(one: Json | undefined, other: Json | undefined): boolean {
  return stable(plainly(one)) === stable(plainly(other));
}

/** What is laid over what stands; what says nothing different is not laid. */
function laidOver(stands: JsonObject, laid: Laid, change: Laid): Laid {
  return Object.fromEntries(Object.entries({ ...laid, ...change }).filter(([key, value]) => !isSame(value, stands[key] ?? PLAIN[key])));
}

export function changeForm(draft: FormDraft, change: Laid): FormDraft {
  return { ...draft, laid: laidOver(asJson(draft.base), draft.laid, change) };
}

export function changeQuestion(draft: FormDraft, key: string, change: Laid): FormDraft {
  return { ...draft, questions: draft.questions.map((one) => (one.key === key ? { ...one, laid: one.origin === "new" ? { ...one.laid, ...change } : laidOver({ ...PLAIN, ...one.stands }, one.laid, change) } : one)) };
}

export function addQuestion(draft: FormDraft, question: Omit<QuestionDraft, "key">): { draft: FormDraft; key: string } {
  const name = textOf(question.stands["name"]);
  const key = question.origin === "new" ? `+${crypto.randomUUID()}` : name;
  return { draft: { ...draft, questions: [...draft.questions.filter((one) => one.key !== key), { ...question, key }] }, key };
}

/** Puts a question away: one that is stored is no longer listed, and is retired by saving. */
export function withoutQuestion(draft: FormDraft, key: string): FormDraft {
  return { ...draft, questions: draft.questions.filter((one) => one.key !== key) };
}

/** One place up (-1) or down (+1); at the end nothing moves. */
export function moveQuestion(draft: FormDraft, key: string, by: number): FormDraft {
  return { ...draft, questions: moved(draft.questions, draft.questions.findIndex((one) => one.key === key), by) };
}

export function moved<T>(all: readonly T[], at: number, by: number): readonly T[] {
  const [one, other] = [all[at], all[at + by]];
  if (one === undefined || other === undefined) return all;
  return all.map((each, place) => (place === at ? other : place === at + by ? one : each));
}

/** The questions of the form that saving would put away. */
export function putAway(draft: FormDraft): QuestionView[] {
  const listed = new Set(draft.questions.map((one) => one.key));
  return draft.base.fields.filter((one) => !listed.has(one.name));
}

export function isQuestionChanged(question: QuestionDraft): boolean {
  return question.origin !== "form" || Object.keys(question.laid).length > 0;
}

function isMoved(draft: FormDraft): boolean {
  const kept = new Set(draft.questions.map((one) => one.key));
  const before = draft.base.fields.map((one) => one.name).filter((name) => kept.has(name));
  return stable(before) !== stable(draft.questions.filter((one) => one.origin === "form").map((one) => one.key));
}

export function isChanged(draft: FormDraft): boolean {
  return Object.keys(draft.laid).length > 0 || draft.questions.some(isQuestionChanged) || putAway(draft).length > 0 || isMoved(draft);
}

/** Where each question stands: as it stood when that tells the order, else counted anew. */
function ordersOf(questions: readonly QuestionDraft[]): number[] {
  const orders: number[] = [];
  for (const one of questions) {
    const last = orders.at(-1) ?? -1;
    const stood = one.stands["order"];
    if (one.origin === "form" && (typeof stood !== "number" || stood <= last)) return questions.map((_, place) => place);
    orders.push(one.origin === "form" ? (stood as number) : last + 1);
  }
  return orders;
}

/** What is sent: of each question its name, its place and what is said otherwise; nothing when nothing is. */
export function patchOf(draft: FormDraft): JsonObject | null {
  if (!isChanged(draft)) return null;
  const orders = ordersOf(draft.questions);
  const listed = draft.questions.some(isQuestionChanged) || putAway(draft).length > 0 || isMoved(draft);
  const fields = draft.questions.map((one, place): JsonObject => {
    const order = { order: orders[place] ?? place };
    if (one.origin === "form" || one.origin === "away") return { name: one.key, ...order, ...one.laid };
    if (one.origin === "elsewhere") return { id: one.stands["id"] ?? null, name: one.key, ...order, ...one.laid };
    const number = draft.made[one.key];
    return { ...one.stands, ...one.laid, ...order, ...(number === undefined ? {} : { subform_section_id: number }) };
  });
  return { ...draft.laid, ...(listed ? { fields } : {}) };
}

/** Tables of rows that are made with the form: their own forms come first. */
export function newTables(draft: FormDraft): QuestionDraft[] {
  return draft.questions.filter((one) => {
    const said = now(one);
    return one.origin === "new" && said["type"] === "subform" && typeof said["subform_section_id"] !== "number" && draft.made[one.key] === undefined;
  });
}

/** The form as it would be, as it is drawn and as conditions read it. */
export function composed(draft: FormDraft): Form {
  return { ...formNow(draft), fields: draft.questions.map((one, order) => ({ ...now(one), order })) } as unknown as Form;
}

const FORBIDDEN = /[*!@#%$^]/;
export const NAME = /^[a-z][a-z0-9_]{0,127}$/;

/** One thing that is wrong: with which question (null: the form), with what of it, as a message key. */
export interface Wrong {
  key: string | null;
  part: string;
  code: string;
  params?: Record<string, string>;
}

/** Everything that the server would refuse, as far as it can be seen from here. */
export function wrongIn(draft: FormDraft): Wrong[] {
  const found: Wrong[] = [];
  const form = formNow(draft);
  found.push(...wrongText(null, "name", textsOf(form["name"])["en"], "form.name_en", "form.name_signs"));
  const seen = new Set<string>();
  for (const one of draft.questions) {
    const said = now(one);
    const name = one.origin === "new" ? textOf(said["name"]) : one.key;
    if (!NAME.test(name)) found.push({ key: one.key, part: "name", code: "field.name_format" });
    else if (seen.has(name)) found.push({ key: one.key, part: "name", code: "field.name_twice", params: { name } });
    seen.add(name);
    found.push(...wrongText(one.key, "display_name", textsOf(said["display_name"])["en"], "field.display_name_en", "field.display_name_signs"));
    for (const part of ["option_strings_text", "tally"]) found.push(...wrongOptions(one.key, part, listOf(said[part])));
    if (textOf(said["option_strings_source"]) === "lookup ") found.push({ key: one.key, part: "option_strings_source", code: "admin.forms.source.which" });
    if (CHOSEN.has(textOf(said["type"])) && textOf(said["option_strings_source"]) === "" && listOf(said["option_strings_text"]).length === 0) found.push({ key: one.key, part: "option_strings_text", code: "admin.forms.options.needed" });
  }
  return found;
}

const CHOSEN = new Set(["select_box", "radio_button"]);

function wrongText(key: string | null, part: string, text: string | undefined, missing: string, signs: string): Wrong[] {
  if ((text ?? "").trim() === "") return [{ key, part, code: missing }];
  return FORBIDDEN.test(text ?? "") ? [{ key, part, code: signs }] : [];
}

function wrongOptions(key: string, part: string, options: readonly JsonObject[]): Wrong[] {
  const found: Wrong[] = [];
  const seen = new Set<string>();
  options.forEach((option, place) => {
    const id = textOf(option["id"]);
    if (id.trim() === "") found.push({ key, part: `${part}/${String(place)}/id`, code: "field.option_id" });
    else if (seen.has(id)) found.push({ key, part: `${part}/${String(place)}/id`, code: "field.option_twice", params: { id } });
    seen.add(id);
    if ((textsOf(option["display_text"])["en"] ?? "").trim() === "") found.push({ key, part: `${part}/${String(place)}/display_text`, code: "field.option_en" });
  });
  return found;
}

/** The question and the part of it to which a pointer of the server leads. */
export function placeOf(draft: FormDraft, pointer: string): { key: string | null; part: string } {
  const [first, place, ...rest] = pointer.replace(/^\//, "").split("/");
  if (first !== "fields" || place === undefined) return { key: null, part: [first, place, ...rest].filter((one) => one !== undefined).join("/") };
  const one = draft.questions[Number(place)];
  return one ? { key: one.key, part: rest.join("/") } : { key: null, part: "fields" };
}

/** A key made from an English label, as the server makes it; another number when it is in use. */
export function nameFrom(label: string, taken: ReadonlySet<string>): string {
  const plain = label.normalize("NFKD").replace(/[^\p{ASCII}]/gu, "").toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^[0-9_]+|_+$/g, "").slice(0, 100);
  if (plain === "") return "";
  let name = plain;
  for (let number = 2; taken.has(name); number += 1) name = `${plain}_${String(number)}`;
  return name;
}
