import type { Answer, Refusal, Request } from "~/api";
import type { Configuration, Kept, KeptPart, PartName } from "./kept";
import { ALL_KINDS } from "./kinds";
import { readRecord } from "./reading";
import { resource, type Resource, type ResourceControl } from "./resource";
import type { Kind, RecordView } from "./types";
import type { Vault } from "./vault";

const SEARCHES_KEPT = 30;
const RECORDS_KEPT = 60;

export interface ReadsNeeds {
  vault: Vault;
  ask: (path: string, request?: Request) => Promise<Answer>;
  onRefusal: (refusal: Refusal) => void;
  kept: () => Kept;
  configuration: () => Configuration;
}

/** What was last read, in memory for as long as she is signed in: records, lists, the parts of the configuration. */
export class Reads {
  private readonly records = new Map<string, ResourceControl<RecordView>>();
  private readonly etags = new Map<string, string>();
  private readonly named = new Map<string, ResourceControl<unknown>>();
  private readonly lists = new Map<string, Resource<unknown>>();

  constructor(private readonly needs: ReadsNeeds) {}

  record(kind: Kind, id: string): Resource<RecordView> {
    const key = `${kind}/${id}`;
    const known = this.records.get(key);
    if (known) return known;
    const made = resource<RecordView>({
      fetch: async (before) => {
        const answer = await this.needs.ask(`/v2/${kind}/${encodeURIComponent(id)}`, { etag: before ? (this.etags.get(key) ?? null) : null });
        if (answer.status === 304 && before) return before;
        if (answer.etag) this.etags.set(key, answer.etag);
        else this.etags.delete(key);
        return readRecord(answer.body);
      },
      // The pull alone writes kept cases; here they are only read.
      kept: { read: () => this.readKept(id), write: () => Promise.resolve() },
      onRefusal: this.needs.onRefusal,
    });
    remember(this.records, key, made, RECORDS_KEPT);
    return made;
  }

  /** A list or a page of something, under a name that tells it from others. */
  list<T>(key: string, fetch: () => Promise<T>): Resource<T> {
    const known = this.lists.get(key);
    if (known) {
      this.lists.delete(key);
      this.lists.set(key, known);
      return known as Resource<T>;
    }
    const made = resource<T>({ fetch, onRefusal: this.needs.onRefusal });
    remember(this.lists, key, made as Resource<unknown>, SEARCHES_KEPT);
    return made;
  }

  /** A part of the configuration: as it is kept, then as the server has it, which sends only what differs. */
  part<T>(name: PartName): Resource<T> {
    const hers = (part: KeptPart | null): { value: T; at: number } | null => (part === null ? null : { value: part.value as T, at: part.at });
    return this.under(name, () => resource<T>({
      fetch: async () => (await this.needs.configuration().fetch(name)).value as T,
      kept: { read: async () => hers(await this.needs.configuration().read(name)), write: () => Promise.resolve() },
      onRefusal: this.needs.onRefusal,
    }));
  }

  /** What changes seldom and is kept on the device as a whole. */
  configured<T>(name: string, fetch: () => Promise<T>): Resource<T> {
    const { vault } = this.needs;
    return this.under(name, () => resource<T>({
      fetch,
      kept: {
        read: async () => (await vault.get("kept", name)) as { value: T; at: number } | null,
        write: (value, at) => vault.put("kept", name, { value, at }),
      },
      onRefusal: this.needs.onRefusal,
    }));
  }

  /** A part of the configuration came by another road. */
  partCame(name: PartName, part: KeptPart): void {
    this.named.get(name)?.set(part.value, part.at);
  }

  /** As it is kept on the device, or nothing. */
  async readKept(id: string): Promise<{ value: RecordView; at: number } | null> {
    const kept = await this.needs.kept().read(id);
    if (!kept) return null;
    const { values, revision, incomplete, ageRecordedOn, quarantined } = kept;
    return { value: { data: values, revision, incomplete, ...(ageRecordedOn === null ? {} : { ageRecordedOn }), ...(quarantined > 0 ? { quarantined } : {}) }, at: this.needs.kept().state.get().lastSync ?? 0 };
  }

  /** Records that may be open on a screen came anew, or are no longer kept. */
  cameAnew(ids: readonly string[]): void {
    for (const id of ids) for (const key of this.keysOf(id)) void this.takeKept(key, id);
  }

  /** An act on a record was accepted; `view` is the record as the server then gave it. */
  accepted(kind: Kind, id: string, view: RecordView | null | undefined): void {
    const key = `${kind}/${id}`;
    this.etags.delete(key);
    const known = this.records.get(key);
    if (view) known?.set(view);
    else if (known && known.get().value !== null) void known.refresh();
    this.dropListsOf(id);
  }

  /** Something was done to a record by another road than the outbox. */
  changedElsewhere(id: string): void {
    for (const key of this.keysOf(id)) {
      this.etags.delete(key);
      void this.records.get(key)?.refresh();
    }
    this.dropListsOf(id);
  }

  /** Lists of records that are on a screen are asked for again. */
  refreshSearches(): void {
    for (const [name, list] of this.lists) if (name.startsWith("search/") && list.get().value !== null) void list.refresh();
  }

  /** What could not be had while the session or the network was away is asked for again. */
  refreshFailed(): void {
    for (const read of [...this.records.values(), ...this.named.values(), ...this.lists.values()]) if (read.get().error !== null) void read.refresh();
  }

  forget(): void {
    this.records.clear();
    this.etags.clear();
    this.named.clear();
    this.lists.clear();
  }

  private under<T>(name: string, make: () => ResourceControl<T>): Resource<T> {
    const known = this.named.get(name);
    if (known) return known as Resource<T>;
    const made = make();
    this.named.set(name, made as unknown as ResourceControl<unknown>);
    return made;
  }

  /** Under what a record is known here; an id is of one kind alone. */
  private keysOf(id: string): string[] {
    return ALL_KINDS.map((kind) => `${kind}/${id}`).filter((key) => this.records.has(key));
  }

  private async takeKept(key: string, id: string): Promise<void> {
    const known = this.records.get(key);
    if (!known || known.get().value === null) return;
    const found = await this.readKept(id);
    if (found === null) await known.refresh();
    else if (found.value.revision !== known.get().value?.revision) known.set(found.value, found.at);
  }

  private dropListsOf(id: string): void {
    for (const name of [...this.lists.keys()]) if (name.includes(id)) this.lists.delete(name);
  }
}

function remember<T>(map: Map<string, T>, key: string, value: T, most: number): void {
  map.set(key, value);
  if (map.size > most) {
    const oldest = map.keys().next().value;
    if (oldest !== undefined) map.delete(oldest);
  }
}
