import type { ComponentChildren, JSX } from "preact";
import { useEffect, useId, useRef } from "preact/compat";
import { cx } from "~/lib/classes";
import { t } from "~/lib/i18n";
import { IconButton } from "./Button";
import css from "./Sheet.module.css";

export interface SheetProps {
  open: boolean;
  title: ComponentChildren;
  /** Asked to close: by its button, Escape, or a press beside it. */
  onClose: () => void;
  /** A small question in the middle instead of a side sheet. */
  centre?: boolean;
  /** Only its button closes it, not a press beside it or Escape. */
  firm?: boolean;
  /** Buttons at its foot. */
  actions?: ComponentChildren;
  children?: ComponentChildren;
}

/** From the side on a desk, from below on a phone. The focus goes in, stays in, and returns to where it came from. */
export function Sheet({ open, title, onClose, centre, firm, actions, children }: SheetProps): JSX.Element | null {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const element = dialog.current;
    if (!open || !element) return undefined;
    const before = document.activeElement;
    if (!element.open) element.showModal();
    element.querySelector<HTMLElement>("h2")?.focus();
    return () => {
      element.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, [open]);
  if (!open) return null;
  return (
    <dialog
      ref={dialog}
      class={cx(css.sheet, centre ? css.centre : css.side)}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        if (!firm) onClose();
      }}
      onPointerDown={(event) => {
        if (event.target === dialog.current && !firm) onClose();
      }}
    >
      <div class={css.head}>
        <h2 id={id} tabIndex={-1}>
          {title}
        </h2>
        <IconButton icon="close" label={t("ui.close")} onClick={onClose} />
      </div>
      <div class={css.body}>{children}</div>
      {actions ? <div class={css.foot}>{actions}</div> : null}
    </dialog>
  );
}
