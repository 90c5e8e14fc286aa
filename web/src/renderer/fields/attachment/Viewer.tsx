import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { textOf as textOfError } from "~/api";
import { formatDay, formatNumber, t } from "~/lib/i18n";
import { isAway } from "~/store";
import { Button } from "~/ui/Button";
import { Facts, Notice, Skeleton, Stack } from "~/ui/layout";
import { Sheet } from "~/ui/Sheet";
import type { RecordFiles } from "../../files";
import type { Data } from "../../types";
import { textOf } from "../../values";
import css from "./attachment.module.css";
import { BlobPicture, Sound } from "./Picture";
import { isPicture, isSound, nameOfFile } from "./shown";

export function sizeText(bytes: number): string {
  return bytes < 100_000 ? t("files.kilobytes", { number: formatNumber(Math.max(1, Math.round(bytes / 1000))) }) : t("files.megabytes", { number: formatNumber(Math.round(bytes / 100_000) / 10) });
}

/** One file, opened: seen, heard, or saved to be opened elsewhere. It goes from memory with the sheet. */
export function Viewer({ files, entry, title, onClose }: { files: RecordFiles; entry: Data; title: string; onClose: () => void }): JSX.Element {
  const [blob, setBlob] = useState<Blob | null>(null);
  const [error, setError] = useState<unknown>(null);
  const name = textOf(entry["unique_id"]) || textOf(entry["id"]);
  useEffect(() => {
    let here = true;
    files.store.open(files.id, entry).then(
      (found) => {
        if (here) setBlob(found);
      },
      (failed: unknown) => {
        if (here) setError(failed);
      },
    );
    return () => {
      here = false;
    };
  }, [files, name]);
  const size = entry["size"];
  const day = textOf(entry["date"]) || textOf(entry["signature_provided_on"]);
  const said = [
    [t("files.description"), textOf(entry["description"])],
    [t("files.signed_by"), textOf(entry["signature_provided_by"])],
    [t("files.comments"), textOf(entry["comments"])],
    [t("files.day"), day === "" ? "" : formatDay(day)],
    [t("files.size"), typeof size === "number" ? sizeText(size) : ""],
  ] as const;
  return (
    <Sheet open title={title} onClose={onClose}>
      <Stack>
        {error ? (
          <Notice tone={isAway(error) ? "info" : "warn"}>{isAway(error) ? t("files.away") : textOfError(error)}</Notice>
        ) : blob === null ? (
          <Skeleton rows={3} blocks />
        ) : isPicture(entry) ? (
          <BlobPicture blob={blob} alt={nameOfFile(entry, title)} className={css.whole} />
        ) : isSound(entry) ? (
          <Sound blob={blob} />
        ) : (
          <>
            <p>{t("files.save.text")}</p>
            <Button
              icon="download"
              look="primary"
              onClick={() => {
                handOut(blob, textOf(entry["file_name"]) || "document");
              }}
            >
              {t("files.save")}
            </Button>
          </>
        )}
        <Facts items={said.filter(([, value]) => value !== "").map(([label, value]) => [label, <bdi key={label}>{value}</bdi>])} />
      </Stack>
    </Sheet>
  );
}

/** Gives a copy to the device's own folder of downloads. */
function handOut(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => {
    URL.revokeObjectURL(url);
  });
}
