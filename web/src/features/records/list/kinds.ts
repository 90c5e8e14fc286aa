import type { Kind } from "~/store";
import type { Sort } from "./state";

/** What a list of one kind of record is made of. */
export interface ListOf {
  /** Questions that everybody may narrow by; any other that may be filtered joins them. */
  filters: readonly string[];
  /** The place by which it is narrowed. */
  place: string;
  days: readonly string[];
  /** The columns that are shown unless she chooses others. */
  columns: readonly string[];
  sorts: readonly Sort[];
  /** How many are counted on the chips, and on the sheet. */
  counted: readonly string[];
  countedOnSheet: readonly string[];
  /** What a row needs beside its columns. */
  fields: readonly string[];
}

const OF_ALL = ["short_id", "status", "owned_by", "created_at", "last_updated_at", "flag_count", "alert_count", "hidden_name", "record_in_scope", "module_id"];

export const LISTS: Readonly<Record<Kind, ListOf>> = {
  cases: {
    filters: ["status", "sex", "age", "risk_level", "workflow", "protection_concerns"],
    place: "location_current",
    days: ["registration_date", "created_at", "last_updated_at"],
    columns: ["age", "sex", "status", "workflow", "owned_by", "registration_date"],
    sorts: ["newest", "changed", "registered", "name", "youngest"],
    counted: ["status", "risk_level", "flagged"],
    countedOnSheet: ["sex", "age", "workflow", "protection_concerns"],
    fields: ["name", "case_id_display", ...OF_ALL, "age", "sex", "workflow", "risk_level", "protection_concerns", "registration_date"],
  },
  tracing_requests: {
    filters: ["status", "separation_cause"],
    place: "location_last",
    days: ["inquiry_date", "created_at", "last_updated_at"],
    columns: ["tracing_names", "status", "owned_by", "inquiry_date"],
    sorts: ["newest", "changed", "inquired", "inquirer"],
    counted: ["status", "flagged"],
    countedOnSheet: ["separation_cause"],
    fields: ["relation_name", "tracing_request_id_display", ...OF_ALL, "tracing_names", "inquiry_date"],
  },
  families: {
    filters: ["status", "family_language"],
    place: "family_location_current",
    days: ["family_registration_date", "created_at", "last_updated_at"],
    columns: ["family_number", "family_size", "status", "owned_by", "family_registration_date"],
    sorts: ["newest", "changed", "family_registered", "family_name"],
    counted: ["status", "flagged"],
    countedOnSheet: [],
    fields: ["family_name", "family_id_display", ...OF_ALL, "family_number", "family_size", "family_registration_date"],
  },
  incidents: {
    filters: ["status", "cp_incident_violence_type"],
    place: "incident_location",
    days: ["incident_date_derived", "date_of_first_report", "created_at", "last_updated_at"],
    columns: ["cp_incident_violence_type", "case_id_display", "status", "owned_by", "date_of_first_report"],
    sorts: ["newest", "changed", "reported"],
    counted: ["status", "flagged"],
    countedOnSheet: ["cp_incident_violence_type"],
    fields: ["incident_id_display", ...OF_ALL, "incident_date", "incident_date_derived", "date_of_first_report", "cp_incident_violence_type", "incident_case_id", "case_id_display"],
  },
  registry_records: {
    filters: ["status", "registry_type"],
    place: "location_current",
    days: ["registration_date", "created_at", "last_updated_at"],
    columns: ["registry_type", "registry_no", "status", "owned_by", "registration_date"],
    sorts: ["newest", "changed", "registered", "name"],
    counted: ["status", "flagged"],
    countedOnSheet: ["registry_type"],
    fields: ["name", "registry_id_display", ...OF_ALL, "registry_type", "registry_no", "registration_date"],
  },
};
