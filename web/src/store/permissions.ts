import { isObject, type JsonObject } from "~/lib/json";

/** What an account's role lets it do with a kind of thing (plural, as the API names it), as `me()` tells it. */
export function actionsOn(me: JsonObject | null, resource: string): string[] {
  const list = isObject(me?.["permissions"]) ? me["permissions"]["list"] : null;
  if (!Array.isArray(list)) return [];
  const found = list.filter(isObject).find((one) => one["resource"] === resource)?.["actions"];
  return Array.isArray(found) ? found.map(String) : [];
}

/** Whether the role holds this action, by itself or by holding all. */
export function mayDo(me: JsonObject | null, resource: string, action: string): boolean {
  const actions = actionsOn(me, resource);
  return actions.includes(action) || actions.includes("manage");
}
