import type { Answer, Request, Shape } from "~/api";
import { isObject } from "~/lib/json";
import { resource, type Resource } from "../resource";

export type Quarantined = Shape<"Quarantined">;
export type HandedOver = Shape<"HandoverWaiting">;
export type Resolution = Shape<"Resolve">["resolution"];

/** What others wrote and what devices handed over: it lies with the server until somebody decides, never on a device. */
export class Decisions {
  private readonly byCase = new Map<string, Resource<Quarantined[]>>();
  private list: Resource<HandedOver[]> | null = null;

  constructor(
    private readonly ask: (path: string, request?: Request) => Promise<Answer>,
    /** A case has changed at the server, or may have. */
    private readonly changed: (caseId: string) => void,
  ) {}

  /** Answers of others that wait for the owner of a case. */
  waiting(caseId: string): Resource<Quarantined[]> {
    const known = this.byCase.get(caseId);
    if (known) return known;
    const made = resource<Quarantined[]>({ fetch: async () => rowsOf<Quarantined>((await this.ask(`/cpims/v1/cases/${encodeURIComponent(caseId)}/quarantine`)).body) });
    this.byCase.set(caseId, made);
    return made;
  }

  /** The owner takes answers over (all, or only some), or puts them aside. Raises Refusal or Unreachable. */
  async resolve(caseId: string, id: string, resolution: Resolution, fields: readonly string[] | null): Promise<void> {
    const body = { resolution, ...(fields === null ? {} : { fields }) };
    await this.ask(`/cpims/v1/cases/${encodeURIComponent(caseId)}/quarantine/${encodeURIComponent(id)}/resolve`, { method: "POST", body });
    this.changed(caseId);
    await this.waiting(caseId).refresh();
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
    this.byCase.clear();
    this.list = null;
  }
}

function rowsOf<T>(body: unknown): T[] {
  return (isObject(body) && Array.isArray(body["data"]) ? body["data"].filter(isObject) : []) as T[];
}
