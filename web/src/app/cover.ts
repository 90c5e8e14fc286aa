import { useCallback, useEffect } from "preact/compat";
import type { DataSource } from "~/store";

const TWICE_MS = 600;
const OTHER_ACTS = ["pointerdown", "input"] as const;

/**
 * Somebody looks over her shoulder: the screen is covered at once, by the button, Alt+0, or Escape pressed twice. The
 * cover lifts by a tap, or by the PIN when she set it so.
 */
export function useCover(source: DataSource, setCovered: (covered: boolean) => void): () => void {
  const hide = useCallback(() => {
    const { guard } = source.safety;
    if (guard.state.get().cover !== "pin" || !guard.lock()) setCovered(true);
  }, [source, setCovered]);
  useEffect(() => {
    let escaped = -Infinity;
    // Twice means with nothing done in between: closing one list and then another hides nothing.
    const other = (): void => {
      escaped = -Infinity;
    };
    const keys = (event: KeyboardEvent): void => {
      if (event.altKey && event.key === "0") hide();
      if (event.key !== "Escape") other();
      if (event.key !== "Escape" || event.repeat) return;
      if (event.timeStamp - escaped < TWICE_MS) {
        escaped = -Infinity;
        hide();
      } else escaped = event.timeStamp;
    };
    // Before whatever the first Escape closes can stop it on its way.
    addEventListener("keydown", keys, { capture: true });
    for (const act of OTHER_ACTS) addEventListener(act, other, { capture: true });
    return () => {
      removeEventListener("keydown", keys, { capture: true });
      for (const act of OTHER_ACTS) removeEventListener(act, other, { capture: true });
    };
  }, [hide]);
  return hide;
}
