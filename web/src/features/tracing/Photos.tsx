import type { JSX } from "preact";
import { useEffect, useState } from "preact/compat";
import { t } from "~/lib/i18n";
import { isObject, type JsonObject } from "~/lib/json";
import { BlobPicture } from "~/renderer/fields/attachment/Picture";
import { textOf } from "~/renderer/values";
import { useSource, type MatchView } from "~/store";
import { Card, Icon } from "~/ui";
import css from "./tracing.module.css";

function photosOf(of: JsonObject): JsonObject[] {
  const found = of["photos"];
  return Array.isArray(found) ? found.filter(isObject) : [];
}

/** Photos of both sides beside each other, also on a phone; nothing where she may see none. */
export function Photos({ match }: { match: MatchView }): JSX.Element | null {
  const sides = [
    { title: t("tracing.side.case"), record: textOf(match.case["id"]), photos: photosOf(match.case), asked: "photos" in match.case },
    { title: t("tracing.side.trace"), record: textOf(match.trace["tracing_request_id"]), photos: photosOf(match.trace), asked: "photos" in match.trace },
  ];
  if (sides.every((side) => side.photos.length === 0)) return null;
  return (
    <Card label={t("tracing.photos")}>
      <h2 class={css.groupTitle}>{t("tracing.photos")}</h2>
      <div class={css.photos}>
        {sides.map((side) => (
          <section key={side.title} aria-label={side.title}>
            <p class={css.quiet}>{side.title}</p>
            {side.photos.length === 0 ? <p>{t(side.asked ? "tracing.photos.none" : "tracing.photos.closed")}</p> : null}
            <ul role="list">
              {side.photos.map((photo, at) => (
                <li key={textOf(photo["id"])}>
                  <Photo record={side.record} photo={photo} alt={t("tracing.photo", { side: side.title, number: at + 1 })} />
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
      {sides[1]?.photos.length ? <p class={css.quiet}>{t("tracing.photos.request")}</p> : null}
    </Card>
  );
}

/** One small picture, as far as it can be had now. */
export function Photo({ record, photo, alt, small }: { record: string; photo: JsonObject; alt: string; small?: boolean }): JSX.Element {
  const source = useSource();
  const [blob, setBlob] = useState<Blob | null>(null);
  const id = textOf(photo["id"]);
  useEffect(() => {
    let here = true;
    source.files.thumbnail(record, { ...photo, unique_id: photo["unique_id"] ?? id }).then(
      (found) => {
        if (here) setBlob(found);
      },
      () => undefined,
    );
    return () => {
      here = false;
    };
  }, [source, record, id]);
  return (
    <span class={small ? css.face : css.photo}>
      {blob ? (
        <BlobPicture blob={blob} alt={alt} />
      ) : (
        <span role="img" aria-label={alt}>
          <Icon name="camera" size={28} />
        </span>
      )}
    </span>
  );
}

/** The newest photo of one side, for a line of a list. */
export function Face({ of, record, alt }: { of: JsonObject; record: string; alt: string }): JSX.Element | null {
  const first = photosOf(of)[0];
  return first === undefined ? null : <Photo small record={record} photo={first} alt={alt} />;
}
