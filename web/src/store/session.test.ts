// @vitest-environment jsdom
import "fake-indexeddb/auto";
import { webcrypto } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ownerOf, Sessions, waitAfter } from "./session";
import { Vault } from "./vault";
import type { Grant, Keeper, News } from "./vault/keeper";

let count = 0;
let vault: Vault;
let signedIn: string | null;
let reachable: boolean;
let owes: boolean;
let deleted: number;
let tokens = 0;
let secretOf = (user: string): string => `${user}-secret`;
const hooks = { opened: vi.fn(() => Promise.resolve()), closed: vi.fn() };

/** The pages of one browser: what one holds another may take, once they bear the same mark. */
class Pages {
  private readonly pages: { give: () => Grant | null; hear: (news: News) => void }[] = [];
  /** What the service worker holds over a reload. */
  held: Grant | null = null;

  page(): Keeper {
    const own: { give: () => Grant | null; hear: (news: News) => void } = { give: () => null, hear: () => undefined };
    this.pages.push(own);
    return {
      offer: (give) => (own.give = give),
      hear: (listener) => (own.hear = listener),
      tell: (news) => {
        for (const page of this.pages) if (page !== own) page.hear(news);
      },
      take: (mark) => {
        const grants = [this.held, ...this.pages.filter((page) => page !== own).map((page) => page.give())];
        this.held = null;
        return Promise.resolve(grants.find((grant) => grant?.mark === mark) ?? null);
      },
    };
  }
  reload(): void {
    this.held = this.pages.map((page) => page.give()).find((grant) => grant !== null) ?? null;
    this.pages.length = 0;
  }
}
let pages: Pages;
let waited: number[];
let name: string;

async function page(): Promise<{ vault: Vault; sessions: Sessions }> {
  const own = await Vault.open(name, 64);
  const sessions = new Sessions(own, hooks, pages.page(), (seconds) => {
    waited.push(seconds);
    return Promise.resolve();
  });
  return { vault: own, sessions };
}

function respond(path: string, request: RequestInit): Promise<Response> {
  if (!reachable) return Promise.reject(new TypeError("offline"));
  const answer = (status: number, body: unknown): Promise<Response> => Promise.resolve(new Response(JSON.stringify(body), { status }));
  if (path === "/api/v2/tokens" && request.method === "DELETE") {
    signedIn = null;
    deleted += 1;
    return answer(200, {});
  }
  if (path === "/api/v2/tokens") {
    const { user } = JSON.parse(request.body as string) as { user: { user_name: string; password: string } };
    tokens += 1;
    // As the server does: a living session is kept, and whatever password is sent along is not looked at.
    if (signedIn !== null) return answer(200, { id: 1, user_name: signedIn });
    if (user.password !== secretOf(user.user_name)) return answer(401, { error: "no" });
    signedIn = user.user_name;
    return answer(200, { id: 1, user_name: user.user_name });
  }
  if (signedIn === null) return answer(401, { error: "nobody" });
  return answer(200, { data: { user_name: signedIn, full_name: signedIn, id: 1, owes_conduct: owes, owes_terms: false, instance: { kind: "demo", name: "D", uuid: "u" } } });
}

beforeEach(async () => {
  vi.stubGlobal("crypto", webcrypto);
  vi.stubGlobal("fetch", respond);
  document.cookie = "CSRF-TOKEN=t";
  localStorage.clear();
  signedIn = null;
  reachable = true;
  owes = false;
  deleted = 0;
  secretOf = (user) => `${user}-secret`;
  hooks.opened.mockClear();
  hooks.closed.mockClear();
  name = `session-${String(++count)}`;
  pages = new Pages();
  waited = [];
  vault = await Vault.open(name, 64);
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const statusOf = (sessions: Sessions): string => sessions.state.get().status;

describe("sessions", () => {
  it("open the vault with the sign-in and close it with the sign-out, here and at the server", async () => {
    const sessions = new Sessions(vault, hooks);
    await sessions.start();
    expect(statusOf(sessions)).toBe("out");
    await sessions.signIn("amina", "amina-secret");
    expect([statusOf(sessions), vault.owner, sessions.mine(await ownerOf("Amina "))]).toEqual(["in", await ownerOf("amina"), true]);
    await sessions.signOut();
    expect([statusOf(sessions), vault.owner, deleted, hooks.closed.mock.calls.length]).toEqual(["out", null, 1, 1]);
  });

  it("leave no name in what the browser keeps in the open", async () => {
    const sessions = new Sessions(vault, hooks);
    await sessions.signIn("amina", "amina-secret");
    expect(JSON.stringify(localStorage)).not.toContain("amina");
    expect(await ownerOf("amina")).not.toContain("amina");
  });

  it("do not open with a wrong password", async () => {
    const sessions = new Sessions(vault, hooks);
    await expect(sessions.signIn("amina", "wrong")).rejects.toMatchObject({ status: 401 });
    expect([vault.owner, hooks.opened.mock.calls.length]).toEqual([null, 0]);
  });

  it("keep whether the code of conduct is owed, and nobody is asked for it without the server", async () => {
    const sessions = new Sessions(vault, hooks);
    const owed = (): unknown => (sessions.state.get() as { session: { owesConduct: boolean } }).session.owesConduct;
    owes = true;
    await sessions.signIn("amina", "amina-secret");
    expect(owed()).toBe(true);
    sessions.goAlone();
    expect(sessions.state.get()).toMatchObject({ status: "in", offline: true });
    await sessions.reconnect();
    expect(sessions.state.get()).toMatchObject({ status: "in", offline: false });
    await sessions.setOwesConduct(false);
    expect([owed(), await vault.get("kept", "session")]).toMatchObject([false, { owesConduct: false }]);
  });

  it("go on after a reload, also without a network", async () => {
    const first = await page();
    await first.sessions.signIn("amina", "amina-secret");
    pages.reload();
    const reloaded = await page();
    await reloaded.sessions.start();
    expect(statusOf(reloaded.sessions)).toBe("in");
    reachable = false;
    pages.reload();
    const offline = await page();
    await offline.sessions.start();
    expect(offline.sessions.state.get()).toMatchObject({ status: "in", offline: true, session: { userName: "amina" } });
  });

  it("are closed in a new window when no page holds the key, though the server's session lives", async () => {
    const first = await page();
    await first.sessions.signIn("amina", "amina-secret");
    pages = new Pages();
    const later = await page();
    await later.sessions.start();
    expect([statusOf(later.sessions), later.vault.owner, signedIn]).toEqual(["out", null, "amina"]);
    tokens = 0;
    await later.sessions.signIn("amina", "amina-secret");
    expect([statusOf(later.sessions), tokens]).toEqual(["in", 0]);
  });

  it("do not take a wrong password for right because the server's session still lives", async () => {
    const first = await page();
    await first.sessions.signIn("amina", "amina-secret");
    first.sessions.lock("locked");
    await expect(first.sessions.signIn("amina", "wrong")).rejects.toMatchObject({ status: 401 });
    expect([statusOf(first.sessions), first.vault.owner, signedIn, (await first.vault.wrappings()).length]).toEqual(["out", null, null, 1]);
    await first.sessions.signIn("amina", "amina-secret");
    expect(statusOf(first.sessions)).toBe("in");
  });

  it("sign in the one who proved it, not the one whose session the browser still holds", async () => {
    const first = await page();
    await first.sessions.signIn("bilal", "bilal-secret");
    first.sessions.lock("locked");
    await first.sessions.signIn("amina", "amina-secret");
    expect([signedIn, first.vault.owner]).toEqual(["amina", await ownerOf("amina")]);
  });

  it("ask the server where the device does not know the password: it was changed elsewhere", async () => {
    const first = await page();
    await first.sessions.signIn("amina", "amina-secret");
    await first.vault.put("draft", "d", { name: "Noor" });
    pages = new Pages();
    secretOf = (user) => `${user}-other`;
    const later = await page();
    await later.sessions.start();
    await later.sessions.signIn("amina", "amina-other");
    expect([statusOf(later.sessions), await later.vault.countClosed(), await later.vault.openEarlier("amina-secret"), await later.vault.get("draft", "d")]).toEqual(["in", 1, true, { name: "Noor" }]);
  });

  it("open in a further window of the same session, locked as the first one is", async () => {
    const first = await page();
    await first.sessions.signIn("amina", "amina-secret");
    await first.sessions.guard.setPin("4711");
    first.sessions.guard.lock();
    await first.sessions.guard.unlock("1111");
    const second = await page();
    await second.sessions.start();
    expect([statusOf(second.sessions), second.sessions.guard.state.get().locked, second.sessions.guard.state.get().tries]).toEqual(["in", true, 1]);
    await second.sessions.guard.unlock("4711");
    expect(first.sessions.guard.state.get()).toMatchObject({ locked: false, tries: 0 });
  });

  it("drop the key in every window when one is locked, and leave the server's session", async () => {
    const first = await page();
    await first.sessions.signIn("amina", "amina-secret");
    const second = await page();
    await second.sessions.start();
    second.sessions.lock("locked");
    expect([first, second].map((one) => [statusOf(one.sessions), one.vault.owner])).toEqual([
      ["out", null],
      ["out", null],
    ]);
    expect([signedIn, deleted]).toEqual(["amina", 0]);
    await first.sessions.signIn("amina", "amina-secret");
    await vi.waitFor(() => {
      expect(statusOf(second.sessions)).toBe("in");
    });
  });

  it("open by a passkey where the session lives, and ask for the password where it does not", async () => {
    const first = await page();
    await first.sessions.signIn("amina", "amina-secret");
    const opened = first.vault.opened!;
    for (const [living, expired] of [
      ["amina", false],
      [null, true],
      ["bilal", true],
    ] as const) {
      pages = new Pages();
      signedIn = living;
      const later = await page();
      await later.sessions.start();
      expect(await later.sessions.signInBy(() => later.vault.resume(opened))).toBe(true);
      expect(later.sessions.state.get()).toMatchObject({ status: "in", expired, session: { userName: "amina" } });
    }
  });

  it("let each further wrong password wait longer without a server, with an end, and count nothing on the device", async () => {
    const first = await page();
    await first.sessions.signIn("amina", "amina-secret");
    await first.sessions.signOut();
    reachable = false;
    for (let i = 0; i < 5; i++) await expect(first.sessions.signIn("amina", "wrong")).rejects.toThrow();
    await first.sessions.signIn("amina", "amina-secret");
    expect(waited).toEqual([0, 0, 0, 2, 4, 8]);
    expect([waitAfter(3), waitAfter(40)]).toEqual([2, 30]);
    expect(JSON.stringify({ ...localStorage, ...sessionStorage })).not.toMatch(/wrong|tries/);
  });

  it("leave no vault opening behind the screen when the line breaks after the password was proved", async () => {
    const sessions = new Sessions(vault, hooks);
    vi.stubGlobal("fetch", (path: string, request: RequestInit) => (path === "/api/cpims/v1/session" ? Promise.reject(new TypeError("offline")) : respond(path, request)));
    const opening = vi.spyOn(vault, "unlock");
    await expect(sessions.signIn("amina", "amina-secret")).rejects.toThrow();
    let isDone = false;
    void opening.mock.results[0]?.value.finally(() => (isDone = true));
    await Promise.resolve();
    await Promise.resolve();
    expect([statusOf(sessions), vault.owner, isDone]).toEqual(["out", null, true]);
    vi.stubGlobal("fetch", respond);
    await sessions.signIn("amina", "amina-secret");
    expect([statusOf(sessions), (await vault.wrappings()).length]).toEqual(["in", 1]);
  });

  it("do not keep A on the screen over the vault of B who did not come in", async () => {
    const sessions = new Sessions(vault, hooks);
    await sessions.signIn("amina", "amina-secret");
    sessions.expire();
    vi.stubGlobal("fetch", (path: string, request: RequestInit) => (path === "/api/cpims/v1/session" ? Promise.resolve(new Response("{}", { status: 500 })) : respond(path, request)));
    await expect(sessions.signIn("bilal", "bilal-secret")).rejects.toThrow();
    expect([statusOf(sessions), vault.owner]).toEqual(["out", null]);
  });

  it("open on a known device without a network by the right password only", async () => {
    const sessions = new Sessions(vault, hooks);
    await sessions.signIn("amina", "amina-secret");
    await sessions.signOut();
    reachable = false;
    const offline = new Sessions(vault, hooks);
    await expect(offline.signIn("amina", "wrong")).rejects.toThrow();
    expect(vault.owner).toBeNull();
    await offline.signIn("amina", "amina-secret");
    expect(offline.state.get()).toMatchObject({ status: "in", offline: true });
  });

  it("let her back in without a network after she locked it without one, and go on when the server is there again", async () => {
    const sessions = new Sessions(vault, hooks);
    await sessions.signIn("amina", "amina-secret");
    reachable = false;
    await sessions.signOut("idle");
    await sessions.signIn("amina", "amina-secret");
    expect(sessions.state.get()).toMatchObject({ status: "in", offline: true });
    await expect(sessions.ensureMine()).rejects.toThrow();
    reachable = true;
    await sessions.ensureMine();
    expect(sessions.state.get()).toMatchObject({ status: "in", offline: false, expired: false });
    expect(deleted).toBe(0);
  });

  it("ask nothing as B with the session that A left behind without a network", async () => {
    const sessions = new Sessions(vault, hooks);
    await sessions.signIn("bilal", "bilal-secret");
    await sessions.signOut();
    await sessions.signIn("amina", "amina-secret");
    reachable = false;
    await sessions.signOut();
    await sessions.signIn("bilal", "bilal-secret");
    expect(sessions.mine(await ownerOf("bilal"))).toBe(false);
    reachable = true;
    await expect(sessions.ensureMine()).rejects.toThrow();
    expect([signedIn, deleted]).toEqual([null, 2]);
    expect(sessions.state.get()).toMatchObject({ status: "in", expired: true });
    await sessions.signIn("bilal", "bilal-secret");
    expect([sessions.mine(await ownerOf("bilal")), signedIn]).toEqual([true, "bilal"]);
  });

  it("finish at the server a sign-out that was made without a network, before anything else", async () => {
    const sessions = new Sessions(vault, hooks);
    await sessions.signIn("amina", "amina-secret");
    reachable = false;
    await sessions.signOut();
    expect([signedIn, deleted]).toEqual(["amina", 0]);
    const offline = new Sessions(vault, hooks);
    await offline.start();
    expect(statusOf(offline)).toBe("out");
    reachable = true;
    const later = new Sessions(vault, hooks);
    await later.start();
    expect([statusOf(later), deleted, signedIn]).toEqual(["out", 1, null]);
  });

  it("close the device when the server ended the session meanwhile", async () => {
    const first = await page();
    await first.sessions.signIn("amina", "amina-secret");
    signedIn = null;
    pages.reload();
    const reloaded = await page();
    await reloaded.sessions.start();
    expect([statusOf(reloaded.sessions), reloaded.vault.owner, localStorage.getItem("cpims.session")]).toEqual(["out", null, null]);
  });

  it("send nothing more as A once another tab signed B in", async () => {
    const sessions = new Sessions(vault, hooks);
    await sessions.signIn("amina", "amina-secret");
    localStorage.setItem("cpims.session", "another");
    expect(sessions.mine(await ownerOf("amina"))).toBe(false);
  });
});
