import type { JSX } from "preact";
import { formatDay, t } from "~/lib/i18n";
import { Icon } from "~/ui/icons";
import type { OutputProps } from "../../registry";
import css from "../../renderer.module.css";
import { isData, textOf } from "../../values";

/** What is attached, honestly: files are listed, and can be added or opened on the server's own page only. */
export function Output({ field, value }: OutputProps): JSX.Element {
  const files = Array.isArray(value) ? value.filter(isData) : isData(value) && Object.keys(value).length > 0 ? [value] : [];
  return (
    <div class={css.attachments}>
      {files.length > 0 ? (
        <ul role="list">
          {files.map((file, at) => (
            <li key={textOf(file["id"]) || at}>
              <Icon name={field.type === "photo_upload_box" ? "camera" : "file"} size={18} />
              <span dir="auto">{textOf(file["description"]) || textOf(file["file_name"]) || t("renderer.attachment.unnamed")}</span>
              {file["date"] ? <bdi>{formatDay(textOf(file["date"]))}</bdi> : null}
            </li>
          ))}
        </ul>
      ) : null}
      <p class={css.quiet}>{t("renderer.attachment.later")}</p>
    </div>
  );
}
