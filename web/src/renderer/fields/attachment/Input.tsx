import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { t } from "~/lib/i18n";
import { FILE_KINDS, NoRoom, type Made } from "~/store";
import { Button } from "~/ui/Button";
import { Notice, Row, Stack } from "~/ui/layout";
import type { RecordFiles } from "../../files";
import type { InputProps } from "../../registry";
import { useScope } from "../../scope";
import { labelOfField } from "../../words";
import { AddSheet } from "./AddSheet";
import { FileList } from "./FileList";
import { makeFile, NotTaken } from "./making";
import { Recorder, recordingType } from "./Recorder";
import { ENDINGS, useShown } from "./shown";
import { SignatureSheet } from "./SignatureSheet";
import { sizeText } from "./Viewer";

/** Files are put on a case and taken off at once, each an act of its own; the rest of the form may be saved later. */
export function Input(props: InputProps): JSX.Element | null {
  const { desk } = useScope();
  return desk.files ? <Ask {...props} files={desk.files} /> : null;
}

/** Why a file was not taken, in words. */
export function reasonOf(error: unknown): string {
  if (error instanceof NotTaken) return t(error.key, error.params);
  if (error instanceof NoRoom) return t("files.no_room", { size: sizeText(error.size), free: sizeText(error.free) });
  return t("error.unexpected");
}

function Ask({ field, attributes, files }: InputProps & { files: RecordFiles }): JSX.Element {
  const kind = FILE_KINDS[field.type] ?? "document";
  const shown = useShown(files, field);
  const [made, setMade] = useState<readonly Made[]>([]);
  const [problems, setProblems] = useState<readonly string[]>([]);
  const [busy, setBusy] = useState(false);
  const [signing, setSigning] = useState(false);
  const limit = files.limits();
  const full = kind !== "signature" && shown.length >= limit.most;
  const take = async (chosen: readonly File[]): Promise<void> => {
    setBusy(true);
    const good: Made[] = [];
    const bad: string[] = [];
    for (const file of chosen.slice(0, limit.most - shown.length))
      try {
        good.push(await makeFile(file, kind, limit.megabytes(kind)));
      } catch (error) {
        bad.push(reasonOf(error));
      }
    setProblems([...new Set(bad)]);
    setMade(good);
    setBusy(false);
  };
  return (
    <Stack gap={3}>
      <FileList files={files} field={field} shown={shown} editing />
      {problems.map((text) => (
        <Notice key={text} tone="danger" alert>
          {text}
        </Notice>
      ))}
      {full ? (
        <Notice>{t("attachment.maximum", { most: limit.most })}</Notice>
      ) : (
        <Row>
          {kind === "image" ? (
            <>
              <Choose id={attributes.id} icon="camera" text={t("files.take")} busy={busy} accept="image/*" camera onFiles={(all) => void take(all)} />
              <Choose icon="plus" text={t("files.choose_photos")} busy={busy} accept="image/*" multiple onFiles={(all) => void take(all)} />
            </>
          ) : kind === "audio" ? (
            <>
              {recordingType() === null ? null : (
                <Recorder
                  id={attributes.id}
                  megabytes={limit.megabytes("audio")}
                  onMade={(one) => {
                    setProblems([]);
                    setMade([one]);
                  }}
                  onProblem={(text) => {
                    setProblems([text]);
                  }}
                />
              )}
              <Choose icon="plus" text={t("files.choose_sound")} busy={busy} accept={`audio/*,${endings("audio")}`} onFiles={(all) => void take(all)} />
            </>
          ) : kind === "signature" ? (
            <Button
              id={attributes.id}
              icon="edit"
              onClick={() => {
                setSigning(true);
              }}
            >
              {t(shown.length > 0 ? "files.sign_again" : "files.sign")}
            </Button>
          ) : (
            <Choose id={attributes.id} icon="plus" text={t("files.choose_documents")} busy={busy} accept={endings("document")} multiple onFiles={(all) => void take(all)} />
          )}
        </Row>
      )}
      {made.length > 0 ? (
        <AddSheet
          files={files}
          field={field}
          title={labelOfField(field)}
          made={made}
          onClose={() => {
            setMade([]);
          }}
        />
      ) : null}
      {signing ? (
        <SignatureSheet
          files={files}
          field={field}
          onClose={() => {
            setSigning(false);
          }}
        />
      ) : null}
    </Stack>
  );
}

function endings(kind: string): string {
  return (ENDINGS[kind] ?? []).map((ending) => `.${ending}`).join(",");
}

interface ChooseProps {
  id?: string;
  icon: "camera" | "plus";
  text: string;
  busy: boolean;
  accept: string;
  camera?: boolean;
  multiple?: boolean;
  onFiles: (files: readonly File[]) => void;
}

/** A button that lets her choose files, or opens the camera. */
export function Choose({ id, icon, text, busy, accept, camera, multiple, onFiles }: ChooseProps): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        hidden
        accept={accept}
        multiple={multiple === true}
        {...(camera ? { capture: "environment" as const } : {})}
        onChange={(event) => {
          const chosen = [...(event.currentTarget.files ?? [])];
          event.currentTarget.value = "";
          if (chosen.length > 0) onFiles(chosen);
        }}
      />
      <Button {...(id === undefined ? {} : { id })} icon={icon} busy={busy} onClick={() => input.current?.click()}>
        {text}
      </Button>
    </>
  );
}
