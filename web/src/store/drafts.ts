import { stable, type Json } from "~/lib/json";
import { watched, type Settable, type Watched } from "~/lib/watched";
import type { Draft } from "./types";
import { SCHEMA, upcastDrafts } from "./outbox/upcasting";
import type { Vault } from "./vault";

/** What was begun and not yet saved, sealed like the outbox: it survives a closed tab, a dead battery and a sign-out. */
export class Drafts {
  private readonly list = watched<readonly Draft[]>([]);
  private readonly dirtyKeys: Settable<ReadonlySet<string>> = watched<ReadonlySet<string>>(new Set());
  private writing: Promise<unknown> = Promise.resolve();

  constructor(private readonly vault: Vault) {}

  get all(): Watched<readonly Draft[]> {
    return this.list;
  }
  /** The forms open with something unsaved in them: a new version of the app waits for them. */
  get dirty(): Watched<ReadonlySet<string>> {
    return this.dirtyKeys;
  }

  async load(): Promise<void> {
    const { found } = upcastDrafts(await this.vault.all("draft"));
    this.list.set(found.sort((a, b) => (a.at < b.at ? 1 : -1)));
  }

  clear(): void {
    this.list.set([]);
    this.dirtyKeys.set(new Set());
  }

  get(key: string): Draft | null {
    return this.list.get().find((draft) => draft.key === key) ?? null;
  }

  /** Writes follow one another, so that the newest wins. */
  async put(key: string, value: Json): Promise<void> {
    const owner = this.vault.owner;
    if (owner === null) return;
    const draft: Draft = { schema: SCHEMA, key, owner, at: new Date().toISOString(), value };
    this.list.update((all) => [draft, ...all.filter((one) => one.key !== key)]);
    await this.queue(() => (this.vault.owner === owner ? this.vault.put("draft", key, draft) : undefined));
  }

  /** Takes up what came from a file of her own; where another draft of the same thing lies here, that one stays. */
  async takeUp(drafts: readonly Draft[]): Promise<{ put: number; left: number }> {
    const fresh = drafts.filter((draft) => this.get(draft.key) === null);
    const same = drafts.filter((draft) => stable(this.get(draft.key)?.value) === stable(draft.value));
    for (const draft of fresh) await this.queue(() => (this.vault.owner === draft.owner ? this.vault.put("draft", draft.key, draft) : undefined));
    this.list.update((all) => [...fresh, ...all].sort((a, b) => (a.at < b.at ? 1 : -1)));
    return { put: fresh.length, left: drafts.length - fresh.length - same.length };
  }

  async drop(key: string): Promise<void> {
    const owner = this.vault.owner;
    if (owner === null) return;
    this.list.update((all) => all.filter((one) => one.key !== key));
    await this.queue(() => (this.vault.owner === owner ? this.vault.drop("draft", key) : undefined));
  }

  markDirty(key: string, dirty: boolean): void {
    this.dirtyKeys.update((keys) => {
      if (keys.has(key) === dirty) return keys;
      const next = new Set(keys);
      if (dirty) next.add(key);
      else next.delete(key);
      return next;
    });
  }

  /** When everything written so far is on the device. */
  settled(): Promise<unknown> {
    return this.writing;
  }

  private queue(work: () => Promise<unknown> | undefined): Promise<void> {
    const done = this.writing.then(work, work);
    this.writing = done.catch(() => undefined);
    return done.then(() => undefined);
  }
}
