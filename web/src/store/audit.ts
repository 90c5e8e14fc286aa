import { callForFile, type Shape } from "~/api";
import { getLocale } from "~/lib/i18n";
import { stable } from "~/lib/json";
import { storeApart, type Road } from "./apart";
import { useSource } from "./index";
import { listOf, metadataOf } from "./reading";
import { resource, type Resource } from "./resource";
import type { PageView } from "./types";

export type AuditEntry = Shape<"AuditEntry">;
export const AUDIT_SORTS = ["changed", "seen", "taken", "door", "refused"] as const;
export const AUDIT_PER_PAGE = 50;
/** The longest sheet. */
export const AUDIT_SHEET_ROWS = 100_000;
const KEPT = 12;

/** What is looked for in the books; what is empty narrows nothing. */
export interface AuditAsked {
  user: string;
  record: string;
  type: string;
  /** A sort of entries, or the name of one event (`event:…`). */
  what: string;
  /** Days as they stand in a date field. */
  from: string;
  to: string;
}

export interface AuditPage extends PageView<AuditEntry> {
  exact: boolean;
}

/** The books of what was done and seen. What is looked for goes in bodies, never in addresses; nothing stays on the device. */
export class Audit {
  private readonly known = new Map<string, Resource<AuditPage>>();

  constructor(private readonly road: Road) {}

  page(asked: AuditAsked, page: number): Resource<AuditPage> {
    const key = stable([asked, page]);
    const known = this.known.get(key);
    if (known) return known;
    const made = resource<AuditPage>({
      fetch: async () => {
        const { body } = await this.road.ask("/cpims/v1/audit_log/search", { method: "POST", body: { ...wanted(asked), page, per: AUDIT_PER_PAGE } });
        const items = listOf<AuditEntry>(body);
        const { total, total_exact } = metadataOf<Shape<"Paged">>(body);
        return { items, total: total ?? items.length, exact: total_exact !== false };
      },
      onRefusal: this.road.onRefusal,
    });
    this.known.set(key, made);
    for (const old of this.known.keys()) if (this.known.size > KEPT) this.known.delete(old);
    return made;
  }

  /** Raises Refusal or Unreachable. */
  sheet(asked: AuditAsked): Promise<Blob> {
    return callForFile("/cpims/v1/audit_log/list.xlsx", { method: "POST", body: { ...wanted(asked), locale: getLocale() } });
  }
}

const make = (road: Road): Audit => new Audit(road);

export function useAudit(): Audit {
  return storeApart(useSource(), make);
}

function wanted(asked: AuditAsked): Partial<Shape<"AuditSearch">> {
  const event = asked.what.startsWith("event:") ? asked.what.slice("event:".length) : "";
  const sort = AUDIT_SORTS.find((one) => one === asked.what);
  return {
    record_types: asked.type === "" ? [] : [asked.type],
    actions: event === "" ? [] : [event],
    ...(asked.user === "" ? {} : { user_name: asked.user }),
    ...(asked.record === "" ? {} : { record_id: asked.record }),
    ...(sort === undefined ? {} : { sort }),
    ...(asked.from === "" ? {} : { start: midnight(asked.from, 0) }),
    ...(asked.to === "" ? {} : { stop: midnight(asked.to, 1) }),
  };
}

/** The moment in which a day begins here, or some days after it. */
function midnight(day: string, later: number): string {
  const [year = 1970, month = 1, date = 1] = day.split("-").map(Number);
  return new Date(year, month - 1, date + later).toISOString();
}
