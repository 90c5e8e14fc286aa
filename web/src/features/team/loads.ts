import type { Shape } from "~/api";
import { getLocale } from "~/lib/i18n";
import type { IconName, Tone } from "~/ui";

type Load = Shape<"Caseload">;

export const ORDERS = ["late", "most", "name"] as const;
export type Order = (typeof ORDERS)[number];

const LEVELS: readonly { level: "high" | "medium" | "low" | "none"; tone: Tone; icon: IconName }[] = [
  { level: "high", tone: "danger", icon: "riskHigh" },
  { level: "medium", tone: "warn", icon: "riskMedium" },
  { level: "low", tone: "ok", icon: "riskLow" },
  { level: "none", tone: "plain", icon: "info" },
];

/** The workers in an order: the most that is overdue first, the most cases first, or by name. */
export function sorted(loads: readonly Load[], order: Order): Load[] {
  const byName = (a: Load, b: Load): number => (a.full_name || a.user_name).localeCompare(b.full_name || b.user_name, getLocale());
  const ways: Record<Order, (a: Load, b: Load) => number> = {
    late: (a, b) => b.overdue - a.overdue || b.cases - a.cases || byName(a, b),
    most: (a, b) => b.cases - a.cases || b.overdue - a.overdue || byName(a, b),
    name: byName,
  };
  return [...loads].sort(ways[order]);
}

export function sumOf(loads: readonly Load[], of: (load: Load) => number): number {
  return loads.reduce((sum, one) => sum + of(one), 0);
}

/** How many cases of each risk, the highest first; what is no level of ours counts as none. Empty where she may not read it. */
export function risksOf(load: Load): { level: "high" | "medium" | "low" | "none"; count: number; tone: Tone; icon: IconName }[] {
  const left = { ...(load.by_risk ?? {}) };
  const found = LEVELS.slice(0, 3).map((one) => {
    const count = left[one.level] ?? 0;
    left[one.level] = 0;
    return { ...one, count };
  });
  const others = Object.values(left).reduce((sum, count) => sum + count, 0);
  return [...found, ...LEVELS.slice(3).map((one) => ({ ...one, count: others }))].filter((one) => one.count > 0);
}
