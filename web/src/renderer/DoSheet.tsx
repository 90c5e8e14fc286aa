import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/compat";
import { textOf as textOfError, textOfProblem } from "~/api";
import { t } from "~/lib/i18n";
import { useSource, type Outcome, type Save } from "~/store";
import { Button, Notice, say, Sheet, Stack } from "~/ui";
import css from "./picker.module.css";

export interface DoSheetProps {
  title: string;
  /** What follows, each in a sentence. */
  follows?: readonly string[];
  /** What is done, one after the other: the words of the button. */
  label: string;
  done: string;
  danger?: boolean;
  disabled?: boolean;
  /** What goes into the outbox; each waits for the ones before it. */
  saves: () => readonly Save[];
  onClose: () => void;
  /** It was sent, or is kept on this device. */
  onDone?: (outcome: Outcome) => void;
  children?: ComponentChildren;
}

/** Asks once before something is done to a record, says what follows from it, and what became of it. */
export function DoSheet({ title, follows = [], label, done, danger = false, disabled = false, saves, onClose, onDone, children }: DoSheetProps): JSX.Element {
  const source = useSource();
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  const go = async (): Promise<void> => {
    setBusy(true);
    setFailed(null);
    try {
      let outcome: Outcome | null = null;
      for (const save of saves()) {
        outcome = await source.save(save);
        if (outcome.state !== "refused") continue;
        // She reads the reason here: nothing is to wait in the outbox for her.
        const { problems, status, item } = outcome;
        await source.outbox.takeBack(item);
        setFailed([...new Set(problems.map((one) => textOfProblem(one, status)))].join(" "));
        return;
      }
      if (outcome === null) return;
      say(outcome.state === "confirmed" ? done : t("share.waiting"), { icon: outcome.state === "confirmed" ? "check" : "clock" });
      onClose();
      onDone?.(outcome);
    } catch (error) {
      setFailed(textOfError(error));
    } finally {
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
          <Button onClick={onClose}>{t("casefile.cancel")}</Button>
          <Button look={danger ? "danger" : "primary"} busy={busy} disabled={disabled} onClick={() => void go()}>
            {label}
          </Button>
        </>
      }
    >
      <Stack gap={3}>
        {follows.length === 0 ? null : (
          <ul class={css.follows}>
            {follows.map((one) => (
              <li key={one}>{one}</li>
            ))}
          </ul>
        )}
        {children}
        {failed === null ? null : (
          <Notice tone="danger" alert>
            {failed}
          </Notice>
        )}
      </Stack>
    </Sheet>
  );
}
