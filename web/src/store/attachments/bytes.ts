import type { Json } from "~/lib/json";
import type { Bytes, Vault } from "../vault";
import type { Kind } from "../types";
import type { FileKind } from "./acts";

/** So many bytes lie in one sealed piece, and go up in one request: a thin line brings one through in seconds. */
export const PIECE = 128 * 1024;
/** This much is left free for answers: a photo never takes the room of what she writes. */
export const LEFT_FREE = 25_000_000;
/** What sealing and the browser's own books take beside the bytes. */
const OVERHEAD = 1.2;

/** A file as it waits on the device, without its bytes. */
export interface KeptFile {
  schema: 1;
  /** The id of the upload, and of the outbox item that carries it. */
  id: string;
  owner: string;
  /** Missing in what an earlier version kept: it was on a case. */
  of?: Kind;
  record: string;
  field: string;
  kind: FileKind;
  size: number;
  sha256: string;
  /** What the bytes are, as the device made or found them. */
  type: string;
  at: string;
}

/** A file that was chosen, taken or drawn, ready to be kept. */
export interface Made {
  kind: FileKind;
  blob: Blob;
  fileName: string;
  /** A small picture of it, where there is one. */
  thumb: Blob | null;
}

/** There is no room on the device for a file of this size. */
export class NoRoom extends Error {
  constructor(
    readonly size: number,
    readonly free: number,
  ) {
    super("no room for the file");
    this.name = "NoRoom";
  }
}

/** Raises NoRoom when the browser grants too little for a file of this size. */
export async function requireRoom(size: number, estimate: () => Promise<StorageEstimate | null> = estimated): Promise<void> {
  const { quota, usage } = (await estimate()) ?? {};
  if (quota === undefined || usage === undefined) return;
  const free = Math.max(0, quota - usage - LEFT_FREE);
  if (size * OVERHEAD > free) throw new NoRoom(size, free);
}

async function estimated(): Promise<StorageEstimate | null> {
  const storage = (globalThis.navigator as Partial<Navigator> | undefined)?.storage;
  return (await storage?.estimate?.().catch(() => null)) ?? null;
}

export async function bytesOf(blob: Blob): Promise<Bytes> {
  return new Uint8Array(await blob.arrayBuffer());
}

export async function digestOf(bytes: Bytes): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The bytes of waiting files, sealed in pieces: a large photo need never be one value of the store. */
export class Shelf {
  constructor(private readonly vault: Vault) {}

  /** The row first, so that bytes without a row never lie here: what was not finished is found by its row, and swept. */
  async put(file: KeptFile, bytes: Bytes, thumb: Bytes | null): Promise<void> {
    await this.vault.put("file", file.id, file);
    for (let at = 0; at < bytes.length; at += PIECE) await this.vault.put("piece", pieceId(file.id, at / PIECE), bytes.slice(at, at + PIECE));
    if (thumb) await this.vault.put("thumb", file.id, thumb);
  }

  async files(): Promise<KeptFile[]> {
    return (await this.vault.all("file")) as KeptFile[];
  }

  /** Bytes from a place on, at most so many; null when they are not here (any more). */
  async read(file: Pick<KeptFile, "id" | "size">, from: number, most: number): Promise<Bytes | null> {
    const to = Math.min(file.size, from + most);
    const found = new Uint8Array(to - from);
    for (let number = Math.floor(from / PIECE); number * PIECE < to; number += 1) {
      const piece = await this.vault.getBytes("piece", pieceId(file.id, number));
      if (piece === null) return null;
      const start = number * PIECE;
      found.set(piece.subarray(Math.max(0, from - start), to - start), Math.max(0, start - from));
    }
    return found;
  }

  async drop(file: Pick<KeptFile, "id" | "size">): Promise<void> {
    const pieces = Array.from({ length: Math.ceil(file.size / PIECE) }, (_, number) => ["piece", pieceId(file.id, number)] as const);
    await this.vault.write({ drop: [["file", file.id], ...pieces] });
  }
}

function pieceId(id: string, number: number): string {
  return `${id}/${String(number)}`;
}

/** The identity of an upload, as it is said to the server each time that it is begun or gone on with. */
export function announced(file: KeptFile): Record<string, Json> {
  return { id: file.id, attachment_type: file.kind, size: file.size, sha256: file.sha256, record_type: file.of ?? "cases", record_id: file.record, field_name: file.field };
}
