import { isObject, type Json, type JsonObject } from "~/lib/json";
import type { Bytes } from "../vault";
import type { KeptFile } from "./bytes";
import type { Files } from "./files";

const STEP = 0x8000;

/** The bytes of waiting files as a part of a file of unsent work. */
export async function packFiles(files: Pick<Files, "packed">): Promise<JsonObject[]> {
  const packed: JsonObject[] = [];
  for await (const { file, bytes } of files.packed()) packed.push({ file: { ...file } as Record<string, Json>, bytes: toBase64(bytes) });
  return packed;
}

/** What came so is taken up before the items that speak of it. */
export async function takeInFiles(files: Pick<Files, "takeUp">, packed: unknown): Promise<void> {
  if (!Array.isArray(packed)) return;
  for (const one of packed) {
    if (isObject(one) && isObject(one["file"]) && typeof one["bytes"] === "string") await files.takeUp(one["file"] as unknown as KeptFile, fromBase64(one["bytes"]));
  }
}

function toBase64(bytes: Bytes): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += STEP) text += String.fromCharCode(...bytes.subarray(at, at + STEP));
  return btoa(text);
}

function fromBase64(text: string): Bytes {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}
