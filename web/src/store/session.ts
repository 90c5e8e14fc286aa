import { call, Refusal, Unreachable, type Shape } from "~/api";
import { isObject, type JsonObject } from "~/lib/json";
import { watched, type Watched } from "~/lib/watched";
import { Guard } from "./guard";
import type { Session } from "./types";
import type { Vault } from "./vault";
import { ALONE, type Grant, type Keeper, type News } from "./vault/keeper";

/** Why the sign-in screen is there. */
export type OutReason = "idle" | "locked" | "pin" | "ended" | "elsewhere" | "revoked" | null;

export type SessionState =
  | { status: "starting" }
  | { status: "out"; reason: OutReason; unreachable: boolean }
  /** `expired`: the server wants the password again; what is on the screen stays. `offline`: opened without the server. */
  | { status: "in"; session: Session; expired: boolean; offline: boolean };

/** In the open: a random number of the session and whose it is, by a name from which nobody reads who. */
const MARK = "cpims.session";
const LEAVING = "cpims.leaving";
/** From the third wrong password on without a server to slow it down, each try waits longer; nothing is counted on the device. */
const FREE_TRIES = 2;
const LONGEST_WAIT_S = 30;

export interface SessionHooks {
  /** The vault is open: take up what it holds. */
  opened(): Promise<void>;
  /** Everything in memory of the one who left goes. */
  closed(): void;
  /** What a sign-in says of this browser, where it is a registered device of hers. */
  device?(owner: string): Promise<{ id: string; secret: string } | null>;
}

/** A name for the account in this device's store from which nobody reads who it is. */
export async function ownerOf(userName: string): Promise<string> {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(`cpims:${userName.trim().toLowerCase()}`));
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Seconds to wait before the next password is tried on the device alone. */
export function waitAfter(wrong: number): number {
  return wrong <= FREE_TRIES ? 0 : Math.min(2 ** (wrong - FREE_TRIES), LONGEST_WAIT_S);
}

/** Who works on this device now: signing in and out, a session that ends, a vault that is closed and opened again. */
export class Sessions {
  readonly guard: Guard;
  /** Set by the page: somebody is at work in another window. */
  onTouched: (() => void) | null = null;
  private readonly now = watched<SessionState>({ status: "starting" });
  private mark: string | null = null;
  private reconnecting: Promise<void> | null = null;
  private wrong = 0;

  constructor(
    private readonly vault: Vault,
    private readonly hooks: SessionHooks,
    private readonly keeper: Keeper = ALONE,
    private readonly wait: (seconds: number) => Promise<void> = pause,
  ) {
    this.guard = new Guard(
      vault,
      (reason) => {
        this.lock(reason);
      },
      (locked, tries) => {
        this.tell({ type: "screen", locked, tries });
      },
    );
    keeper.offer(() => this.grant());
    keeper.hear((news) => {
      this.follow(news);
    });
    addEventListener("storage", (event) => {
      if (event.key === MARK && event.newValue !== this.mark) void this.elsewhere(event.newValue);
    });
  }

  get state(): Watched<SessionState> {
    return this.now;
  }

  /** Whether requests of this page still go out as this account (another tab may have signed somebody else in). */
  mine(owner: string): boolean {
    const state = this.now.get();
    return state.status === "in" && !state.offline && this.vault.owner === owner && localStorage.getItem(MARK) === this.mark;
  }

  /** At the start of the app: go on with a living session whose key another page holds, else ask for the password. */
  async start(): Promise<void> {
    this.mark = localStorage.getItem(MARK);
    try {
      await this.leaveForReal();
      // Where no page holds the key nothing can be gone on with, and the server need not say so.
      const grant = this.mark === null ? null : await this.keeper.take(this.mark);
      if (!grant || !(await this.vault.resume(grant.opened))) {
        this.out(null);
        return;
      }
      await this.guard.load(grant);
      const session = await fetchSession();
      if ((await ownerOf(session.userName)) === this.vault.owner) await this.enter(session, false, grant);
      else this.dropKey(null);
    } catch (error) {
      if (error instanceof Refusal && error.status === 401) {
        this.dropMark();
        this.dropKey(null);
      } else if (!(await this.startAlone())) this.out(null, true);
    }
  }

  /** Raises Refusal (wrong name or password, too many tries) or Unreachable (and nothing of hers opens here). */
  async signIn(userName: string, password: string): Promise<void> {
    const owner = await ownerOf(userName);
    if (await this.openLiving(owner, password)) return;
    const before = this.now.get();
    const openBefore = before.status === "in" ? this.vault.owner : null;
    try {
      await this.leaveForReal();
      await this.endLiving();
      const device = await this.hooks.device?.(owner);
      const { body } = await call("/v2/tokens", { method: "POST", body: { user: { user_name: userName.trim(), password }, ...(device ? { device } : {}) } });
      const name = isObject(body) && typeof body["user_name"] === "string" ? body["user_name"] : userName;
      const proved = await ownerOf(name);
      if (before.status === "in" && this.vault.owner !== proved) this.hooks.closed();
      this.newMark(proved);
      const [session] = await whenBothAreDone(fetchSession(), this.vault.unlock(proved, password));
      await this.enter(session, false);
    } catch (error) {
      try {
        if (!(error instanceof Unreachable)) throw error;
        await this.tryAlone(owner, password, error);
        await this.backAlone(owner, error);
      } catch (failure) {
        // She did not come in: no vault stays open behind a screen that is not of the one it belongs to.
        if (this.vault.owner !== openBefore) this.dropKey(before.status === "out" ? before.reason : null);
        throw failure;
      }
    }
  }

  /** Opens by a passkey of this device: without the server, which is asked afterwards whether the session lives. */
  async signInBy(open: () => Promise<boolean>): Promise<boolean> {
    if (!(await open()) || this.vault.owner === null) return false;
    await this.backAlone(this.vault.owner, new Unreachable());
    await this.reconnect();
    return true;
  }

  /** The page a reset link opened set a new password and the server signed her in: the vault follows. */
  async enterWith(password: string): Promise<void> {
    const session = await fetchSession();
    const owner = await ownerOf(session.userName);
    this.newMark(owner);
    await this.vault.unlock(owner, password);
    await this.enter(session, false);
  }

  /** Ends the session here and at the server; what is unsent stays sealed for her return. */
  async signOut(reason: OutReason = null): Promise<void> {
    localStorage.setItem(LEAVING, this.vault.owner ?? "1");
    this.dropMark();
    this.dropKey(reason);
    await this.leaveForReal().catch(() => undefined);
  }

  /** Drops the key and keeps the session: the password or a passkey opens again, by this device alone. */
  lock(reason: "idle" | "locked" | "pin"): void {
    this.tell({ type: "closed", reason });
    this.dropKey(reason);
  }

  /** Somebody is at work in this window: the others do not close for want of a touch. */
  touched(): void {
    this.tell({ type: "touched" });
  }

  /** The server answered 401: keep the screen, ask for the password. */
  expire(): void {
    const state = this.now.get();
    if (state.status === "in" && !state.expired) this.now.set({ ...state, expired: true });
  }

  /** What the server said of the code of conduct while she was at work; offline nobody is asked for it. */
  async setOwesConduct(owes: boolean): Promise<void> {
    const state = this.now.get();
    if (state.status !== "in" || state.session.owesConduct === owes) return;
    const session = { ...state.session, owesConduct: owes };
    this.now.set({ ...state, session });
    await this.vault.put("kept", "session", session).catch(() => undefined);
  }

  /** The server cannot be reached after all: she works with what is kept here until it can. */
  goAlone(): void {
    const state = this.now.get();
    if (state.status === "in" && !state.expired) this.now.set({ ...state, offline: true });
  }

  /**
   * Before anything is asked as this account. Opened without the server, it is not known yet whose session the browser
   * holds: it may still be that of the one before.
   */
  async ensureMine(): Promise<void> {
    const state = this.now.get();
    if (state.status !== "in") return;
    if (state.offline) await this.reconnect();
    if (!this.mine(this.vault.owner ?? "")) throw new Unreachable();
  }

  /** After a start without the server: ends the session that was being left, and learns whose the present one is. */
  reconnect(): Promise<void> {
    this.reconnecting ??= this.findServer().finally(() => {
      this.reconnecting = null;
    });
    return this.reconnecting;
  }

  private async findServer(): Promise<void> {
    const state = this.now.get();
    if (state.status !== "in" || !state.offline) return;
    try {
      await this.leaveForReal();
      const session = await fetchSession();
      if (session.userName === state.session.userName) this.now.set({ ...state, session, offline: false });
      else this.expire();
    } catch (error) {
      if (error instanceof Refusal && error.status === 401) this.expire();
    }
  }

  /** A sign-out made without a network is finished before anything else is asked. */
  private async leaveForReal(): Promise<void> {
    if (localStorage.getItem(LEAVING) === null) return;
    await call("/v2/tokens", { method: "DELETE" });
    localStorage.removeItem(LEAVING);
  }

  /** The key is dropped and all in memory goes, here only. */
  private dropKey(reason: OutReason): void {
    this.hooks.closed();
    this.guard.forget();
    this.vault.lock();
    this.out(reason);
  }

  private async enter(session: Session, offline: boolean, screen: { locked: boolean; tries: number } | null = null): Promise<void> {
    this.wrong = 0;
    await this.vault.put("kept", "session", session);
    // The same worker whose session had ended goes on: her screen is as it was.
    await this.guard.load(screen);
    await this.hooks.opened();
    this.now.set({ status: "in", session, expired: false, offline });
    this.tell({ type: "opened" });
  }

  /** The session lives and only the key is missing: the device alone tells whether the password is right. */
  private async openLiving(owner: string, password: string): Promise<boolean> {
    if (this.now.get().status !== "out" || this.mark === null || ownerIn(this.mark) !== owner || localStorage.getItem(MARK) !== this.mark) return false;
    if (!(await this.vault.unlockAlone(owner, password))) return false;
    try {
      const session = await fetchSession();
      if ((await ownerOf(session.userName)) === owner) {
        await this.enter(session, false);
        return true;
      }
    } catch (error) {
      if (error instanceof Unreachable) return this.startAlone();
      if (!(error instanceof Refusal) || error.status !== 401) {
        this.vault.lock();
        throw error;
      }
    }
    this.vault.lock();
    return false;
  }

  /** The server keeps a living session whatever password comes with it: to have this one proved, that one ends first. */
  private async endLiving(): Promise<void> {
    if (localStorage.getItem(MARK) === null && this.now.get().status !== "in") return;
    await call("/v2/tokens", { method: "DELETE" });
    if (this.now.get().status === "out") this.dropMark();
  }

  private async tryAlone(owner: string, password: string, error: Unreachable): Promise<void> {
    await this.wait(waitAfter(this.wrong));
    if (await this.vault.unlockAlone(owner, password)) return;
    this.wrong += 1;
    throw error;
  }

  /** The one who left is back: the session left behind is hers. Another's is ended as soon as the server is reached. */
  private async backAlone(owner: string, error: Unreachable): Promise<void> {
    if (localStorage.getItem(LEAVING) === owner) localStorage.removeItem(LEAVING);
    if (!(await this.startAlone())) throw error;
  }

  private async startAlone(): Promise<boolean> {
    const owner = this.vault.owner;
    if (owner === null) return false;
    const session = (await this.vault.get("kept", "session")) as Session | null;
    if (!session) return false;
    if (this.mark === null || ownerIn(this.mark) !== owner) this.newMark(owner);
    await this.enter(session, true, this.guard.state.get());
    return true;
  }

  private grant(): Grant | null {
    const opened = this.vault.opened;
    if (!opened || this.mark === null || this.now.get().status !== "in") return null;
    const { locked, tries } = this.guard.state.get();
    return { mark: this.mark, opened, locked, tries };
  }

  private follow(news: News): void {
    const state = this.now.get();
    if (news.mark !== this.mark) return;
    if (news.type === "opened" && state.status === "out") void this.start();
    if (news.type === "closed" && state.status === "in") this.dropKey(news.reason);
    if (news.type === "screen") this.guard.follow(news.locked, news.tries);
    if (news.type === "touched") this.onTouched?.();
  }

  private tell(news: WithoutMark<News>): void {
    if (this.mark !== null) this.keeper.tell({ ...news, mark: this.mark });
  }

  private newMark(owner: string): void {
    this.mark = `${owner}.${crypto.randomUUID()}`;
    localStorage.setItem(MARK, this.mark);
  }
  private dropMark(): void {
    this.tell({ type: "closed", reason: "locked" });
    this.mark = null;
    localStorage.removeItem(MARK);
  }

  private async elsewhere(mark: string | null): Promise<void> {
    const before = this.now.get();
    this.mark = mark;
    this.dropKey(before.status === "in" ? "elsewhere" : null);
    if (mark !== null) await this.start();
  }

  private out(reason: OutReason, unreachable = false): void {
    this.now.set({ status: "out", reason, unreachable });
  }
}

type WithoutMark<T> = T extends { mark: string } ? Omit<T, "mark"> : never;

function ownerIn(mark: string): string {
  return mark.split(".")[0] ?? "";
}

function pause(seconds: number): Promise<void> {
  return seconds === 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}

/** What failed is told only when nothing of it goes on any more: a vault that opened afterwards would belong to nobody at work. */
async function whenBothAreDone<A, B>(one: Promise<A>, other: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([one, other]);
  return Promise.all([one, other]);
}

async function fetchSession(): Promise<Session> {
  const { body } = await call("/cpims/v1/session");
  if (!isObject(body) || !isObject(body["data"])) throw new Unreachable();
  const data = body["data"] as Shape<"Session"> & JsonObject;
  return { userName: data.user_name, fullName: data.full_name, userId: String(data.id), instance: data.instance, timeZone: data.time_zone || "UTC", owesConduct: data.owes_conduct || data.owes_terms };
}
