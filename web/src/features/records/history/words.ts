import { hasMessage, t } from "~/lib/i18n";
import type { IconName } from "~/ui/icons";
import type { Field, Json } from "~/renderer/types";
import { said } from "~/renderer/kindWords";
import { textOf } from "~/renderer/values";
import { labelOfField, textOfAnswer } from "~/renderer/words";
import type { Kind } from "~/store/types";
import type { Setup } from "../record/setup";
import type { Entry } from "./telling";

/** What the words of a story are made with. */
export interface Words {
  setup: Setup;
  /** How this instance calls its approvals. */
  approvals: ReadonlyMap<string, string>;
}

export function titleOf(entry: Entry, kind: Kind): string {
  if (entry.words !== undefined) return t(entry.words);
  const key = [`story.${entry.what}`, `event.${entry.what}`].find(hasMessage) ?? "story.amended";
  return said(kind, key);
}

const ICONS: readonly (readonly [RegExp, IconName])[] = [
  [/^registered$/, "plus"],
  [/^risk$/, "riskMedium"],
  [/_done$|^closed$|_given$|_accepted$/, "check"],
  [/_rejected$|_cancelled$|_revoked$|_withdrawn$/, "close"],
  [/^flag/, "flag"],
  [/^reopened$/, "undo"],
  [/^put_away$|^name_hidden$/, "lock"],
  [/^(case_assigned|referral|transfer|assign|refer)/, "user"],
  [/^duplicate|unanswered$|^incident/, "alert"],
  [/^family/, "family"],
  [/^relat/, "people"],
  [/^note/, "file"],
  [/_added$|_sent$|_requested$/, "clock"],
];

export function iconOf(what: string): IconName {
  return ICONS.find(([pattern]) => pattern.test(what))?.[1] ?? "edit";
}

/** Which service, which reason, which approval, which other answers. */
export function detailOf(entry: Entry, { setup, approvals }: Words): string {
  if (entry.what === "amended") return namesOf(entry, setup);
  const { question } = entry;
  if (question === undefined || question === null) return "";
  const value = (entry.value ?? null) as Json;
  if (question === "approval") return approvals.get(textOf(value)) ?? "";
  const field = fieldOf(question, setup);
  if (field === undefined) return "";
  return entry.what.startsWith("duplicate") ? labelOfField(field) : textOfAnswer(field, value, setup.sources);
}

function fieldOf(question: string, setup: Setup): Field | undefined {
  const [name, inside] = question.split(".");
  const field = setup.fields.get(name ?? "");
  return inside === undefined ? field : field?.subform?.fields.find((one) => one.name === inside);
}

function namesOf({ names, count }: Entry, setup: Setup): string {
  const known = (names ?? []).flatMap((name) => {
    const field = setup.fields.get(name);
    return field ? [labelOfField(field)] : [];
  });
  const first = known.slice(0, 3);
  const all = Math.max(count ?? 0, known.length);
  if (first.length === 0) return "";
  const listed = first.join(t("story.comma"));
  return all > first.length ? t("casefile.history.and_more", { names: listed, count: all - first.length }) : listed;
}

/** To whom, or at whose asking. */
export function personOf({ what, person }: Entry): string {
  if (!person) return "";
  const isSent = /_(sent|assigned|revoked|unanswered)$/.test(what);
  return t(isSent ? "story.to" : "story.asked_by", { name: person });
}
