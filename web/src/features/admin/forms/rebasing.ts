import type { Json } from "~/lib/json";
import type { FormView } from "~/store/forming";
import { asJson, draftOf, isQuestionChanged, isSame, now, textOf, type FormDraft, type Laid, type QuestionDraft } from "./draft";

/** Something that both she and another administrator changed; hers is what is laid. */
export interface Both {
  /** The question; null is the form itself. */
  key: string | null;
  part: string;
  theirs: Json;
}

/** Her changes over the form as somebody else left it. What only one of them changed is as that one wants it. */
export function rebased(draft: FormDraft, found: FormView): { draft: FormDraft; both: Both[] } {
  const fresh = draftOf(found);
  const both: Both[] = bothChanged(null, asJson(draft.base), asJson(found), draft.laid);
  const theirs = new Map(fresh.questions.map((one) => [one.key, one]));
  const before = new Map(draft.base.fields.map((one) => [one.name, one]));
  const questions: QuestionDraft[] = [];
  for (const one of draft.questions) {
    const stands = theirs.get(one.origin === "new" ? textOf(now(one)["name"]) : one.key);
    if (one.origin === "form" && stands === undefined) {
      // Somebody put it away: it stays away unless she was at work on it.
      if (isQuestionChanged(one)) {
        questions.push({ ...one, origin: "away" });
        both.push({ key: one.key, part: "retired", theirs: true });
      }
      continue;
    }
    if (stands === undefined) questions.push(one);
    else if (one.origin === "new") {
      // It was stored, but the answer was lost; or somebody made the same.
      questions.push({ ...stands, laid: unlike(one.laid, stands.stands) });
    } else {
      both.push(...bothChanged(one.key, asJson(before.get(one.key) ?? {}), stands.stands, one.laid));
      questions.push({ ...stands, laid: one.origin === "elsewhere" ? {} : unlike(one.laid, stands.stands) });
    }
  }
  const mine = new Set(questions.map((one) => one.key));
  fresh.questions.forEach((one, place) => {
    // What she put away stays put away; what is new comes after what stands before it.
    if (mine.has(one.key) || before.has(one.key)) return;
    const previous = fresh.questions[place - 1];
    const at = previous === undefined ? 0 : questions.findIndex((each) => each.key === previous.key) + 1;
    questions.splice(previous === undefined || at > 0 ? at : questions.length, 0, one);
  });
  return { draft: { ...draft, base: found, laid: unlike(draft.laid, asJson(found)), questions }, both };
}

function bothChanged(key: string | null, before: Laid, found: Laid, laid: Laid): Both[] {
  return Object.entries(laid)
    .filter(([part, mine]) => !isSame(before[part], found[part]) && !isSame(found[part], mine))
    .map(([part]) => ({ key, part, theirs: found[part] ?? null }));
}

function unlike(laid: Laid, stands: Laid): Laid {
  return Object.fromEntries(Object.entries(laid).filter(([part, value]) => !isSame(value, stands[part])));
}

/** Lets hers go: as the other administrator left it. */
export function takeTheirs(draft: FormDraft, { key, part }: Both): FormDraft {
  const without = (laid: Laid): Laid => Object.fromEntries(Object.entries(laid).filter(([name]) => name !== part));
  if (key === null) return { ...draft, laid: without(draft.laid) };
  if (part === "retired") return { ...draft, questions: draft.questions.filter((one) => one.key !== key) };
  return { ...draft, questions: draft.questions.map((one) => (one.key === key ? { ...one, laid: without(one.laid) } : one)) };
}
