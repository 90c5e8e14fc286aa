import type { Shape } from "~/api";

/** An account with its rights. */
export type Rights = Pick<Shape<"User">, "permissions">;

/** What an account's role lets it do with a kind of thing (plural, as the API names it), as `me()` tells it. */
export function actionsOn(me: Rights | null, resource: string): readonly string[] {
  return me?.permissions?.list.find((one) => one.resource === resource)?.actions ?? [];
}

/** Whether the role holds this action, by itself or by holding all. */
export function mayDo(me: Rights | null, resource: string, action: string): boolean {
  const actions = actionsOn(me, resource);
  return actions.includes(action) || actions.includes("manage");
}
