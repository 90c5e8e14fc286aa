import { call, Refusal, Unreachable, type Shape } from "~/api";
import { isObject, type JsonObject } from "~/lib/json";
import { watched, type Watched } from "~/lib/watched";
import type { Session } from "./types";
import type { Vault } from "./vault";

/** Why the sign-in screen is there. */
export type OutReason = "idle" | "locked" | "ended" | "elsewhere" | null;

export type SessionState =
  | { status: "starting" }
  | { status: "out"; reason: OutReason; unreachable: boolean }
  /** `expired`: the server wants the password again; what is on the screen stays. `offline`: opened without the server. */
  | { status: "in"; session: Session; expired: boolean; offline: boolean };

const MARK = "cpims.session";
const LEAVING = "cpims.leaving";

export interface SessionHooks {
  /** The vault is open: take up what it holds. */
  opened(): Promise<void>;
  /** Everything in memory of the one who left goes. */
  closed(): void;
}

/** A name for the account in this device's store from which nobody reads who it is. */
export async function ownerOf(userName: string): Promise<string> {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(`cpims:${userName.trim().toLowerCase()}`));
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Who works on this device now: signing in and out, a session that ends, a device that lies idle. */
export class Sessions {
  private readonly now = watched<SessionState>({ status: "starting" });
  private mark: string | null = null;
  private reconnecting: Promise<void> | null = null;

  constructor(
    private readonly vault: Vault,
    private readonly hooks: SessionHooks,
  ) {
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

  /** At the start of the app: go on with a living session, else ask for a name and password. */
  async start(): Promise<void> {
    this.mark = localStorage.getItem(MARK);
    try {
      await this.leaveForReal();
      // Where nobody's vault is open nothing can be gone on with, and the server need not say so.
      if ((await this.vault.lastOwner()) === null) {
        this.out(null);
        return;
      }
      const session = await fetchSession();
      if (await this.vault.resume(await ownerOf(session.userName))) await this.enter(session, false);
      else this.out(null);
    } catch (error) {
      if (error instanceof Refusal && error.status === 401) {
        await this.dropLeftover();
        this.out(null);
      } else if (!(await this.startAlone())) this.out(null, true);
    }
  }

  /** Raises Refusal (wrong name or password, too many tries) or Unreachable (and nothing of hers opens here). */
  async signIn(userName: string, password: string): Promise<void> {
    const before = this.now.get();
    try {
      await this.leaveForReal();
      const { body } = await call("/v2/tokens", { method: "POST", body: { user: { user_name: userName.trim(), password } } });
      const name = isObject(body) && typeof body["user_name"] === "string" ? body["user_name"] : userName;
      const owner = await ownerOf(name);
      if (before.status === "in" && this.vault.owner !== owner) this.hooks.closed();
      this.mark = crypto.randomUUID();
      localStorage.setItem(MARK, this.mark);
      const [session] = await Promise.all([fetchSession(), this.vault.unlock(owner, password)]);
      await this.enter(session, false);
    } catch (error) {
      const owner = await ownerOf(userName);
      if (!(error instanceof Unreachable) || !(await this.vault.unlockAlone(owner, password))) throw error;
      // The one who left is back: the session left behind is hers. Another's is ended as soon as the server is reached.
      if (localStorage.getItem(LEAVING) === owner) localStorage.removeItem(LEAVING);
      if (!(await this.startAlone())) throw error;
    }
  }

  /** The page a reset link opened set a new password and the server signed her in: the vault follows. */
  async enterWith(password: string): Promise<void> {
    const session = await fetchSession();
    this.mark = crypto.randomUUID();
    localStorage.setItem(MARK, this.mark);
    await this.vault.unlock(await ownerOf(session.userName), password);
    await this.enter(session, false);
  }

  /** Ends the session here and at the server; what is unsent stays sealed for her return. */
  async signOut(reason: OutReason = null): Promise<void> {
    localStorage.setItem(LEAVING, this.vault.owner ?? "1");
    this.mark = null;
    localStorage.removeItem(MARK);
    this.hooks.closed();
    this.out(reason);
    await this.vault.lock();
    await this.leaveForReal().catch(() => undefined);
  }

  /** The server answered 401: keep the screen, ask for the password. */
  expire(): void {
    const state = this.now.get();
    if (state.status === "in" && !state.expired) this.now.set({ ...state, expired: true });
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

  private async enter(session: Session, offline: boolean): Promise<void> {
    await this.vault.put("kept", "session", session);
    await this.hooks.opened();
    this.now.set({ status: "in", session, expired: false, offline });
  }

  private async startAlone(): Promise<boolean> {
    const owner = this.vault.owner ?? (await this.vault.lastOwner());
    if (owner === null || !(await this.vault.resume(owner))) return false;
    const session = (await this.vault.get("kept", "session")) as Session | null;
    if (!session) return false;
    if (this.mark === null) {
      this.mark = crypto.randomUUID();
      localStorage.setItem(MARK, this.mark);
    }
    await this.enter(session, true);
    return true;
  }

  private async dropLeftover(): Promise<void> {
    const owner = await this.vault.lastOwner();
    if (owner !== null && (await this.vault.resume(owner))) await this.vault.lock();
  }

  private async elsewhere(mark: string | null): Promise<void> {
    this.mark = mark;
    const before = this.now.get();
    this.hooks.closed();
    this.out(before.status === "in" ? "elsewhere" : null);
    if (mark !== null) await this.start();
  }

  private out(reason: OutReason, unreachable = false): void {
    this.now.set({ status: "out", reason, unreachable });
  }
}

async function fetchSession(): Promise<Session> {
  const { body } = await call("/cpims/v1/session");
  if (!isObject(body) || !isObject(body["data"])) throw new Unreachable();
  const data = body["data"] as Shape<"Session"> & JsonObject;
  return { userName: data.user_name, fullName: data.full_name, userId: String(data.id), instance: data.instance, timeZone: data.time_zone || "UTC" };
}
