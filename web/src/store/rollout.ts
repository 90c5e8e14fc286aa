import { callForFile, type Shape } from "~/api";
import { getLocale } from "~/lib/i18n";
import { storeApart, type Road } from "./apart";
import { useSource } from "./index";
import { dataOf, listOf, metadataOf } from "./reading";
import { readFrom, type Resource } from "./resource";

export type RolloutRoad = Shape<"RolloutRoad">;
export type Gate = Shape<"RolloutGate">;
export type GateCheck = Shape<"GateCheck">;
export type Waiver = Shape<"RolloutWaiver">;
export type Requirements = Shape<"RequirementsVersion">;
export type Difference = Shape<"RequirementsDifference">;
export type Compared = Shape<"RequirementsCompared">;
export type Shown = "open" | "accepted" | "all";

export const DIFFERENCES_PER_PAGE = 50;
export const MOST_WAIVER_DAYS = 90;
const OURS = "/cpims/v1/rollout";
const KEPT = 20;

export interface Differences {
  items: Difference[];
  compared: Partial<Compared>;
}

/** The road of a rollout: gates, waivers, what was asked for. Always as the server has it now; nothing waits in the outbox. */
export class Rollout {
  private readonly known = new Map<string, Resource<unknown>>();

  /** Which page of differences was looked at last. */
  private looked = "";

  constructor(private readonly road: Road) {}

  standing(): Resource<RolloutRoad> {
    return this.read("road", async () => dataOf<RolloutRoad>((await this.road.ask(OURS)).body));
  }
  /** Asks the other instance and looks at every gate anew. Raises Refusal or Unreachable. */
  async look(): Promise<RolloutRoad> {
    const seen = dataOf<RolloutRoad>((await this.road.ask(`${OURS}/looks`, { method: "POST", body: {} })).body);
    await this.changed();
    return seen;
  }
  /** Raises Refusal or Unreachable. */
  async sign(waiver: Shape<"WaiverWrite">): Promise<void> {
    await this.road.ask(`${OURS}/waivers`, { method: "POST", body: waiver });
    await this.changed();
  }
  async end(waiver: string): Promise<void> {
    await this.road.ask(`${OURS}/waivers/${encodeURIComponent(waiver)}`, { method: "DELETE" });
    await this.changed();
  }

  versions(): Resource<Requirements[]> {
    return this.read("versions", async () => listOf<Requirements>((await this.road.ask(`${OURS}/requirements`)).body));
  }
  differences(shown: Shown, page: number): Resource<Differences> {
    const locale = getLocale();
    this.looked = `differences/${shown}/${String(page)}/${locale}`;
    return this.read(this.looked, async () => {
      const { body } = await this.road.ask(`${OURS}/differences?state=${shown}&locale=${locale}&per=${String(DIFFERENCES_PER_PAGE)}&page=${String(page)}`);
      return { items: listOf<Difference>(body), compared: metadataOf<Compared>(body) };
    });
  }
  /** What is configured now, or a version of what was asked for, as a spreadsheet. Raises Refusal or Unreachable. */
  async workbook(number: number | null): Promise<Blob> {
    return callForFile(number === null ? `${OURS}/workbook` : `${OURS}/requirements/${String(number)}/workbook`);
  }
  /** Raises Refusal (with every cell that cannot be used) or Unreachable. */
  async bring(file: Blob): Promise<{ version: Requirements; unread: Shape<"NotRead">[] }> {
    const { body } = await this.road.ask(`${OURS}/requirements`, { method: "POST", body: { data_base64: await inLetters(file) } });
    await this.changed();
    return { version: dataOf<Requirements>(body), unread: metadataOf<Shape<"RequirementsRead">>(body).unread ?? [] };
  }
  async accept(differences: readonly string[], reason: string): Promise<void> {
    await this.road.ask(`${OURS}/acceptances?per=1&page=1`, { method: "POST", body: { differences, reason } });
    await this.changed();
  }
  async withdraw(acceptance: string): Promise<void> {
    await this.road.ask(`${OURS}/acceptances/${encodeURIComponent(acceptance)}`, { method: "DELETE" });
    await this.changed();
  }
  async attest(hash: string, requirements: number): Promise<void> {
    await this.road.ask(`${OURS}/attestations`, { method: "POST", body: { hash, requirements } });
    await this.changed();
  }

  /** Whatever was done, a gate may have turned by it: what is on the screen is asked for anew, the rest forgotten. */
  private async changed(): Promise<void> {
    for (const key of [...this.known.keys()]) if (key.startsWith("differences/") && key !== this.looked) this.known.delete(key);
    await Promise.all([...this.known.values()].map((one) => one.refresh()));
  }

  private read<T>(key: string, fetch: () => Promise<T>): Resource<T> {
    return readFrom(this.known, key, { fetch, onRefusal: this.road.onRefusal }, KEPT);
  }
}

const made = (road: Road): Rollout => new Rollout(road);

export function useRollout(): Rollout {
  return storeApart(useSource(), made);
}

/** The bytes of a file as JSON can carry them. */
async function inLetters(file: Blob): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length; at += 0x8000) pieces.push(String.fromCharCode(...bytes.subarray(at, at + 0x8000)));
  return btoa(pieces.join(""));
}
