import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { cx } from "~/lib/classes";
import { t } from "~/lib/i18n";
import { Icon } from "~/ui/icons";
import type { RecordFiles } from "../../files";
import type { Data } from "../../types";
import css from "./attachment.module.css";

/** Bytes as a picture. The address that the browser needs for it lives until the picture is drawn, and no longer. */
export function BlobPicture({ blob, alt, className }: { blob: Blob; alt: string; className?: string | undefined }): JSX.Element {
  const image = useRef<HTMLImageElement>(null);
  useEffect(() => {
    const url = URL.createObjectURL(blob);
    const done = (): void => {
      URL.revokeObjectURL(url);
    };
    if (image.current) image.current.src = url;
    image.current?.addEventListener("load", done, { once: true });
    image.current?.addEventListener("error", done, { once: true });
    return done;
  }, [blob]);
  return <img ref={image} alt={alt} class={className} decoding="async" />;
}

/** The small picture of a file; a sign where there is none, or none can be had now. */
export function Thumb({ files, entry, alt, icon }: { files: RecordFiles; entry: Data; alt: string; icon: "camera" | "file" | "sound" | "edit" }): JSX.Element {
  const [blob, setBlob] = useState<Blob | null>(null);
  const name = String(entry["unique_id"] ?? entry["id"]);
  const url = entry["thumbnail_url"];
  useEffect(() => {
    let here = true;
    files.store.thumbnail(files.id, entry).then(
      (found) => {
        if (here) setBlob(found);
      },
      () => undefined,
    );
    return () => {
      here = false;
    };
  }, [files, name, url]);
  return (
    <span class={cx(css.thumb, icon === "edit" && blob && css.written)}>
      {blob ? (
        <BlobPicture blob={blob} alt={alt} />
      ) : (
        <span role="img" aria-label={alt}>
          <Icon name={icon} size={28} />
        </span>
      )}
    </span>
  );
}

/** A sound that can be listened to; its address goes with it. */
export function Sound({ blob }: { blob: Blob }): JSX.Element {
  const player = useRef<HTMLAudioElement>(null);
  useEffect(() => {
    const url = URL.createObjectURL(blob);
    if (player.current) player.current.src = url;
    return () => {
      player.current?.pause();
      URL.revokeObjectURL(url);
    };
  }, [blob]);
  // What somebody said in her own language has no text track.
  return <audio ref={player} controls controlsList="nodownload" aria-label={t("files.listen")} />;
}
