import { Refusal, type Request } from "~/api";
import type { JsonObject } from "~/lib/json";
import { watched, type Watched } from "~/lib/watched";
import type { ItemRefusal, Kind, OutboxItem, Save } from "../types";
import type { Bytes, Vault } from "../vault";
import { isPassing, isSignedOut } from "../outbox/delivering";
import { nameOf, uploadOf } from "./acts";
import { bytesOf, digestOf, requireRoom, Shelf, type KeptFile, type Made } from "./bytes";
import { BytesGone, sendFile, type Ask } from "./sending";
import { Thumbs, type ThumbsState } from "./thumbs";

const BACKOFF_S = [5, 15, 30, 60, 120, 300];
/** What was put here without its item is left from a crash, unless another window is at it just now. */
const UNFINISHED_MS = 3_600_000;
/** After so many broken tries in a row the pieces become smaller. */
const THIN_AFTER = 2;

export interface FilesState extends ThumbsState {
  /** Files that wait here for the server. */
  waiting: number;
  waitingBytes: number;
}

/** What is said with a file. */
export interface Said {
  description?: string;
  signature_provided_by?: string;
}

/** What the screens may do with the files of a record. */
export interface FilesFace {
  readonly state: Watched<FilesState>;
  /** How far the bytes of waiting files are, by upload: a share of 1. */
  readonly progress: Watched<ReadonlyMap<string, number>>;
  /** Keeps a file on the device and sends it when it can. Raises NoRoom. */
  attach(kind: Kind, record: string, field: string, made: Made, said: Said): Promise<void>;
  /** Takes a file off its record; one that has not been sent only leaves the device. */
  detach(kind: Kind, record: string, field: string, entry: JsonObject): Promise<void>;
  /** Tries a refused file once more. */
  retry(upload: string): Promise<void>;
  /** The small picture of a file, from the device or the server; null when there is none. Raises Refusal, Unreachable. */
  thumbnail(record: string, entry: JsonObject): Promise<Blob | null>;
  /** The file itself, from the device while it waits, else from the server. Raises Refusal, Unreachable. */
  open(record: string, entry: JsonObject): Promise<Blob>;
}

export interface FilesHooks {
  ask: Ask;
  askForFile: (path: string, request?: Request) => Promise<Blob>;
  items: Watched<readonly OutboxItem[]>;
  add: (save: Save) => Promise<OutboxItem>;
  flush: () => Promise<void>;
  refuse: (id: string, refusal: ItemRefusal) => Promise<void>;
  takeBack: (id: string) => Promise<OutboxItem | null>;
  again: (id: string) => Promise<void>;
  onSignedOut: (refusal: Refusal) => void;
  /** May be asked as the one whose vault is open. */
  mine: () => boolean;
}

/** The files that wait on this device for the server, and the ways to those that are there. */
export class Files implements FilesFace {
  private readonly shelf: Shelf;
  private readonly rows = new Map<string, KeptFile>();
  private readonly up = new Set<string>();
  /** Uploads whose item this window has had in its list: when it is gone, so are their bytes. */
  private readonly seen = new Set<string>();
  private readonly now = watched<FilesState>({ waiting: 0, waitingBytes: 0, thumbs: 0, thumbBytes: 0 });
  private readonly sent = watched<ReadonlyMap<string, number>>(new Map());
  private running: Promise<void> | null = null;
  private again = false;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private quietUntil = 0;
  private misses = 0;
  readonly thumbs: Thumbs;

  constructor(
    private readonly vault: Vault,
    private readonly hooks: FilesHooks,
    private readonly clock: () => number = Date.now,
  ) {
    this.shelf = new Shelf(vault);
    this.thumbs = new Thumbs(vault, hooks.askForFile, (state) => {
      this.now.update((before) => ({ ...before, ...state }));
    });
    hooks.items.watch(() => {
      void this.follow().catch(() => undefined);
    });
  }

  get state(): Watched<FilesState> {
    return this.now;
  }
  get progress(): Watched<ReadonlyMap<string, number>> {
    return this.sent;
  }

  /** The vault is open: what an earlier visit left goes on from where it was. */
  async load(): Promise<void> {
    this.forgetRows();
    for (const file of await this.shelf.files()) this.rows.set(file.id, file);
    const items = new Set(await this.vault.ids("item"));
    const old = new Date(this.clock() - UNFINISHED_MS).toISOString();
    for (const file of [...this.rows.values()]) if (!items.has(file.id) && file.at < old) await this.let(file, true);
    await this.thumbs.load();
    this.count();
    void this.run();
  }

  /** Somebody else may come: nothing of hers stays in memory. */
  forget(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    this.misses = 0;
    this.quietUntil = 0;
    this.forgetRows();
    this.thumbs.forget();
  }

  /** Whether the act may go: its bytes are up, or are none of this device's. */
  isUp(item: OutboxItem): boolean {
    const upload = uploadOf(item);
    return upload === null || this.up.has(upload) || !this.rows.has(upload);
  }

  /** The server does not know the bytes (any more): they go up again; false when they are not here. */
  sendBytes(item: OutboxItem): boolean {
    const upload = uploadOf(item);
    if (upload === null || !this.rows.has(upload)) return false;
    this.up.delete(upload);
    void this.run();
    return true;
  }

  async attach(kind: Kind, record: string, field: string, made: Made, said: Said): Promise<void> {
    const { owner } = this.vault;
    if (owner === null) throw new Error("nobody is signed in");
    const bytes = await bytesOf(made.blob);
    const thumb = made.thumb ? await bytesOf(made.thumb) : null;
    await requireRoom(bytes.length);
    const file: KeptFile = {
      schema: 1,
      id: crypto.randomUUID(),
      owner,
      of: kind,
      record,
      field,
      kind: made.kind,
      size: bytes.length,
      sha256: await digestOf(bytes),
      type: made.blob.type,
      at: new Date(this.clock()).toISOString(),
    };
    try {
      await this.shelf.put(file, bytes, thumb);
    } catch (error) {
      await this.shelf.drop(file).catch(() => undefined);
      throw error;
    }
    this.rows.set(file.id, file);
    const data: JsonObject = {
      upload: file.id,
      field_name: field,
      file_name: made.fileName,
      attachment_type: made.kind,
      content_type: file.type,
      size: file.size,
      ...said,
    };
    await this.hooks.add({ kind, id: record, create: false, act: "attach_file", item: file.id, data });
  }

  async detach(kind: Kind, record: string, field: string, entry: JsonObject): Promise<void> {
    const name = nameOf(entry);
    const waits = this.hooks.items.get().find((item) => item.state !== "confirmed" && uploadOf(item) === name);
    if (waits && (await this.hooks.takeBack(waits.id)) !== null) {
      // What was sent of it already the server throws away, now or by itself later.
      void this.hooks.ask(`/cpims/v1/uploads/${waits.id}`, { method: "DELETE" }).catch(() => undefined);
      return;
    }
    await this.hooks.add({ kind, id: record, create: false, act: "detach_file", data: { attachment: name, field_name: field }, dependsOn: waits ? [waits.id] : [] });
    void this.hooks.flush();
  }

  async retry(upload: string): Promise<void> {
    this.quietUntil = 0;
    await this.hooks.again(upload);
    await this.run();
  }

  async thumbnail(record: string, entry: JsonObject): Promise<Blob | null> {
    return this.thumbs.get(record, entry);
  }

  async open(_record: string, entry: JsonObject): Promise<Blob> {
    const file = this.rows.get(String(entry["unique_id"]));
    if (file) {
      const bytes = await this.shelf.read(file, 0, file.size);
      if (bytes !== null) return new Blob([bytes], { type: file.type });
    }
    return this.hooks.askForFile(String(entry["attachment_url"]).replace(/^\/api/, ""));
  }

  /** Everything that waits, with its bytes, for a file of unsent work; one after another, as they may be large. */
  async *packed(): AsyncGenerator<{ file: KeptFile; bytes: Bytes }> {
    for (const file of this.rows.values()) {
      const bytes = await this.shelf.read(file, 0, file.size);
      if (bytes !== null) yield { file, bytes };
    }
  }

  /** Takes up what came from a file of her own work; what lies here already stays. */
  async takeUp(file: KeptFile, bytes: Bytes): Promise<void> {
    if (this.rows.has(file.id) || file.owner !== this.vault.owner || (await digestOf(bytes)) !== file.sha256) return;
    await requireRoom(bytes.length);
    await this.shelf.put(file, bytes, null);
    this.rows.set(file.id, file);
    this.count();
  }

  /** Sends what waits, one file after another: after each change, when the network returns, and when its time has come. */
  run(force = false): Promise<void> {
    if (force) this.quietUntil = 0;
    if (this.running) {
      this.again = true;
      return this.running;
    }
    this.running = this.runAll().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  private async runAll(): Promise<void> {
    const locks = (globalThis.navigator as Navigator | undefined)?.locks;
    do {
      this.again = false;
      // One window sends at a time.
      if (locks) await locks.request("cpims-files", () => this.sendAll());
      else await this.sendAll();
    } while (this.again && this.clock() >= this.quietUntil);
  }

  private async sendAll(): Promise<void> {
    const { owner } = this.vault;
    const tried = new Set<string>();
    while (owner !== null && this.vault.owner === owner && this.hooks.mine() && this.clock() >= this.quietUntil) {
      const file = this.next(tried);
      if (file === null) break;
      tried.add(file.id);
      try {
        await sendFile(file, this.shelf, (path, request) => this.askAs(owner, path, request), (sent) => {
          this.tell(file, sent);
        }, this.misses >= THIN_AFTER);
        this.misses = 0;
        this.up.add(file.id);
        void this.hooks.flush();
      } catch (error) {
        if (this.vault.owner !== owner) return;
        await this.failed(file, error);
      }
    }
    this.wakeInTime();
  }

  /** Before each piece: it is still she who sends. */
  private askAs(owner: string, path: string, request?: Request): ReturnType<Ask> {
    if (this.vault.owner !== owner) return Promise.reject(new BytesGone());
    return this.hooks.ask(path, request);
  }

  private next(tried: ReadonlySet<string>): KeptFile | null {
    for (const item of this.hooks.items.get()) {
      const upload = item.state === "waiting" ? uploadOf(item) : null;
      const file = upload === null || this.up.has(upload) || tried.has(upload) ? undefined : this.rows.get(upload);
      if (file) return file;
    }
    return null;
  }

  private async failed(file: KeptFile, error: unknown): Promise<void> {
    if (error instanceof Refusal && isSignedOut(error)) {
      this.hooks.onSignedOut(error);
      this.quietUntil = this.clock() + 5_000;
    } else if (error instanceof Refusal && !isPassing(error) && error.code !== "upload.too_many") {
      await this.hooks.refuse(file.id, { status: error.status, problems: [...error.problems] });
    } else if (error instanceof BytesGone) {
      // Another window sent it and put it away, or its item was taken back: the act tells what is to be done.
      this.rows.delete(file.id);
      void this.hooks.flush();
    } else {
      this.misses += 1;
      const wait = error instanceof Refusal && error.retryAfter !== null ? error.retryAfter : (BACKOFF_S[Math.min(this.misses, BACKOFF_S.length) - 1] ?? 300);
      this.quietUntil = this.clock() + wait * 1000;
    }
  }

  private wakeInTime(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    const wait = this.quietUntil - this.clock();
    if (wait > 0 && this.next(new Set()) !== null) this.timer = setTimeout(() => void this.run(), wait);
  }

  /** The outbox moved: what it no longer carries goes from here, and what came is sent. */
  private async follow(): Promise<void> {
    const { owner } = this.vault;
    if (owner === null) return;
    const carried = new Map<string, OutboxItem>();
    for (const item of this.hooks.items.get()) {
      const upload = uploadOf(item);
      if (upload !== null) carried.set(upload, item);
    }
    const done = [...this.rows.values()].filter((file) => this.seen.has(file.id) && (carried.get(file.id)?.state ?? "confirmed") === "confirmed");
    for (const upload of carried.keys()) this.seen.add(upload);
    if (done.length > 0) {
      // The list is empty also when she leaves: only what lies no longer on the device is gone.
      const still = new Set(await this.vault.ids("item"));
      for (const file of done) if (!still.has(file.id)) await this.let(file, carried.get(file.id)?.state !== "confirmed");
    }
    this.count();
    if (this.next(new Set()) !== null) void this.run();
  }

  private async let(file: KeptFile, withThumb: boolean): Promise<void> {
    this.rows.delete(file.id);
    this.up.delete(file.id);
    this.sent.update((all) => without(all, file.id));
    if (this.vault.owner !== file.owner) return;
    await this.shelf.drop(file);
    if (withThumb) await this.thumbs.drop(file.id);
    else await this.thumbs.own(file.record, file.id);
  }

  private tell(file: KeptFile, sent: number): void {
    this.sent.update((all) => new Map(all).set(file.id, file.size === 0 ? 1 : sent / file.size));
  }

  private count(): void {
    let waitingBytes = 0;
    for (const file of this.rows.values()) waitingBytes += file.size;
    this.now.update((before) => (before.waiting === this.rows.size && before.waitingBytes === waitingBytes ? before : { ...before, waiting: this.rows.size, waitingBytes }));
  }

  private forgetRows(): void {
    this.rows.clear();
    this.seen.clear();
    this.up.clear();
    this.sent.set(new Map());
    this.count();
  }
}

function without<T>(map: ReadonlyMap<string, T>, key: string): ReadonlyMap<string, T> {
  if (!map.has(key)) return map;
  const rest = new Map(map);
  rest.delete(key);
  return rest;
}
