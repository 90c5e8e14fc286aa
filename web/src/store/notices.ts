import type { Answer, Refusal, Request, Shape } from "~/api";
import { isObject } from "~/lib/json";
import { useWatched, watched, type Watched } from "~/lib/watched";
import { listOf, metadataOf } from "./reading";
import { resource, type Resource, type ResourceControl } from "./resource";
import type { Vault } from "./vault";

export type NoticeView = Shape<"Notice">;

export interface Unread {
  rows: NoticeView[];
  /** How many there are in all. */
  count: number;
}

export interface NoticePage {
  rows: NoticeView[];
  total: number;
}

/** So many unread notices are kept and shown; more of them come when these are read. */
export const MOST_UNREAD = 100;
export const EARLIER_PER = 30;
const NOBODY: ReadonlySet<string> = new Set();

/**
 * Her notices. The last ones lie on the device, so that they can be read without a network; what she read there is told
 * to the server when it can be.
 */
export class Notices {
  private fresh: ResourceControl<Unread> | null = null;
  private readonly pages = new Map<number, ResourceControl<NoticePage>>();
  private readonly away = watched<ReadonlySet<string>>(NOBODY);
  private looked: Promise<void> | null = null;
  /** Told to the server by this visit, and when; a page that was asked for meanwhile may not know it yet. */
  private readonly told = new Map<string, string>();

  constructor(
    private readonly vault: Pick<Vault, "owner" | "get" | "put">,
    private readonly ask: (path: string, request?: Request) => Promise<Answer>,
    private readonly onRefusal: (refusal: Refusal) => void,
  ) {}

  /** Read here, and not yet told to the server. */
  get read(): Watched<ReadonlySet<string>> {
    return this.away;
  }

  /** What she has not read, the newest first. */
  unread(): Resource<Unread> {
    return this.unreadNow();
  }

  /** All of them, the newest first; the first page lies on the device. */
  earlier(page: number): Resource<NoticePage> {
    const known = this.pages.get(page);
    if (known) return known;
    const made = resource<NoticePage>({
      fetch: async () => {
        const { body } = await this.ask(`/cpims/v1/notices?per=${String(EARLIER_PER)}&page=${String(page)}`);
        const rows = this.asTold(listOf<NoticeView>(body));
        return { rows, total: metadataOf<Shape<"NoticesPaged">>(body).total ?? rows.length };
      },
      ...(page === 1 ? { kept: this.keptUnder<NoticePage>("notices_earlier") } : {}),
      onRefusal: this.onRefusal,
    });
    this.pages.set(page, made);
    return made;
  }

  /** She has read these: at once on the screen, on the server as soon as it can be told. */
  async markRead(ids: readonly string[]): Promise<void> {
    await this.look();
    await this.setAway(new Set([...this.away.get(), ...ids]));
    await this.tell().catch(() => undefined);
  }

  /** Everything up to now; those that came meanwhile and that she was not shown stay unread. */
  markAllRead(): Promise<void> {
    return this.markRead((this.unreadNow().get().value?.rows ?? []).map((row) => row.id));
  }

  refreshFailed(): void {
    for (const one of [this.fresh, ...this.pages.values()]) if (one && one.get().error !== null) void one.refresh();
  }

  forget(): void {
    this.fresh = null;
    this.pages.clear();
    this.away.set(NOBODY);
    this.told.clear();
    this.looked = null;
  }

  private unreadNow(): ResourceControl<Unread> {
    this.fresh ??= resource<Unread>({
      fetch: async () => {
        await this.look();
        await this.tell();
        const { body } = await this.ask(`/cpims/v1/notices?unread_only=true&per=${String(MOST_UNREAD)}`);
        const rows = listOf<NoticeView>(body);
        return { rows, count: metadataOf<Shape<"NoticesPaged">>(body).unread ?? rows.length };
      },
      kept: this.keptUnder<Unread>("notices_unread", () => this.look()),
      onRefusal: this.onRefusal,
    });
    return this.fresh;
  }

  /** What she read on this device earlier, in case it has not been told yet. */
  private look(): Promise<void> {
    this.looked ??= (async () => {
      const { owner } = this.vault;
      const kept = await this.vault.get("kept", "notices_read");
      const ids = isObject(kept) && Array.isArray(kept["ids"]) ? kept["ids"].filter((id): id is string => typeof id === "string") : [];
      if (this.vault.owner === owner && ids.length > 0) this.away.update((now) => new Set([...ids, ...now]));
    })();
    return this.looked;
  }

  private async setAway(ids: ReadonlySet<string>): Promise<void> {
    this.away.set(ids);
    await this.vault.put("kept", "notices_read", { ids: [...ids] });
  }

  private async tell(): Promise<void> {
    const told = [...this.away.get()];
    if (told.length === 0) return;
    const { owner } = this.vault;
    const { body } = await this.ask("/cpims/v1/notices/read", { method: "POST", body: { ids: told.slice(0, 1000) } });
    if (this.vault.owner !== owner) return;
    const done = new Set(told.slice(0, 1000));
    const count = isObject(body) && isObject(body["data"]) && typeof body["data"]["unread"] === "number" ? body["data"]["unread"] : null;
    const at = new Date().toISOString();
    for (const id of done) this.told.set(id, at);
    const before = this.fresh?.get().value;
    if (before) {
      const value = { rows: before.rows.filter((row) => !done.has(row.id)), count: count ?? Math.max(0, before.count - done.size) };
      this.fresh?.set(value);
      await this.vault.put("kept", "notices_unread", { value, at: Date.now() });
    }
    for (const page of this.pages.values()) {
      const { value } = page.get();
      if (value) page.set({ ...value, rows: this.asTold(value.rows) });
    }
    await this.setAway(new Set([...this.away.get()].filter((id) => !done.has(id))));
  }

  private asTold(rows: readonly NoticeView[]): NoticeView[] {
    return rows.map((row) => ({ ...row, read_at: row.read_at ?? this.told.get(row.id) ?? null }));
  }

  /** `first`: what has to be known before that which was kept is shown. */
  private keptUnder<T>(name: string, first: () => Promise<void> = () => Promise.resolve()): { read: () => Promise<{ value: T; at: number } | null>; write: (value: T, at: number) => Promise<void> } {
    return {
      read: async () => {
        await first();
        return (await this.vault.get("kept", name)) as { value: T; at: number } | null;
      },
      write: (value, at) => this.vault.put("kept", name, { value, at }),
    };
  }
}

/** Her unread notices as she sees them now, without those that she read here. */
export function useUnread(notices: Pick<Notices, "unread" | "read">): { rows: readonly NoticeView[] | null; count: number; error: unknown } {
  const { value, error } = useWatched(notices.unread());
  const read = useWatched(notices.read);
  if (value === null) return { rows: null, count: 0, error };
  const rows = value.rows.filter((row) => !read.has(row.id));
  return { rows, count: Math.max(rows.length, value.count - (value.rows.length - rows.length)), error };
}
