import events from "../../../../../contracts/events.json";
import { hasMessage, t } from "~/lib/i18n";

/** Everything that can have happened, by the names under which it stands in the books. */
export const EVENTS: readonly string[] = Object.keys(events);
/** Of what kind a thing is that entries are about. */
export const TYPES = [
  ...["case", "incident", "tracing_request", "family", "registry_record"],
  ...["user", "role", "user_group", "agency", "device", "form", "lookup", "location", "module", "settings"],
  ...["configuration", "pack", "table", "audit_log"],
];

/** What was done or seen; a refusal by what was said then; what a later server knows and this app does not, by its name. */
export function actWords(action: string): string {
  const key = [`event.${action}`, `admin.audit.action.${action}`, action].find(hasMessage);
  return key === undefined ? action : t(key);
}

export function typeWords(type: string): string {
  const key = `admin.audit.type.${type}`;
  return hasMessage(key) ? t(key) : type;
}
