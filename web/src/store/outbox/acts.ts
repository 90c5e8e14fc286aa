import type { JsonObject } from "~/lib/json";
import { layAnswer, layRequest, layWithdrawal } from "../approvals";
import { attachFile, detachFile } from "../attachments/acts";
import { argsOf, layFamily, layMember } from "../families";
import { layFlag } from "../flags";
import { mergeAnswers } from "./merging";
import type { ActName, OutboxItem } from "../types";

/** What the outbox must know of an act. A further act joins by one entry (docs/howto/add-an-act-that-works-offline.md). */
export interface Act {
  /** The act makes its record: whatever else is done to that record waits for it. */
  makes: boolean;
  /** Its data are answers to questions: refused, they come back to be corrected, and a later save takes their place. */
  answers: boolean;
  /** The record as she sees it while the act is on its way. */
  lay: (record: JsonObject, item: OutboxItem) => JsonObject;
  /** The arguments under which the server knows the act. */
  args: (item: OutboxItem) => JsonObject;
  /** The message key of what she did. */
  words: string;
}

export const ACTS: Readonly<Record<ActName, Act>> = {
  register_case: registering("outbox.item.register"),
  amend_case: amending("outbox.item.amend"),
  register_tracing_request: registering("outbox.item.register_tracing_request"),
  amend_tracing_request: amending("outbox.item.amend_tracing_request"),
  register_family: registering("outbox.item.register_family"),
  amend_family: amending("outbox.item.amend_family"),
  register_incident: registering("outbox.item.register_incident"),
  amend_incident: amending("outbox.item.amend_incident"),
  register_registry_record: registering("outbox.item.register_registry_record"),
  amend_registry_record: amending("outbox.item.amend_registry_record"),
  // Of two answers to one question she kept the other's: hers is written down, the case stays as it is.
  let_answers_go: {
    makes: false,
    answers: false,
    lay: (record) => record,
    args: (item) => ({ case_id: item.record, values: item.data }),
    words: "outbox.item.let_go",
  },
  assign_case: between("outbox.item.assign"),
  refer_case: between("outbox.item.refer"),
  transfer_case: between("outbox.item.transfer"),
  answer_transition: between("outbox.item.answer"),
  revoke_transition: between("outbox.item.revoke"),
  register_consent: between("outbox.item.register_consent"),
  withdraw_consent: between("outbox.item.withdraw_consent"),
  request_approval: { ...between("outbox.item.request_approval"), lay: layRequest },
  answer_approval: { ...between("outbox.item.answer_approval"), lay: layAnswer },
  withdraw_approval: { ...between("outbox.item.withdraw_approval"), lay: layWithdrawal },
  raise_flag: { ...between("outbox.item.raise_flag"), lay: layFlag },
  amend_flag: between("outbox.item.amend_flag"),
  resolve_flag: between("outbox.item.resolve_flag"),
  confirm_match: between("outbox.item.confirm_match"),
  reject_match: between("outbox.item.reject_match"),
  undo_match: between("outbox.item.undo_match"),
  link_family: { ...between("outbox.item.link_family"), lay: layFamily, args: argsOf },
  unlink_family: { ...between("outbox.item.unlink_family"), lay: layFamily },
  create_family_of_case: { ...between("outbox.item.create_family_of_case"), lay: layFamily },
  create_case_from_detail: between("outbox.item.create_case_from_detail"),
  create_case_from_member: { makes: true, answers: false, lay: layMember, args: argsOf, words: "outbox.item.create_case_from_member" },
  relate_cases: between("outbox.item.relate_cases"),
  amend_relationship: between("outbox.item.amend_relationship"),
  link_incidents: between("outbox.item.link_incidents"),
  attach_file: attachFile,
  detach_file: detachFile,
};

function registering(words: string): Act {
  return { makes: true, answers: true, lay: (record, item) => mergeAnswers(record, item.data), args: (item) => ({ case_id: item.record, values: item.data }), words };
}

function amending(words: string): Act {
  return {
    makes: false,
    answers: true,
    lay: (record, item) => mergeAnswers(record, item.data),
    args: (item) => ({ case_id: item.record, values: item.data, ...(item.recordAction === null ? {} : { record_action: item.recordAction }) }),
    words,
  };
}

/** Between people: the case looks as before until the server has said yes. */
function between(words: string): Act {
  return { makes: false, answers: false, lay: (record) => record, args: (item) => ({ case_id: item.record, values: item.data }), words };
}

export function actOf(item: OutboxItem): Act {
  return ACTS[item.action];
}

/** A record with everything laid over it that these items did, the oldest first. */
export function layOver(record: JsonObject, items: readonly OutboxItem[]): JsonObject {
  return items.reduce((data, item) => actOf(item).lay(data, item), record);
}

/** The act by which a record comes to be. */
export function isMaking(item: OutboxItem): boolean {
  return actOf(item).makes;
}
