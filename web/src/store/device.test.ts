// @vitest-environment jsdom
import "fake-indexeddb/auto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Device, DEVICE, platformOf, type Report } from "./device";
import { Vault } from "./vault";

const KEY = { id: "1-abc", public_key: "BAAA" };
const REPORT: Report = { unsent: 2, oldestUnsentAt: "2026-03-01T08:00:00.000Z", lastSyncAt: null, kept: 40, storage: { used: 5, quota: 9, persisted: true }, fieldMode: true };

let count = 0;
let vault: Vault;
let asked: { path: string; body: Record<string, unknown> }[];
let standing: { state: string; hand_over: boolean; wipe: boolean };
let known: boolean;
let reachable: boolean;
let mine: boolean;
const hooks = {
  report: vi.fn(() => Promise.resolve(REPORT)),
  handOver: vi.fn(() => Promise.resolve(true)),
  mine: () => mine,
  registered: vi.fn(() => Promise.resolve()),
  wiped: vi.fn(),
};

function respond(path: string, request: RequestInit): Promise<Response> {
  if (!reachable) return Promise.reject(new TypeError("offline"));
  const answer = (status: number, body: unknown): Promise<Response> => Promise.resolve(new Response(JSON.stringify(body), { status }));
  if (request.method === "GET") return answer(200, {});
  const body = JSON.parse(request.body as string) as Record<string, unknown>;
  asked.push({ path: path.replace("/api/cpims/v1", ""), body });
  if (path.endsWith("/devices")) return answer(200, { data: { id: body["id"], secret: `secret-${String(asked.length)}`, sealing_key: KEY } });
  if (!known) return answer(401, { errors: [{ status: 401, code: "device.unknown", message: "" }] });
  return answer(200, { data: { ...standing, sealing_key: { id: "2-def", public_key: "BBBB" } } });
}

async function open(): Promise<Device> {
  vault = await Vault.open(`device-${String(++count)}`, 64);
  await vault.unlock("amina", "secret-1");
  return new Device(vault, hooks);
}
const paths = (): string[] => asked.map(({ path }) => path);
const stored = async (owner = "amina"): Promise<Record<string, unknown> | null> => (await vault.getOpen(owner, DEVICE)) as Record<string, unknown> | null;

beforeEach(() => {
  asked = [];
  standing = { state: "active", hand_over: false, wipe: false };
  known = reachable = mine = true;
  document.cookie = "CSRF-TOKEN=token";
  vi.stubGlobal("fetch", (path: string, request: RequestInit) => respond(path, request));
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.clearAllMocks();
});

describe("a browser as a device", () => {
  it("is registered once, and its secret and the server's key can be read while the vault is locked", async () => {
    const device = await open();
    await Promise.all([device.ensure("amina"), device.ensure("amina")]);
    await device.ensure("amina");
    expect(paths()).toEqual(["/devices"]);
    expect(device.registration.get()?.sealingKey).toEqual(KEY);
    expect(hooks.registered).toHaveBeenCalledTimes(1);
    vault.lock();
    expect(await device.credentials("amina")).toEqual({ id: asked[0]?.body["id"], secret: "secret-1" });
    expect(await device.credentials("bilal")).toBeNull();
  });

  it("is not registered while another's session may be the one that asks, nor without a network", async () => {
    const device = await open();
    mine = false;
    await device.ensure("amina");
    mine = true;
    reachable = false;
    await device.ensure("amina");
    expect([asked, await stored()]).toEqual([[], null]);
    reachable = true;
    await device.ensure("amina");
    expect(paths()).toEqual(["/devices"]);
  });

  it("belongs to each account by itself", async () => {
    const device = await open();
    await device.ensure("amina");
    await vault.unlock("bilal", "secret-2");
    await device.ensure("bilal");
    expect(new Set(asked.map(({ body }) => body["id"])).size).toBe(2);
  });

  it("tells how it stands, and while it is locked what it still knows", async () => {
    const device = await open();
    await device.ensure("amina");
    await device.contact("amina");
    expect(asked[1]).toMatchObject({ path: "/devices/contact", body: { unsent: 2, kept: 40, field_mode: true, storage: { used: 5 } } });
    expect((await stored())?.["sealingKey"]).toEqual({ id: "2-def", public_key: "BBBB" });
    await vault.putHandover("i1", new Uint8Array([1]));
    vault.lock();
    await device.contact("amina");
    expect(hooks.report).toHaveBeenCalledTimes(1);
    expect(asked[2]?.body).toMatchObject({ unsent: 1, oldest_unsent_at: REPORT.oldestUnsentAt, kept: 40 });
  });

  it("takes a new secret after a link began a session, under the same id", async () => {
    const device = await open();
    await device.ensure("amina");
    await device.renew("amina");
    expect(asked[1]?.body["id"]).toBe(asked[0]?.body["id"]);
    expect((await stored())?.["secret"]).toBe("secret-2");
  });

  it("is registered anew when the server does not know it any more", async () => {
    const device = await open();
    await device.ensure("amina");
    known = false;
    await device.contact("amina");
    expect(paths()).toEqual(["/devices", "/devices/contact", "/devices"]);
    expect(asked[2]?.body["id"]).not.toBe(asked[0]?.body["id"]);
  });
});

describe("a revoked device", () => {
  it("hands over, then wipes, then says that it is done; of the other account nothing is touched", async () => {
    const device = await open();
    await device.ensure("amina");
    await vault.put("record", "r1", { name: "Noor" });
    await vault.unlock("bilal", "secret-2");
    await vault.put("item", "i2", { name: "Sara" });
    await vault.unlock("amina", "secret-1");
    standing = { state: "revoked", hand_over: true, wipe: true };
    hooks.handOver.mockImplementationOnce(async () => {
      expect(await vault.ids("record")).toEqual(["r1"]);
      return true;
    });
    await device.contact("amina");
    expect(hooks.handOver).toHaveBeenCalledWith("amina");
    expect(hooks.wiped).toHaveBeenCalledWith("amina", true);
    expect(paths()).toEqual(["/devices", "/devices/contact", "/devices/contact"]);
    expect(asked[2]?.body).toEqual({ id: asked[0]?.body["id"], secret: "secret-1", wiped: true });
    expect(await vault.allOpen("farewell")).toEqual([]);
    expect([vault.owner, await stored(), device.registration.get()]).toEqual([null, null, null]);
    expect(await vault.unlockAlone("amina", "secret-1")).toBe(false);
    expect(await vault.unlockAlone("bilal", "secret-2")).toBe(true);
    expect(await vault.ids("item")).toEqual(["i2"]);
  });

  it("keeps everything while what is unsent has not arrived", async () => {
    const device = await open();
    await device.ensure("amina");
    standing = { state: "revoked", hand_over: true, wipe: true };
    hooks.handOver.mockResolvedValueOnce(false);
    await device.contact("amina");
    expect(hooks.wiped).not.toHaveBeenCalled();
    hooks.handOver.mockRejectedValueOnce(new Error("away"));
    await expect(device.contact("amina")).rejects.toThrow("away");
    expect(await stored()).not.toBeNull();
    await device.contact("amina");
    expect([hooks.wiped.mock.calls, await stored()]).toEqual([[["amina", true]], null]);
  });

  it("says that it is done when the network is back", async () => {
    const device = await open();
    await device.ensure("amina");
    standing = { state: "revoked", hand_over: false, wipe: true };
    hooks.wiped.mockImplementationOnce(() => {
      reachable = false;
    });
    await expect(device.contact("amina")).rejects.toThrow("unreachable");
    expect([await stored(), (await vault.allOpen("farewell")).length]).toEqual([null, 1]);
    reachable = true;
    device.contactAll();
    await vi.waitFor(async () => {
      expect(await vault.allOpen("farewell")).toEqual([]);
    });
    expect(asked.at(-1)?.body).toMatchObject({ wiped: true });
  });

  it("is wiped though its vault is locked", async () => {
    const device = await open();
    await device.ensure("amina");
    await vault.put("item", "i1", { name: "Noor" });
    vault.lock();
    standing = { state: "revoked", hand_over: false, wipe: true };
    await device.contact("amina");
    expect(hooks.wiped).toHaveBeenCalledWith("amina", false);
    expect(await vault.unlockAlone("amina", "secret-1")).toBe(false);
  });
});

describe("a device from which an account is taken by hand", () => {
  it("says so once everything is gone, and is revoked by it", async () => {
    const device = await open();
    await device.ensure("amina");
    await vault.put("record", "r1", { name: "Noor" });
    await device.leave("amina", () => vault.wipe("amina"));
    expect([await stored(), device.registration.get(), paths()]).toEqual([null, null, ["/devices"]]);
    await device.sayFarewells();
    expect(asked[1]).toEqual({ path: "/devices/contact", body: { id: asked[0]?.body["id"], secret: "secret-1", leaving: true, wiped: true } });
    await device.sayFarewells();
    expect([paths().length, await vault.allOpen("farewell")]).toEqual([2, []]);
  });

  it("says it at the next contact when the network is away, also while nobody is signed in", async () => {
    const device = await open();
    await device.ensure("amina");
    vault.lock();
    reachable = false;
    await device.leave("amina", () => vault.wipe("amina"));
    await device.sayFarewells();
    expect([await vault.unlockAlone("amina", "secret-1"), paths()]).toEqual([false, ["/devices"]]);
    reachable = true;
    device.contactAll();
    await vi.waitFor(async () => {
      expect(await vault.allOpen("farewell")).toEqual([]);
    });
    expect(asked.at(-1)?.body).toMatchObject({ leaving: true, wiped: true });
  });

  it("says nothing while something is left, and nothing when it was never registered", async () => {
    const device = await open();
    await device.leave("amina", () => vault.wipe("amina"));
    await device.sayFarewells();
    expect(asked).toEqual([]);
    await vault.unlock("amina", "secret-1");
    await device.ensure("amina");
    await expect(device.leave("amina", () => Promise.reject(new Error("full")))).rejects.toThrow("full");
    expect([await vault.allOpen("farewell"), (await stored()) !== null]).toEqual([[], true]);
  });
});

it("guesses a name that tells the devices of one person apart", () => {
  expect(platformOf("Mozilla/5.0 (Linux; Android 14; SM-A145F) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36")).toBe("Android, Chrome");
  expect(platformOf("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:127.0) Gecko/20100101 Firefox/127.0")).toBe("Windows, Firefox");
  expect(platformOf("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Mobile Safari/604.1")).toBe("iOS, Safari");
  expect(platformOf("?")).toBe("Browser");
});
