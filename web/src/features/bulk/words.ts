import { textOfProblem, type Shape } from "~/api";
import { formatNumber, t, type Values } from "~/lib/i18n";
import type { BulkAct, BulkResult, BulkView, ShareKind } from "~/store";

/** The kind of sharing (a flag is none) and the words of each act. */
export const ACTS: Readonly<Record<BulkAct, { kind: ShareKind | null; words: string; hint: string; begin: string }>> = {
  assign: { kind: "Assign", words: "bulk.act.assign", hint: "bulk.act.assign.hint", begin: "bulk.begin.assign" },
  transfer: { kind: "Transfer", words: "bulk.act.transfer", hint: "bulk.act.transfer.hint", begin: "bulk.begin.transfer" },
  refer: { kind: "Referral", words: "bulk.act.refer", hint: "bulk.act.refer.hint", begin: "bulk.begin.refer" },
  flag: { kind: null, words: "bulk.act.flag", hint: "bulk.act.flag.hint", begin: "bulk.begin.flag" },
};

export const STATUS: Readonly<Record<BulkView["status"], string>> = {
  waiting: "bulk.status.waiting",
  running: "bulk.status.running",
  done: "bulk.status.done",
  cancelled: "bulk.status.cancelled",
  refused: "bulk.status.refused",
};

export const RESULT: Readonly<Record<BulkResult["state"], string>> = {
  waiting: "bulk.result.waiting",
  done: "bulk.result.done",
  refused: "bulk.result.refused",
};

/** What a job does, to how many, to whom. */
export function whatOf(job: BulkView): string {
  const count = job.total ?? 0;
  const to = job.transitioned_to ?? "";
  if (job.total === null) return t(`bulk.what.${job.act}.open`, { to });
  return t(`bulk.what.${job.act}`, { count, to });
}

/** How far it is, as "12 of 130". */
export function progressOf(job: BulkView): string {
  return job.total === null ? "" : t("bulk.progress", { done: formatNumber(job.done + job.refused), total: formatNumber(job.total) });
}

/** Why a case was refused, in her words; each reason once. */
export function whyOf(errors: readonly Shape<"Problem">[]): string {
  return [...new Set(errors.map((one) => textOfProblem({ code: one.code, message: "", params: (one.params ?? {}) as Values })))].join(" ");
}
