import { openDB, type DBSchema, type IDBPDatabase } from "idb";

/**
 * What this device keeps, sealed. Each account has a random AES-GCM key. While she is signed in the browser holds it
 * as a key that cannot be taken out; at sign-out it is dropped, and only a copy wrapped by a key derived from her
 * password stays. So what she did not manage to send is neither lost nor readable until she comes back.
 */
interface Sealed {
  id: string;
  owner: string;
  /** The key it was sealed with: after a password was reset elsewhere, older items wait for the older password. */
  key: string;
  sort: Sort;
  iv: Uint8Array<ArrayBuffer>;
  bytes: ArrayBuffer;
}
export type Sort = "item" | "draft" | "kept";

interface Wrapped {
  key: string;
  owner: string;
  salt: Uint8Array<ArrayBuffer>;
  rounds: number;
  iv: Uint8Array<ArrayBuffer>;
  bytes: ArrayBuffer;
}

interface Live {
  owner: string;
  key: string;
  secret: CryptoKey;
}

interface Schema extends DBSchema {
  sealed: { key: [string, Sort, string]; value: Sealed; indexes: { owner: string } };
  wrapped: { key: string; value: Wrapped; indexes: { owner: string } };
  live: { key: string; value: Live };
}

const ROUNDS = 600_000;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

function random(size: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(size));
}

async function wrappingKey(password: string, salt: Uint8Array<ArrayBuffer>, rounds: number): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey("raw", encoder.encode(password), "PBKDF2", false, ["deriveKey"]);
  return crypto.subtle.deriveKey({ name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds }, material, { name: "AES-GCM", length: 256 }, false, ["wrapKey", "unwrapKey"]);
}

async function unwrap(wrapped: Wrapped, password: string, extractable: boolean): Promise<CryptoKey> {
  const by = await wrappingKey(password, wrapped.salt, wrapped.rounds);
  return crypto.subtle.unwrapKey("raw", wrapped.bytes, by, { name: "AES-GCM", iv: wrapped.iv }, "AES-GCM", extractable, ["encrypt", "decrypt"]);
}

async function wrap(secret: CryptoKey, password: string, key: string, owner: string, rounds: number): Promise<Wrapped> {
  const salt = random(16);
  const iv = random(12);
  const by = await wrappingKey(password, salt, rounds);
  return { key, owner, salt, rounds, iv, bytes: await crypto.subtle.wrapKey("raw", secret, by, { name: "AES-GCM", iv }) };
}

export class Vault {
  private live: Live | null = null;

  private constructor(
    private readonly db: IDBPDatabase<Schema>,
    private readonly rounds: number,
  ) {}

  /** Raises nothing that a caller must handle: a browser without a store gets an error at sign-in, not lost work. */
  static async open(name = "cpims", rounds = ROUNDS): Promise<Vault> {
    const db = await openDB<Schema>(name, 1, {
      upgrade(made) {
        made.createObjectStore("sealed", { keyPath: ["owner", "sort", "id"] }).createIndex("owner", "owner");
        made.createObjectStore("wrapped", { keyPath: "key" }).createIndex("owner", "owner");
        made.createObjectStore("live", { keyPath: "owner" });
      },
    });
    return new Vault(db, rounds);
  }

  get owner(): string | null {
    return this.live?.owner ?? null;
  }

  /** Goes on with the key that a signed-in browser kept over a reload. */
  async resume(owner: string): Promise<boolean> {
    this.live = (await this.db.get("live", owner)) ?? null;
    return this.live !== null;
  }

  /** Who is signed in on this device as far as the device knows; for a start without a network. */
  async lastOwner(): Promise<string | null> {
    return (await this.db.getAllKeys("live"))[0] ?? null;
  }

  /** Opens the vault by the password alone, without a server to ask; false when nothing of hers opens with it. */
  async unlockAlone(owner: string, password: string): Promise<boolean> {
    for (const wrapped of await this.db.getAllFromIndex("wrapped", "owner", owner)) {
      const secret = await unwrap(wrapped, password, false).catch(() => null);
      if (!secret) continue;
      await this.turnTo({ owner, key: wrapped.key, secret });
      return true;
    }
    return false;
  }

  /** Opens the account's vault with the password just proved right to the server; makes one the first time. */
  async unlock(owner: string, password: string): Promise<void> {
    for (const other of await this.db.getAllKeys("live")) if (other !== owner) await this.db.delete("live", other);
    if (await this.resume(owner)) {
      const current = this.live ? await this.db.get("wrapped", this.live.key) : undefined;
      if (current && (await opens(current, password))) return;
    }
    for (const wrapped of (await this.db.getAllFromIndex("wrapped", "owner", owner)).reverse()) {
      try {
        await this.turnTo({ owner, key: wrapped.key, secret: await unwrap(wrapped, password, false) });
        return;
      } catch {
        // Sealed with an earlier password; it waits for that one.
      }
    }
    const key = crypto.randomUUID();
    const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, true, ["encrypt", "decrypt"]);
    const wrapped = await wrap(made, password, key, owner, this.rounds);
    await this.db.put("wrapped", wrapped);
    const secret = await crypto.subtle.importKey("raw", await crypto.subtle.exportKey("raw", made), "AES-GCM", false, ["encrypt", "decrypt"]);
    await this.turnTo({ owner, key, secret });
  }

  /** Whether this is the password that the present key is wrapped with. */
  async isOpenedBy(password: string): Promise<boolean> {
    const wrapped = await this.db.get("wrapped", this.need().key);
    return wrapped !== undefined && opens(wrapped, password);
  }

  /** The password was changed here: the same key is wrapped anew, nothing else moves. */
  async rewrap(before: string, after: string): Promise<void> {
    const { owner, key } = this.need();
    const wrapped = await this.db.get("wrapped", key);
    if (!wrapped) return;
    await this.db.put("wrapped", await wrap(await unwrap(wrapped, before, true), after, key, owner, this.rounds));
  }

  /** How many things of hers stay closed because her password was changed elsewhere. */
  async countClosed(): Promise<number> {
    const { owner, key } = this.need();
    const all = await this.db.getAllFromIndex("sealed", "owner", owner);
    return all.filter((sealed) => sealed.key !== key && sealed.sort !== "kept").length;
  }

  /** Brings what was sealed under an earlier password under the present key; false when that is not the password. */
  async openEarlier(password: string): Promise<boolean> {
    const { owner, key } = this.need();
    let opened = false;
    for (const wrapped of await this.db.getAllFromIndex("wrapped", "owner", owner)) {
      if (wrapped.key === key) continue;
      const secret = await unwrap(wrapped, password, false).catch(() => null);
      if (!secret) continue;
      for (const sealed of await this.db.getAllFromIndex("sealed", "owner", owner)) {
        if (sealed.key !== wrapped.key || sealed.sort === "kept") continue;
        await this.put(sealed.sort, sealed.id, await decrypt(secret, sealed));
      }
      await this.db.delete("wrapped", wrapped.key);
      opened = true;
    }
    return opened;
  }

  /** Drops the key: everything stays, unreadable. What was only kept for speed goes. */
  async lock(): Promise<void> {
    const owner = this.live?.owner;
    this.live = null;
    if (owner === undefined) return;
    await this.db.delete("live", owner);
  }

  async put(sort: Sort, id: string, value: unknown): Promise<void> {
    const { owner, key, secret } = this.need();
    const iv = random(12);
    const bytes = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: encoder.encode(`${owner}/${sort}/${id}`) }, secret, encoder.encode(JSON.stringify(value)));
    await this.db.put("sealed", { id, owner, key, sort, iv, bytes });
  }

  async get(sort: Sort, id: string): Promise<unknown> {
    const { owner, key, secret } = this.need();
    const sealed = await this.db.get("sealed", [owner, sort, id]);
    return sealed?.key === key ? decrypt(secret, sealed) : null;
  }

  async all(sort: Sort): Promise<unknown[]> {
    const { owner, key, secret } = this.need();
    const mine = (await this.db.getAllFromIndex("sealed", "owner", owner)).filter((sealed) => sealed.sort === sort && sealed.key === key);
    return Promise.all(mine.map((sealed) => decrypt(secret, sealed)));
  }

  async drop(sort: Sort, id: string): Promise<void> {
    await this.db.delete("sealed", [this.need().owner, sort, id]);
  }

  close(): void {
    this.db.close();
  }

  private async turnTo(live: Live): Promise<void> {
    this.live = live;
    await this.db.put("live", live);
  }

  private need(): Live {
    if (!this.live) throw new Error("vault is locked");
    return this.live;
  }
}

async function opens(wrapped: Wrapped, password: string): Promise<boolean> {
  return unwrap(wrapped, password, false).then(
    () => true,
    () => false,
  );
}

async function decrypt(secret: CryptoKey, sealed: Sealed): Promise<unknown> {
  const additionalData = encoder.encode(`${sealed.owner}/${sealed.sort}/${sealed.id}`);
  const bytes = await crypto.subtle.decrypt({ name: "AES-GCM", iv: sealed.iv, additionalData }, secret, sealed.bytes);
  return JSON.parse(decoder.decode(bytes)) as unknown;
}
