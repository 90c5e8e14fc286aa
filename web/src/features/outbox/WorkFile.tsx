import type { JSX } from "preact";
import { useState } from "preact/compat";
import { formatNumber, hasMessage, t } from "~/lib/i18n";
import { useSource } from "~/store";
import { Button, Field, Notice, PasswordInput, say, Sheet, Stack } from "~/ui";

const SHORTEST = 12;

/** Unsent work as an encrypted file, for a device that will not reach the network again. */
export function PackSheet({ onClose }: { onClose: () => void }): JSX.Element {
  const source = useSource();
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const isShort = password.length < SHORTEST;
  const differs = again !== password;
  const pack = async (): Promise<void> => {
    setTried(true);
    if (isShort || differs) return;
    setBusy(true);
    try {
      offer(await source.packWork(password), `unsent-work-${new Date().toISOString().slice(0, 10)}.cpims`);
      say(t("outbox.export.done"), { icon: "check" });
      onClose();
    } finally {
      setBusy(false);
    }
  };
  return (
    <Sheet
      open
      title={t("outbox.export.title")}
      onClose={onClose}
      actions={
        <Button look="primary" icon="download" busy={busy} onClick={() => void pack()}>
          {t("outbox.export")}
        </Button>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void pack();
        }}
      >
        <Stack>
          <p>{t("outbox.export.text")}</p>
          <Field label={t("outbox.export.password")} hint={t("outbox.export.password_hint")} error={tried && isShort ? t("outbox.export.password_hint") : null}>
            {(attributes) => <PasswordInput {...attributes} autocomplete="off" value={password} onValue={setPassword} />}
          </Field>
          <Field label={t("outbox.export.again")} error={tried && differs ? t("outbox.export.differ") : null}>
            {(attributes) => <PasswordInput {...attributes} autocomplete="off" value={again} onValue={setAgain} />}
          </Field>
        </Stack>
      </form>
    </Sheet>
  );
}

/** The file comes back, here or on another device, for the same account. */
export function TakeInSheet({ onClose }: { onClose: () => void }): JSX.Element {
  const source = useSource();
  const [file, setFile] = useState<File | null>(null);
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  const takeIn = async (): Promise<void> => {
    if (file === null) return;
    setBusy(true);
    setFailed(null);
    try {
      const { items, drafts, left } = await source.takeInWork(file, password);
      say([t("outbox.import.done", { items: items + drafts }), left > 0 ? t("outbox.import.drafts_left", { count: left }) : ""].join(" ").trim(), { icon: "check" });
      onClose();
    } catch (error) {
      const code = error instanceof Error ? error.message : "";
      setFailed(hasMessage(code) ? t(code) : t("error.unexpected"));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Sheet
      open
      title={t("outbox.import.title")}
      onClose={onClose}
      actions={
        <Button look="primary" busy={busy} disabled={file === null || password === ""} onClick={() => void takeIn()}>
          {t("outbox.import")}
        </Button>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void takeIn();
        }}
      >
        <Stack>
          {failed === null ? null : (
            <Notice tone="danger" alert>
              {failed}
            </Notice>
          )}
          <Field label={t("outbox.import.file")} hint={file === null ? null : t("outbox.import.size", { size: formatNumber(Math.ceil(file.size / 1024)) })}>
            {(attributes) => (
              <input
                {...attributes}
                type="file"
                accept=".cpims"
                onChange={(event) => {
                  setFile(event.currentTarget.files?.[0] ?? null);
                }}
              />
            )}
          </Field>
          <Field label={t("outbox.export.password")}>{(attributes) => <PasswordInput {...attributes} autocomplete="off" value={password} onValue={setPassword} />}</Field>
        </Stack>
      </form>
    </Sheet>
  );
}

/** Saved by the browser as a file; nothing leaves the device. */
function offer(blob: Blob, name: string): void {
  const address = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => {
    URL.revokeObjectURL(address);
  }, 60_000);
}
