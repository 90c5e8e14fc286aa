import { Unreachable, type Answer, type Refusal, type Request } from "~/api";
import type { JsonObject } from "~/lib/json";
import type { Summary } from "./kept/summary";
import { dataOf, listOf } from "./reading";
import { resource, type Resource } from "./resource";
import type { OutboxItem, Save } from "./types";

export const CASE_LINK = "incident_case_id";

/** The incidents of a case as they stand on this device: those that are kept, and those that she registered and not yet sent. */
export function incidentsHere(summaries: ReadonlyMap<string, Pick<Summary, "kind" | "row">>, id: string): JsonObject[] {
  return [...summaries.values()].filter((one) => one.kind === "incidents" && one.row[CASE_LINK] === id).map((one) => one.row);
}

/** The incidents that she registered on a case and that are on this device still. */
export function unsentOf(items: readonly OutboxItem[], id: string): OutboxItem[] {
  return items.filter((item) => item.action === "register_incident" && item.state !== "confirmed" && item.data[CASE_LINK] === id);
}

/** An incident that was recorded by itself belongs to this case from now on. */
export function linkIncident(id: string, incident: string): Save {
  return { kind: "cases", id, create: false, act: "link_incidents", data: { incident_ids: [incident] } };
}

/** The incidents of cases, as far as they are in her sight, and what a new one takes over from its case. */
export class Incidents {
  private readonly known = new Map<string, Resource<JsonObject[]>>();

  constructor(
    private readonly ask: (path: string, request?: Request) => Promise<Answer>,
    private readonly onRefusal: (refusal: Refusal) => void,
  ) {}

  ofCase(id: string): Resource<JsonObject[]> {
    const known = this.known.get(id);
    if (known) return known;
    const path = `/v2/cases/${encodeURIComponent(id)}/incidents`;
    const made = resource<JsonObject[]>({ fetch: async () => listOf<JsonObject>((await this.ask(path)).body), onRefusal: this.onRefusal });
    this.known.set(id, made);
    return made;
  }

  /** What a new incident takes over; nothing without a network: the server fills it in when it gets it. Raises Refusal. */
  async begun(id: string): Promise<JsonObject> {
    try {
      return dataOf<JsonObject>((await this.ask(`/v2/cases/${encodeURIComponent(id)}/incidents/new`)).body);
    } catch (error) {
      if (error instanceof Unreachable) return {};
      throw error;
    }
  }

  /** An incident of this case has arrived: those that were known are asked for again. */
  changed(id: string): void {
    void this.known.get(id)?.refresh();
  }

  forget(): void {
    this.known.clear();
  }
}
