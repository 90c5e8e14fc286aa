import type { Shape } from "~/api";
import { Refusal, Unreachable } from "~/api";
import type { JsonObject } from "~/lib/json";
import type { Road } from "./pull";

interface Stored {
  kind: string;
  revision: number;
  values: JsonObject;
  inSight: boolean;
  inScope: boolean;
}

/** As much of the server's feed as a device can tell apart: a sealed book, rights that change, a book that is another one. */
export class FakeServer implements Road {
  readonly records = new Map<string, Stored>();
  epoch = 1;
  /** The kinds that she may read. */
  readable: string[] = ["case"];
  /** The same as the server has it by now: the device learns it with its configuration. */
  granted: string[] = this.readable;
  number = 1;
  book = 1;
  fields = "f1";
  /** Requests until the line breaks; null: it holds. */
  patience: number | null = null;
  readonly asked: string[] = [];
  private seq = 0;
  private readonly log: { seq: number; id: string }[] = [];

  write(id: string, change: Partial<Stored> = {}): void {
    const before = this.records.get(id) ?? { kind: "case", revision: 0, values: { id }, inSight: true, inScope: true };
    const revision = before.revision + 1;
    this.records.set(id, { ...before, ...change, revision, values: { ...before.values, ...change.values, last_updated_at: `2026-01-01T00:00:${String(revision).padStart(2, "0")}Z` } });
    this.log.push({ seq: ++this.seq, id });
  }

  /** A backup came back: the book is another one, and older. */
  restore(): void {
    this.book += 1;
  }

  /** What a device of hers should hold. */
  expected(pinned: readonly string[]): Map<string, string> {
    return new Map([...this.records].filter(([id]) => this.isIn(id, pinned, this.granted)).map(([id, { revision }]) => [id, `${String(revision)}/${this.fields}`]));
  }

  kinds(): Promise<readonly string[]> {
    return Promise.resolve(this.readable);
  }

  changes(body: Partial<Shape<"ChangesAsked">>): ReturnType<Road["changes"]> {
    if (body.kinds?.some((kind) => !this.granted.includes(kind))) return Promise.reject(new Refusal(403, []));
    return this.answer("changes", () => {
      const pinned = body.scope?.pinned ?? [];
      const kinds = body.kinds ?? ["case"];
      const [book, seq] = (body.cursor ?? "").split(".").map(Number);
      const reason = book !== this.book || (seq ?? 0) > this.seq ? "cursor" : body.epoch !== this.epoch ? "access" : body.configuration !== this.number ? "configuration" : null;
      if (reason) return { data: { records: [], gone: [] }, place: { ...this.standing(body.cursor ?? null), more: false, resync: true, reason } };
      const wanted = body.wanted ?? [];
      const limit = body.limit ?? 200;
      const records: Shape<"SyncRecord">[] = [];
      const gone: Shape<"Gone">[] = [];
      const tell = (id: string): void => {
        if (this.isIn(id, pinned, kinds)) records.push(this.sent(id));
        else gone.push({ id, reason: this.records.get(id)?.inSight ? "out_of_scope" : "out_of_sight" });
      };
      for (const id of wanted) tell(id);
      let end = seq ?? 0;
      const told = new Set(wanted);
      let taken = 0;
      for (const entry of this.log) {
        if (entry.seq <= (seq ?? 0)) continue;
        if (taken === limit) break;
        end = entry.seq;
        if (told.has(entry.id)) continue;
        told.add(entry.id);
        tell(entry.id);
        taken += 1;
      }
      return { data: { records, gone }, place: { ...this.standing(`${String(this.book)}.${String(end)}`), more: end < this.seq, resync: false, reason: null } };
    });
  }

  manifest(body: Partial<Shape<"ManifestAsked">>): ReturnType<Road["manifest"]> {
    return this.answer("manifest", () => ({
      entries: [...this.records.keys()].filter((id) => this.isIn(id, body.scope?.pinned ?? [], body.kinds ?? ["case"])).map((id) => ({ id, revision: this.records.get(id)?.revision ?? 0, fields: this.fields })),
      standing: this.standing(`${String(this.book)}.${String(this.seq)}`),
    }));
  }

  configuration(): Promise<void> {
    return this.answer("configuration", () => {
      this.readable = this.granted;
    });
  }

  private answer<T>(name: string, make: () => T): Promise<T> {
    this.asked.push(name);
    if (this.patience !== null && --this.patience < 0) return Promise.reject(new Unreachable());
    return Promise.resolve(make());
  }

  private standing(cursor: string | null): Shape<"Standing"> {
    return { cursor, epoch: this.epoch, configuration: this.number };
  }

  private isIn(id: string, pinned: readonly string[], kinds: readonly string[]): boolean {
    const record = this.records.get(id);
    return record !== undefined && kinds.includes(record.kind) && record.inSight && (record.inScope || pinned.includes(id));
  }

  private sent(id: string): Shape<"SyncRecord"> {
    const record = this.records.get(id);
    if (!record) throw new Error("no such record");
    return { id, kind: record.kind, revision: record.revision, fields: this.fields, values: { ...record.values, seen_by: this.fields }, incomplete: [], age_recorded_on: null, quarantined: 0 };
  }
}
