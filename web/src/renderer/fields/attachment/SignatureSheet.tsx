import type { JSX } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { localized, t } from "~/lib/i18n";
import type { Made } from "~/store";
import { Button } from "~/ui/Button";
import { Checkbox, Field as Question, TextInput } from "~/ui/form";
import { Notice, Row, Stack } from "~/ui/layout";
import { Sheet } from "~/ui/Sheet";
import { Tabs } from "~/ui/Tabs";
import { say } from "~/ui/toast";
import type { RecordFiles } from "../../files";
import type { Field } from "../../types";
import { labelOfField } from "../../words";
import css from "./attachment.module.css";
import { Choose, reasonOf } from "./Input";
import { makeFile, makeSignature } from "./making";
import { BlobPicture } from "./Picture";

const WIDTH = 800;
const HEIGHT = 300;
type Way = "draw" | "type" | "picture";

/** Signing: drawn with a finger, pen or mouse; typed by whoever cannot or does not want to draw; or a picture of it. */
export function SignatureSheet({ files, field, onClose }: { files: RecordFiles; field: Field; onClose: () => void }): JSX.Element {
  const [way, setWay] = useState<Way>("draw");
  const [name, setName] = useState("");
  const [agreed, setAgreed] = useState(false);
  const [drawn, setDrawn] = useState(false);
  const [picture, setPicture] = useState<Made | null>(null);
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const panel = useId();
  const statement = t("files.sign.statement", { name: name.trim() });
  const isSigned = way === "draw" ? drawn : way === "type" ? agreed : picture !== null;
  const guard = async (work: () => Promise<void>): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      await work();
    } catch (error) {
      setProblem(reasonOf(error));
    }
    setBusy(false);
  };
  const keep = (): void => {
    setTried(true);
    if (name.trim() === "" || !isSigned) return;
    void guard(async () => {
      const made = way === "picture" ? picture : await makeSignature(way === "draw" ? (canvas.current ?? written(statement)) : written(statement));
      if (made === null) return;
      await files.store.attach(files.kind, files.id, field.name, made, { signature_provided_by: name.trim() });
      say(t("files.signed"), { icon: "check" });
      onClose();
    });
  };
  return (
    <Sheet
      open
      firm
      title={labelOfField(field)}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{t("files.cancel")}</Button>
          <Button look="primary" icon="check" busy={busy} onClick={keep}>
            {t("files.sign.keep")}
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
        <Question label={localized(field.signature_provided_by_label) || t("files.sign.name")} required error={tried && name.trim() === "" ? t("files.sign.name_missing") : null}>
          {(attributes) => <TextInput {...attributes} value={name} onValue={setName} autocapitalize="words" spellcheck={false} maxLength={200} />}
        </Question>
        <Tabs
          label={t("files.sign.way")}
          controls={panel}
          current={way}
          onSelect={(id) => {
            setWay(id as Way);
          }}
          tabs={(["draw", "type", "picture"] as const).map((id) => ({ id, label: t(`files.sign.${id}`) }))}
        />
        <div id={panel} role="tabpanel" aria-label={t(`files.sign.${way}`)}>
          {way === "draw" ? (
            <Pad canvas={canvas} onDrawn={setDrawn} />
          ) : way === "type" ? (
            <Checkbox checked={agreed} onChecked={setAgreed} disabled={name.trim() === ""} label={name.trim() === "" ? t("files.sign.name_first") : statement} />
          ) : (
            <Stack gap={3}>
              {picture?.thumb ? <BlobPicture blob={picture.thumb} alt={t("files.preview")} className={css.whole} /> : null}
              <Row>
                <Choose
                  icon="plus"
                  text={t("files.sign.choose")}
                  busy={busy}
                  accept="image/*"
                  onFiles={([file]) => {
                    if (file) void guard(async () => { setPicture(await makeFile(file, "signature", files.limits().megabytes("signature"))); });
                  }}
                />
              </Row>
            </Stack>
          )}
        </div>
        {tried && !isSigned ? (
          <p class={css.wrong} role="alert">
            {t("files.sign.missing")}
          </p>
        ) : null}
      </Stack>
    </Sheet>
  );
}

/** The place to draw. Lines are black on white whatever the colours of the screen, as on paper. */
function Pad({ canvas, onDrawn }: { canvas: { current: HTMLCanvasElement | null }; onDrawn: (drawn: boolean) => void }): JSX.Element {
  const last = useRef<{ x: number; y: number } | null>(null);
  const clear = (): void => {
    const pen = canvas.current?.getContext("2d");
    if (!pen) return;
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, WIDTH, HEIGHT);
    onDrawn(false);
  };
  useEffect(clear, []);
  const spot = (event: PointerEvent, element: HTMLCanvasElement): { x: number; y: number } => {
    const box = element.getBoundingClientRect();
    return { x: ((event.clientX - box.left) / box.width) * WIDTH, y: ((event.clientY - box.top) / box.height) * HEIGHT };
  };
  const line = (from: { x: number; y: number }, to: { x: number; y: number }): void => {
    const pen = canvas.current?.getContext("2d");
    if (!pen) return;
    pen.strokeStyle = "#111";
    pen.lineWidth = 4;
    pen.lineCap = "round";
    pen.lineJoin = "round";
    pen.beginPath();
    pen.moveTo(from.x, from.y);
    pen.lineTo(to.x, to.y);
    pen.stroke();
  };
  return (
    <Stack gap={2}>
      <p class={css.quiet}>{t("files.sign.draw_here")}</p>
      <canvas
        ref={canvas}
        class={css.pad}
        width={WIDTH}
        height={HEIGHT}
        role="img"
        aria-label={t("files.sign.pad")}
        onPointerDown={(event) => {
          event.preventDefault();
          event.currentTarget.setPointerCapture(event.pointerId);
          last.current = spot(event, event.currentTarget);
          line(last.current, last.current);
        }}
        onPointerMove={(event) => {
          if (last.current === null) return;
          // All the places between two frames, so that a quick hand makes no corners.
          for (const one of [...event.getCoalescedEvents(), event]) {
            const to = spot(one, event.currentTarget);
            line(last.current, to);
            last.current = to;
          }
          onDrawn(true);
        }}
        onPointerUp={() => {
          last.current = null;
        }}
        onPointerCancel={() => {
          last.current = null;
        }}
      />
      <Row>
        <Button look="quiet" icon="undo" onClick={clear}>
          {t("files.sign.clear")}
        </Button>
      </Row>
    </Stack>
  );
}

/** The statement as a picture: what was agreed stands in it in the words that were read. */
function written(statement: string): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  const pen = canvas.getContext("2d");
  if (!pen) return canvas;
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, WIDTH, HEIGHT);
  pen.fillStyle = "#111";
  pen.font = `28px ${getComputedStyle(document.body).fontFamily}`;
  pen.direction = document.documentElement.dir === "rtl" ? "rtl" : "ltr";
  pen.textAlign = "start";
  const start = pen.direction === "rtl" ? WIDTH - 24 : 24;
  let row = "";
  let y = 60;
  for (const word of [...statement.split(/\s+/), null]) {
    const next = word === null ? null : row === "" ? word : `${row} ${word}`;
    if (next !== null && pen.measureText(next).width <= WIDTH - 48) {
      row = next;
      continue;
    }
    pen.fillText(row, start, y);
    y += 42;
    row = word ?? "";
  }
  return canvas;
}
