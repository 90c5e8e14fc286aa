import type { ApprovalState, LogEntry } from "~/store";
import type { IconName, Tone } from "~/ui";

/** How each state of an approval looks, and its words. */
export const STATES: Readonly<Record<ApprovalState, { tone: Tone; icon: IconName; words: string }>> = {
  none: { tone: "plain", icon: "file", words: "approvals.state.none" },
  pending: { tone: "warn", icon: "clock", words: "approvals.state.pending" },
  approved: { tone: "ok", icon: "check", words: "approvals.state.approved" },
  rejected: { tone: "danger", icon: "undo", words: "approvals.state.rejected" },
};

export const LOG: Readonly<Record<LogEntry["what"], { icon: IconName; words: string }>> = {
  requested: { icon: "clock", words: "approvals.log.requested" },
  approved: { icon: "check", words: "approvals.log.approved" },
  rejected: { icon: "undo", words: "approvals.log.rejected" },
  cancelled: { icon: "close", words: "approvals.log.cancelled" },
};
