import { isObject, type JsonObject } from "~/lib/json";
import { packFiles, takeInFiles } from "../attachments/carrying";
import type { Files } from "../attachments";
import type { Drafts } from "../drafts";
import type { Draft, OutboxItem } from "../types";
import type { Vault } from "../vault";
import { stretch } from "../vault/stretch";
import type { Outbox } from "./outbox";
import { SCHEMA, upcastDrafts, upcastItems } from "./upcasting";

/** Unsent work as a file: a line that says how it is sealed, and what is sealed. Only a password opens it, only its account takes it in. */
const FORMAT = "cpims-unsent-work";
const VERSION = 1;
const MEMORY_KIB = 19 * 1024;
const PASSES = 2;
/** A file that asks for more was not made by us: it would only make the device stand still. */
const MOST_MEMORY_KIB = 256 * 1024;
const MOST_PASSES = 10;
const LONGEST_HEAD = 2_000;

type Bytes = Uint8Array<ArrayBuffer>;

interface Head {
  format: string;
  version: number;
  kdf: { name: "argon2id"; memory: number; passes: number; salt: string };
  cipher: "AES-256-GCM";
  iv: string;
}

/** Why a file was not taken in; the code is the message key. */
export class NotTakenIn extends Error {
  constructor(readonly code: "outbox.import.not_ours" | "outbox.import.newer" | "outbox.import.wrong_password" | "outbox.import.of_another") {
    super(code);
    this.name = "NotTakenIn";
  }
}

export interface TakenIn {
  items: number;
  drafts: number;
  /** Drafts that were left out, as another of the same case lies here. */
  left: number;
}

/** Everything that the account has not sent, as it lies here, sealed with a password chosen for the file. */
export async function packWork(vault: Vault, instance: string, password: string, memory = MEMORY_KIB, files: Pick<Files, "packed"> | null = null): Promise<Bytes> {
  const work = { schema: SCHEMA, owner: vault.owner, instance, savedAt: new Date().toISOString(), items: await vault.all("item"), drafts: await vault.all("draft"), files: files === null ? [] : await packFiles(files) };
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const head: Head = { format: FORMAT, version: VERSION, kdf: { name: "argon2id", memory, passes: PASSES, salt: toBase64(salt) }, cipher: "AES-256-GCM", iv: toBase64(iv) };
  const line = new TextEncoder().encode(`${JSON.stringify(head)}\n`);
  const key = await keyOf(password, head);
  const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: line }, key, new TextEncoder().encode(JSON.stringify(work))));
  const packed = new Uint8Array(line.length + sealed.length);
  packed.set(line, 0);
  packed.set(sealed, line.length);
  return packed;
}

/** Brings unsent work of the same account in again, here or on another device. Twice is harmless. Raises NotTakenIn. */
export async function takeIn(file: Bytes, password: string, to: { vault: Vault; outbox: Outbox; drafts: Drafts; instance: string; files?: Pick<Files, "takeUp"> }): Promise<TakenIn> {
  const work = await unpackWork(file, password);
  if (typeof work["schema"] !== "number" || work["schema"] > SCHEMA) throw new NotTakenIn("outbox.import.newer");
  if (work["owner"] !== to.vault.owner || work["instance"] !== to.instance) throw new NotTakenIn("outbox.import.of_another");
  const items = upcastItems(listOf(work["items"]));
  const drafts = upcastDrafts(listOf(work["drafts"]));
  if (items.newer + drafts.newer > 0) throw new NotTakenIn("outbox.import.newer");
  const mine = <T extends OutboxItem | Draft>(one: T): boolean => one.owner === to.vault.owner;
  if (to.files) await takeInFiles(to.files, work["files"]);
  const taken = await to.outbox.takeUp(items.found.filter(mine));
  const { put, left } = await to.drafts.takeUp(drafts.found.filter(mine));
  return { items: taken, drafts: put, left };
}

/** Raises NotTakenIn when it is no such file, is newer than this app, or does not open. */
export async function unpackWork(file: Bytes, password: string): Promise<JsonObject> {
  const end = file.subarray(0, LONGEST_HEAD).indexOf(10);
  const head = end < 0 ? null : readHead(file.subarray(0, end));
  if (head === null) throw new NotTakenIn("outbox.import.not_ours");
  if (head.version > VERSION) throw new NotTakenIn("outbox.import.newer");
  const key = await keyOf(password, head);
  try {
    const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: fromBase64(head.iv), additionalData: file.slice(0, end + 1) }, key, file.slice(end + 1));
    const work: unknown = JSON.parse(new TextDecoder().decode(plain));
    if (isObject(work)) return work;
  } catch {
    throw new NotTakenIn("outbox.import.wrong_password");
  }
  throw new NotTakenIn("outbox.import.not_ours");
}

function readHead(line: Bytes): Head | null {
  try {
    const head: unknown = JSON.parse(new TextDecoder().decode(line));
    if (!isObject(head) || head["format"] !== FORMAT || typeof head["version"] !== "number") return null;
    if (head["version"] > VERSION) return head as unknown as Head;
    const kdf = head["kdf"];
    if (!isObject(kdf) || kdf["name"] !== "argon2id" || head["cipher"] !== "AES-256-GCM") return null;
    const within = (value: unknown, most: number): boolean => Number.isInteger(value) && Number(value) > 0 && Number(value) <= most;
    if (!within(kdf["memory"], MOST_MEMORY_KIB) || !within(kdf["passes"], MOST_PASSES)) return null;
    return typeof kdf["salt"] === "string" && typeof head["iv"] === "string" ? (head as unknown as Head) : null;
  } catch {
    return null;
  }
}

async function keyOf(password: string, { kdf }: Head): Promise<CryptoKey> {
  const raw = await stretch({ password: new TextEncoder().encode(password.normalize("NFC")), salt: fromBase64(kdf.salt), memory: kdf.memory, passes: kdf.passes });
  return crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

function fromBase64(text: string): Bytes {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}
