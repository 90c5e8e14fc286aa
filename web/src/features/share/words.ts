import type { Shape } from "~/api";
import type { JsonObject } from "~/lib/json";
import { localized } from "~/lib/i18n";
import type { ShareKind } from "~/store";

/** The right, the act and the words of each way of handing a case on. */
export const WAYS: readonly { kind: ShareKind; act: "assign_case" | "refer_case" | "transfer_case"; rights: readonly string[]; words: string; hint: string }[] = [
  { kind: "Referral", act: "refer_case", rights: ["referral"], words: "share.refer", hint: "share.refer.hint" },
  { kind: "Transfer", act: "transfer_case", rights: ["transfer"], words: "share.transfer", hint: "share.transfer.hint" },
  { kind: "Assign", act: "assign_case", rights: ["assign", "assign_within_agency", "assign_within_user_group"], words: "share.assign", hint: "share.assign.hint" },
];

export const KIND_WORDS: Readonly<Record<Shape<"Transition">["type"], string>> = {
  Assign: "share.kind.assign",
  Referral: "share.kind.referral",
  Transfer: "share.kind.transfer",
  TransferRequest: "share.kind.request",
};

export const STATUS_WORDS: Readonly<Record<Shape<"Transition">["status"], string>> = {
  in_progress: "share.status.in_progress",
  accepted: "share.status.accepted",
  rejected: "share.status.rejected",
  done: "share.status.done",
  revoked: "share.status.revoked",
};

export interface SeenSection {
  name: string;
  questions: string[];
}

/** The sections of which the recipient will see answers, each with the questions that are answered. */
export function sectionsSeen(values: JsonObject, forms: readonly Shape<"Form">[]): SeenSection[] {
  const told = new Set<string>();
  const found: SeenSection[] = [];
  const ordered = forms.filter((form) => !form.is_nested && form.parent_form === "case" && form.visible);
  for (const form of [...ordered].sort((a, b) => (a.order_form_group ?? 0) - (b.order_form_group ?? 0) || (a.order ?? 0) - (b.order ?? 0))) {
    const questions = form.fields.filter((field) => !told.has(field.name) && isAnswered(values[field.name]));
    for (const field of questions) told.add(field.name);
    if (questions.length > 0) found.push({ name: localized(form.name), questions: questions.map((field) => localized(field.display_name)) });
  }
  return found;
}

function isAnswered(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "" && value !== false && !(Array.isArray(value) && value.length === 0);
}
