import { call, Refusal, Unreachable, type Answer } from "~/api";
import { watched, type Watched } from "~/lib/watched";
import type { OutboxItem, Save } from "./types";
import type { Vault } from "./vault";

/** How the outbox reaches the server and learns whether it still may: given in, so that tests can stand in for both. */
export interface Road {
  send(item: OutboxItem): Promise<Answer>;
  /** Whether the browser's session is still the one of this account: looked at right before each request. */
  mine(owner: string): boolean;
  /** The server says that nobody is signed in. */
  onSignedOut(): void;
  onConfirmed(item: OutboxItem, answer: Answer): void;
}

/** Nothing sent may be dropped in silence, and a new record comes back as the server has it. */
const PREFER = "handling=strict, return=representation";
const KEPT_CONFIRMED = 20;
const BACKOFF_S = [5, 15, 30, 60, 120, 300];

export const httpSend = (item: OutboxItem): Promise<Answer> =>
  item.action === "register_case"
    ? call(`/v2/${item.kind}`, { method: "POST", prefer: PREFER, idempotencyKey: item.id, body: { data: { ...item.data, id: item.record } } })
    : call(`/v2/${item.kind}/${item.record}`, {
        method: "PATCH",
        prefer: PREFER,
        idempotencyKey: item.id,
        body: { data: item.data, ...(item.base ? { base: item.base } : {}), ...(item.recordAction === null ? {} : { record_action: item.recordAction }) },
      });

/**
 * The one road for changes. An item is sealed on the device before it is sent, goes out in the order in which things
 * were done, and leaves only when the server confirmed it or the worker herself takes it back. A refused item stays
 * with its reason and holds up only later items of the same record.
 */
export class Outbox {
  private readonly list = watched<readonly OutboxItem[]>([]);
  private readonly sendingNow = watched(false);
  private running: Promise<void> | null = null;
  private again = false;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private quietUntil = 0;
  private last = 0;

  constructor(
    private readonly vault: Vault,
    private readonly road: Road,
    private readonly now: () => number = Date.now,
  ) {}

  get items(): Watched<readonly OutboxItem[]> {
    return this.list;
  }
  get sending(): Watched<boolean> {
    return this.sendingNow;
  }

  /** Takes up what an earlier visit left; an item caught in the middle of sending is sent again under the same key. */
  async load(): Promise<void> {
    const kept = (await this.vault.all("item")) as OutboxItem[];
    const confirmed = this.list.get().filter((item) => item.state === "confirmed" && item.owner === this.vault.owner);
    this.list.set(sorted([...confirmed, ...kept.map((item) => (item.state === "sending" ? { ...item, state: "waiting" as const } : item))]));
  }

  clear(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    this.quietUntil = 0;
    this.list.set([]);
  }

  /** A new save of a record carries what was refused of it before, and takes its place. */
  async add(save: Save): Promise<OutboxItem> {
    const owner = this.vault.owner;
    if (owner === null) throw new Error("nobody is signed in");
    this.last = Math.max(this.now(), this.last + 1);
    const item: OutboxItem = {
      schema: 1,
      id: crypto.randomUUID(),
      owner,
      action: save.create ? "register_case" : "amend_case",
      kind: save.kind,
      record: save.id,
      data: save.data,
      base: save.base ?? null,
      recordAction: save.recordAction ?? null,
      at: new Date(this.last).toISOString(),
      offset: -new Date(this.last).getTimezoneOffset(),
      state: "waiting",
      refusal: null,
      attempts: 0,
    };
    await this.vault.put("item", item.id, item);
    const replaced = this.list.get().filter((one) => one.record === save.id && one.state === "refused");
    this.list.update((all) => [...all.filter((one) => !replaced.includes(one)), item]);
    for (const one of replaced) await this.vault.drop("item", one.id);
    return item;
  }

  /** Sends what waits, one after another. Called after every change, when the network returns, and by "sync now". */
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

  /** The worker wants it tried once more. What was corrected or taken back in another window is not sent again. */
  async retry(id: string): Promise<void> {
    if ((await this.vault.get("item", id)) === null) {
      this.list.update((all) => all.filter((one) => one.id !== id));
      return;
    }
    await this.change(id, { state: "waiting", refusal: null });
    await this.flush(true);
  }

  /** The worker takes back what was refused or not yet sent; only she does. */
  async takeBack(id: string): Promise<OutboxItem | null> {
    const item = this.list.get().find((one) => one.id === id);
    if (!item || item.state === "sending") return null;
    await this.vault.drop("item", id);
    this.list.update((all) => all.filter((one) => one.id !== id));
    return item;
  }

  private async runAll(): Promise<void> {
    do {
      this.again = false;
      await this.run();
    } while (this.again && this.now() >= this.quietUntil);
  }

  private async run(): Promise<void> {
    const lock = (globalThis.navigator as Navigator | undefined)?.locks;
    if (lock) await lock.request("cpims-outbox", { ifAvailable: true }, (held) => (held ? this.sendAll() : undefined));
    else await this.sendAll();
  }

  private async sendAll(): Promise<void> {
    const stopped = new Set(this.list.get().filter((item) => item.state === "refused").map((item) => item.record));
    for (let item = this.next(stopped); item; item = this.next(stopped)) {
      if (this.now() < this.quietUntil || this.vault.owner !== item.owner || !this.road.mine(item.owner)) return;
      this.sendingNow.set(true);
      const going = await this.change(item.id, { state: "sending", attempts: item.attempts + 1 });
      if (!going) continue;
      try {
        await this.confirm(going, await this.road.send(going));
      } catch (error) {
        if (!(await this.failed(going, error))) return;
        stopped.add(going.record);
      }
    }
  }

  private next(stopped: ReadonlySet<string>): OutboxItem | undefined {
    return this.list.get().find((item) => item.state === "waiting" && !stopped.has(item.record));
  }

  private async confirm(item: OutboxItem, answer: Answer): Promise<void> {
    if (this.vault.owner === item.owner) await this.vault.drop("item", item.id);
    this.list.update((all) => {
      const done = all.map((one) => (one.id === item.id ? { ...item, state: "confirmed" as const, refusal: null } : one));
      const old = done.filter((one) => one.state === "confirmed").slice(0, -KEPT_CONFIRMED);
      return done.filter((one) => !old.includes(one));
    });
    this.road.onConfirmed(item, answer);
  }

  /** True when the rest may go on: this item was refused for good. */
  private async failed(item: OutboxItem, error: unknown): Promise<boolean> {
    const passing = error instanceof Unreachable || !(error instanceof Refusal) || error.status === 401 || error.status === 429 || error.status >= 500 || isToken(error);
    if (!passing) {
      await this.change(item.id, { state: "refused", refusal: { status: error.status, problems: [...error.problems] } });
      return true;
    }
    await this.change(item.id, { state: "waiting" });
    if (error instanceof Refusal && error.status === 401) {
      this.road.onSignedOut();
      return false;
    }
    const wait = error instanceof Refusal && error.retryAfter !== null ? error.retryAfter : (BACKOFF_S[Math.min(item.attempts - 1, BACKOFF_S.length - 1)] ?? 300);
    this.quietUntil = this.now() + wait * 1000;
    if (this.timer) clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.flush(true), wait * 1000);
    return false;
  }

  private async change(id: string, change: Partial<OutboxItem>): Promise<OutboxItem | null> {
    const item = this.list.get().find((one) => one.id === id);
    if (!item) return null;
    const changed = { ...item, ...change };
    if (this.vault.owner === item.owner) await this.vault.put("item", id, changed);
    this.list.update((all) => all.map((one) => (one.id === id ? changed : one)));
    return changed;
  }
}

function isToken(error: Refusal): boolean {
  return error.status === 403 && error.problems.some((problem) => /csrf/i.test(`${problem.code ?? ""} ${problem.message}`));
}

function sorted(items: OutboxItem[]): OutboxItem[] {
  return items.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}
