import "fake-indexeddb/auto";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { Guard, isPin } from "./guard";
import { Vault } from "./vault";

let count = 0;
let vault: Vault;
let guard: Guard;
const drop = vi.fn(() => {
  vault.lock();
});
const tell = vi.fn();

beforeEach(async () => {
  drop.mockClear();
  tell.mockClear();
  vault = await Vault.open(`guard-${String(++count)}`, 64);
  await vault.unlock("amina", "secret-1");
  guard = new Guard(vault, drop, tell);
  await guard.load();
});

describe("the PIN", () => {
  it("is four to eight digits", () => {
    expect(["123", "1234", "12345678", "123456789", "12a4", ""].map(isPin)).toEqual([false, true, true, false, false, false]);
  });

  it("locks the screen and opens it, the key in memory all the while", async () => {
    expect(guard.lock()).toBe(false);
    await guard.setPin("4711");
    expect(guard.lock()).toBe(true);
    expect([guard.state.get().locked, vault.owner]).toEqual([true, "amina"]);
    expect(await guard.unlock("1111")).toBe("wrong");
    expect(guard.state.get()).toMatchObject({ locked: true, tries: 1 });
    expect(await guard.unlock("4711")).toBe("open");
    expect(guard.state.get()).toMatchObject({ locked: false, tries: 0 });
  });

  it("drops the key at the fifth wrong try, also when they come at once", async () => {
    await guard.setPin("4711");
    guard.lock();
    const answers = await Promise.all(["1", "2", "3", "4", "5"].map((digit) => guard.unlock(digit.repeat(4))));
    expect(answers).toEqual(["wrong", "wrong", "wrong", "wrong", "dropped"]);
    expect(drop.mock.calls).toEqual([["pin"]]);
    expect(vault.owner).toBeNull();
  });

  it("counts on over a reload and with the other windows", async () => {
    await guard.setPin("4711");
    guard.lock();
    await guard.unlock("1111");
    expect(tell.mock.calls.at(-1)).toEqual([true, 1]);
    const reloaded = new Guard(vault, drop, tell);
    await reloaded.load(guard.state.get());
    expect(reloaded.state.get()).toMatchObject({ locked: true, tries: 1 });
    reloaded.follow(true, 4);
    expect(await reloaded.unlock("2222")).toBe("dropped");
  });

  it("lies nowhere but sealed, and is known again after the password opened the vault", async () => {
    await guard.setPin("4711");
    guard.forget();
    vault.lock();
    expect(guard.lock()).toBe(false);
    await vault.unlockAlone("amina", "secret-1");
    await guard.load();
    expect(guard.lock()).toBe(true);
    expect(await guard.unlock("4711")).toBe("open");
  });

  it("gives way to the password, and only to hers", async () => {
    await guard.setPin("4711");
    guard.lock();
    expect(await guard.unlockByPassword("secret-2")).toBe(false);
    expect(guard.state.get().locked).toBe(true);
    expect(await guard.unlockByPassword("secret-1")).toBe(true);
    expect(guard.state.get().locked).toBe(false);
  });

  it("goes when she takes it away, and the cover with it back to a tap", async () => {
    await guard.setPin("4711");
    await guard.setClosing({ cover: "pin", minutes: 10 });
    await guard.setPin(null);
    expect(guard.state.get()).toMatchObject({ hasPin: false, cover: "tap", minutes: 10 });
    expect(guard.lock()).toBe(false);
  });
});

describe("days in the field", () => {
  it("keep the key for eight hours instead of half an hour, and can be read while the vault is locked", async () => {
    expect(guard.dropMinutes).toBe(30);
    await guard.setFieldMode(true);
    expect(guard.dropMinutes).toBe(480);
    vault.lock();
    expect(await vault.getOpen("amina", "field_mode")).toBe(true);
  });
});
