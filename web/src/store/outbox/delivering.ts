import { call, readProblems, Refusal, Unreachable, type Answer, type Shape } from "~/api";
import { isObject, type JsonObject } from "~/lib/json";
import { isConductOwed } from "../conduct";
import type { ItemRefusal, OutboxItem, RecordView } from "../types";
import { actOf } from "./acts";
import { SCHEMA } from "./upcasting";

/** What goes out in one request: few enough to be answered soon, small enough for a thin line. */
const MOST_ITEMS = 100;
const MOST_BYTES = 1_000_000;
/** In a small delivery each record comes back as it stands then; after a large one the feed brings them. */
const FEW = 10;

/** An item as `/sync/deliver` takes it; also what is sealed for the instance (`handover.ts`). */
export function delivered(item: OutboxItem, dependsOn: readonly string[] = item.dependsOn): JsonObject {
  return {
    schema: SCHEMA,
    id: item.id,
    action: item.action,
    at: localMoment(item.at, item.offset),
    arguments: actOf(item).args(item),
    ...(item.base === null ? {} : { base: { revision: item.base.revision, values: item.base.values } }),
    ...(dependsOn.length > 0 ? { depends_on: [...dependsOn] } : {}),
  };
}

/** A moment as her own clock showed it. */
function localMoment(at: string, offset: number): string {
  const moment = Date.parse(at);
  if (Number.isNaN(moment)) return at;
  const size = Math.abs(offset);
  const pad = (part: number): string => String(part).padStart(2, "0");
  return `${new Date(moment + offset * 60_000).toISOString().slice(0, -1)}${offset < 0 ? "-" : "+"}${pad(Math.floor(size / 60))}:${pad(size % 60)}`;
}

/** Items that go out together, and the requests for them. */
export class Batch {
  readonly items: OutboxItem[] = [];
  private readonly bodies: JsonObject[] = [];
  private bytes = 0;

  constructor(private readonly most = MOST_ITEMS) {}

  /** False when there is no room left: the item goes with the next request. */
  take(item: OutboxItem, restsOn: readonly string[]): boolean {
    const body = delivered(item, restsOn);
    const bytes = new TextEncoder().encode(JSON.stringify(body)).length;
    if (this.items.length >= this.most || (this.items.length > 0 && this.bytes + bytes > MOST_BYTES)) return false;
    this.items.push(item);
    this.bodies.push(body);
    this.bytes += bytes;
    return true;
  }

  /** `account`: the server refuses the whole when the browser's session has become somebody else's meanwhile. */
  body(account: string, now: Date): JsonObject {
    return { device_time: now.toISOString(), account, records: this.items.length <= FEW, items: this.bodies };
  }
}

export function httpDeliver(body: JsonObject): Promise<Answer> {
  return call("/cpims/v1/sync/deliver", { method: "POST", body });
}

/** What the server says became of one item. */
export interface Told {
  outcome: "accepted" | "refused" | "held";
  replayed: boolean;
  revision: number | null;
  incomplete: Shape<"Missing">[];
  notices: Shape<"Ignored">[];
  refusal: ItemRefusal | null;
  /** Of a held item: what it waits for. */
  because: string | null;
  /** The record as it stands now, as she may read it. */
  view: RecordView | null;
}

/** The answers by item. Raises Unreachable when the reply does not speak of every item: then nothing is known. */
export function readDelivered(answer: Answer, items: readonly OutboxItem[]): Map<string, Told> {
  const rows = isObject(answer.body) && Array.isArray(answer.body["data"]) ? answer.body["data"].filter(isObject) : [];
  const told = new Map(rows.map((row) => [String(row["id"]), readTold(row)]));
  if (rows.length !== items.length || items.some((item) => !told.has(item.id))) throw new Unreachable();
  return told;
}

function readTold(row: JsonObject): Told {
  const item = row as unknown as Partial<Shape<"DeliveredItem">>;
  const problems = readProblems(row);
  const errors = Array.isArray(row["errors"]) ? row["errors"] : [];
  const first = errors[0];
  const status = isObject(first) && typeof first["status"] === "number" ? first["status"] : 500;
  if (item.outcome !== "accepted" && item.outcome !== "held" && item.outcome !== "refused") throw new Unreachable();
  return {
    outcome: item.outcome,
    replayed: item.replayed === true,
    revision: item.revision ?? null,
    incomplete: item.incomplete ?? [],
    notices: item.notices ?? [],
    refusal: item.outcome === "refused" ? { status, problems } : null,
    because: item.because ?? null,
    view: viewOf(item.current ?? null),
  };
}

/** A record of the feed as the screens know it. */
export function viewOf(record: Shape<"SyncRecord"> | null): RecordView | null {
  if (record === null) return null;
  return {
    data: record.values as JsonObject,
    revision: record.revision,
    incomplete: record.incomplete,
    ...(record.age_recorded_on ? { ageRecordedOn: record.age_recorded_on } : {}),
    ...(record.quarantined > 0 ? { quarantined: record.quarantined } : {}),
  };
}

/** The session is another's, or over, or she has a promise to give first: nothing more is sent until that is done. */
export function isSignedOut(error: unknown): error is Refusal {
  return error instanceof Refusal && (error.status === 401 || error.code === "sync.other_account" || isConductOwed(error));
}

/** It may go well later: the network, the server or the token failed, not what she did. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof Refusal)) return true;
  return error.status === 429 || error.status >= 500 || (error.status === 403 && error.problems.some((one) => /csrf/i.test(`${one.code ?? ""} ${one.message}`)));
}
