import { t } from "~/lib/i18n";
import type { Shape } from "~/api";
import type { Kind } from "~/store";
import { LISTS } from "./kinds";
import { labelOf, type Offered } from "./offer";

/** One column of the list: an answer, and what it is called. */
export interface ListColumn {
  name: string;
  label: string;
  wraps?: boolean;
}

const WRAPPED = new Set(["workflow", "protection_concerns", "tracing_names", "cp_incident_violence_type"]);

/** Every column that she may choose. */
export function allColumns(offered: readonly Offered[], manager: boolean, kind: Kind = "cases", forms: readonly Shape<"Form">[] = []): ListColumn[] {
  const first = kind === "cases" ? ofCases(manager) : LISTS[kind].columns.filter((name) => name !== "owned_by" || manager).map((name): ListColumn => ({ name, label: labelOf(name, kind, forms), ...(WRAPPED.has(name) ? { wraps: true } : {}) }));
  const known = new Set([...first.map((one) => one.name), "owned_by", "owned_by_groups", "current_alert_types"]);
  const further = offered.filter((one) => one.sort !== "place" && !known.has(one.name)).map(({ name, label }): ListColumn => ({ name, label, ...(WRAPPED.has(name) ? { wraps: true } : {}) }));
  return [...first, ...further];
}

function ofCases(manager: boolean): ListColumn[] {
  return [
    { name: "age", label: t("cases.column.age") },
    { name: "sex", label: t("cases.column.sex") },
    { name: "status", label: t("cases.column.status") },
    { name: "workflow", label: t("cases.column.workflow"), wraps: true },
    ...(manager ? [{ name: "owned_by", label: t("cases.column.owner") }] : []),
    { name: "registration_date", label: t("cases.column.registered") },
  ];
}

/** The columns that are shown: those she chose, as far as they are open to her, or the usual ones. */
export function shownColumns(all: readonly ListColumn[], chosen: readonly string[] | null, kind: Kind = "cases"): ListColumn[] {
  const wanted = chosen ?? LISTS[kind].columns;
  return wanted.flatMap((name) => all.find((one) => one.name === name) ?? []);
}
