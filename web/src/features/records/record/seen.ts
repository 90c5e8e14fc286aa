import type { JsonObject } from "~/lib/json";
import { ACTS, heldBy, isKeptForOwner, KINDS, layOver, type OutboxItem, type RecordNow } from "~/store";

/** The server's answers with what is on its way laid over them: what the next change is made against. */
export function baseOf(record: Pick<RecordNow, "value" | "items">, id: string, cameBack: ReadonlySet<string> = new Set()): JsonObject {
  const start = record.value?.data ?? { id };
  return layOver(start, record.items.filter((item) => item.state !== "refused" && !cameBack.has(item.id)));
}

/**
 * What comes back into the form of a record, the oldest first: answers that were refused, and those that she gave since
 * and that wait behind them, so that her last words stand there and are asked about. What waits behind an act of another
 * kind (closing, say) stays with it.
 */
export function cameBackOf(items: readonly OutboxItem[], asks: (name: string) => boolean): OutboxItem[] {
  const back: OutboxItem[] = [];
  for (const item of items) {
    if (item.state === "refused") {
      if (!isKeptForOwner(item) && ACTS[item.action].answers) back.push(item);
    } else if (back.length > 0 && heldBy(item, items) !== null && item.action !== "attach_file" && item.action !== "detach_file") {
      if (item.state !== "waiting" || item.action !== KINDS[item.kind].amend || item.recordAction !== null || !Object.keys(item.data).every(asks)) break;
      back.push(item);
    }
  }
  return back;
}
