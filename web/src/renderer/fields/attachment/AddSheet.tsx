import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { t } from "~/lib/i18n";
import type { Made } from "~/store";
import { Button } from "~/ui/Button";
import { Field as Question, TextInput } from "~/ui/form";
import { Icon } from "~/ui/icons";
import { Notice, Stack } from "~/ui/layout";
import { Sheet } from "~/ui/Sheet";
import { say } from "~/ui/toast";
import type { RecordFiles } from "../../files";
import { said } from "../../kindWords";
import type { Field } from "../../types";
import css from "./attachment.module.css";
import { reasonOf } from "./Input";
import { BlobPicture, Sound } from "./Picture";
import { sizeText } from "./Viewer";

/** Before files go on the case: what they are, how large they are, and a word about them. */
export function AddSheet({ files, field, title, made, onClose }: { files: RecordFiles; field: Field; title: string; made: readonly Made[]; onClose: () => void }): JSX.Element {
  const [description, setDescription] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [left, setLeft] = useState(made);
  const add = async (): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      for (const one of left) {
        await files.store.attach(files.kind, files.id, field.name, one, description.trim() === "" ? {} : { description: description.trim() });
        setLeft((all) => all.filter((other) => other !== one));
      }
      say(said(files.kind, "files.added", { count: left.length }), { icon: "check" });
      onClose();
    } catch (error) {
      setProblem(reasonOf(error));
      setBusy(false);
    }
  };
  return (
    <Sheet
      open
      title={title}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{t("files.cancel")}</Button>
          <Button look="primary" icon="check" busy={busy} onClick={() => void add()}>
            {t("files.add", { count: left.length })}
          </Button>
        </>
      }
    >
      <Stack>
        {problem ? (
          <Notice tone="danger" alert>
            {problem}
          </Notice>
        ) : null}
        <ul role="list" class={css.files}>
          {left.map((one, at) => (
            <li key={at} class={css.made}>
              {one.thumb ? (
                <span class={css.thumb}>
                  <BlobPicture blob={one.thumb} alt={t("files.preview")} />
                </span>
              ) : one.kind === "audio" ? (
                <Sound blob={one.blob} />
              ) : (
                <Icon name="file" />
              )}
              <span class={css.told}>
                {one.kind === "document" ? <bdi>{one.fileName}</bdi> : null}
                <bdi class={css.quiet}>{sizeText(one.blob.size)}</bdi>
              </span>
            </li>
          ))}
        </ul>
        <Question label={t("files.description")} hint={t("files.description.hint")}>
          {(attributes) => <TextInput {...attributes} value={description} onValue={setDescription} maxLength={500} />}
        </Question>
      </Stack>
    </Sheet>
  );
}
