import { deleteDB, openDB, type IDBPDatabase } from "idb";

/**
 * A browser's stored profile as text, and back: so that what a released version left on devices can be opened by every
 * later one in a test. A key that cannot be taken out is only marked: a loaded one is another that fits nothing.
 */
export interface Profile {
  /** What made it. */
  release: string;
  version: number;
  stores: { name: string; keyPath: string | string[]; indexes: { name: string; keyPath: string | string[] }[]; rows: unknown[] }[];
}

export async function dumpProfile(name: string, release: string): Promise<Profile> {
  const db = await openDB(name);
  const stores: Profile["stores"] = [];
  for (const store of db.objectStoreNames) {
    const reading = db.transaction(store).store;
    const indexes = [...reading.indexNames].map((index) => ({ name: index, keyPath: reading.index(index).keyPath as string | string[] }));
    stores.push({ name: store, keyPath: reading.keyPath as string | string[], indexes, rows: ((await reading.getAll()) as unknown[]).map(toText) });
  }
  const { version } = db;
  db.close();
  return { release, version, stores };
}

export async function loadProfile(name: string, profile: Profile): Promise<void> {
  await deleteDB(name);
  const rows = await Promise.all(profile.stores.map(({ rows: stored }) => Promise.all(stored.map(fromText))));
  const db: IDBPDatabase = await openDB(name, profile.version, {
    upgrade(made) {
      for (const { name: store, keyPath, indexes } of profile.stores) {
        const built = made.createObjectStore(store, { keyPath });
        for (const index of indexes) built.createIndex(index.name, index.keyPath);
      }
    },
  });
  for (const [at, { name: store }] of profile.stores.entries()) for (const row of rows[at] ?? []) await db.put(store, row);
  db.close();
}

function toText(value: unknown): unknown {
  if (value instanceof CryptoKey) return { $key: value.algorithm.name };
  if (value instanceof ArrayBuffer) return { $buffer: base64(new Uint8Array(value)) };
  if (value instanceof Uint8Array) return { $bytes: base64(value) };
  if (Array.isArray(value)) return value.map(toText);
  if (typeof value === "object" && value !== null) return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, toText(inner)]));
  return value;
}

async function fromText(value: unknown): Promise<unknown> {
  if (Array.isArray(value)) return Promise.all(value.map(fromText));
  if (typeof value !== "object" || value === null) return value;
  if ("$key" in value) return crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  if ("$buffer" in value) return bytes(value.$buffer as string).buffer;
  if ("$bytes" in value) return bytes(value.$bytes as string);
  return Object.fromEntries(await Promise.all(Object.entries(value).map(async ([key, inner]) => [key, await fromText(inner)] as const)));
}

function base64(data: Uint8Array): string {
  return Buffer.from(data).toString("base64");
}
function bytes(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.from(text, "base64"));
}
