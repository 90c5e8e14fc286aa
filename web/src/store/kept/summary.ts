import type { Shape } from "~/api";
import { isObject, type Json, type JsonObject } from "~/lib/json";
import { dueAnswers } from "./due";

/** A record as the feed sends it and as it lies, sealed, on the device. */
export interface KeptRecord {
  schema: 1;
  id: string;
  revision: number;
  /** The mark of the set of fields that were hers to read when it came. */
  fields: string;
  values: JsonObject;
  incomplete: Shape<"Missing">[];
  ageRecordedOn: string | null;
  quarantined: number;
}

/** What lists, filters and searches need of one kept case; all of them lie in one sealed block. */
export interface Summary {
  /** The same names and values as a row of the server's list. */
  row: JsonObject;
  revision: number;
  fields: string;
  ids: readonly string[];
  phones: readonly string[];
  /** What its tasks follow from; missing in a block that an earlier version of the app wrote. */
  due?: JsonObject;
  /** Characters of the whole case: what it takes on the device. */
  size: number;
}

export interface Block {
  schema: 1;
  rows: Summary[];
}

const ROW = [
  ...["id", "name", "case_id_display", "short_id", "age", "sex", "date_of_birth", "estimated", "status", "workflow", "risk_level"],
  ...["protection_concerns", "owned_by", "owned_by_full_name", "registration_date", "created_at", "last_updated_at", "flag_count"],
  ...["alert_count", "hidden_name", "record_in_scope", "module_id", "record_state", "enabled", "location_current", "date_closure"],
  ...["name_first", "name_middle", "name_last", "name_nickname", "name_other", "case_status_reopened"],
] as const;
const NAMES = ["name", "name_nickname", "name_other"] as const;
const IDS = [
  ...["short_id", "case_id_display", "unique_identifier", "case_id", "client_code", "ration_card_no", "icrc_ref_no", "rc_id_no"],
  ...["unhcr_id_no", "unhcr_individual_no", "un_no", "other_agency_id", "survivor_code_no", "national_id_no", "other_id_no"],
  ...["biometrics_id", "family_count_no", "dss_id", "camp_id", "tent_number", "nfi_distribution_id", "oscar_number", "registry_no"],
  "family_number",
] as const;
const PHONES = [
  ...["telephone_current", "telephone_child_future", "telephone_caregivers", "telephone_future_caregivers", "telephone_last"],
  ...["telephone_searchable_1", "telephone_searchable_2", "telephone_searchable_3"],
] as const;
export const SHORTEST_PHONE = 6;
const MASK = /^\*+$/;

export function keptRecord(sent: Shape<"SyncRecord">): KeptRecord {
  return {
    schema: 1,
    id: sent.id,
    revision: sent.revision,
    fields: sent.fields,
    values: sent.values as JsonObject,
    incomplete: sent.incomplete,
    ageRecordedOn: sent.age_recorded_on,
    quarantined: sent.quarantined,
  };
}

/** The summary of a record; `size` is measured when it is not known yet. */
export function summaryOf(record: KeptRecord, size = JSON.stringify(record.values).length): Summary {
  const { values } = record;
  const row: JsonObject = { ...picked(values), id: record.id };
  return { row, revision: record.revision, fields: record.fields, ...found(values), due: dueAnswers(values), size };
}

/** The summary as it stands with her unsent answers in it. */
export function summaryWith(summary: Summary, lay: (row: JsonObject) => JsonObject): Summary {
  const row = lay(summary.row);
  if (row === summary.row) return summary;
  return { ...summary, row: { ...picked(row), id: summary.row["id"] ?? null }, ...found({ ...row }, summary) };
}

function picked(values: JsonObject): JsonObject {
  return Object.fromEntries(ROW.flatMap((name) => (values[name] === undefined || values[name] === null ? [] : [[name, values[name]]])));
}

/** The names by which a child is found; hidden ones are none. */
export function namesOf(row: JsonObject): string[] {
  return textsOf(row, NAMES).filter((name) => !MASK.test(name));
}

function found(values: JsonObject, before?: Summary): Pick<Summary, "ids" | "phones"> {
  return {
    ids: union(textsOf(values, IDS).map(idKey), before?.ids),
    phones: union(textsOf(values, PHONES).flatMap((text) => text.split(/[/,;|\n]/)).map(phoneKey).filter((phone) => phone.length >= SHORTEST_PHONE), before?.phones),
  };
}

function union(now: string[], before: readonly string[] = []): string[] {
  return [...new Set([...now, ...before])].filter((one) => one !== "");
}

function textsOf(values: JsonObject, names: readonly string[]): string[] {
  return names.flatMap((name) => {
    const value: Json | undefined = values[name];
    return typeof value === "string" && value.trim() !== "" ? [value] : typeof value === "number" ? [String(value)] : [];
  });
}

/** Letters and digits only: how an id is written does not matter. */
export function idKey(text: string): string {
  return digits(text).toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
}

/** The last eight digits: with or without the country, a telephone is the same. */
export function phoneKey(text: string): string {
  return digits(text).replace(/\D/g, "").replace(/^0+/, "").slice(-8);
}

/** Digits of any script as 0 to 9: in Unicode each script's ten stand in a row. */
function digits(text: string): string {
  return text.normalize("NFKC").replace(/[^\d\P{Nd}]/gu, (digit) => {
    const code = digit.codePointAt(0) ?? 0;
    let value = 0;
    while (value < 9 && /\p{Nd}/u.test(String.fromCodePoint(code - value - 1))) value += 1;
    return String(value);
  });
}

/** The block as it was written; one of another schema is no block, and the device is filled again. */
export function readBlock(kept: unknown): Map<string, Summary> {
  if (!isObject(kept) || kept["schema"] !== 1 || !Array.isArray(kept["rows"])) return new Map();
  return new Map((kept as unknown as Block).rows.map((summary) => [String(summary.row["id"]), summary]));
}

export function writeBlock(summaries: ReadonlyMap<string, Summary>): Block {
  return { schema: 1, rows: [...summaries.values()] };
}
