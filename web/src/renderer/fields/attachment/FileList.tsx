import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { textOfProblem } from "~/api";
import { formatDay, formatNumber, t } from "~/lib/i18n";
import { Button, IconButton } from "~/ui/Button";
import { Icon } from "~/ui/icons";
import { Badge } from "~/ui/labels";
import { Row } from "~/ui/layout";
import { Sheet } from "~/ui/Sheet";
import { say } from "~/ui/toast";
import type { RecordFiles } from "../../files";
import type { Field } from "../../types";
import { textOf } from "../../values";
import { labelOfField } from "../../words";
import css from "./attachment.module.css";
import { Thumb } from "./Picture";
import { isPicture, isSound, nameOfFile, type Shown } from "./shown";
import { sizeText, Viewer } from "./Viewer";

/** The files of a question: small pictures, what each is, how far it has come; opened by a press. */
export function FileList({ files, field, shown, editing = false }: { files: RecordFiles; field: Field; shown: readonly Shown[]; editing?: boolean }): JSX.Element | null {
  const [opened, setOpened] = useState<Shown | null>(null);
  const [asked, setAsked] = useState<Shown | null>(null);
  if (shown.length === 0) return null;
  const label = labelOfField(field);
  const title = (one: Shown): string => nameOfFile(one.entry, label);
  const remove = (one: Shown): void => {
    setAsked(null);
    void files.store.detach(files.kind, files.id, field.name, one.entry).then(() => {
      say(t("files.removed"), { icon: "check" });
    });
  };
  return (
    <>
      <ul role="list" class={css.files} aria-label={label}>
        {shown.map((one) => (
          <li key={one.key} class={css.file}>
            <button
              type="button"
              class={css.open}
              onClick={() => {
                setOpened(one);
              }}
            >
              <Thumb files={files} entry={one.entry} alt={t("files.open", { name: title(one) })} icon={isPicture(one.entry) ? (field.type === "signature" ? "edit" : "camera") : isSound(one.entry) ? "sound" : "file"} />
              <span class={css.told}>
                <bdi>{title(one)}</bdi>
                <span class={css.quiet}>
                  {dayOf(one) === "" ? null : <bdi>{formatDay(dayOf(one))}</bdi>} {typeof one.entry["size"] === "number" ? <bdi>{sizeText(one.entry["size"])}</bdi> : null}
                </span>
              </span>
            </button>
            {editing ? (
              <IconButton
                icon="trash"
                label={t("files.remove", { name: title(one) })}
                onClick={() => {
                  setAsked(one);
                }}
              />
            ) : null}
            <Progress files={files} one={one} />
          </li>
        ))}
      </ul>
      {opened ? (
        <Viewer
          files={files}
          entry={opened.entry}
          title={title(opened)}
          onClose={() => {
            setOpened(null);
          }}
        />
      ) : null}
      <Sheet
        centre
        open={asked !== null}
        title={t("files.remove.title")}
        onClose={() => {
          setAsked(null);
        }}
        actions={
          <>
            <Button
              onClick={() => {
                setAsked(null);
              }}
            >
              {t("files.remove.keep")}
            </Button>
            <Button
              look="danger"
              onClick={() => {
                if (asked) remove(asked);
              }}
            >
              {t("files.remove.go")}
            </Button>
          </>
        }
      >
        <p>{t(asked?.item?.action === "attach_file" ? "files.remove.text_here" : "files.remove.text")}</p>
      </Sheet>
    </>
  );
}

function dayOf({ entry }: Shown): string {
  return textOf(entry["date"]) || textOf(entry["signature_provided_on"]);
}

/** How far a file has come: waiting, so much sent, or refused and why. */
function Progress({ files, one }: { files: RecordFiles; one: Shown }): JSX.Element | null {
  const { item, sent } = one;
  if (item === null) return null;
  if (item.state === "refused")
    return (
      <div class={css.refused}>
        <p>
          <Icon name="alert" size={18} /> {item.refusal?.problems.map((problem) => textOfProblem(problem, item.refusal?.status)).join(" ")}
        </p>
        <Row>
          <Button onClick={() => void files.store.retry(item.id)}>{t("files.retry")}</Button>
          <Button look="quiet" onClick={() => void files.takeBack(item.id)}>
            {t(item.action === "attach_file" ? "files.give_up" : "files.leave_it")}
          </Button>
        </Row>
      </div>
    );
  const isMoving = sent !== null && sent < 1;
  return (
    <div class={css.progress}>
      {isMoving ? <progress max={1} value={sent} aria-label={t("files.sending")} /> : null}
      <Badge tone="info" icon={isMoving ? "sync" : "clock"}>
        {isMoving ? t("files.sent", { percent: formatNumber(Math.floor(sent * 100)) }) : t("casefile.state.waiting")}
      </Badge>
    </div>
  );
}
