import { call, callForFile, Refusal, Unreachable, type Answer, type Request, type Shape } from "~/api";
import { calendarInUse } from "~/lib/calendars/chosen";
import { getLocale } from "~/lib/i18n";
import { isObject, stable } from "~/lib/json";
import { Admin } from "./admin";
import type { Road } from "./apart";
import { Approvals } from "./approvals";
import { Files } from "./attachments";
import { Bulk } from "./bulk";
import { Conduct, isConductOwed } from "./conduct";
import { Device, type Report } from "./device";
import { Devices } from "./devices";
import { alsoChanged, Families } from "./families";
import { Flags } from "./flags";
import { Sharing } from "./sharing";
import { Drafts } from "./drafts";
import { Configuration, Kept } from "./kept";
import { pullRoad } from "./kept/road";
import { Imports } from "./imports";
import { Incidents } from "./incidents";
import { Lists } from "./lists";
import { Notices } from "./notices";
import { Tasks } from "./tasks";
import { Handover } from "./handover";
import { isKeptForOwner } from "./outbox/resting";
import { actOf, Decisions, httpDeliver, Outbox, type Confirmed, type TakenIn } from "./outbox";
import { KINDS, kindsOf } from "./kinds";
import { mayDo } from "./permissions";
import { dataOf, listOf, readList, readPage } from "./reading";
import { Reads } from "./reads";
import { resource, type Resource } from "./resource";
import { Safety } from "./safety";
import { Story } from "./story";
import { ownerOf, Sessions } from "./session";
import type { DataSource, PublicInfo } from "./source";
import { decidedIn, Tracing } from "./tracing";
import type { Kind, ListView, Outcome, PageView, RecordView, Save, Search } from "./types";
import type { Vault } from "./vault";
import { ALONE, type Keeper } from "./vault/keeper";

const DAY_S = 86_400;
const LOOK_MS = 30_000;

/**
 * The data source: what is kept on the device answers at once, then the server, when it can be reached. In memory lies
 * what was last read; on the device, sealed, the configuration and her caseload.
 */
export class Remote implements DataSource {
  readonly outbox: Outbox;
  readonly files: Files;
  readonly drafts: Drafts;
  readonly decisions: Decisions;
  readonly handover: Handover;
  readonly safety: Safety;
  readonly kept: Kept;
  readonly device: Device;
  readonly devices: Devices;
  readonly admin: Admin;
  readonly road: Road;
  readonly imports: Imports;
  readonly sharing: Sharing;
  readonly story: Story;
  readonly approvals: Approvals;
  readonly tracing: Tracing;
  readonly families: Families;
  readonly incidents: Incidents;
  readonly flags: Flags;
  readonly lists: Lists;
  readonly notices: Notices;
  readonly tasks: Tasks;
  readonly bulk: Bulk;
  readonly conduct: Conduct;
  private readonly configuration: Configuration;
  private readonly sessions: Sessions;
  private readonly reads: Reads;
  private readonly info: Resource<PublicInfo>;
  private looking: ReturnType<typeof setTimeout> | null = null;

  constructor(
    private readonly vault: Vault,
    keeper: Keeper = ALONE,
  ) {
    this.reads = new Reads({
      vault,
      ask: (path, request) => this.ask(path, request),
      onRefusal: this.watchSession,
      kept: () => this.kept,
      configuration: () => this.configuration,
    });
    this.drafts = new Drafts(vault);
    this.handover = new Handover(vault);
    this.outbox = new Outbox(vault, {
      deliver: httpDeliver,
      account: (owner) => {
        const state = this.sessions.state.get();
        return state.status === "in" && this.mayAsk(owner) ? state.session.userId : null;
      },
      onSignedOut: (refusal) => {
        if (isConductOwed(refusal)) void this.sessions.setOwesConduct(true);
        else this.expired();
      },
      keep: (confirmed) => this.kept.confirmed(confirmed),
      onConfirmed: (confirmed) => {
        this.confirmed(confirmed);
      },
      isUp: (item) => this.files.isUp(item),
      sendBytes: (item) => this.files.sendBytes(item),
    }, this.handover);
    this.files = new Files(vault, {
      ask: (path, request) => this.ask(path, request),
      askForFile: async (path, request) => {
        await this.sessions.ensureMine();
        return this.minding(callForFile(path, request));
      },
      items: this.outbox.items,
      add: (save) => this.outbox.add(save),
      flush: () => this.outbox.flush(true),
      refuse: (id, refusal) => this.outbox.refuse(id, refusal),
      takeBack: (id) => this.outbox.takeBack(id),
      again: (id) => this.outbox.retry(id),
      onSignedOut: (refusal) => {
        if (!isConductOwed(refusal)) this.expired();
      },
      mine: () => this.mayAsk(vault.owner ?? ""),
    });
    this.decisions = new Decisions(
      (path, request) => this.ask(path, request),
      (id) => {
        this.changedElsewhere(id);
      },
    );
    this.sessions = new Sessions(vault, {
      opened: async () => {
        // Before the outbox: it asks which bytes are here.
        await this.files.load();
        await Promise.all([this.outbox.load(), this.drafts.load(), this.kept.open()]);
      },
      closed: () => {
        this.forget();
      },
      device: (owner) => this.device.credentials(owner),
    }, keeper);
    this.safety = new Safety(vault, this.sessions, {
      handOver: (owner) => this.handover.handOver(owner),
      leave: (owner, clear) => this.device.leave(owner, clear),
      sayFarewells: () => this.device.sayFarewells(),
    });
    this.configuration = new Configuration(
      vault,
      (body) => this.ask("/cpims/v1/sync/configuration", { method: "POST", body }),
      (name, part) => {
        this.reads.partCame(name, part);
      },
    );
    this.kept = new Kept(vault, {
      road: pullRoad(
        (path, request) => this.ask(path, request),
        async () => kindsOf(await this.me().wait()).map((kind) => KINDS[kind].one),
        async () => {
          await this.configuration.fetchAll();
          // Names of colleagues stand in cases too; without them the account names are shown.
          void this.users().refresh(DAY_S);
          void this.me().wait().then((me) => this.sharing.keepRecipients(me, DAY_S)).catch(() => undefined);
        },
      ),
      may: async () => {
        await this.sessions.ensureMine();
        return kindsOf(await this.me().wait()).length > 0;
      },
      isQuiet: () => this.sessions.guard.state.get().fieldMode,
      onRefusal: this.watchSession,
      onRecords: (ids) => {
        this.reads.cameAnew(ids);
      },
    });
    this.files.thumbs.watch(this.kept, () => this.sessions.guard.state.get().fieldMode);
    this.device = new Device(vault, {
      report: () => this.report(),
      handOver: (owner) => this.handover.handOver(owner),
      mine: (owner) => this.sessions.mine(owner),
      registered: () => this.handover.reconcile(this.outbox.items.get()),
      wiped: (_owner, open) => {
        if (open) void this.sessions.signOut("revoked");
      },
    });
    this.devices = new Devices((path, request) => this.ask(path, request), this.watchSession);
    this.road = { ask: (path, request) => this.ask(path, request), onRefusal: this.watchSession };
    this.admin = new Admin((path, request) => this.ask(path, request), this.watchSession);
    this.imports = new Imports((path, request) => this.ask(path, request), this.watchSession, (kind) => {
      void this[kind]().refresh();
    });
    this.sharing = new Sharing(vault, (path, request) => this.ask(path, request), this.watchSession);
    this.story = new Story((path, request) => this.ask(path, request), this.watchSession);
    this.approvals = new Approvals((path, request) => this.ask(path, request), this.watchSession);
    this.tracing = new Tracing((path, request) => this.ask(path, request), this.watchSession);
    this.families = new Families((path, request) => this.ask(path, request), this.watchSession);
    this.incidents = new Incidents((path, request) => this.ask(path, request), this.watchSession);
    this.flags = new Flags((path, request) => this.ask(path, request), this.watchSession);
    this.lists = new Lists(vault, (path, request) => this.ask(path, request), this.watchSession, () => this.sessions.ensureMine());
    this.notices = new Notices(vault, (path, request) => this.ask(path, request), this.watchSession);
    this.bulk = new Bulk((path, request) => this.ask(path, request), this.watchSession, () => {
      this.kept.soon(0);
      this.reads.refreshSearches();
    });
    this.tasks = new Tasks({
      ask: (path, request) => this.ask(path, request),
      onRefusal: this.watchSession,
      kept: async (id) => (await this.reads.readKept(id))?.value ?? null,
      fetch: (id) => this.record("cases", id).wait(),
      items: () => this.outbox.items.get(),
      save: (save) => this.save(save),
    });
    this.conduct = new Conduct(this.sessions, (path, request) => this.ask(path, request), this.watchSession, () => {
      this.refreshFailed();
      void this.outbox.flush(true);
    });
    this.session.watch(() => {
      const state = this.session.get();
      this.lookForServer();
      if (state.status !== "in" || state.offline || state.expired || state.session.owesConduct) return;
      this.kept.soon(0);
      void this.outbox.flush(true);
      void this.files.run(true);
      if (vault.owner !== null) void this.device.ensure(vault.owner);
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
    this.device.start();
    void this.outbox.flush();
  }

  publicInfo(): Resource<PublicInfo> {
    return this.info;
  }
  me(): Resource<Shape<"User">> {
    return this.reads.part("me");
  }
  forms(): Resource<Shape<"Form">[]> {
    return this.reads.part("forms");
  }
  lookups(): Resource<Shape<"Lookup">[]> {
    return this.reads.part("lookups");
  }
  locations(): Resource<Shape<"Location">[]> {
    return this.reads.part("locations");
  }
  agencies(): Resource<Shape<"Agency">[]> {
    return this.reads.configured("agencies", async () => (await this.settings().wait()).agencies ?? []);
  }
  settings(): Resource<Shape<"SystemSettings">> {
    return this.reads.part("settings");
  }
  users(): Resource<Shape<"User">[]> {
    return this.reads.configured("users", async () => {
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
    return this.reads.record(kind, id);
  }

  search(kind: Kind, body: Search): Resource<ListView> {
    return this.reads.list(`search/${kind}/${stable(body)}`, async () => readList((await this.ask(`/cpims/v1/${kind}/search`, { method: "POST", body })).body));
  }
  history(kind: Kind, id: string, page = 1): Resource<PageView<Shape<"HistoryEntry">>> {
    return this.reads.list(`history/${kind}/${id}/${String(page)}`, async () => readPage((await this.ask(`/v2/${kind}/${id}/record_history?per=50&page=${String(page)}`)).body));
  }
  accessLog(kind: Kind, id: string, page = 1): Resource<PageView<Shape<"AccessEntry">>> {
    return this.reads.list(`access/${kind}/${id}/${String(page)}`, async () => readPage((await this.ask(`/v2/${kind}/${id}/access_log?per=50&page=${String(page)}`)).body));
  }

  async save(save: Save): Promise<Outcome> {
    const outcome = await this.outbox.save(save, () => this.sessions.ensureMine());
    if (save.kind === "cases" && save.create && outcome.state === "waiting") void this.kept.checkLater(save.id).catch(() => undefined);
    return outcome;
  }

  async signIn(userName: string, password: string): Promise<void> {
    try {
      await this.sessions.signIn(userName, password);
    } catch (error) {
      if (error instanceof Refusal && error.code === "device.revoked") await this.device.contact(await ownerOf(userName)).catch(() => undefined);
      throw error;
    }
    this.refreshFailed();
    void this.outbox.flush(true);
  }
  async signOut(): Promise<void> {
    await this.drafts.settled();
    await this.sessions.signOut();
  }
  async lock(reason: "idle" | "locked"): Promise<void> {
    await this.drafts.settled();
    this.safety.close(reason);
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
  async welcome(link: string): Promise<Shape<"Welcome">> {
    return dataOf<Shape<"Welcome">>((await call("/cpims/v1/invitations/open", { method: "POST", body: { link } })).body);
  }
  async reset(token: string, password: string): Promise<void> {
    const { body } = await call("/v2/users/password-reset", { method: "POST", body: { user: { reset_password_token: token, password, password_confirmation: password } } });
    if (!isObject(body) || body["user_name"] === undefined) return;
    await this.sessions.enterWith(password);
    if (this.vault.owner !== null) await this.device.renew(this.vault.owner);
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
      await this.files.load();
      await Promise.all([this.outbox.load(), this.drafts.load()]);
      void this.outbox.flush(true);
    }
    return opened;
  }

  async packWork(password: string): Promise<Blob> {
    await this.drafts.settled();
    const { packWork } = await import("./outbox/carrying");
    return new Blob([await packWork(this.vault, this.instanceId(), password, undefined, this.files)], { type: "application/octet-stream" });
  }
  async takeInWork(file: Blob, password: string): Promise<TakenIn> {
    const { takeIn } = await import("./outbox/carrying");
    const taken = await takeIn(new Uint8Array(await file.arrayBuffer()), password, { vault: this.vault, outbox: this.outbox, drafts: this.drafts, instance: this.instanceId(), files: this.files });
    void this.outbox.flush(true);
    return taken;
  }

  async print(kind: Kind, id: string): Promise<Blob> {
    await this.sessions.ensureMine();
    return this.minding(callForFile(`/cpims/v1/${kind}/${id}/print`, { method: "POST", body: { locale: getLocale(), calendar: calendarInUse().name } }));
  }

  /** Asks as this account, or not at all. */
  private async ask(path: string, request: Request = {}): Promise<Answer> {
    await this.sessions.ensureMine();
    const { owner } = this.vault;
    const answer = await this.minding(call(path, request));
    // What was asked for as one person is not told to another who signed in meanwhile.
    if (owner !== null && this.vault.owner !== null && this.vault.owner !== owner) throw new Unreachable();
    return answer;
  }

  /** Whatever is asked when a new code of conduct holds turns to it. */
  private async minding<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      if (isConductOwed(error)) void this.sessions.setOwesConduct(true);
      throw error;
    }
  }

  /** Asked right before each request of what goes out by itself. */
  private mayAsk(owner: string): boolean {
    const state = this.sessions.state.get();
    return state.status === "in" && !state.session.owesConduct && this.sessions.mine(owner);
  }

  private readonly watchSession = (refusal: Refusal): void => {
    if (refusal.status === 401) this.expired();
  };

  /** The session ended; whether because this device was revoked, the device learns by itself. */
  private expired(): void {
    this.sessions.expire();
    if (this.vault.owner !== null) void this.device.contact(this.vault.owner).catch(() => undefined);
  }

  private async report(): Promise<Report> {
    const unsent = this.outbox.items.get().filter((item) => item.state !== "confirmed" && !isKeptForOwner(item));
    const { count, lastSync } = this.kept.state.get();
    const storage = (navigator as Partial<Navigator>).storage;
    const [room, persisted] = await Promise.all([storage?.estimate?.(), storage?.persisted?.()]);
    return {
      unsent: unsent.length,
      oldestUnsentAt: unsent.map((item) => item.at).sort()[0] ?? null,
      lastSyncAt: lastSync === null ? null : new Date(lastSync).toISOString(),
      kept: count,
      storage: { used: room?.usage ?? null, quota: room?.quota ?? null, persisted: persisted ?? null },
      fieldMode: this.sessions.guard.state.get().fieldMode,
    };
  }

  /** Opened without the server, it is looked for again: nothing tells when a network that led nowhere leads there again. */
  private lookForServer(): void {
    if (this.looking) clearTimeout(this.looking);
    const state = this.session.get();
    const alone = state.status === "in" && state.offline && !state.expired;
    this.looking = alone ? setTimeout(() => void (this.sessions.guard.state.get().fieldMode ? Promise.resolve() : this.sessions.reconnect()).then(() => { this.lookForServer(); }), LOOK_MS) : null;
  }

  private async wake(): Promise<void> {
    await this.sessions.reconnect();
    this.refreshFailed();
    this.kept.soon();
    await Promise.all([this.outbox.flush(true), this.files.run(true)]);
  }

  /** What could not be had while the session or the network was away is asked for again. */
  private refreshFailed(): void {
    if (this.session.get().status !== "in") return;
    this.reads.refreshFailed();
    this.tasks.refreshFailed();
    this.notices.refreshFailed();
  }

  /** Something was done to a record by another road than the outbox. */
  private changedElsewhere(id: string): void {
    this.reads.changedElsewhere(id);
    this.kept.soon(0);
  }

  private instanceId(): string {
    const state = this.session.get();
    return state.status === "in" ? state.session.instance.uuid : "";
  }

  private userId(): string {
    const state = this.session.get();
    return state.status === "in" ? encodeURIComponent(state.session.userId) : "";
  }

  private confirmed(confirmed: readonly Confirmed[]): void {
    this.tasks.confirmed(confirmed.map(({ item }) => item.record));
    for (const { item, view } of confirmed) {
      this.reads.accepted(item.kind, item.record, view);
      if (!actOf(item).answers) this.flags.changed(item.record);
      for (const id of alsoChanged(item)) this.changedElsewhere(id);
      for (const id of [item.record, ...alsoChanged(item)]) {
        this.families.changed(id);
        this.incidents.changed(id);
      }
      const pair = decidedIn(item);
      if (pair === null) continue;
      this.changedElsewhere(pair.case);
      this.tracing.changed(pair.trace, pair.case);
    }
    this.reads.refreshSearches();
  }

  private forget(): void {
    this.files.forget();
    this.outbox.clear();
    this.drafts.clear();
    this.device.close();
    this.devices.forget();
    this.admin.forget();
    this.sharing.forget();
    this.story.forget();
    this.approvals.forget();
    this.tracing.forget();
    this.families.forget();
    this.incidents.forget();
    this.flags.forget();
    this.lists.forget();
    this.notices.forget();
    this.tasks.forget();
    this.bulk.forget();
    this.decisions.forget();
    this.kept.close();
    this.configuration.forget();
    this.reads.forget();
  }
}

async function fetchPublicInfo(): Promise<PublicInfo> {
  const data: Partial<Shape<"Primero">> = dataOf<Shape<"Primero">>((await call("/v2/primero")).body);
  return { demo: data.sandbox_ui === true, locales: data.locales ?? [] };
}
