import { call, callForFile, Refusal, type Answer, type Request, type Shape } from "~/api";
import { calendarInUse } from "~/lib/calendars/chosen";
import { getLocale } from "~/lib/i18n";
import { isObject, stable, type JsonObject } from "~/lib/json";
import { mergeAnswers } from "./derive";
import { Drafts } from "./drafts";
import { httpSend, Outbox } from "./outbox";
import { mayDo } from "./permissions";
import { resource, type Resource, type ResourceControl } from "./resource";
import { Sessions } from "./session";
import type { DataSource, PublicInfo } from "./source";
import type { Kind, ListView, OutboxItem, Outcome, PageView, RecordView, Save, Search } from "./types";
import type { Vault } from "./vault";

const SEARCHES_KEPT = 30;
const RECORDS_KEPT = 60;

/** The data source that asks the server. In memory it keeps what was last read; on the device, sealed, the configuration. */
export class Remote implements DataSource {
  readonly outbox: Outbox;
  readonly drafts: Drafts;
  private readonly sessions: Sessions;
  private readonly records = new Map<string, ResourceControl<RecordView>>();
  private readonly etags = new Map<string, string>();
  private readonly named = new Map<string, Resource<unknown>>();
  private readonly searches = new Map<string, Resource<unknown>>();
  private readonly answers = new Map<string, Answer>();
  private readonly info: ResourceControl<PublicInfo>;

  constructor(private readonly vault: Vault) {
    this.drafts = new Drafts(vault);
    this.outbox = new Outbox(vault, {
      send: httpSend,
      mine: (owner) => this.sessions.mine(owner),
      onSignedOut: () => {
        this.sessions.expire();
      },
      onConfirmed: (item, answer) => {
        this.confirmed(item, answer);
      },
    });
    this.sessions = new Sessions(vault, {
      opened: async () => {
        await Promise.all([this.outbox.load(), this.drafts.load()]);
      },
      closed: () => {
        this.forget();
      },
    });
    this.info = resource({ fetch: fetchPublicInfo });
    addEventListener("online", () => void this.wake());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") void this.wake();
    });
  }

  get session(): Sessions["state"] {
    return this.sessions.state;
  }

  async start(): Promise<void> {
    await this.sessions.start();
    void this.outbox.flush();
  }

  publicInfo(): Resource<PublicInfo> {
    return this.info;
  }
  me(): Resource<Shape<"User">> {
    return this.configured("me", async () => dataOf<Shape<"User">>((await this.ask(`/v2/users/${this.userId()}?extended=true`)).body));
  }
  forms(): Resource<Shape<"Form">[]> {
    return this.configured("forms", async () => listOf<Shape<"Form">>((await this.ask("/v2/forms")).body));
  }
  lookups(): Resource<Shape<"Lookup">[]> {
    return this.configured("lookups", async () => listOf<Shape<"Lookup">>((await this.ask("/v2/lookups?per=999&page=1")).body));
  }
  locations(): Resource<Shape<"Location">[]> {
    return this.configured("locations", async () => listOf<Shape<"Location">>((await this.ask("/v2/locations?hierarchy=true&per=100000&page=1")).body));
  }
  agencies(): Resource<Shape<"Agency">[]> {
    return this.configured("agencies", async () => (await this.settings().wait()).agencies ?? []);
  }
  settings(): Resource<Shape<"SystemSettings">> {
    return this.configured("settings", async () => dataOf<Shape<"SystemSettings">>((await this.ask("/v2/system_settings?extended=true")).body));
  }
  users(): Resource<Shape<"User">[]> {
    return this.configured("users", async () => {
      // Asking in vain would only be noted as a refused look.
      if (!mayDo(await this.me().wait(), "users", "read")) return [];
      try {
        return listOf<Shape<"User">>((await this.ask("/v2/users?per=1000&page=1")).body);
      } catch (error) {
        if (error instanceof Refusal && error.status === 403) return [];
        throw error;
      }
    });
  }

  record(kind: Kind, id: string): Resource<RecordView> {
    const key = `${kind}/${id}`;
    const known = this.records.get(key);
    if (known) return known;
    const made = resource<RecordView>({
      fetch: async (before) => {
        const answer = await this.ask(`/v2/${kind}/${encodeURIComponent(id)}`, { etag: before ? (this.etags.get(key) ?? null) : null });
        if (answer.status === 304 && before) return before;
        if (answer.etag) this.etags.set(key, answer.etag);
        else this.etags.delete(key);
        return readRecord(answer.body);
      },
      onRefusal: this.watchSession,
    });
    remember(this.records, key, made, RECORDS_KEPT);
    return made;
  }

  search(kind: Kind, body: Search): Resource<ListView> {
    return this.read(`search/${kind}/${stable(body)}`, async () => readList((await this.ask(`/cpims/v1/${kind}/search`, { method: "POST", body })).body));
  }
  history(kind: Kind, id: string, page = 1): Resource<PageView<Shape<"HistoryEntry">>> {
    return this.read(`history/${kind}/${id}/${String(page)}`, async () => readPage((await this.ask(`/v2/${kind}/${id}/record_history?per=50&page=${String(page)}`)).body));
  }
  accessLog(kind: Kind, id: string, page = 1): Resource<PageView<Shape<"AccessEntry">>> {
    return this.read(`access/${kind}/${id}/${String(page)}`, async () => readPage((await this.ask(`/v2/${kind}/${id}/access_log?per=50&page=${String(page)}`)).body));
  }

  async save(save: Save): Promise<Outcome> {
    const { id } = await this.outbox.add(save);
    await this.sessions.ensureMine().catch(() => undefined);
    await this.outbox.flush(true);
    const item = this.outbox.items.get().find((one) => one.id === id);
    if (item?.state === "refused" && item.refusal) {
      const { status, problems } = item.refusal;
      return { state: "refused", item: id, status, problems, conflicts: problems.flatMap((problem) => problem.conflicts) };
    }
    const answer = this.answers.get(id);
    this.answers.delete(id);
    if (item?.state !== "confirmed" || !answer) return { state: "waiting", item: id };
    const key = `${save.kind}/${save.id}`;
    if (answer.body === null) await this.record(save.kind, save.id).refresh();
    const view = answer.body === null ? this.records.get(key)?.get().value : readRecord(answer.body);
    const metadata = metadataOf<Shape<"CaseRead">>(answer.body);
    return {
      state: "confirmed",
      data: view?.data ?? save.data,
      revision: view?.revision ?? null,
      incomplete: view?.incomplete ?? [],
      ignored: metadata.ignored ?? [],
      notices: metadata.notices ?? [],
    };
  }

  async signIn(userName: string, password: string): Promise<void> {
    await this.sessions.signIn(userName, password);
    this.refreshFailed();
    void this.outbox.flush(true);
  }
  async signOut(): Promise<void> {
    await this.drafts.settled();
    await this.sessions.signOut();
  }
  async lock(reason: "idle" | "locked"): Promise<void> {
    await this.drafts.settled();
    await this.sessions.signOut(reason);
  }
  async changePassword(before: string, after: string): Promise<void> {
    // With a living session the API asks for no password again; the vault knows whether this is hers.
    if (!(await this.vault.isOpenedBy(before))) throw new Refusal(422, [{ code: "account.password.wrong", message: "", detail: [], params: {}, conflicts: [] }]);
    await call(`/v2/users/${this.userId()}`, { method: "PATCH", body: { data: { password: after, password_confirmation: after } } });
    await this.vault.rewrap(before, after);
  }
  async requestReset(email: string): Promise<void> {
    await call("/v2/users/password-reset-request", { method: "POST", body: { user: { email: email.trim() } } });
  }
  async reset(token: string, password: string): Promise<void> {
    const { body } = await call("/v2/users/password-reset", { method: "POST", body: { user: { reset_password_token: token, password, password_confirmation: password } } });
    if (isObject(body) && body["user_name"] !== undefined) await this.sessions.enterWith(password);
  }
  async saveMe(data: Shape<"UserWrite">): Promise<void> {
    await call(`/v2/users/${this.userId()}`, { method: "PATCH", body: { data } });
    await this.me().refresh();
  }
  countClosed(): Promise<number> {
    return this.vault.owner === null ? Promise.resolve(0) : this.vault.countClosed();
  }
  async openEarlier(password: string): Promise<boolean> {
    const opened = await this.vault.openEarlier(password);
    if (opened) {
      await Promise.all([this.outbox.load(), this.drafts.load()]);
      void this.outbox.flush(true);
    }
    return opened;
  }

  async printCase(id: string): Promise<Blob> {
    await this.sessions.ensureMine();
    return callForFile(`/cpims/v1/cases/${id}/print`, { method: "POST", body: { locale: getLocale(), calendar: calendarInUse().name } });
  }

  /** Asks as this account, or not at all. */
  private async ask(path: string, request: Request = {}): Promise<Answer> {
    await this.sessions.ensureMine();
    return call(path, request);
  }

  private readonly watchSession = (refusal: Refusal): void => {
    if (refusal.status === 401) this.sessions.expire();
  };

  private async wake(): Promise<void> {
    await this.sessions.reconnect();
    this.refreshFailed();
    await this.outbox.flush(true);
  }

  /** What could not be had while the session or the network was away is asked for again. */
  private refreshFailed(): void {
    if (this.session.get().status !== "in") return;
    for (const read of [...this.records.values(), ...this.named.values(), ...this.searches.values()]) if (read.get().error !== null) void read.refresh();
  }

  private userId(): string {
    const state = this.session.get();
    return state.status === "in" ? encodeURIComponent(state.session.userId) : "";
  }

  private read<T>(key: string, fetch: () => Promise<T>): Resource<T> {
    const known = this.searches.get(key);
    if (known) {
      this.searches.delete(key);
      this.searches.set(key, known);
      return known as Resource<T>;
    }
    const made = resource<T>({ fetch, onRefusal: this.watchSession });
    remember(this.searches, key, made as Resource<unknown>, SEARCHES_KEPT);
    return made;
  }

  private configured<T>(name: string, fetch: () => Promise<T>): Resource<T> {
    const known = this.named.get(name);
    if (known) return known as Resource<T>;
    const made = resource<T>({
      fetch,
      kept: {
        read: async () => (await this.vault.get("kept", name)) as { value: T; at: number } | null,
        write: (value, at) => this.vault.put("kept", name, { value, at }),
      },
      onRefusal: this.watchSession,
    });
    this.named.set(name, made as Resource<unknown>);
    return made;
  }

  private confirmed(item: OutboxItem, answer: Answer): void {
    this.answers.set(item.id, answer);
    const key = `${item.kind}/${item.record}`;
    this.etags.delete(key);
    const before = this.records.get(key)?.get().value;
    if (answer.body !== null) {
      const after = readRecord(answer.body);
      const data = { ...mergeAnswers(before?.data ?? {}, item.data), ...after.data };
      if (before) this.records.get(key)?.set({ ...after, data });
    }
    for (const [name, list] of this.searches) if (name.startsWith("search/") && list.get().value !== null) void list.refresh();
    for (const name of [...this.searches.keys()]) if (name.includes(item.record)) this.searches.delete(name);
  }

  private forget(): void {
    this.outbox.clear();
    this.drafts.clear();
    this.records.clear();
    this.etags.clear();
    this.named.clear();
    this.searches.clear();
    this.answers.clear();
  }
}

function remember<T>(map: Map<string, T>, key: string, value: T, most: number): void {
  map.set(key, value);
  if (map.size > most) {
    const oldest = map.keys().next().value;
    if (oldest !== undefined) map.delete(oldest);
  }
}

async function fetchPublicInfo(): Promise<PublicInfo> {
  const data: Partial<Shape<"Primero">> = dataOf<Shape<"Primero">>((await call("/v2/primero")).body);
  return { demo: data.sandbox_ui === true, locales: data.locales ?? [] };
}

/** The one place where a reply is taken for what the contract says it is; a reply of another kind is as empty. */
function dataOf<T extends object>(body: unknown): T {
  return (isObject(body) && isObject(body["data"]) ? body["data"] : {}) as T;
}
function listOf<T extends object>(body: unknown): T[] {
  return (isObject(body) && Array.isArray(body["data"]) ? body["data"].filter(isObject) : []) as T[];
}
function metadataOf<T extends object>(body: unknown): Partial<T> {
  return (isObject(body) && isObject(body["metadata"]) ? body["metadata"] : {}) as Partial<T>;
}

/** The answers of a record: free JSON by the names of the forms, wider than the few fixed names of `Case`. */
export function readRecord(body: unknown): RecordView {
  const metadata = metadataOf<Shape<"CaseRead">>(body);
  return {
    data: dataOf<JsonObject>(body),
    revision: metadata.revision ?? null,
    incomplete: metadata.incomplete ?? [],
    ...(metadata.age_recorded_on ? { ageRecordedOn: metadata.age_recorded_on } : {}),
  };
}

export function readList(body: unknown): ListView {
  const metadata = metadataOf<Shape<"CaseList">>(body);
  const rows = listOf<JsonObject>(body);
  return {
    rows,
    total: metadata.total ?? rows.length,
    page: metadata.page ?? 1,
    per: metadata.per ?? rows.length,
    totalExact: metadata.total_exact !== false,
    unused: (metadata.ignored ?? []).map((one) => one.pointer.replace(/^\//, "")).filter((name) => !name.startsWith("fields")),
  };
}

function readPage<T extends object>(body: unknown): PageView<T> {
  const items = listOf<T>(body);
  return { items, total: metadataOf<Shape<"Paged">>(body).total ?? items.length };
}
