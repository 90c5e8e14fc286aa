import type { JsonObject } from "~/lib/json";

const ALONE: readonly unknown[] = ["unaccompanied", "separated"];

/** Whether this child was parted from the family: then the way back is shown, and who looks for her. */
export function isSeparated(data: JsonObject): boolean {
  const status = data["protection_status"];
  const alone = Array.isArray(status) ? status.some((one) => ALONE.includes(one)) : ALONE.includes(status);
  return alone || ["tracing_status", "date_of_separation", "matched_tracing_request_id"].some((name) => typeof data[name] === "string" && data[name] !== "");
}
