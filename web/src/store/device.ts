import { call, Refusal } from "~/api";
import { isObject } from "~/lib/json";
import { watched, type Watched } from "~/lib/watched";
import type { InstanceKey, Vault } from "./vault";

/** What an unsent item is sealed for: the server opens letters of this purpose only. */
export const HANDOVER_INFO = "cpims/handover/1";

/** This browser as the server knows it, for one account. It stays readable while the vault is locked and tells nothing of a child. */
export interface Registration {
  id: string;
  secret: string;
  name: string;
  platform: string;
  sealingKey: InstanceKey;
  /** What was told last, for a contact while the vault is locked. */
  told: Report;
}

/** How the device stands; whatever is not known is told as nothing. */
export interface Report {
  unsent: number;
  oldestUnsentAt: string | null;
  lastSyncAt: string | null;
  kept: number;
  storage: { used: number | null; quota: number | null; persisted: boolean | null };
  fieldMode: boolean;
}

/** What a device that holds nothing any more still knows, to say so. */
interface Farewell {
  id: string;
  secret: string;
  /** The server does not know yet: it was emptied by hand, not because it was revoked. */
  leaving?: true;
}

export interface DeviceHooks {
  /** How the open vault stands; asked only while it is open. */
  report(): Promise<Report>;
  /** Gives the server what is unsent, sealed as it lies there; true when nothing is left. */
  handOver(owner: string): Promise<boolean>;
  /** Whether requests of this page go out as this account. */
  mine(owner: string): boolean;
  /** This browser has just become a device of the account: what is unsent can be sealed to the server from now on. */
  registered(owner: string): Promise<void>;
  /** The account's things left this device; `open` when it was the one at work: whatever is in memory goes too. */
  wiped(owner: string, open: boolean): void;
}

/** Where it lies in the vault, readable while that is locked. */
export const DEVICE = "device";
const FAREWELL = "farewell";
const EVERY_MS = 15 * 60_000;
const NOTHING: Report = { unsent: 0, oldestUnsentAt: null, lastSyncAt: null, kept: 0, storage: { used: null, quota: null, persisted: null }, fieldMode: false };

/**
 * This browser as a device of each account that works on it: registered after the sign-in, told of how it stands now
 * and then, and obedient when it was revoked: it hands over what was not sent, then forgets everything of that account.
 */
export class Device {
  private readonly now = watched<Registration | null>(null);
  private readonly running = new Map<string, Promise<void>>();
  private readonly registering = new Map<string, Promise<void>>();
  private timer: ReturnType<typeof setInterval> | null = null;

  constructor(
    private readonly vault: Vault,
    private readonly hooks: DeviceHooks,
  ) {}

  /** The device of the account whose vault is open. */
  get registration(): Watched<Registration | null> {
    return this.now;
  }

  /** The key that unsent work is sealed to; nothing before the first registration. */
  sealingKey(): InstanceKey | null {
    return this.now.get()?.sealingKey ?? null;
  }

  /** What a sign-in says of this browser, so that the session belongs to it. */
  async credentials(owner: string): Promise<{ id: string; secret: string } | null> {
    const known = await this.known(owner);
    return known ? { id: known.id, secret: known.secret } : null;
  }

  /** Tells the server about every account of this browser: at the start, when the network is back, and every quarter of an hour. */
  start(): void {
    if (this.timer !== null) return;
    addEventListener("online", this.contactAll);
    this.timer = setInterval(this.contactAll, EVERY_MS);
    this.contactAll();
  }

  stop(): void {
    removeEventListener("online", this.contactAll);
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
  }

  /** The one who worked here left. */
  close(): void {
    this.now.set(null);
  }

  /** Takes up the account's device, or registers this browser as one; what cannot be done now is done another time. */
  async ensure(owner: string): Promise<void> {
    const known = await this.known(owner);
    if (this.vault.owner === owner) this.now.set(known);
    if (!known) await this.register(owner).catch(() => undefined);
  }

  /** A link set a new password and began a session: it belongs to this device under a new secret. */
  async renew(owner: string): Promise<void> {
    const known = await this.known(owner);
    if (known) await this.register(owner, known).catch(() => undefined);
  }

  /** It was given another name. */
  async named(name: string): Promise<void> {
    const known = this.now.get();
    if (this.vault.owner !== null && known) await this.keep(this.vault.owner, { ...known, name });
  }

  /** She revoked the device in her hands: it hands over and wipes itself at once. */
  async obeyNow(): Promise<void> {
    if (this.vault.owner !== null) await this.contact(this.vault.owner);
  }

  /** Every account that ever worked here, one after another. A device that is away tells it another time. */
  readonly contactAll = (): void => {
    void (async () => {
      if (this.vault.owner !== null) await this.ensure(this.vault.owner);
      for (const { owner } of await this.vault.allOpen(DEVICE)) await this.contact(owner).catch(() => undefined);
      await this.sayFarewells();
    })();
  };

  /** Tells how this device stands for an account, and does what the server says. Raises Refusal or Unreachable. */
  contact(owner: string): Promise<void> {
    const already = this.running.get(owner);
    if (already) return already;
    const run = this.tell(owner).finally(() => this.running.delete(owner));
    this.running.set(owner, run);
    return run;
  }

  private async tell(owner: string): Promise<void> {
    const known = await this.known(owner);
    if (!known) return;
    const report = await this.report(owner, known);
    try {
      const answer = readAnswer((await call("/cpims/v1/devices/contact", { method: "POST", body: body(known, report) })).body);
      // The answer may come when everything of the account has left already.
      if ((await this.known(owner)) === null) return;
      await this.keep(owner, { ...known, told: report, sealingKey: answer.sealingKey ?? known.sealingKey });
      if (answer.wipe) await this.obey(owner, known, answer.handOver);
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== "device.unknown") throw error;
      await this.forget(owner);
    }
  }

  /** The server said 401 with `device.revoked`, or told so at a contact: hand over, then wipe, then say that it is done. */
  private async obey(owner: string, known: Registration, handOver: boolean): Promise<void> {
    if (handOver && !(await this.hooks.handOver(owner))) return;
    const open = this.vault.owner === owner;
    await this.vault.wipe(owner);
    if (this.now.get()?.id === known.id) this.now.set(null);
    this.hooks.wiped(owner, open);
    // Nobody's any more, and of no use but to say that it is done; also when the network goes just now.
    const farewell = { id: known.id, secret: known.secret };
    await this.vault.putOpen(known.id, FAREWELL, farewell);
    await this.sayFarewell(farewell);
  }

  /**
   * Everything of an account is taken off this device by hand: `clear` does it. The server revokes the device for it when
   * `sayFarewells` reaches it, now or at the next contact.
   */
  async leave(owner: string, clear: () => Promise<void>): Promise<void> {
    const known = await this.known(owner);
    await clear();
    if (known === null) return;
    if (this.now.get()?.id === known.id) this.now.set(null);
    await this.vault.putOpen(known.id, FAREWELL, { id: known.id, secret: known.secret, leaving: true });
  }

  /** What could not be said while the network was away. */
  async sayFarewells(): Promise<void> {
    for (const { value } of await this.vault.allOpen(FAREWELL)) await this.sayFarewell(value as Farewell).catch(() => undefined);
  }

  private async sayFarewell(farewell: Farewell): Promise<void> {
    const { id } = farewell;
    try {
      await call("/cpims/v1/devices/contact", { method: "POST", body: { ...farewell, wiped: true } });
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== "device.unknown") throw error;
    }
    await this.vault.dropOpen(id, FAREWELL);
  }

  /** The server does not know this device (it was restored from a backup): the next sign-in registers it anew. */
  private async forget(owner: string): Promise<void> {
    await this.vault.dropOpen(owner, DEVICE);
    if (this.vault.owner !== owner) return;
    this.now.set(null);
    await this.register(owner);
  }

  private register(owner: string, before: Registration | null = null): Promise<void> {
    const already = this.registering.get(owner);
    if (already) return already;
    const run = this.makeKnown(owner, before).finally(() => this.registering.delete(owner));
    this.registering.set(owner, run);
    return run;
  }

  private async makeKnown(owner: string, before: Registration | null): Promise<void> {
    if (!this.hooks.mine(owner)) return;
    const platform = before?.platform ?? platformOf(navigator.userAgent);
    const { id, name } = before ?? { id: crypto.randomUUID(), name: platform };
    const { body: told } = await call("/cpims/v1/devices", { method: "POST", body: { id, name, platform } });
    const data = isObject(told) && isObject(told["data"]) ? told["data"] : {};
    const sealingKey = readKey(data["sealing_key"]);
    if (typeof data["secret"] !== "string" || sealingKey === null) return;
    await this.keep(owner, { id, secret: data["secret"], name, platform, sealingKey, told: before?.told ?? NOTHING });
    await this.hooks.registered(owner);
  }

  private async report(owner: string, known: Registration): Promise<Report> {
    if (this.vault.owner === owner) return this.hooks.report();
    const waiting = (await this.vault.handovers(owner)).length;
    return { ...known.told, unsent: waiting, oldestUnsentAt: waiting > 0 ? known.told.oldestUnsentAt : null };
  }

  private async known(owner: string): Promise<Registration | null> {
    return (await this.vault.getOpen(owner, DEVICE)) as Registration | null;
  }

  private async keep(owner: string, registration: Registration): Promise<void> {
    await this.vault.putOpen(owner, DEVICE, registration);
    if (this.vault.owner === owner) this.now.set(registration);
  }
}

interface Answer {
  handOver: boolean;
  wipe: boolean;
  sealingKey: InstanceKey | null;
}

function readAnswer(told: unknown): Answer {
  const data = isObject(told) && isObject(told["data"]) ? told["data"] : {};
  return { handOver: data["hand_over"] === true, wipe: data["wipe"] === true, sealingKey: readKey(data["sealing_key"]) };
}

function readKey(value: unknown): InstanceKey | null {
  if (!isObject(value) || typeof value["id"] !== "string" || typeof value["public_key"] !== "string") return null;
  return { id: value["id"], public_key: value["public_key"] };
}

function body({ id, secret }: Registration, report: Report): Record<string, unknown> {
  return { id, secret, unsent: report.unsent, oldest_unsent_at: report.oldestUnsentAt, last_sync_at: report.lastSyncAt, kept: report.kept, storage: report.storage, field_mode: report.fieldMode };
}

const SYSTEMS: readonly [RegExp, string][] = [
  [/Android/, "Android"],
  [/iPhone|iPad|iPod/, "iOS"],
  [/Windows/, "Windows"],
  [/CrOS/, "ChromeOS"],
  [/Macintosh/, "macOS"],
  [/Linux/, "Linux"],
];
const BROWSERS: readonly [RegExp, string][] = [
  [/Edg/, "Edge"],
  [/OPR|Opera/, "Opera"],
  [/SamsungBrowser/, "Samsung Internet"],
  [/Firefox|FxiOS/, "Firefox"],
  [/Chrome|CriOS/, "Chrome"],
  [/Safari/, "Safari"],
];

/** What kind of device this is, as far as the browser says: the name that it gets before somebody gives it a better one. */
export function platformOf(agent: string): string {
  const find = (names: readonly [RegExp, string][]): string => names.find(([sign]) => sign.test(agent))?.[1] ?? "";
  return [find(SYSTEMS), find(BROWSERS)].filter((part) => part !== "").join(", ") || "Browser";
}
