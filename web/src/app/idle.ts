import { useEffect } from "preact/compat";
import { t } from "~/lib/i18n";
import type { DataSource } from "~/store";
import { say } from "~/ui";

const MINUTE_MS = 60_000;
const LOOK_EVERY_MS = 5_000;
/** How often the other windows are told that somebody is at work. */
const TELL_EVERY_MS = 10_000;

/** What is due after so long without a touch: nothing, a warning, the PIN, or the key goes. */
export function dueAfter(idleMs: number, { hasPin, locked, minutes, dropMinutes }: { hasPin: boolean; locked: boolean; minutes: number; dropMinutes: number }): "nothing" | "warn" | "pin" | "drop" {
  if (idleMs >= dropMinutes * MINUTE_MS) return "drop";
  if (hasPin && !locked && idleMs >= minutes * MINUTE_MS) return "pin";
  if (!hasPin && idleMs >= (dropMinutes - 1) * MINUTE_MS) return "warn";
  return "nothing";
}

/** A device left lying is closed: by the PIN after a while, for good after a longer one; everything begun is still there. */
export function useIdleLock(source: DataSource, signedIn: boolean): void {
  useEffect(() => {
    if (!signedIn) return undefined;
    const { safety } = source;
    let last = Date.now();
    let told = 0;
    let warned = false;
    const awake = (): void => {
      last = Date.now();
      warned = false;
    };
    const touched = (): void => {
      look();
      // A locked screen is not kept open by touching it: only the PIN counts as being there.
      if (safety.guard.state.get().locked) return;
      awake();
      if (last - told > TELL_EVERY_MS) {
        told = last;
        safety.touched();
      }
    };
    const look = (): void => {
      const state = safety.guard.state.get();
      const due = dueAfter(Date.now() - last, { ...state, dropMinutes: safety.guard.dropMinutes });
      if (due === "drop") {
        stop();
        void source.drafts.settled().then(() => {
          safety.drop("idle");
        });
      }
      if (due === "pin") {
        void source.drafts.settled().then(() => {
          safety.close("idle");
        });
      }
      if (due === "warn" && !warned) {
        warned = true;
        say(t("shell.idle"), { icon: "lock", action: { label: t("shell.idle.stay"), run: touched } });
      }
    };
    const unlocked = safety.guard.state.watch(() => {
      if (!safety.guard.state.get().locked) awake();
    });
    const timer = setInterval(look, LOOK_EVERY_MS);
    const stop = (): void => {
      clearInterval(timer);
      unlocked();
      safety.onTouched(null);
      removeEventListener("pointerdown", touched);
      removeEventListener("keydown", touched);
      document.removeEventListener("visibilitychange", look);
    };
    safety.onTouched(awake);
    addEventListener("pointerdown", touched);
    addEventListener("keydown", touched);
    document.addEventListener("visibilitychange", look);
    return stop;
  }, [source, signedIn]);
}
