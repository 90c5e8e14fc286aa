import { useMemo } from "preact/hooks";
import { useWatched } from "~/lib/watched";
import { ACTS, filesAt, uploadOf, type OutboxItem } from "~/store";
import type { RecordFiles } from "../../files";
import type { Data, Field } from "../../types";
import { textOf } from "../../values";

/** A file of a question as she sees it now: of the record, or on its way. */
export interface Shown {
  key: string;
  entry: Data;
  /** What is on its way, or was refused. */
  item: OutboxItem | null;
  /** How much of it has gone up, as a share of 1. */
  sent: number | null;
}

/** The files at a question, with what this device has not sent yet. */
export function useShown(files: RecordFiles, field: Field): Shown[] {
  const { value } = useWatched(files.record);
  const items = useWatched(files.items);
  const sent = useWatched(files.store.progress);
  return useMemo(() => {
    const mine = items.filter(
      (item) => item.record === files.id && item.state !== "confirmed" && (item.action === "attach_file" || item.action === "detach_file") && item.data["field_name"] === field.name,
    );
    const laid = mine.filter((item) => item.state !== "refused" || item.action === "attach_file").reduce<Data>((data, item) => ACTS[item.action].lay(data, item), value?.data ?? {});
    return filesAt(laid, field.name).map((entry): Shown => {
      const key = textOf(entry["unique_id"]) || textOf(entry["id"]);
      const item = mine.find((one) => uploadOf(one) === key) ?? mine.find((one) => one.state === "refused" && textOf(one.data["attachment"]) === key) ?? null;
      return { key, entry, item, sent: item?.action === "attach_file" ? (sent.get(key) ?? null) : null };
    });
  }, [value, items, sent, files.id, field.name]);
}

/** What a file is called on the screen: what was said of it, never more. */
export function nameOfFile(entry: Data, otherwise: string): string {
  return textOf(entry["description"]) || textOf(entry["signature_provided_by"]) || textOf(entry["file_name"]) || otherwise;
}

export function isPicture(entry: Data): boolean {
  return textOf(entry["content_type"]).startsWith("image/");
}

export function isSound(entry: Data): boolean {
  return textOf(entry["content_type"]).startsWith("audio/");
}

/** An allowed kind of file for the question, by its name's ending; the server looks at the bytes. */
export const ENDINGS: Readonly<Record<string, readonly string[]>> = {
  audio: ["mp3", "m4a", "mp4", "ogg", "oga", "opus"],
  document: ["pdf", "docx", "xlsx", "doc", "xls", "txt", "csv", "jpg", "jpeg", "png"],
};
