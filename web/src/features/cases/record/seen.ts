import type { JsonObject } from "~/lib/json";
import { layOver, type RecordNow } from "~/store";

/** The server's answers with what is on its way laid over them: what the next change is made against. */
export function baseOf(record: Pick<RecordNow, "value" | "items">, id: string): JsonObject {
  const start = record.value?.data ?? { id };
  return layOver(start, record.items.filter((item) => item.state !== "refused"));
}
