import { openDB, type DBSchema, type IDBPDatabase, type IDBPTransaction } from "idb";

export type Bytes = Uint8Array<ArrayBuffer>;

/**
 * What a sealed thing is: an outbox item, a draft, configuration that only saves time (`kept`), a kept record, a
 * block of summaries for lists, a file that waits to be sent (`file`) and its bytes in pieces, a small picture of a file.
 */
export type Sort = "item" | "draft" | "kept" | "record" | "summary" | "file" | "piece" | "thumb";
export const SORTS: readonly Sort[] = ["item", "draft", "kept", "record", "summary", "file", "piece", "thumb"];
/** What cannot be had again from the server: it waits for an earlier password rather than being thrown away. */
export const HERS: readonly Sort[] = ["item", "draft", "file", "piece"];
/** Of these she is told how many wait so: a file is told by its item. */
export const TOLD: readonly Sort[] = ["item", "draft"];

export interface Sealed {
  id: string;
  owner: string;
  /** The vault key it was sealed with: after a password was reset elsewhere, older items wait for the older password. */
  key: string;
  sort: Sort;
  iv: Bytes;
  bytes: ArrayBuffer;
}

/** How the secret that wraps a vault key is made from what she knows or has. */
export type Means =
  | { by: "argon2id"; salt: Bytes; memory: number; passes: number }
  /** Vaults of the first schema; wrapped anew by Argon2id at the next opening. */
  | { by: "pbkdf2"; salt: Bytes; rounds: number }
  | { by: "passkey"; salt: Bytes; credential: Bytes; name: string; madeAt: string };

/** A vault key, wrapped. The same key may lie here several times, once for each way to open it. */
export interface Wrapping {
  id: string;
  owner: string;
  key: string;
  means: Means;
  iv: Bytes;
  bytes: ArrayBuffer;
}

/** An unsent item, sealed to the server's key: it can be handed over though nobody here can open it. */
export interface Handover {
  id: string;
  owner: string;
  bytes: Bytes;
}

/** What must be readable while the vault is locked, and tells nothing of a child: a device's number, a chosen setting. */
interface Open {
  owner: string;
  name: string;
  value: unknown;
}

export interface Schema extends DBSchema {
  sealed: { key: [string, Sort, string]; value: Sealed; indexes: { owner: string } };
  wrappings: { key: string; value: Wrapping; indexes: { owner: string } };
  handover: { key: [string, string]; value: Handover; indexes: { owner: string } };
  open: { key: [string, string]; value: Open; indexes: { owner: string } };
}
export type Database = IDBPDatabase<Schema>;

/** The shape of the database. Every number that was ever released is led up to this one, and a stored profile of each is opened in a test. */
export const SCHEMA = 2;

export interface Watch {
  /** A newer version of the app wants the database: this page must let go of it. */
  onOutdated?: () => void;
  /** An older page of the app, still open in another window, holds it. */
  onBlocked?: () => void;
}

export function openDatabase(name: string, { onOutdated, onBlocked }: Watch = {}): Promise<Database> {
  return openDB<Schema>(name, SCHEMA, {
    async upgrade(db, before, _after, change) {
      if (before < 1) db.createObjectStore("sealed", { keyPath: ["owner", "sort", "id"] }).createIndex("owner", "owner");
      if (before < 2) {
        db.createObjectStore("wrappings", { keyPath: "id" }).createIndex("owner", "owner");
        db.createObjectStore("handover", { keyPath: ["owner", "id"] }).createIndex("owner", "owner");
        db.createObjectStore("open", { keyPath: ["owner", "name"] }).createIndex("owner", "owner");
        if (before === 1) await fromFirst(db as unknown as IDBPDatabase, change as unknown as FirstChange);
      }
    },
    blocked: () => onBlocked?.(),
    blocking: () => onOutdated?.(),
  });
}

interface FirstWrapped {
  key: string;
  owner: string;
  salt: Bytes;
  rounds: number;
  iv: Bytes;
  bytes: ArrayBuffer;
}
type FirstChange = IDBPTransaction<unknown, string[], "versionchange">;

/** The first schema held one wrapping a key, and beside it, for reloads, the key itself: that one goes. */
async function fromFirst(db: IDBPDatabase, change: FirstChange): Promise<void> {
  for (const { key, owner, salt, rounds, iv, bytes } of (await change.objectStore("wrapped").getAll()) as FirstWrapped[]) {
    const wrapping: Wrapping = { id: key, owner, key, means: { by: "pbkdf2", salt, rounds }, iv, bytes };
    await change.objectStore("wrappings").put(wrapping);
  }
  db.deleteObjectStore("wrapped");
  db.deleteObjectStore("live");
}
