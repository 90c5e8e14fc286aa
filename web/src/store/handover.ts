import { call } from "~/api";
import { isObject, type JsonObject } from "~/lib/json";
import { DEVICE, HANDOVER_INFO, type Registration } from "./device";
import { delivered } from "./outbox/delivering";
import { isKeptForOwner } from "./outbox/resting";
import type { OutboxItem } from "./types";
import { sealTo, type Vault } from "./vault";

const MOST_ITEMS = 100;
const MOST_BYTES = 700_000;

/** What stands before the sealed item, for the one who sorts letters without opening them. */
interface Cover {
  at: string;
  action: string;
  record: string;
}

/**
 * Unsent work sealed for the server alone, beside the vault: a device that is locked, forgotten or revoked gives it
 * back before it is wiped. It lies here exactly as long as the item itself lies in the outbox.
 */
export class Handover {
  constructor(
    private readonly vault: Vault,
    private readonly post: (body: JsonObject) => Promise<unknown> = async (body) => (await call("/cpims/v1/devices/handover", { method: "POST", body })).body,
  ) {}

  async put(items: readonly OutboxItem[]): Promise<void> {
    const device = this.vault.owner === null ? null : await this.deviceOf(this.vault.owner);
    if (device === null) return;
    for (const item of items) {
      const told = delivered(item);
      const sealed = await sealTo(device.sealingKey, new TextEncoder().encode(JSON.stringify(told)), HANDOVER_INFO);
      if (this.vault.owner !== item.owner) return;
      await this.vault.putHandover(item.id, pack({ at: String(told["at"]), action: item.action, record: item.record }, sealed));
    }
  }

  async drop(ids: readonly string[]): Promise<void> {
    if (this.vault.owner === null) return;
    for (const id of ids) await this.vault.dropHandover(id);
  }

  /** After a crash, or when this browser was registered only now: a copy for every item, and none without an item. */
  async reconcile(items: readonly OutboxItem[]): Promise<void> {
    const owner = this.vault.owner;
    if (owner === null) return;
    const wanted = new Map(items.filter(isTheDevicesOwn).map((item) => [item.id, item]));
    const there = new Set((await this.vault.handovers(owner)).map((one) => one.id));
    await this.drop([...there].filter((id) => !wanted.has(id)));
    await this.put([...wanted.values()].filter((item) => !there.has(item.id)));
  }

  /** Gives the server what an account has not sent, opened by nobody here; true when all of it arrived. */
  async handOver(owner: string): Promise<boolean> {
    const device = await this.deviceOf(owner);
    const all = await this.vault.handovers(owner);
    if (all.length === 0) return true;
    if (device === null) return false;
    for (const batch of inBatches(all.map((one) => ({ id: one.id, ...unpack(one.bytes) })))) {
      const told = await this.post({ id: device.id, secret: device.secret, items: batch });
      const data = isObject(told) && isObject(told["data"]) ? told["data"] : {};
      const received = new Set(Array.isArray(data["received"]) ? data["received"].map(String) : []);
      for (const { id } of batch) if (received.has(id)) await this.vault.dropHandover(id, owner);
    }
    return (await this.vault.handovers(owner)).length === 0;
  }

  /** This browser as the server knows it for an account; readable while the vault is locked, nothing before it was registered. */
  private async deviceOf(owner: string): Promise<Registration | null> {
    return (await this.vault.getOpen(owner, DEVICE)) as Registration | null;
  }
}

/** What the server keeps already for a new owner is not given back a second time. */
function isTheDevicesOwn(item: OutboxItem): boolean {
  return item.state !== "confirmed" && !isKeptForOwner(item);
}

interface Letter extends JsonObject {
  id: string;
  sealed: string;
}

function inBatches(letters: readonly Letter[]): Letter[][] {
  const batches: Letter[][] = [];
  let bytes = Infinity;
  for (const letter of letters) {
    const last = batches.at(-1);
    if (last === undefined || last.length >= MOST_ITEMS || bytes + letter.sealed.length > MOST_BYTES) {
      batches.push([letter]);
      bytes = letter.sealed.length;
    } else {
      last.push(letter);
      bytes += letter.sealed.length;
    }
  }
  return batches;
}

function pack(cover: Cover, sealed: Uint8Array): Uint8Array<ArrayBuffer> {
  const head = new TextEncoder().encode(JSON.stringify(cover));
  const packed = new Uint8Array(4 + head.length + sealed.length);
  new DataView(packed.buffer).setUint32(0, head.length);
  packed.set(head, 4);
  packed.set(sealed, 4 + head.length);
  return packed;
}

function unpack(packed: Uint8Array): Cover & { sealed: string } {
  const size = new DataView(packed.buffer, packed.byteOffset).getUint32(0);
  const cover = JSON.parse(new TextDecoder().decode(packed.subarray(4, 4 + size))) as Cover;
  return { ...cover, sealed: base64(packed.subarray(4 + size)) };
}

function base64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}
