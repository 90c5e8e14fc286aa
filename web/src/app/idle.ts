import { useEffect } from "preact/compat";
import { t } from "~/lib/i18n";
import type { DataSource } from "~/store";
import { say } from "~/ui";

const LOCK_AFTER_MS = 15 * 60_000;
const WARN_BEFORE_MS = 60_000;
const LOOK_EVERY_MS = 10_000;

/** A device left lying is closed: the password opens it again, at the same place, with everything begun still there. */
export function useIdleLock(source: DataSource, signedIn: boolean): void {
  useEffect(() => {
    if (!signedIn) return undefined;
    let last = Date.now();
    let warned = false;
    const touched = (): void => {
      look();
      last = Date.now();
      warned = false;
    };
    const look = (): void => {
      const idle = Date.now() - last;
      if (idle > LOCK_AFTER_MS) {
        stop();
        void source.lock("idle");
      } else if (idle > LOCK_AFTER_MS - WARN_BEFORE_MS && !warned) {
        warned = true;
        say(t("shell.idle"), { icon: "lock", action: { label: t("shell.idle.stay"), run: touched } });
      }
    };
    const timer = setInterval(look, LOOK_EVERY_MS);
    const stop = (): void => {
      clearInterval(timer);
      removeEventListener("pointerdown", touched);
      removeEventListener("keydown", touched);
      document.removeEventListener("visibilitychange", look);
    };
    addEventListener("pointerdown", touched);
    addEventListener("keydown", touched);
    document.addEventListener("visibilitychange", look);
    return stop;
  }, [source, signedIn]);
}
