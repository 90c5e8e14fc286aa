import type { IconName } from "~/ui/icons";
import { formatDay, hasMessage, t } from "~/lib/i18n";
import { KINDS } from "~/store/kinds";
import type { Kind } from "~/store/types";
import type { Data } from "./types";
import { textOf } from "./values";

export const KIND_ICONS: Readonly<Record<Kind, IconName>> = { cases: "cases", tracing_requests: "mapPin", families: "family", incidents: "alert", registry_records: "file" };

const MASK = /^\*+$/;

/** A sentence that is worded for cases, in the words of another kind of record: its own, those of records at large, or the same. */
export function said(kind: Kind, key: string, params?: Parameters<typeof t>[1]): string {
  if (kind !== "cases") for (const own of [`kinds.${kind}.${key}`, `kinds.record.${key}`]) if (hasMessage(own)) return t(own, params);
  return t(key, params);
}

/** The name under which a record stands: masked when the record says so; none when it has none, or she may not see it. */
export function nameOf(data: Data, kind: Kind = "cases"): { text: string; masked: boolean } {
  const names = KINDS[kind].names.map((name) => textOf(data[name]).trim());
  if (names.some((name) => MASK.test(name))) return { text: "", masked: true };
  const name = names.find((one) => one !== "");
  if (name !== undefined) return { text: name, masked: false };
  if (kind === "incidents") {
    const day = textOf(data["incident_date_derived"]) || textOf(data["incident_date"]);
    return { text: day === "" ? "" : t("kinds.incidents.on", { day: formatDay(day.slice(0, 10)) }), masked: false };
  }
  if (kind !== "cases") return { text: "", masked: data["hidden_name"] === true && kind === "registry_records" };
  const parts = ["name_first", "name_middle", "name_last"].map((key) => textOf(data[key]).trim()).filter((part) => part !== "" && !MASK.test(part));
  return { text: parts.join(" "), masked: false };
}

export function codeOf(data: Data, kind: Kind = "cases"): string {
  return KINDS[kind].codes.map((name) => textOf(data[name])).find((code) => code !== "") ?? (textOf(data["short_id"]) || textOf(data["id"]).slice(-7));
}
