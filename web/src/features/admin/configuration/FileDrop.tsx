import type { JSX } from "preact";
import { useState } from "preact/compat";
import { cx } from "~/lib/classes";
import { t } from "~/lib/i18n";
import { Field, Muted } from "~/ui";
import css from "./configuration.module.css";

/** The longest file that is read here. */
const LONGEST = 40 * 1024 * 1024;

interface FileDropProps {
  label: string;
  hint: string;
  error: string | null;
  /** What the file holds, as JSON; null when it holds none. */
  onRead: (name: string, text: string, read: unknown) => void;
}

/** A file of JSON, chosen or dropped; it is read here and sent nowhere yet. */
export function FileDrop({ label, hint, error, onRead }: FileDropProps): JSX.Element {
  const [over, setOver] = useState(false);
  const [name, setName] = useState("");
  const [wrong, setWrong] = useState<string | null>(null);
  const take = async (file: File | undefined): Promise<void> => {
    if (!file) return;
    setName(file.name);
    setWrong(null);
    if (file.size > LONGEST) {
      setWrong(t("admin.changes.file.too_large", { most: LONGEST / 1024 / 1024 }));
      return;
    }
    const text = await file.text();
    try {
      onRead(file.name, text, JSON.parse(text) as unknown);
    } catch {
      setWrong(t("admin.changes.file.unreadable"));
    }
  };
  return (
    <div
      class={cx(css.drop, over && css.over)}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => { setOver(false); }}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        void take(event.dataTransfer?.files[0]);
      }}
    >
      <Field label={label} hint={hint} error={wrong ?? error}>
        {(attributes) => <input {...attributes} type="file" accept=".json,application/json" onChange={(event) => void take(event.currentTarget.files?.[0])} />}
      </Field>
      {name === "" ? null : (
        <Muted small>
          <bdi>{name}</bdi>
        </Muted>
      )}
    </div>
  );
}
