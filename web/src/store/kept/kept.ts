import { Refusal, Unreachable } from "~/api";
import { watched, type Watched } from "~/lib/watched";
import { isMaking, layOver } from "../outbox/acts";
import { isKind } from "../kinds";
import type { Kind, OutboxItem, RecordView } from "../types";
import type { Vault } from "../vault";
import { Holder, NotHers } from "./holder";
import { unlessRunning } from "./locks";
import { Naming, type NameSearch } from "./naming";
import type { Around, Holding, Step } from "./pages";
import type { Place } from "./place";
import { pull, type Progress, type Road } from "./pull";
import { budgetOf, MOST_KEPT, MOST_PINNED } from "./scope";
import { dueAnswers } from "./due";
import { summaryOf, type KeptRecord, type Summary } from "./summary";

/** So long after the last change here or there the device asks again: the server seals its book some tenths of a second later. */
const SETTLE_MS = 1_500;
const EVERY_MS = 180_000;

/** How the kept cases stand, for the screens. */
export interface KeptState {
  /** What the vault holds has been taken up. */
  ready: boolean;
  running: boolean;
  progress: Progress | null;
  /** When the present pull began. */
  since: number | null;
  /** Why the last pull stopped: no answer, a refusal, or nothing. */
  error: unknown;
  budget: number;
  /** Everything in scope has come at least once. */
  filled: boolean;
  lastSync: number | null;
  count: number;
  /** How many of them there are of each kind. */
  counts: Readonly<Partial<Record<Kind, number>>>;
  /** What the kept records take on the device, about. */
  bytes: number;
  /** Cases of hers for which there is no room, and other records. */
  left: number;
  leftOthers: number;
  pinned: ReadonlySet<string>;
  /** Held only for her unsent work; why. */
  leaving: Readonly<Record<string, string>>;
  unchecked: ReadonlySet<string>;
}

/** What the screens may do with the kept cases. */
export interface KeptFace {
  readonly state: Watched<KeptState>;
  readonly summaries: Watched<ReadonlyMap<string, Summary>>;
  /** How names are found; nothing until it is ready. */
  readonly names: Watched<NameSearch | null>;
  /** Asks the server now. */
  sync(): Promise<void>;
  cancel(): void;
  /** Keeps a case whatever the policy says, or no longer. False when no more can be pinned. */
  pin(id: string, on: boolean): Promise<boolean>;
  /** She has seen what the server found for a case registered here. */
  checked(id: string): Promise<void>;
}

export interface KeptHooks {
  road: Road;
  /** Whether she may open cases at all, and the server can be asked as her. */
  may(): Promise<boolean>;
  /** Asks nothing by itself on a day in the field. */
  isQuiet(): boolean;
  onRefusal(refusal: Refusal): void;
  /** Cases came anew or went. */
  onRecords(ids: readonly string[]): void;
}

const START: KeptState = {
  ready: false,
  running: false,
  progress: null,
  since: null,
  error: null,
  budget: MOST_KEPT,
  filled: false,
  lastSync: null,
  count: 0,
  counts: {},
  bytes: 0,
  left: 0,
  leftOthers: 0,
  pinned: new Set(),
  leaving: {},
  unchecked: new Set(),
};
const NONE: ReadonlyMap<string, Summary> = new Map();
/** Sealed, a case takes about as many bytes as it has characters, and somewhat more in other scripts. */
const BYTES_PER_CHARACTER = 1.2;

/** The caseload on the device. */
export class Kept implements KeptFace {
  private readonly now = watched<KeptState>(START);
  private readonly rows = watched<ReadonlyMap<string, Summary>>(NONE);
  private readonly naming = new Naming();
  private readonly holder: Holder;
  private readonly channel: BroadcastChannel | null;
  private stopping: AbortController | null = null;
  private pulling: Promise<void> | null = null;
  private again = false;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private budget = MOST_KEPT;

  constructor(
    private readonly vault: Vault,
    private readonly hooks: KeptHooks,
  ) {
    this.holder = new Holder(
      vault,
      () => this.around(),
      (holding, ids) => {
        this.show(holding, ids);
      },
    );
    this.channel = "BroadcastChannel" in globalThis ? new BroadcastChannel("cpims-kept") : null;
    // Node keeps running for an open channel; a browser does not.
    (this.channel as { unref?: () => void } | null)?.unref?.();
    this.channel?.addEventListener("message", () => {
      if (this.vault.owner !== null) void this.holder.fresh().catch(() => undefined);
    });
  }

  get state(): Watched<KeptState> {
    return this.now;
  }
  get summaries(): Watched<ReadonlyMap<string, Summary>> {
    return this.rows;
  }

  get names(): Watched<NameSearch | null> {
    return this.naming.ready;
  }

  /** The vault is open: what lies in it is there at once, without a server. */
  async open(): Promise<void> {
    await this.measure();
    await this.holder.fresh();
    this.change({ ready: true });
    void this.readDue().catch(() => undefined);
  }

  /** A block that an earlier version wrote does not tell what is due: it is read from the cases, once. */
  private async readDue(): Promise<void> {
    const owner = this.vault.owner;
    const due = new Map<string, Summary["due"]>();
    for (const [id, summary] of this.holder.now.summaries) {
      if (summary.due !== undefined || summary.kind !== "cases") continue;
      const record = await this.holder.read(id);
      if (record) due.set(id, dueAnswers(record.values));
    }
    if (due.size === 0 || owner === null) return;
    await this.holder.step((before) => {
      const summaries = new Map([...before.summaries].map(([id, summary]): [string, Summary] => [id, summary.due === undefined && due.has(id) ? { ...summary, due: due.get(id) } : summary]));
      return { ...before, summaries, put: [], drop: [] };
    }, owner);
  }

  /** Somebody else may come: nothing of hers stays in memory. */
  close(): void {
    this.cancel();
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    this.again = false;
    this.holder.forget();
    this.naming.forget();
    this.now.set(START);
  }

  /** The server is asked soon, and every few minutes after that; on a day in the field only when she says so. */
  soon(after = SETTLE_MS): void {
    if (this.hooks.isQuiet() && this.now.get().filled) return;
    if (this.timer) clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.sync(), after);
  }

  sync(): Promise<void> {
    if (this.pulling) {
      this.again = true;
      return this.pulling;
    }
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    this.pulling = this.run().finally(() => {
      this.pulling = null;
      if (this.vault.owner === null) return;
      if (this.again) this.soon(0);
      else this.soon(EVERY_MS);
      this.again = false;
    });
    return this.pulling;
  }

  cancel(): void {
    this.stopping?.abort();
  }

  read(id: string): Promise<KeptRecord | null> {
    return this.holder.read(id);
  }

  async pin(id: string, on: boolean): Promise<boolean> {
    if (on && this.holder.now.place.pinned.length >= MOST_PINNED) return false;
    await this.holder.step((before) => {
      const pinned = before.place.pinned.filter((one) => one !== id);
      if (on) pinned.push(id);
      return moved(before, { pinned, wanted: added(before.place.wanted, id), left: before.place.left.filter((one) => one !== id) });
    });
    this.tell();
    void this.sync();
    return true;
  }

  /** The registration went into the outbox without the server having looked for the same child. */
  async checkLater(id: string): Promise<void> {
    await this.holder.step((before) => moved(before, { unchecked: added(before.place.unchecked, id) }));
  }

  async checked(id: string): Promise<void> {
    await this.holder.step((before) => (before.place.unchecked.includes(id) ? moved(before, { unchecked: before.place.unchecked.filter((one) => one !== id) }) : null));
    this.tell();
  }

  /** What she did has reached the server: it is in the kept case from now on, not only from the next pull on. */
  async confirmed(done: readonly { item: OutboxItem; view: RecordView | null }[]): Promise<void> {
    const owner = this.holder.hers();
    const records = new Map<string, KeptRecord>();
    const asked: string[] = [];
    for (const { item, view } of done) {
      if (item.owner !== owner) continue;
      const known = records.get(item.record) ?? (await this.holder.read(item.record));
      // What was done to a record that lies elsewhere makes none here: it is asked for.
      if (!view && known === null && !isMaking(item)) asked.push(item.record);
      else records.set(item.record, view ? newest(viewed(item, view, known), known) : laid(item, known));
    }
    await this.holder.step((before) => {
      const summaries = new Map(before.summaries);
      const put: KeptRecord[] = [];
      let wanted = asked.reduce((all, id) => added(all, id), before.place.wanted);
      for (const record of records.values()) {
        wanted = added(wanted, record.id);
        if (record.id in before.place.leaving) continue;
        summaries.set(record.id, summaryOf(record));
        put.push(record);
      }
      return { ...moved(before, { wanted }), summaries, put };
    }, owner);
    this.tell();
    this.soon();
  }

  private async run(): Promise<void> {
    // What waited at the door goes first, so that a sign-out in the meantime is seen.
    const owner = this.vault.owner;
    if (owner === null || !(await this.hooks.may().catch(() => false)) || this.vault.owner !== owner) return;
    const stopping = new AbortController();
    this.stopping = stopping;
    this.change({ running: true, progress: null, since: Date.now(), error: null });
    let error: unknown = null;
    try {
      await this.measure();
      await unlessRunning(`cpims-pull-${owner}`, () =>
        pull(this.holder, this.hooks.road, stopping.signal, (progress) => {
          this.change({ progress });
        }),
      );
      if (this.now.get().filled) await this.protect(owner);
    } catch (caught) {
      error = stopping.signal.aborted || caught instanceof NotHers ? null : caught;
      if (caught instanceof Refusal) this.hooks.onRefusal(caught);
    }
    this.stopping = null;
    if (this.vault.owner === owner) {
      this.change({ running: false, progress: null, since: null, error });
      this.tell();
    }
  }

  private async around(): Promise<Around> {
    const items = (await this.vault.all("item")) as Partial<OutboxItem>[];
    const drafts = (await this.vault.all("draft")) as { key?: unknown }[];
    const unsent = new Set<string>();
    for (const { record, state } of items) if (typeof record === "string" && (state === "waiting" || state === "sending")) unsent.add(record);
    for (const { key } of drafts) {
      const [kind, id] = typeof key === "string" ? key.split("/") : [];
      if (isKind(kind) && id !== undefined && id !== "new") unsent.add(id);
    }
    return { budget: this.budget, unsent };
  }

  private async measure(): Promise<void> {
    const storage = (globalThis.navigator as Navigator | undefined)?.storage;
    const quota = storage && "estimate" in storage ? ((await storage.estimate().catch(() => null))?.quota ?? null) : null;
    const { count, bytes } = this.now.get();
    this.budget = budgetOf(quota, count >= 20 ? bytes / count : undefined);
    this.change({ budget: this.budget });
  }

  /** Her cases have come to this device: the moment to ask the browser, once, not to clear them away. */
  private async protect(owner: string): Promise<void> {
    const storage = (globalThis.navigator as Navigator | undefined)?.storage;
    if (!storage || !("persist" in storage) || (await this.vault.getOpen(owner, "persist_asked")) === true) return;
    if (!(await storage.persisted())) await storage.persist();
    if (this.vault.owner === owner) await this.vault.putOpen(owner, "persist_asked", true);
  }

  private show({ place, summaries }: Holding, ids: readonly string[]): void {
    if (summaries !== this.rows.get()) {
      this.rows.set(summaries);
      this.naming.follow(summaries);
    }
    let characters = 0;
    const others = new Set(place.leftOthers);
    const counts: Partial<Record<Kind, number>> = {};
    for (const { kind, size } of summaries.values()) {
      characters += size;
      counts[kind] = (counts[kind] ?? 0) + 1;
    }
    this.change({
      filled: place.filled,
      lastSync: place.lastSync,
      count: summaries.size,
      counts,
      bytes: Math.round(characters * BYTES_PER_CHARACTER),
      left: place.left.filter((id) => !others.has(id)).length,
      leftOthers: place.left.filter((id) => others.has(id)).length,
      pinned: new Set(place.pinned),
      leaving: place.leaving,
      unchecked: new Set(place.unchecked),
    });
    if (ids.length > 0) this.hooks.onRecords(ids);
  }

  private change(change: Partial<KeptState>): void {
    this.now.update((state) => ({ ...state, ...change }));
  }

  /** The other windows of the same account look again. No id, no name is in it. */
  private tell(): void {
    this.channel?.postMessage("moved");
  }
}

/** Whether what stopped a pull was only the missing network. */
export function isAway(error: unknown): boolean {
  return error instanceof Unreachable;
}

function moved(before: Holding, change: Partial<Place>): Step {
  return { ...before, put: [], drop: [], place: { ...before.place, ...change } };
}

function added(ids: readonly string[], id: string): string[] {
  return [...ids.filter((one) => one !== id), id];
}

function viewed(item: OutboxItem, view: RecordView, known: KeptRecord | null): KeptRecord {
  return {
    schema: 2,
    id: item.record,
    kind: item.kind,
    revision: view.revision ?? known?.revision ?? 0,
    // As she might read it at that moment: the next manifest must not take it for what an earlier one spoke of.
    fields: "",
    values: view.data,
    incomplete: view.incomplete,
    ageRecordedOn: view.ageRecordedOn ?? null,
    quarantined: known?.quarantined ?? 0,
  };
}

/** A pull may have brought what came after it before its own answer was here. */
function newest(told: KeptRecord, known: KeptRecord | null): KeptRecord {
  return known !== null && known.revision > told.revision ? known : told;
}

/** The server took it and did not tell how the case stands now: her answers are laid in until it does. */
function laid(item: OutboxItem, known: KeptRecord | null): KeptRecord {
  const before = known ?? { schema: 2 as const, id: item.record, kind: item.kind, revision: 0, fields: "", values: { id: item.record, short_id: item.record.slice(-7), status: "open" }, incomplete: [], ageRecordedOn: null, quarantined: 0 };
  return { ...before, values: layOver(before.values, [item]) };
}
