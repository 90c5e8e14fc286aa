import { t } from "~/lib/i18n";
import type { Offered } from "./offer";

/** One column of the list: an answer, and what it is called. */
export interface ListColumn {
  name: string;
  label: string;
  wraps?: boolean;
}

const USUAL = ["age", "sex", "status", "workflow", "registration_date"];
const WRAPPED = new Set(["workflow", "protection_concerns"]);

/** Every column that she may choose. */
export function allColumns(offered: readonly Offered[], manager: boolean): ListColumn[] {
  const first: ListColumn[] = [
    { name: "age", label: t("cases.column.age") },
    { name: "sex", label: t("cases.column.sex") },
    { name: "status", label: t("cases.column.status") },
    { name: "workflow", label: t("cases.column.workflow"), wraps: true },
    ...(manager ? [{ name: "owned_by", label: t("cases.column.owner") }] : []),
    { name: "registration_date", label: t("cases.column.registered") },
  ];
  const known = new Set([...first.map((one) => one.name), "owned_by", "owned_by_groups", "current_alert_types"]);
  const further = offered.filter((one) => one.sort !== "place" && !known.has(one.name)).map(({ name, label }): ListColumn => ({ name, label, ...(WRAPPED.has(name) ? { wraps: true } : {}) }));
  return [...first, ...further];
}

/** The columns that are shown: those she chose, as far as they are open to her, or the usual ones. */
export function shownColumns(all: readonly ListColumn[], chosen: readonly string[] | null): ListColumn[] {
  const wanted = chosen ?? [...USUAL.slice(0, 4), "owned_by", ...USUAL.slice(4)];
  return wanted.flatMap((name) => all.find((one) => one.name === name) ?? []);
}
