import type { Shape } from "~/api";
import { isObject, type Json, type JsonObject } from "~/lib/json";
import { KINDS, kindOf } from "../kinds";
import type { Kind } from "../types";
import { dueAnswers } from "./due";

/** A record as the feed sends it and as it lies, sealed, on the device. */
export interface KeptRecord {
  schema: 2;
  id: string;
  kind: Kind;
  revision: number;
  /** The mark of the set of fields that were hers to read when it came. */
  fields: string;
  values: JsonObject;
  incomplete: Shape<"Missing">[];
  ageRecordedOn: string | null;
  quarantined: number;
}

/** What lists, filters and searches need of one kept record; all of them lie in one sealed block. */
export interface Summary {
  kind: Kind;
  /** The same names and values as a row of the server's list. */
  row: JsonObject;
  revision: number;
  fields: string;
  ids: readonly string[];
  phones: readonly string[];
  /** What its tasks follow from; missing in a block that an earlier version of the app wrote. */
  due?: JsonObject;
  /** Characters of the whole record: what it takes on the device. */
  size: number;
}

export interface Block {
  schema: 2;
  rows: Summary[];
}

const OF_ALL = [
  ...["id", "short_id", "status", "owned_by", "owned_by_full_name", "created_at", "last_updated_at", "flag_count", "alert_count"],
  ...["hidden_name", "record_in_scope", "module_id", "record_state", "enabled", "has_photo"],
] as const;
const ROW: Readonly<Record<Kind, readonly string[]>> = {
  cases: [
    ...["name", "case_id_display", "age", "sex", "date_of_birth", "estimated", "workflow", "risk_level", "protection_concerns", "registration_date"],
    ...["location_current", "date_closure", "name_first", "name_middle", "name_last", "name_nickname", "name_other", "case_status_reopened"],
  ],
  tracing_requests: ["tracing_request_id_display", "relation_name", "relation_nickname", "inquiry_date", "tracing_names", "tracing_nicknames", "location_last"],
  families: ["family_name", "family_number", "family_id_display", "family_size", "family_registration_date", "family_location_current"],
  incidents: ["incident_id_display", "incident_case_id", "case_id_display", "incident_code", "survivor_code", "incident_date", "incident_date_derived", "date_of_first_report", "incident_location", "cp_incident_violence_type"],
  registry_records: ["name", "registry_type", "registry_no", "registry_id_display", "registration_date", "location_current"],
};
/** By what they are found, beside their codes. */
const NAMES: Readonly<Record<Kind, readonly string[]>> = {
  cases: ["name", "name_nickname", "name_other"],
  tracing_requests: ["tracing_request_id_display", "relation_name", "relation_nickname", "tracing_names", "tracing_nicknames"],
  families: ["family_name"],
  incidents: [],
  registry_records: ["name"],
};
const IDS = [
  ...["short_id", "case_id_display", "unique_identifier", "case_id", "client_code", "ration_card_no", "icrc_ref_no", "rc_id_no"],
  ...["unhcr_id_no", "unhcr_individual_no", "un_no", "other_agency_id", "survivor_code_no", "national_id_no", "other_id_no"],
  ...["biometrics_id", "family_count_no", "dss_id", "camp_id", "tent_number", "nfi_distribution_id", "oscar_number", "registry_no"],
  ...["family_number", "family_id_display", "registry_id_display", "incident_id_display", "incident_code", "survivor_code", "tracing_request_id_display", "inquirer_id_no"],
] as const;
const PHONES = [
  ...["telephone_current", "telephone_child_future", "telephone_caregivers", "telephone_future_caregivers", "telephone_last"],
  ...["telephone_searchable_1", "telephone_searchable_2", "telephone_searchable_3", "relation_telephone", "family_telephone_current"],
] as const;
export const SHORTEST_PHONE = 6;
const MASK = /^\*+$/;

/** A kept record in today's shape; null when there is none. Schema 1 kept nothing but cases. */
export function readKept(kept: unknown): KeptRecord | null {
  if (!isObject(kept)) return null;
  return (kept["schema"] === 1 ? { ...kept, schema: 2, kind: "cases" } : kept) as unknown as KeptRecord;
}

export function keptRecord(sent: Shape<"SyncRecord">): KeptRecord {
  return {
    schema: 2,
    id: sent.id,
    kind: kindOf(sent.kind) ?? "cases",
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
  const { kind, values } = record;
  const row: JsonObject = { ...picked(kind, values), id: record.id };
  return { kind, row, revision: record.revision, fields: record.fields, ...found(values), due: kind === "cases" ? dueAnswers(values) : {}, size };
}

/** The summary as it stands with her unsent answers in it. */
export function summaryWith(summary: Summary, lay: (row: JsonObject) => JsonObject): Summary {
  const row = lay(summary.row);
  if (row === summary.row) return summary;
  return { ...summary, row: { ...picked(summary.kind, row), id: summary.row["id"] ?? null }, ...found({ ...row }, summary) };
}

function picked(kind: Kind, values: JsonObject): JsonObject {
  return Object.fromEntries([...OF_ALL, ...ROW[kind]].flatMap((name) => (values[name] === undefined || values[name] === null ? [] : [[name, values[name]]])));
}

/** The names by which a child, a family or somebody who searches is found; hidden ones are none. */
export function namesOf({ kind, row }: Pick<Summary, "kind" | "row">): string[] {
  return textsOf(row, NAMES[kind]).filter((name) => !MASK.test(name));
}

/** The name by which records of a kind stand in order. */
export function firstName({ kind, row }: Pick<Summary, "kind" | "row">): Json {
  return row[KINDS[kind].names[0] ?? ""] ?? null;
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
    return (Array.isArray(value) ? value : [value]).flatMap((one) => (typeof one === "string" && one.trim() !== "" ? [one] : typeof one === "number" ? [String(one)] : []));
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

/** The block as it was written, by this version or the one before; one of another schema is no block, and the device is filled again. */
export function readBlock(kept: unknown): Map<string, Summary> {
  if (!isObject(kept) || (kept["schema"] !== 1 && kept["schema"] !== 2) || !Array.isArray(kept["rows"])) return new Map();
  const rows = (kept as unknown as Block).rows;
  const now = kept["schema"] === 2 ? rows : rows.map((summary): Summary => ({ ...summary, kind: "cases" }));
  return new Map(now.map((summary) => [String(summary.row["id"]), summary]));
}

export function writeBlock(summaries: ReadonlyMap<string, Summary>): Block {
  return { schema: 2, rows: [...summaries.values()] };
}
