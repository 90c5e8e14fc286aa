import { isObject, type Json, type JsonObject } from "~/lib/json";
import type { Act } from "../outbox/acts";
import type { OutboxItem } from "../types";

/** What a file answers, by the type of its question. */
export type FileKind = "image" | "audio" | "document" | "signature";
export const FILE_KINDS: Readonly<Record<string, FileKind>> = {
  photo_upload_box: "image",
  audio_upload_box: "audio",
  document_upload_box: "document",
  signature: "signature",
};

/** What is said with a file, as the server takes it. What the item holds beside is for this device alone. */
const SAID = ["upload", "field_name", "file_name", "date", "description", "comments", "is_current", "signature_provided_by"] as const;

/** A file is put on a record: its bytes go up first, then this act says where they belong. */
export const attachFile: Act = {
  makes: false,
  answers: false,
  lay: layAttached,
  args: (item) => ({ case_id: item.record, values: Object.fromEntries(SAID.flatMap((name) => (item.data[name] === undefined ? [] : [[name, item.data[name]]]))) }),
  words: "outbox.item.attach_file",
};

/** A file is taken off a record; `data.field_name` says where it was shown. */
export const detachFile: Act = {
  makes: false,
  answers: false,
  lay: layDetached,
  args: (item) => ({ case_id: item.record, values: { attachment: item.data["attachment"] ?? null } }),
  words: "outbox.item.detach_file",
};

/** Files wait for their bytes, and nothing else of the record waits for them. */
export function isAboutFile(item: Pick<OutboxItem, "action">): boolean {
  return item.action === "attach_file" || item.action === "detach_file";
}

/** The upload whose bytes an item needs; null when it needs none. */
export function uploadOf(item: OutboxItem): string | null {
  const { upload } = item.data;
  return item.action === "attach_file" && typeof upload === "string" ? upload : null;
}

/** Where in its outbox item the attachment of a record is named: by the upload that it came from, else by its number. */
export function nameOf(entry: JsonObject): Json {
  return entry["unique_id"] ?? entry["id"] ?? null;
}

function layAttached(record: JsonObject, { data, at }: OutboxItem): JsonObject {
  const field = String(data["field_name"]);
  const entry: JsonObject = {
    unique_id: data["upload"] ?? null,
    field_name: field,
    file_name: data["file_name"] ?? null,
    content_type: data["content_type"] ?? null,
    size: data["size"] ?? null,
  };
  if (data["attachment_type"] === "signature") return { ...record, [field]: { ...entry, signature_provided_by: data["signature_provided_by"] ?? null, signature_provided_on: data["date"] ?? at.slice(0, 10) } };
  const said: JsonObject = { ...entry, date: data["date"] ?? at.slice(0, 10), description: data["description"] ?? null, comments: data["comments"] ?? null };
  return { ...record, [field]: [said, ...filesAt(record, field).filter((one) => one["unique_id"] !== data["upload"])] };
}

function layDetached(record: JsonObject, { data }: OutboxItem): JsonObject {
  const field = String(data["field_name"]);
  const { attachment } = data;
  const goes = (one: JsonObject): boolean => one["unique_id"] === attachment || one["id"] === attachment;
  const before = record[field];
  if (isObject(before)) return goes(before) ? { ...record, [field]: null } : record;
  return Array.isArray(before) ? { ...record, [field]: before.filter((one) => !isObject(one) || !goes(one)) } : record;
}

/** The files that a record shows at a question, whether one or many. */
export function filesAt(record: JsonObject, field: string): JsonObject[] {
  const value = record[field];
  if (Array.isArray(value)) return value.filter(isObject);
  return isObject(value) && Object.keys(value).length > 0 ? [value] : [];
}
