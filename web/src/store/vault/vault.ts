import { HERS, openDatabase, TOLD, type Database, type Handover, type Sealed, type Sort, type Watch, type Wrapping } from "./database";
import { byPassword, closeKey, makeKey, MEMORY_KIB, opens, placeOf, seal, unseal, unsealBytes, unwrap, wrap, type Opened } from "./keys";
import type { Bytes } from "./database";

/** Several changes that happen together or not at all. */
export interface Changes {
  put?: readonly (readonly [Sort, string, unknown])[];
  drop?: readonly (readonly [Sort, string])[];
}

const PRESENT = "key";

/**
 * What this device keeps, sealed. Each account has a random AES-GCM key that stands in memory only, while the vault is
 * open; on the device it lies wrapped, by her password and perhaps a passkey. So what she did not manage to send is
 * neither lost nor readable until she comes back, whoever copies the device's storage.
 */
export class Vault {
  private live: Opened | null = null;

  private constructor(
    private readonly db: Database,
    private readonly memory: number,
  ) {}

  /** `memory` is the cost of a password try in KiB. A browser without a store raises here, before any work is done. */
  static async open(name = "cpims", memory = MEMORY_KIB, watch: Watch = {}): Promise<Vault> {
    let vault: Vault | null = null;
    const db = await openDatabase(name, {
      ...watch,
      onOutdated: () => {
        if (watch.onOutdated) watch.onOutdated();
        else vault?.close();
      },
    });
    vault = new Vault(db, memory);
    return vault;
  }

  get owner(): string | null {
    return this.live?.owner ?? null;
  }

  /** The open key, to be handed to the page that comes after this one; never to be stored. */
  get opened(): Opened | null {
    return this.live;
  }

  /** Goes on with a key that another page of the same session held in memory. */
  async resume(opened: Opened): Promise<boolean> {
    const known = await this.wrappings(opened.owner);
    if (!known.some((wrapping) => wrapping.key === opened.key)) return false;
    this.live = opened;
    return true;
  }

  /** Opens the vault by the password alone, without a server to ask; false when nothing of hers opens with it. */
  async unlockAlone(owner: string, password: string): Promise<boolean> {
    for (const wrapping of (await this.wrappings(owner)).reverse()) {
      if (wrapping.means.by === "passkey") continue;
      const secret = await unwrap(wrapping, password, wrapping.means.by === "pbkdf2").catch(() => null);
      if (!secret) continue;
      await this.turnTo({ owner, key: wrapping.key, secret: await this.renew(wrapping, secret, password) });
      return true;
    }
    return false;
  }

  /** Opens the account's vault with the password just proved right to the server; makes one the first time. */
  async unlock(owner: string, password: string): Promise<void> {
    // What does not open was sealed with an earlier password; it waits for that one.
    const before = this.live;
    for (;;) {
      const known = await this.db.getAllKeysFromIndex("wrappings", "owner", owner);
      if (await this.unlockAlone(owner, password)) return;
      const made = await makeKey();
      const key = crypto.randomUUID();
      if (!(await this.addFirst(await wrap(made, { owner, key }, byPassword(this.memory), password, key), known))) continue;
      await this.turnTo({ owner, key, secret: await closeKey(made) });
      // Open when the password turned out to be another one: what lies here is carried over at once.
      if (before?.owner === owner) await this.bring(before);
      return;
    }
  }

  /**
   * False when another sign-in, or another window, made a key since: two keys that one password opens would hide each
   * other's work.
   */
  private async addFirst(wrapping: Wrapping, known: readonly string[]): Promise<boolean> {
    const change = this.db.transaction("wrappings", "readwrite");
    const now = await change.store.index("owner").getAllKeys(wrapping.owner);
    const isFirst = now.every((id) => known.includes(id));
    if (isFirst) await change.store.put(wrapping);
    await change.done;
    return isFirst;
  }

  /** Opens the vault by what a passkey answered for one of the wrappings; false when it is not its answer. */
  async unlockBy(wrapping: Wrapping, answer: Bytes): Promise<boolean> {
    const secret = await unwrap(wrapping, answer).catch(() => null);
    if (!secret) return false;
    this.live = { owner: wrapping.owner, key: wrapping.key, secret };
    return true;
  }

  /** A vault of the first schema is wrapped anew at its first opening; nothing that was sealed moves. */
  private async renew(wrapping: Wrapping, secret: CryptoKey, password: string): Promise<CryptoKey> {
    if (wrapping.means.by !== "pbkdf2") return secret;
    await this.db.put("wrappings", await wrap(secret, wrapping, byPassword(this.memory), password, wrapping.id));
    return closeKey(secret);
  }

  /** Whether this is the password that the present key is wrapped with. */
  async isOpenedBy(password: string): Promise<boolean> {
    const wrapping = await this.passwordWrapping();
    return wrapping !== null && opens(wrapping, password);
  }

  /** The password was changed here: the same key is wrapped anew, nothing else moves; passkeys go on opening it. */
  async rewrap(before: string, after: string): Promise<void> {
    const wrapping = await this.passwordWrapping();
    if (!wrapping) return;
    const secret = await unwrap(wrapping, before, true);
    await this.db.put("wrappings", await wrap(secret, wrapping, byPassword(this.memory), after, wrapping.id));
  }

  /** One more way to open the present key. False when the password is not hers. */
  async wrapBy(means: Wrapping["means"], answer: Bytes, password: string): Promise<boolean> {
    const wrapping = await this.passwordWrapping();
    const secret = wrapping ? await unwrap(wrapping, password, true).catch(() => null) : null;
    if (!wrapping || !secret) return false;
    await this.db.put("wrappings", await wrap(secret, wrapping, means, answer));
    return true;
  }

  async wrappings(owner?: string): Promise<Wrapping[]> {
    return owner === undefined ? this.db.getAll("wrappings") : this.db.getAllFromIndex("wrappings", "owner", owner);
  }

  /** Only of the keys that were last in use: an earlier one, closed by a password changed elsewhere, opens nothing new. */
  async presentWrappings(owner?: string): Promise<Wrapping[]> {
    const present = (await this.allOpen(PRESENT)).map(({ value }) => value);
    return (await this.wrappings(owner)).filter(({ key }) => present.includes(key));
  }

  async dropWrapping(id: string): Promise<void> {
    const wrapping = await this.db.get("wrappings", id);
    if (wrapping?.means.by === "passkey") await this.db.delete("wrappings", id);
  }

  /** How many things of hers stay closed because her password was changed elsewhere. */
  async countClosed(): Promise<number> {
    const { owner, key } = this.need();
    const all = (await Promise.all(TOLD.map((sort) => this.db.getAll("sealed", rangeOf(owner, sort))))).flat();
    return all.filter((sealed) => sealed.key !== key).length;
  }

  /** Brings what was sealed under an earlier password under the present key; false when that is not the password (or the passkey’s answer). */
  async openEarlier(given: string | Bytes): Promise<boolean> {
    const { owner, key } = this.need();
    let opened = false;
    for (const wrapping of await this.wrappings(owner)) {
      if (wrapping.key === key || (wrapping.means.by === "passkey") === (typeof given === "string")) continue;
      const secret = await unwrap(wrapping, given).catch(() => null);
      if (!secret) continue;
      await this.bring({ owner, key: wrapping.key, secret });
      opened = true;
    }
    return opened;
  }

  /** What was sealed under an earlier key comes under the present one, and the earlier one goes, in one transaction. */
  private async bring(earlier: Opened): Promise<void> {
    const live = this.need();
    const closed = (await this.db.getAllFromIndex("sealed", "owner", live.owner)).filter((sealed) => sealed.key === earlier.key);
    const moved = await Promise.all(
      closed.filter((sealed) => HERS.includes(sealed.sort)).map(async (sealed) => this.sealed(sealed.sort, sealed.id, await unsealBytes(earlier.secret, placeOf(live.owner, sealed.sort, sealed.id), sealed), live)),
    );
    const wrappings = (await this.wrappings(live.owner)).filter((one) => one.key === earlier.key);
    const change = this.db.transaction(["sealed", "wrappings"], "readwrite");
    await Promise.all([
      ...closed.map((sealed) => change.objectStore("sealed").delete([live.owner, sealed.sort, sealed.id])),
      ...moved.map((sealed) => change.objectStore("sealed").put(sealed)),
      ...wrappings.map((one) => change.objectStore("wrappings").delete(one.id)),
      change.done,
    ]);
  }

  /** Drops the key: everything stays, unreadable. */
  lock(): void {
    this.live = null;
  }

  async put(sort: Sort, id: string, value: unknown): Promise<void> {
    await this.write({ put: [[sort, id, value]] });
  }

  async putMany(sort: Sort, entries: readonly (readonly [string, unknown])[]): Promise<void> {
    await this.write({ put: entries.map(([id, value]) => [sort, id, value] as const) });
  }

  async get(sort: Sort, id: string): Promise<unknown> {
    return (await this.getMany(sort, [id]))[0];
  }

  /** In the order asked; null for what is not there. */
  async getMany(sort: Sort, ids: readonly string[]): Promise<unknown[]> {
    const { owner, key, secret } = this.need();
    const reading = this.db.transaction("sealed").store;
    const found = await Promise.all(ids.map((id) => reading.get([owner, sort, id])));
    return Promise.all(found.map((sealed) => (sealed?.key === key ? unseal(secret, placeOf(owner, sort, sealed.id), sealed) : null)));
  }

  /** What was put in as bytes; null when it is not there. */
  async getBytes(sort: Sort, id: string): Promise<Bytes | null> {
    const { owner, key, secret } = this.need();
    const sealed = await this.db.get("sealed", [owner, sort, id]);
    return sealed?.key === key ? unsealBytes(secret, placeOf(owner, sort, id), sealed) : null;
  }

  async all(sort: Sort): Promise<unknown[]> {
    const { owner, key, secret } = this.need();
    const found = (await this.db.getAll("sealed", rangeOf(owner, sort))).filter((sealed) => sealed.key === key);
    return Promise.all(found.map((sealed) => unseal(secret, placeOf(owner, sort, sealed.id), sealed)));
  }

  /** What there is of a sort, without opening it. */
  async ids(sort: Sort): Promise<string[]> {
    return (await this.db.getAllKeys("sealed", rangeOf(this.need().owner, sort))).map(([, , id]) => id);
  }

  async drop(sort: Sort, id: string): Promise<void> {
    await this.write({ drop: [[sort, id]] });
  }

  async dropMany(sort: Sort, ids: readonly string[]): Promise<void> {
    await this.write({ drop: ids.map((id) => [sort, id] as const) });
  }

  /** All of it in one transaction: a battery that dies in the middle leaves what was before. */
  async write({ put = [], drop = [] }: Changes): Promise<void> {
    const live = this.need();
    const sealed = await Promise.all(put.map(([sort, id, value]) => this.sealed(sort, id, value, live)));
    const change = this.db.transaction("sealed", "readwrite");
    await Promise.all([...drop.map(([sort, id]) => change.store.delete([live.owner, sort, id])), ...sealed.map((one) => change.store.put(one)), change.done]);
  }

  /** Outside the seal, for a device that must give unsent work back though its vault is locked: sealed to the server. */
  async putHandover(id: string, sealed: Bytes): Promise<void> {
    await this.db.put("handover", { id, owner: this.need().owner, bytes: sealed });
  }

  async dropHandover(id: string, owner = this.need().owner): Promise<void> {
    await this.db.delete("handover", [owner, id]);
  }

  async handovers(owner?: string): Promise<Handover[]> {
    return owner === undefined ? this.db.getAll("handover") : this.db.getAllFromIndex("handover", "owner", owner);
  }

  /** Readable while locked, by whoever holds the device: nothing of a child, ever. */
  async putOpen(owner: string, name: string, value: unknown): Promise<void> {
    await this.db.put("open", { owner, name, value });
  }

  async getOpen(owner: string, name: string): Promise<unknown> {
    return (await this.db.get("open", [owner, name]))?.value ?? null;
  }

  /** Of every account on this device that has it. */
  async allOpen(name: string): Promise<{ owner: string; value: unknown }[]> {
    return (await this.db.getAll("open")).filter((one) => one.name === name).map(({ owner, value }) => ({ owner, value }));
  }

  async dropOpen(owner: string, name: string): Promise<void> {
    await this.db.delete("open", [owner, name]);
  }

  /** Everything of one account leaves this device, in one transaction; nothing of another is touched. */
  async wipe(owner: string): Promise<void> {
    if (this.live?.owner === owner) this.live = null;
    const stores = ["sealed", "wrappings", "handover", "open"] as const;
    const change = this.db.transaction(stores, "readwrite");
    for (const name of stores) {
      const keys = await change.objectStore(name).index("owner").getAllKeys(owner);
      await Promise.all(keys.map((key) => change.objectStore(name).delete(key as never)));
    }
    await change.done;
  }

  /** How much of a sort lies here for an account, whether or not it can be opened. */
  async count(owner: string, sort: Sort): Promise<number> {
    return this.db.count("sealed", rangeOf(owner, sort));
  }

  close(): void {
    this.live = null;
    this.db.close();
  }

  private async turnTo(live: Opened): Promise<void> {
    this.live = live;
    await this.putOpen(live.owner, PRESENT, live.key);
  }

  private async passwordWrapping(): Promise<Wrapping | null> {
    const { owner, key } = this.need();
    return (await this.wrappings(owner)).find((wrapping) => wrapping.key === key && wrapping.means.by !== "passkey") ?? null;
  }

  private async sealed(sort: Sort, id: string, value: unknown, { owner, key, secret }: Opened): Promise<Sealed> {
    return { id, owner, key, sort, ...(await seal(secret, placeOf(owner, sort, id), value)) };
  }

  private need(): Opened {
    if (!this.live) throw new Error("vault is locked");
    return this.live;
  }
}

/** Every id of a sort; an array sorts behind every text. */
function rangeOf(owner: string, sort: Sort): IDBKeyRange {
  return IDBKeyRange.bound([owner, sort], [owner, sort, []]);
}
