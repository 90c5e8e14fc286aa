import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "~/lib/i18n";
import type { Made } from "~/store";
import { Button } from "~/ui/Button";
import css from "./attachment.module.css";
import { NotTaken, small } from "./making";

/** What the server takes, in this order; a browser records one of them. */
const TYPES = ["audio/mp4", "audio/ogg;codecs=opus", "audio/ogg"];
/** Speech needs no more, and half an hour of it stays small. */
const BITS_PER_SECOND = 32_000;
const LONGEST_S = 1_800;

/** In what this browser can record, if it can; asked when the button would be drawn. */
export function recordingType(): string | null {
  const able = globalThis as { MediaRecorder?: typeof MediaRecorder };
  const devices = (navigator as Partial<Navigator>).mediaDevices;
  return able.MediaRecorder && devices ? (TYPES.find((type) => able.MediaRecorder?.isTypeSupported(type)) ?? null) : null;
}

interface RecorderProps {
  id: string;
  megabytes: number;
  onMade: (made: Made) => void;
  onProblem: (text: string) => void;
}

/** Records what is said. Leaving the page, a cover or a lock ends it, and nothing of it is kept. */
export function Recorder({ id, megabytes, onMade, onProblem }: RecorderProps): JSX.Element {
  const [seconds, setSeconds] = useState<number | null>(null);
  const running = useRef<{ recorder: MediaRecorder; drop: () => void } | null>(null);
  useEffect(() => () => running.current?.drop(), []);
  const start = async (): Promise<void> => {
    const type = recordingType();
    if (type === null || running.current) return;
    let stream: MediaStream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch {
      onProblem(t("files.no_microphone"));
      return;
    }
    const recorder = new MediaRecorder(stream, { mimeType: type, audioBitsPerSecond: BITS_PER_SECOND });
    const parts: Blob[] = [];
    let wanted = true;
    const begun = Date.now();
    const timer = setInterval(() => {
      const now = Math.floor((Date.now() - begun) / 1000);
      setSeconds(now);
      if (now >= LONGEST_S) recorder.stop();
    }, 500);
    recorder.ondataavailable = ({ data }) => {
      if (data.size > 0) parts.push(data);
    };
    recorder.onstop = () => {
      clearInterval(timer);
      for (const track of stream.getTracks()) track.stop();
      running.current = null;
      if (!wanted) return;
      setSeconds(null);
      const plain = type.split(";")[0] ?? type;
      try {
        onMade(small({ kind: "audio", blob: new Blob(parts, { type: plain }), thumb: null, fileName: plain === "audio/mp4" ? "recording.m4a" : "recording.ogg" }, megabytes));
      } catch (error) {
        onProblem(error instanceof NotTaken ? t(error.key, error.params) : t("error.unexpected"));
      }
    };
    running.current = {
      recorder,
      drop: () => {
        wanted = false;
        recorder.stop();
      },
    };
    recorder.start(1_000);
    setSeconds(0);
  };
  if (seconds === null)
    return (
      <Button id={id} icon="mic" onClick={() => void start()}>
        {t("files.record")}
      </Button>
    );
  return (
    <span class={css.recording}>
      <Button id={id} look="danger" icon="check" onClick={() => running.current?.recorder.stop()}>
        {t("files.record.stop")}
      </Button>
      <Button
        look="quiet"
        onClick={() => {
          running.current?.drop();
          setSeconds(null);
        }}
      >
        {t("files.record.drop")}
      </Button>
      <span role="timer" aria-label={t("files.record.time")}>
        <bdi>{`${String(Math.floor(seconds / 60))}:${String(seconds % 60).padStart(2, "0")}`}</bdi>
      </span>
    </span>
  );
}
