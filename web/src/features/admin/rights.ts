import type { Shape } from "~/api";
import { fold } from "~/lib/fold";
import { actionWords, resourceWords } from "./words";

export type Role = Shape<"Role">;
export type Allowed = Readonly<Record<string, readonly string[]>>;
export const MANAGE = "manage";

/** What a role allows, by resource; what limits it (`objects`) aside. */
export function allowedBy(role: Pick<Role, "permissions">): Allowed {
  const entries = Object.entries(role.permissions).filter(([resource, actions]) => resource !== "objects" && Array.isArray(actions));
  return Object.fromEntries(entries.map(([resource, actions]) => [resource, (actions as unknown[]).filter((one) => typeof one === "string")]));
}

/** Whether a role allows this, by itself or by allowing everything with such things. */
export function isAllowed(allowed: Allowed, resource: string, action: string): boolean {
  const held = allowed[resource] ?? [];
  return held.includes(action) || held.includes(MANAGE);
}

/** With one action more, or one less. */
export function turned(allowed: Allowed, resource: string, action: string, on: boolean): Allowed {
  const held = allowed[resource] ?? [];
  return { ...allowed, [resource]: on ? [...held.filter((one) => one !== action), action] : held.filter((one) => one !== action) };
}

/** The part of all rights whose words, or the words of what they are about, hold what was typed. */
export function foundRights(all: Allowed, typed: string): Allowed {
  const words = fold(typed).split(" ").filter(Boolean);
  if (words.length === 0) return all;
  const holds = (text: string): boolean => words.every((word) => fold(text).includes(word));
  const found = Object.entries(all).map(([resource, actions]): [string, readonly string[]] => [
    resource,
    actions.filter((action) => holds(`${resourceWords(resource)} ${actionWords(action)} ${action}`)),
  ]);
  return Object.fromEntries(found.filter(([, actions]) => actions.length > 0));
}

export interface Compared {
  id: string;
  label: string;
  one: string | boolean;
  other: string | boolean;
  differs: boolean;
}

/** Two roles side by side, right by right. */
export function comparedRights(all: Allowed, one: Allowed, other: Allowed): { resource: string; rows: Compared[] }[] {
  return Object.entries(all).map(([resource, actions]) => ({
    resource,
    rows: actions.map((action) => {
      const [a, b] = [isAllowed(one, resource, action), isAllowed(other, resource, action)];
      return { id: `${resource}.${action}`, label: actionWords(action), one: a, other: b, differs: a !== b };
    }),
  }));
}
