import { Refusal, type Answer } from "~/api";
import { watched, type Watched } from "~/lib/watched";
import type { JsonObject } from "~/lib/json";
import type { Handover } from "../handover";
import type { ItemRefusal, OutboxItem, Outcome, RecordView, Save } from "../types";
import type { Vault } from "../vault";
import { actOf, isMaking } from "./acts";
import { KINDS } from "../kinds";
import { Batch, isPassing, isSignedOut, readDelivered, type Told } from "./delivering";
import { heldBy, inOrder, isKeptForOwner, restsOfAll } from "./resting";
import { SCHEMA, upcastItems } from "./upcasting";

/** How the outbox reaches the server and learns whether it still may: given in, so that tests can stand in for both. */
export interface Road {
  deliver(body: JsonObject): Promise<Answer>;
  /** The account as the server knows it, when the browser's session is still the one of this owner; looked at right before each request. */
  account(owner: string): string | null;
  /** The server says that nobody, or somebody else, is signed in. */
  onSignedOut(refusal: Refusal): void;
  /** Puts what was confirmed into what is kept here. */
  keep(confirmed: readonly Confirmed[]): Promise<void>;
  onConfirmed(confirmed: readonly Confirmed[]): void;
  /** Whether the bytes that an item speaks of are up; without them it stays here and stops nothing else. */
  isUp?(item: OutboxItem): boolean;
  /** The server has not (any more) the bytes of this item; false when they are not here either. */
  sendBytes?(item: OutboxItem): boolean;
}

/** What the server has now, and how its record stands since (null: it was not told, ask for it). */
export interface Confirmed {
  item: OutboxItem;
  view: RecordView | null;
}

const KEPT_CONFIRMED = 20;
const BACKOFF_S = [5, 15, 30, 60, 120, 300];
/** So long a screen waits for an answer; after that the change is shown as kept on this device and goes on by itself. */
const PATIENCE_MS = 8_000;

/**
 * The one road for changes. An item is sealed on the device before it is sent, goes out in the order in which things
 * were done, and leaves only when the server confirmed it or the worker herself takes it back. A refused item stays
 * with its reason and holds up only what rests on it.
 */
export class Outbox {
  private readonly list = watched<readonly OutboxItem[]>([]);
  private readonly sendingNow = watched(false);
  private readonly newerCount = watched(0);
  private running: Promise<void> | null = null;
  private again = false;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private quietUntil = 0;
  /** Requests in a row to which no answer came. */
  private misses = 0;
  private oneByOne = false;
  private last = 0;
  /** What is being taken out just now: nothing of it is sent any more, while that is still being written. */
  private readonly leaving = new Set<string>();
  /** What came of the items for whose answer a screen waits just now; null until it has come. */
  private readonly awaited = new Map<string, Outcome | null>();

  constructor(
    private readonly vault: Vault,
    private readonly road: Road,
    private readonly handover: Handover | null = null,
    private readonly now: () => number = Date.now,
    private readonly patience = PATIENCE_MS,
  ) {}

  get items(): Watched<readonly OutboxItem[]> {
    return this.list;
  }
  get sending(): Watched<boolean> {
    return this.sendingNow;
  }
  /** How many things lie here that a newer version of the app wrote: they wait for it. */
  get newer(): Watched<number> {
    return this.newerCount;
  }

  /** Takes up what an earlier visit, or an earlier version of the app, left. */
  async load(): Promise<void> {
    const { found, newer } = upcastItems(await this.vault.all("item"));
    const confirmed = this.list.get().filter((item) => item.state === "confirmed" && item.owner === this.vault.owner);
    const known = new Set(found.map((item) => item.id));
    // A clock that was set back puts nothing before what was done before it.
    this.last = Math.max(this.last, ...found.flatMap((item) => Date.parse(item.at) || []));
    this.newerCount.set(newer);
    this.list.set(inOrder([...confirmed.filter((item) => !known.has(item.id)), ...found.map((item) => (item.state === "sending" ? { ...item, state: "waiting" as const } : item))]));
    await this.handover?.reconcile(found);
  }

  clear(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    this.quietUntil = 0;
    this.misses = 0;
    this.awaited.clear();
    this.newerCount.set(0);
    this.list.set([]);
  }

  /** Keeps a change, sends it when it can, and says how far it came; whoever waits is not held by a thin line. */
  async save(save: Save, ready: () => Promise<unknown> = () => Promise.resolve()): Promise<Outcome> {
    const { id } = await this.add(save);
    this.awaited.set(id, null);
    const sent = ready()
      .catch(() => undefined)
      .then(() => this.flush(true));
    await Promise.race([sent, new Promise((done) => setTimeout(done, this.patience))]);
    const outcome = this.awaited.get(id) ?? { state: "waiting", item: id };
    this.awaited.delete(id);
    return outcome;
  }

  /** A new save of a record carries what was refused of it before, and what it names of that which waits behind; it takes their place. */
  async add(save: Save): Promise<OutboxItem> {
    const owner = this.vault.owner;
    if (owner === null) throw new Error("nobody is signed in");
    this.last = Math.max(this.now(), this.last + 1);
    const item: OutboxItem = {
      schema: SCHEMA,
      id: save.item ?? crypto.randomUUID(),
      owner,
      action: save.act ?? KINDS[save.kind][save.create ? "register" : "amend"],
      kind: save.kind,
      record: save.id,
      data: save.data,
      base: save.base ?? null,
      recordAction: save.recordAction ?? null,
      at: new Date(this.last).toISOString(),
      offset: -new Date(this.last).getTimezoneOffset(),
      dependsOn: [...(save.dependsOn ?? [])],
      state: "waiting",
      reason: null,
      refusal: null,
      attempts: 0,
    };
    const all = this.list.get();
    const cameBack = (one: OutboxItem): boolean => (one.state === "refused" ? (save.replaces?.includes(one.id) ?? true) : one.state === "waiting" && save.replaces?.includes(one.id) === true && heldBy(one, all) !== null);
    const replaced = actOf(item).answers ? all.filter((one) => one.record === save.id && actOf(one).answers && !isKeptForOwner(one) && cameBack(one)) : [];
    await this.exchange([item], replaced, item.id);
    return item;
  }

  /** Takes up what came from a file of her own (`carrying.ts`); what is here already stays as it is. */
  async takeUp(items: readonly OutboxItem[]): Promise<number> {
    const owner = this.vault.owner;
    const here = new Set([...this.list.get().map((item) => item.id), ...(await this.vault.ids("item"))]);
    const fresh = items.filter((item) => item.owner === owner && !here.has(item.id) && item.state !== "confirmed");
    await this.exchange(fresh.map((item) => (item.state === "sending" ? { ...item, state: "waiting" as const } : item)), [], null);
    return fresh.length;
  }

  /** Sends what waits, in batches. Called after every change, when the network returns, and by "sync now". */
  flush(force = false): Promise<void> {
    if (force) this.quietUntil = 0;
    if (this.running) {
      this.again = true;
      return this.running;
    }
    this.running = this.runAll().finally(() => {
      this.running = null;
      this.sendingNow.set(false);
    });
    return this.running;
  }

  /** "Sync now": nothing waits for its time any more. */
  async hurry(): Promise<void> {
    const late = this.list.get().filter((item) => item.state === "waiting" && item.reason !== null);
    await this.change(late.map((item) => ({ ...item, reason: null })));
    await this.flush(true);
  }

  /** The worker wants it tried once more. What was corrected or taken back in another window is not sent again. */
  async retry(id: string): Promise<void> {
    if ((await this.vault.get("item", id)) === null) {
      this.list.update((all) => all.filter((one) => one.id !== id));
      return;
    }
    const item = this.list.get().find((one) => one.id === id);
    if (item) await this.change([{ ...item, state: "waiting", refusal: null, reason: null }]);
    await this.flush(true);
  }

  /** The worker takes back what was refused or not yet sent, and with it whatever rests on a record that then never comes to be. */
  async takeBack(id: string): Promise<OutboxItem | null> {
    const item = this.list.get().find((one) => one.id === id);
    if (!item || item.state === "sending") return null;
    const gone = [item, ...this.goesWith(item, this.list.get())];
    if (gone.some((one) => one.state === "sending")) return null;
    await this.exchange([], gone, null);
    // What was held for its sake may go now.
    void this.flush();
    return item;
  }

  /** What it speaks of was refused before it could be sent itself. */
  async refuse(id: string, refusal: ItemRefusal): Promise<void> {
    const item = this.list.get().find((one) => one.id === id);
    if (item?.state !== "waiting") return;
    await this.change([{ ...item, state: "refused", reason: null, refusal }]);
    this.tell(id, refusedOutcome(id, refusal));
  }

  /** What is taken back with an item: without its registration there is no case to change. */
  goesWith(item: OutboxItem, all: readonly OutboxItem[]): OutboxItem[] {
    return isMaking(item) ? all.filter((one) => one.id !== item.id && one.record === item.record && one.state !== "confirmed") : [];
  }

  private async runAll(): Promise<void> {
    do {
      this.again = false;
      await this.run();
    } while (this.again && this.now() >= this.quietUntil);
  }

  /** One window sends at a time; another waits for it, as it may hold items of its own. */
  private async run(): Promise<void> {
    const locks = (globalThis.navigator as Navigator | undefined)?.locks;
    if (locks) await locks.request("cpims-outbox", () => this.sendAll());
    else await this.sendAll();
  }

  private async sendAll(): Promise<void> {
    const owner = this.vault.owner;
    if (owner === null) return;
    this.oneByOne = false;
    await this.forgetDoneElsewhere();
    for (;;) {
      if (this.now() < this.quietUntil) break;
      const batch = this.nextBatch(owner);
      const account = this.vault.owner === owner ? this.road.account(owner) : null;
      if (batch.items.length === 0 || account === null) break;
      this.sendingNow.set(true);
      const sent = new Map(batch.items.map((item) => [item.id, { ...item, state: "sending" as const, attempts: item.attempts + 1 }]));
      this.list.update((all) => all.map((one) => sent.get(one.id) ?? one));
      try {
        const told = readDelivered(await this.road.deliver(batch.body(account, new Date(this.now()))), batch.items);
        this.misses = 0;
        await this.settle([...sent.values()], told);
      } catch (error) {
        if (!(await this.failed([...sent.values()], error))) break;
      }
    }
    this.wakeInTime();
  }

  /** What another window confirmed, corrected or took back lies no longer in the vault: it is not sent from here. */
  private async forgetDoneElsewhere(): Promise<void> {
    const kept = new Set(await this.vault.ids("item"));
    this.list.update((all) => (all.every((one) => one.state === "confirmed" || kept.has(one.id)) ? all : all.filter((one) => one.state === "confirmed" || kept.has(one.id))));
  }

  /** What may go now, each after what it rests on; whatever rests on something that stays here stays too. */
  private nextBatch(owner: string): Batch {
    const batch = new Batch(this.oneByOne ? 1 : undefined);
    const all = this.list.get().filter((item) => item.state !== "confirmed");
    const rests = restsOfAll(all);
    const stays = new Set(all.filter((item) => item.owner !== owner || item.state !== "waiting" || this.leaving.has(item.id) || (item.reason !== null && item.reason.at > this.now()) || this.road.isUp?.(item) === false).map((item) => item.id));
    const taken = new Set<string>();
    let left = all.filter((item) => !stays.has(item.id));
    for (let before = -1; before !== left.length; ) {
      before = left.length;
      for (const item of left) {
        const needs = rests.get(item.id) ?? [];
        if (needs.some((id) => stays.has(id))) stays.add(item.id);
        else if (needs.every((id) => taken.has(id))) {
          if (!batch.take(item, needs)) return batch;
          taken.add(item.id);
        }
      }
      left = left.filter((item) => !stays.has(item.id) && !taken.has(item.id));
    }
    // Things that rest on each other in a circle would wait for ever: the server judges the first of them.
    if (batch.items.length === 0 && left[0]) batch.take(left[0], []);
    return batch;
  }

  private async settle(sent: readonly OutboxItem[], told: ReadonlyMap<string, Told>): Promise<void> {
    const confirmed: Confirmed[] = [];
    const changed: OutboxItem[] = [];
    for (const item of sent) {
      const one = told.get(item.id);
      if (!one) continue;
      if (one.outcome === "accepted" || isDoneByOldRoad(item, one.refusal)) {
        confirmed.push({ item: { ...item, state: "confirmed", reason: null, refusal: null }, view: one.view });
        this.tell(item.id, outcomeOf(item, one));
      } else if (one.outcome === "refused" && one.refusal !== null && !isLater(one.refusal) && !(isAboutBytes(one.refusal) && this.road.sendBytes?.(item) === true)) {
        changed.push({ ...item, state: "refused", reason: null, refusal: one.refusal });
        this.tell(item.id, refusedOutcome(item.id, one.refusal));
      } else {
        const isHeld = one.outcome === "held" && told.has(one.because ?? "");
        changed.push({ ...item, state: "waiting", reason: isHeld ? null : { code: one.refusal && isOlderServer(one.refusal) ? "server_older" : "again", at: this.now() + backOff(item.attempts) } });
      }
    }
    const isHers = confirmed.length > 0 && this.vault.owner === sent[0]?.owner;
    // First into the kept case, then out of here: an app closed in between holds the answer twice, and never an older one alone.
    if (isHers) await this.road.keep(confirmed).catch(() => undefined);
    await this.forgetSent(confirmed);
    await this.change(changed);
    await this.handover?.drop(changed.filter(isKeptForOwner).map((item) => item.id));
    if (confirmed.length > 0 && this.vault.owner === sent[0]?.owner) this.road.onConfirmed(confirmed);
  }

  private tell(id: string, outcome: Outcome): void {
    if (this.awaited.has(id)) this.awaited.set(id, outcome);
  }

  private async forgetSent(confirmed: readonly Confirmed[]): Promise<void> {
    const done = new Map(confirmed.map(({ item }) => [item.id, item]));
    if (done.size === 0) return;
    if (this.vault.owner === confirmed[0]?.item.owner) await this.vault.dropMany("item", [...done.keys()]);
    await this.handover?.drop([...done.keys()]);
    this.list.update((all) => {
      const now = all.map((one) => done.get(one.id) ?? one);
      const old = now.filter((one) => one.state === "confirmed").slice(0, -KEPT_CONFIRMED);
      return now.filter((one) => !old.includes(one));
    });
  }

  /** True when the rest may go on: it was not the road that failed. */
  private async failed(sent: readonly OutboxItem[], error: unknown): Promise<boolean> {
    const back = (): Promise<void> => this.change(sent.map((item) => ({ ...item, state: "waiting" as const })));
    if (isSignedOut(error)) {
      await back();
      this.road.onSignedOut(error);
      return false;
    }
    if (error instanceof Refusal && !isPassing(error)) {
      // The server wants nothing of the whole: each is sent by itself, so that one bad item harms no other.
      this.oneByOne = true;
      if (sent.length > 1) await back();
      else {
        const refusal = { status: error.status, problems: [...error.problems] };
        await this.change(sent.map((item) => ({ ...item, state: "refused" as const, reason: null, refusal })));
        for (const item of sent) this.tell(item.id, refusedOutcome(item.id, refusal));
      }
      return true;
    }
    await back();
    this.misses += 1;
    this.quietUntil = this.now() + (error instanceof Refusal && error.retryAfter !== null ? error.retryAfter * 1000 : backOff(this.misses));
    return false;
  }

  /** Goes on by itself: when the road may be tried again, and when the first late item's time has come. */
  private wakeInTime(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    const waiting = this.list.get().filter((item) => item.state === "waiting");
    const times = [...waiting.flatMap((item) => item.reason?.at ?? []), ...(waiting.length > 0 ? [this.quietUntil] : [])].filter((at) => at > this.now());
    if (times.length === 0) return;
    this.timer = setTimeout(() => void this.flush(), Math.max(...[Math.min(...times), this.quietUntil]) - this.now());
  }

  /** Brings items in and takes others out, on the device and in sight, in one write; what rested on them rests on `heir`. */
  private async exchange(fresh: readonly OutboxItem[], gone: readonly OutboxItem[], heir: string | null): Promise<void> {
    const ids = new Set(gone.map((item) => item.id));
    const inherit = (item: OutboxItem): OutboxItem =>
      item.dependsOn.some((id) => ids.has(id)) ? { ...item, dependsOn: item.dependsOn.flatMap((id) => (ids.has(id) ? (heir ?? []) : id)) } : item;
    const heirs = this.list.get().filter((item) => !ids.has(item.id) && item.state !== "confirmed").flatMap((item) => (inherit(item) === item ? [] : inherit(item)));
    for (const id of ids) this.leaving.add(id);
    try {
      await this.handover?.put(fresh);
      // Somebody else may have come while it was sealed: nothing of hers goes into the vault of another.
      if ([...fresh, ...gone].some((item) => item.owner !== this.vault.owner)) throw new Error("the vault is not hers now");
      await this.vault.write({ put: [...fresh, ...heirs].map((item) => ["item", item.id, item]), drop: gone.map((item) => ["item", item.id]) });
      await this.handover?.drop([...ids]);
      this.list.update((all) => inOrder([...all.filter((one) => !ids.has(one.id)).map(inherit), ...fresh]));
    } finally {
      for (const id of ids) this.leaving.delete(id);
    }
  }

  private async change(items: readonly OutboxItem[]): Promise<void> {
    if (items.length === 0) return;
    const changed = new Map(items.map((item) => [item.id, item]));
    if (this.vault.owner === items[0]?.owner) await this.vault.putMany("item", items.map((item) => [item.id, item]));
    this.list.update((all) => all.map((one) => changed.get(one.id) ?? one));
  }
}

function backOff(tries: number): number {
  return (BACKOFF_S[Math.min(Math.max(tries, 1), BACKOFF_S.length) - 1] ?? 300) * 1000;
}

/** Sent by an earlier version of the app, which did not learn that it had arrived. */
function isDoneByOldRoad(item: OutboxItem, refusal: ItemRefusal | null): boolean {
  return item.madeBy !== undefined && refusal?.problems.some((problem) => problem.code === "idempotency.key_reused") === true;
}

function isOlderServer(refusal: ItemRefusal): boolean {
  return refusal.problems.some((problem) => problem.code === "sync.schema_unknown");
}

/** The act is well, only what it speaks of is not there yet, or not any more. */
function isAboutBytes(refusal: ItemRefusal): boolean {
  return refusal.problems.some((problem) => problem.code === "upload.not_ready" || problem.code === "upload.unknown");
}

function isLater(refusal: ItemRefusal): boolean {
  return refusal.status >= 500 || refusal.status === 429 || isOlderServer(refusal);
}

function outcomeOf(item: OutboxItem, told: Told): Outcome {
  return {
    state: "confirmed",
    data: told.view?.data ?? item.data,
    revision: told.view?.revision ?? told.revision,
    incomplete: told.view?.incomplete ?? told.incomplete,
    ignored: [],
    notices: told.notices,
  };
}

function refusedOutcome(id: string, { status, problems }: ItemRefusal): Outcome {
  return { state: "refused", item: id, status, problems, conflicts: problems.flatMap((problem) => problem.conflicts) };
}
