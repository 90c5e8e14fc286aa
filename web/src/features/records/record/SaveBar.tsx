import type { JSX } from "preact";
import { useEffect } from "preact/compat";
import { formatMoment, t } from "~/lib/i18n";
import { useWide } from "~/lib/media";
import { useWatched } from "~/lib/watched";
import { Button, IconButton } from "~/ui/Button";
import { ActionBar } from "~/ui/layout";
import { say } from "~/ui/toast";
import { useSelected } from "~/renderer/answers";
import type { RecordDesk } from "./RecordDesk";
import css from "./record.module.css";

export interface SaveBarProps {
  desk: RecordDesk;
  /** A section is open for filling in; else the bar is there only while something is unsaved. */
  editing: boolean;
  /** The worker is about to leave with something unsaved. */
  leaving: (() => void) | null;
  onStay: () => void;
  onSave: () => void;
  onDone: () => void;
  saveLabel?: string;
  /** There is something to do even when nothing was typed, such as closing the case. */
  ready?: boolean;
}

/** At the foot of the screen while something is being changed: what is unsaved, where it is kept, and the way to save it. */
export function SaveBar({ desk, editing, leaving, onStay, onSave, onDone, saveLabel, ready }: SaveBarProps): JSX.Element | null {
  const wide = useWide();
  const count = useSelected(desk.filling.answers, () => desk.filling.changes());
  const { saving, draftAt } = useWatched(desk.state);
  const isThere = editing || count > 0;
  useEffect(() => {
    // What is said for a moment stands above the bar, never on its buttons.
    document.documentElement.style.setProperty("--save-bar", isThere ? "4.5rem" : "0px");
    return () => {
      document.documentElement.style.removeProperty("--save-bar");
    };
  }, [isThere]);
  if (!isThere) return null;
  const discard = (): void => {
    const back = desk.discard();
    onDone();
    say(t("casefile.discarded"), { icon: "undo", action: { label: t("renderer.undo"), run: back } });
  };
  if (leaving !== null)
    return (
      <ActionBar>
        <div class={css.saveText} role="alert">
          <strong>{t("casefile.leave.title", { count })}</strong>
          <span class={css.quiet}>{t("casefile.leave.kept")}</span>
        </div>
        <div class={css.saveButtons}>
          <Button onClick={onStay}>{t("casefile.leave.stay")}</Button>
          <Button look="primary" onClick={leaving}>
            {t("casefile.leave.go")}
          </Button>
        </div>
      </ActionBar>
    );
  return (
    <ActionBar>
      <div class={css.saveText} aria-live="polite">
        {count > 0 ? (
          <>
            <strong>{t(wide ? "casefile.unsaved" : "casefile.unsaved.short", { count })}</strong>
            {draftAt !== null ? (
              <span class={css.quiet} title={formatMoment(draftAt)}>
                {t(wide ? "casefile.draft_kept" : "casefile.draft_kept.short")}
              </span>
            ) : null}
          </>
        ) : wide ? (
          <span class={css.quiet}>{t("casefile.unchanged")}</span>
        ) : null}
      </div>
      <div class={css.saveButtons}>
        {count > 0 && !wide ? (
          <IconButton icon="undo" label={t("casefile.discard")} onClick={discard} disabled={saving} />
        ) : count > 0 ? (
          <Button look="quiet" icon="undo" onClick={discard} disabled={saving}>
            {t("casefile.discard")}
          </Button>
        ) : editing ? (
          <Button look="quiet" onClick={onDone}>
            {t("casefile.stop_editing")}
          </Button>
        ) : null}
        <Button look="primary" icon="check" busy={saving} onClick={onSave} disabled={count === 0 && !desk.isNew && !ready}>
          {saveLabel ?? t("casefile.save")}
        </Button>
      </div>
    </ActionBar>
  );
}
