// @vitest-environment jsdom
import "fake-indexeddb/auto";
import { webcrypto } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ownerOf, Sessions } from "./session";
import { Vault } from "./vault";

let count = 0;
let vault: Vault;
let signedIn: string | null;
let reachable: boolean;
let deleted: number;
const hooks = { opened: vi.fn(() => Promise.resolve()), closed: vi.fn() };

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
    if (user.password !== `${user.user_name}-secret`) return answer(401, { error: "no" });
    signedIn = user.user_name;
    return answer(200, { id: 1, user_name: user.user_name });
  }
  if (signedIn === null) return answer(401, { error: "nobody" });
  return answer(200, { data: { user_name: signedIn, full_name: signedIn, id: 1, instance: { kind: "demo", name: "D", uuid: "u" } } });
}

beforeEach(async () => {
  vi.stubGlobal("crypto", webcrypto);
  vi.stubGlobal("fetch", respond);
  document.cookie = "CSRF-TOKEN=t";
  localStorage.clear();
  signedIn = null;
  reachable = true;
  deleted = 0;
  hooks.opened.mockClear();
  hooks.closed.mockClear();
  vault = await Vault.open(`session-${String(++count)}`, 1000);
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

  it("go on after a reload, also without a network", async () => {
    await new Sessions(vault, hooks).signIn("amina", "amina-secret");
    const reloaded = new Sessions(vault, hooks);
    await reloaded.start();
    expect(statusOf(reloaded)).toBe("in");
    reachable = false;
    const offline = new Sessions(vault, hooks);
    await offline.start();
    expect(offline.state.get()).toMatchObject({ status: "in", offline: true, session: { userName: "amina" } });
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
    await new Sessions(vault, hooks).signIn("amina", "amina-secret");
    signedIn = null;
    const reloaded = new Sessions(vault, hooks);
    await reloaded.start();
    expect([statusOf(reloaded), await vault.lastOwner()]).toEqual(["out", null]);
  });

  it("send nothing more as A once another tab signed B in", async () => {
    const sessions = new Sessions(vault, hooks);
    await sessions.signIn("amina", "amina-secret");
    localStorage.setItem("cpims.session", "another");
    expect(sessions.mine(await ownerOf("amina"))).toBe(false);
  });
});
