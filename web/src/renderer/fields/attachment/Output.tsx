import type { JSX } from "preact";
import { t } from "~/lib/i18n";
import { filesAt } from "~/store";
import type { RecordFiles } from "../../files";
import type { OutputProps } from "../../registry";
import { useScope } from "../../scope";
import css from "./attachment.module.css";
import { FileList } from "./FileList";
import { nameOfFile, useShown } from "./shown";

/** What is attached, to be looked at. */
export function Output(props: OutputProps): JSX.Element | null {
  const { desk, mode } = useScope();
  if (desk.files) return <Live {...props} files={desk.files} />;
  const names = filesAt({ [props.field.name]: props.value ?? null }, props.field.name).map((entry) => nameOfFile(entry, t("renderer.attachment.unnamed")));
  return (
    <>
      {names.map((name) => (
        <p key={name}>
          <bdi>{name}</bdi>
        </p>
      ))}
      {mode === "edit" ? <p class={css.quiet}>{t("files.after_saving")}</p> : null}
    </>
  );
}

function Live({ field, files }: OutputProps & { files: RecordFiles }): JSX.Element {
  const shown = useShown(files, field);
  if (shown.length > 0) return <FileList files={files} field={field} shown={shown} />;
  return (
    <span class={css.quiet}>
      <span aria-hidden="true">—</span>
      <span class="visually-hidden">{t("renderer.no_answer")}</span>
    </span>
  );
}
