import type { Answer, Request, Shape } from "~/api";
import { isObject } from "~/lib/json";
import { resource, type Resource } from "../resource";
import type { Kind } from "../types";

export type Quarantined = Shape<"Quarantined">;
export type HandedOver = Shape<"HandoverWaiting">;
export type Resolution = Shape<"Resolve">["resolution"];

/** What others wrote and what devices handed over: it lies with the server until somebody decides, never on a device. */
export class Decisions {
  private readonly byRecord = new Map<string, Resource<Quarantined[]>>();
  private list: Resource<HandedOver[]> | null = null;

  constructor(
    private readonly ask: (path: string, request?: Request) => Promise<Answer>,
    /** A record has changed at the server, or may have. */
    private readonly changed: (id: string) => void,
  ) {}

  /** Answers of others that wait for the owner of a record. */
  waiting(kind: Kind, record: string): Resource<Quarantined[]> {
    const known = this.byRecord.get(record);
    if (known) return known;
    const made = resource<Quarantined[]>({ fetch: async () => rowsOf<Quarantined>((await this.ask(`/cpims/v1/${kind}/${encodeURIComponent(record)}/quarantine`)).body) });
    this.byRecord.set(record, made);
    return made;
  }

  /** The owner takes answers over (all, or only some), or puts them aside. Raises Refusal or Unreachable. */
  async resolve(kind: Kind, record: string, id: string, resolution: Resolution, fields: readonly string[] | null): Promise<void> {
    const body = { resolution, ...(fields === null ? {} : { fields }) };
    await this.ask(`/cpims/v1/${kind}/${encodeURIComponent(record)}/quarantine/${encodeURIComponent(id)}/resolve`, { method: "POST", body });
    this.changed(record);
    await this.waiting(kind, record).refresh();
  }

  /** Work that devices handed over: her own, and that of the workers she answers for. */
  handedOver(): Resource<HandedOver[]> {
    this.list ??= resource<HandedOver[]>({ fetch: async () => rowsOf<HandedOver>((await this.ask("/cpims/v1/handovers?per=100&page=1")).body) });
    return this.list;
  }

  /** Does in its author's place what a device handed over, or puts it aside. Raises Refusal or Unreachable. */
  async resolveHandover(one: HandedOver, resolution: Resolution): Promise<void> {
    await this.ask(`/cpims/v1/handovers/${encodeURIComponent(one.id)}/resolve`, { method: "POST", body: { resolution } });
    if (one.record !== null && resolution === "take_over") this.changed(one.record);
    await this.handedOver().refresh();
  }

  forget(): void {
    this.byRecord.clear();
    this.list = null;
  }
}

function rowsOf<T>(body: unknown): T[] {
  return (isObject(body) && Array.isArray(body["data"]) ? body["data"].filter(isObject) : []) as T[];
}
