import type { Request } from "~/api";
import { isObject, type JsonObject } from "~/lib/json";
import type { Watched } from "~/lib/watched";
import { unlessRunning } from "../kept/locks";
import type { KeptRecord, KeptState, Summary } from "../kept";
import type { Vault } from "../vault";
import { bytesOf } from "./bytes";

/** So much room the small pictures of kept cases may take on a device; told on the storage page. */
export const THUMBS_BUDGET = 20_000_000;
/** In one go: the rest comes with the next pull. */
const MOST_AT_ONCE = 100;

const PLACE = ["kept", "thumbs"] as const;

export interface ThumbsState {
  thumbs: number;
  thumbBytes: number;
}

/** Which small pictures lie here, of which case, and which state of each case was looked through for them. */
interface Held {
  schema: 1;
  pictures: Record<string, { record: string; bytes: number }>;
  looked: Record<string, string>;
}
const NOTHING: Held = { schema: 1, pictures: {}, looked: {} };

/** The kept cases, whose pictures these are. */
export interface KeptCases {
  readonly state: Watched<Pick<KeptState, "running" | "error" | "filled">>;
  readonly summaries: Watched<ReadonlyMap<string, Summary>>;
  read(id: string): Promise<KeptRecord | null>;
}

/** Small pictures of files: of waiting ones made on the device, of kept cases brought from the server, sealed like the rest. */
export class Thumbs {
  private held: Held = NOTHING;
  private cases: KeptCases | null = null;

  constructor(
    private readonly vault: Vault,
    private readonly askForFile: (path: string, request?: Request) => Promise<Blob>,
    private readonly changed: (state: ThumbsState) => void,
    private readonly budget = THUMBS_BUDGET,
  ) {}

  async load(): Promise<void> {
    const found = await this.vault.get(...PLACE);
    this.held = isObject(found) && found["schema"] === 1 ? (found as unknown as Held) : NOTHING;
    this.tell();
  }

  forget(): void {
    this.held = NOTHING;
    this.tell();
  }

  async get(record: string, entry: JsonObject): Promise<Blob | null> {
    const id = String(entry["unique_id"]);
    const bytes = await this.vault.getBytes("thumb", id).catch(() => null);
    if (bytes !== null) return new Blob([bytes], { type: "image/jpeg" });
    if (typeof entry["thumbnail_url"] !== "string") return null;
    const blob = await this.fetch(entry["thumbnail_url"]);
    if (this.isKept(record)) await this.keep(record, id, blob).catch(() => undefined);
    return blob;
  }

  /** A file of this device has reached the server: its small picture stays when the case is kept here, else it goes. */
  async own(record: string, id: string): Promise<void> {
    const bytes = await this.vault.getBytes("thumb", id);
    if (bytes === null) return;
    if (this.isKept(record) && this.size() + bytes.length <= this.budget) await this.write({ ...this.held, pictures: { ...this.held.pictures, [id]: { record, bytes: bytes.length } } });
    else await this.vault.drop("thumb", id);
  }

  async drop(id: string): Promise<void> {
    const { [id]: _gone, ...pictures } = this.held.pictures;
    await this.write({ ...this.held, pictures }, [id]);
  }

  /** Whenever a pull has ended well; on a day in the field nothing is asked for by itself. */
  watch(cases: KeptCases, isQuiet: () => boolean): void {
    this.cases = cases;
    let ran = false;
    cases.state.watch(() => {
      const { running, error, filled } = cases.state.get();
      const ended = ran && !running;
      ran = running;
      if (ended && error === null && filled && !isQuiet()) void this.fill().catch(() => undefined);
    });
  }

  /** Pictures of cases that went go, those that are new come, as far as there is room. Stops at the first that cannot be had. */
  async fill(): Promise<void> {
    const { owner } = this.vault;
    if (owner === null || this.cases === null) return;
    const read = (id: string): Promise<KeptRecord | null> => this.cases?.read(id) ?? Promise.resolve(null);
    await unlessRunning(`cpims-thumbs-${owner}`, async () => {
      await this.load();
      const summaries = this.cases?.summaries.get() ?? new Map<string, Summary>();
      await this.letGo((one) => summaries.has(one.record), summaries);
      const looked = new Map<string, string>();
      try {
        await this.lookThrough(summaries, read, owner, looked);
      } finally {
        if (looked.size > 0 && this.vault.owner === owner) await this.write({ ...this.held, looked: { ...this.held.looked, ...Object.fromEntries(looked) } });
      }
    });
  }

  private async lookThrough(summaries: ReadonlyMap<string, Summary>, read: (id: string) => Promise<KeptRecord | null>, owner: string, looked: Map<string, string>): Promise<void> {
    let left = MOST_AT_ONCE;
    for (const [id, summary] of newestFirst(summaries)) {
      const mark = `${String(summary.revision)} ${summary.fields}`;
      if (this.held.looked[id] === mark) continue;
      const record = await read(id);
      const wanted = record === null ? [] : picturesOf(record.values);
      const names = new Set(wanted.map((one) => String(one["unique_id"])));
      await this.letGo((one, name) => one.record !== id || names.has(name), summaries);
      for (const entry of wanted) {
        const name = String(entry["unique_id"]);
        if (name in this.held.pictures) continue;
        if (left <= 0 || this.size() >= this.budget || this.vault.owner !== owner) return;
        left -= 1;
        await this.keep(id, name, await this.fetch(String(entry["thumbnail_url"])));
      }
      if (this.vault.owner !== owner) return;
      looked.set(id, mark);
    }
  }

  private fetch(url: string): Promise<Blob> {
    return this.askForFile(url.replace(/^\/api/, ""));
  }

  private async keep(record: string, id: string, blob: Blob): Promise<void> {
    if (this.size() + blob.size > this.budget) return;
    await this.vault.put("thumb", id, await bytesOf(blob));
    await this.write({ ...this.held, pictures: { ...this.held.pictures, [id]: { record, bytes: blob.size } } });
  }

  private async letGo(stays: (one: { record: string; bytes: number }, name: string) => boolean, kept: ReadonlyMap<string, Summary>): Promise<void> {
    const gone = Object.entries(this.held.pictures).filter(([name, one]) => !stays(one, name));
    const looked = Object.fromEntries(Object.entries(this.held.looked).filter(([id]) => kept.has(id)));
    if (gone.length === 0 && Object.keys(looked).length === Object.keys(this.held.looked).length) return;
    const pictures = Object.fromEntries(Object.entries(this.held.pictures).filter(([name, one]) => stays(one, name)));
    await this.write({ ...this.held, pictures, looked }, gone.map(([name]) => name));
  }

  private async write(held: Held, drop: readonly string[] = []): Promise<void> {
    this.held = held;
    this.tell();
    await this.vault.write({ put: [[...PLACE, held]], drop: drop.map((id) => ["thumb", id] as const) });
  }

  private isKept(record: string): boolean {
    return this.cases?.summaries.get().has(record) === true;
  }

  private size(): number {
    return Object.values(this.held.pictures).reduce((sum, one) => sum + one.bytes, 0);
  }

  private tell(): void {
    this.changed({ thumbs: Object.keys(this.held.pictures).length, thumbBytes: this.size() });
  }
}

/** The pictures among the files that a record shows. */
export function picturesOf(values: JsonObject): JsonObject[] {
  return Object.values(values)
    .flatMap((value) => (Array.isArray(value) ? value : [value]))
    .filter((one): one is JsonObject => isObject(one) && typeof one["thumbnail_url"] === "string" && typeof one["unique_id"] === "string");
}

function newestFirst(summaries: ReadonlyMap<string, Summary>): [string, Summary][] {
  const at = ([, { row }]: [string, Summary]): string => String(row["last_updated_at"] ?? "");
  return [...summaries].sort((a, b) => (at(a) < at(b) ? 1 : -1));
}
