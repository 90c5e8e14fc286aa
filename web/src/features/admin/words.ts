import { hasMessage, t } from "~/lib/i18n";

/** A kind of thing that a role allows something with. */
export function resourceWords(resource: string): string {
  const key = `permission.of.${resource}`;
  return hasMessage(key) ? t(key) : resource;
}

/** One thing that a role can allow; what a later server knows and this app does not, by its name. */
export function actionWords(action: string): string {
  const key = `permission.${action}`;
  return hasMessage(key) ? t(key) : action.replaceAll("_", " ");
}

/** Whose records a role opens. */
export function scopeWords(scope: string): string {
  const key = `admin.scope.${scope}`;
  return hasMessage(key) ? t(key) : scope;
}
