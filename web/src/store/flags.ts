import type { Answer, Refusal, Request, Shape } from "~/api";
import type { JsonObject } from "~/lib/json";
import { listOf, readPage } from "./reading";
import { resource, type Resource } from "./resource";
import type { ItemState, Kind, OutboxItem, PageView } from "./types";

export type FlagView = Shape<"Flag">;
export type AlertView = Shape<"Alert">;
export const FLAGS_PER_PAGE = 20;

/** A flag as she sees it now: as the server told it, with what she did to it and is still on its way. */
export interface FlagNow {
  /** Nothing while it is only on this device. */
  id: number | null;
  key: string;
  message: string;
  date: string;
  /** Empty when it is her own and still on this device. */
  flaggedBy: string;
  removed: boolean;
  unflagMessage: string;
  unflaggedBy: string;
  unflaggedDate: string;
  state: ItemState | null;
  /** The unsent thing that put it. */
  item: string | null;
}

function textIn(data: JsonObject, name: string): string {
  const value = data[name];
  return typeof value === "string" ? value : "";
}

function told(flag: FlagView): FlagNow {
  return {
    id: flag.id,
    key: String(flag.id),
    message: flag.message,
    date: flag.date,
    flaggedBy: flag.flagged_by,
    removed: flag.removed,
    unflagMessage: flag.unflag_message ?? "",
    unflaggedBy: flag.unflagged_by ?? "",
    unflaggedDate: flag.unflagged_date ?? "",
    state: null,
    item: null,
  };
}

/** The flags of a record: those that ask for something first, the next day on top; then what was seen to. What was refused changes nothing. */
export function flagsNow(flags: readonly FlagView[], items: readonly OutboxItem[]): FlagNow[] {
  const all = new Map(flags.map((flag) => [flag.id, told(flag)]));
  const fresh: FlagNow[] = [];
  for (const item of items) {
    if (item.state === "confirmed") continue;
    const { data } = item;
    if (item.action === "raise_flag") {
      const blank = { id: null, flaggedBy: "", removed: false, unflagMessage: "", unflaggedBy: "", unflaggedDate: "" };
      fresh.push({ ...blank, key: item.id, message: textIn(data, "message"), date: textIn(data, "date"), state: item.state, item: item.id });
      continue;
    }
    const flag = typeof data["flag"] === "number" ? all.get(data["flag"]) : undefined;
    if (flag === undefined || flag.id === null) continue;
    flag.state = item.state;
    if (item.state === "refused") continue;
    if (item.action === "amend_flag") {
      flag.message = textIn(data, "message") || flag.message;
      flag.date = textIn(data, "date") || flag.date;
    }
    if (item.action === "resolve_flag") {
      flag.removed = true;
      flag.unflagMessage = textIn(data, "unflag_message");
    }
  }
  return [...fresh, ...all.values()].sort((a, b) => Number(a.removed) - Number(b.removed) || (a.removed ? b.date.localeCompare(a.date) : a.date.localeCompare(b.date)));
}

/** A case that she flagged counts as flagged at once; how many flags there are, the server says. */
export function layFlag(record: JsonObject, item: OutboxItem): JsonObject {
  if (item.state === "refused") return record;
  const count = typeof record["flag_count"] === "number" ? record["flag_count"] : 0;
  return count > 0 ? record : { ...record, flag_count: 1, flagged: true };
}

/** Flags on one record and on all in sight, and the alerts of a record. */
export class Flags {
  private readonly known = new Map<string, Resource<unknown>>();

  constructor(
    private readonly ask: (path: string, request?: Request) => Promise<Answer>,
    private readonly onRefusal: (refusal: Refusal) => void,
  ) {}

  of(kind: Kind, id: string): Resource<FlagView[]> {
    const path = `/v2/${kind}/${encodeURIComponent(id)}/flags`;
    return this.read(path, async () => listOf<FlagView>((await this.ask(path)).body));
  }
  /** On every record in sight, of one kind or of all, the latest day first. */
  all({ kind, open, mine, page }: { kind: Kind | null; open: boolean; mine: boolean; page: number }): Resource<PageView<FlagView>> {
    const narrow = `${open ? "&active_only=true" : ""}${mine ? "&flagged_by_me=true" : ""}`;
    const path = `/v2/flags?${kind === null ? "" : `record_type=${kind}&`}per=${String(FLAGS_PER_PAGE)}&page=${String(page)}${narrow}`;
    return this.read(path, async () => readPage<FlagView>((await this.ask(path)).body));
  }
  alerts(kind: Kind, id: string): Resource<AlertView[]> {
    const path = `/v2/${kind}/${encodeURIComponent(id)}/alerts`;
    return this.read(path, async () => listOf<AlertView>((await this.ask(path)).body));
  }
  /** Somebody has seen to it. Raises Refusal or Unreachable. */
  async dropAlert(kind: Kind, id: string, alert: string): Promise<void> {
    await this.ask(`/v2/${kind}/${encodeURIComponent(id)}/alerts/${encodeURIComponent(alert)}`, { method: "DELETE" });
  }

  /** Something of hers about a record has arrived: what is known of its flags and alerts is asked for again. */
  changed(id: string): void {
    for (const [path, one] of this.known) if (path.includes(`/${encodeURIComponent(id)}/`) || path.startsWith("/v2/flags")) void one.refresh();
  }

  forget(): void {
    this.known.clear();
  }

  private read<T>(path: string, fetch: () => Promise<T>): Resource<T> {
    const known = this.known.get(path);
    if (known) return known as Resource<T>;
    const made = resource<T>({ fetch, onRefusal: this.onRefusal });
    this.known.set(path, made as Resource<unknown>);
    return made;
  }
}
