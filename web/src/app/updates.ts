import { t } from "~/lib/i18n";
import type { Watched } from "~/lib/watched";
import { say } from "~/ui";

const LOOK_EVERY_MS = 60 * 60_000;

/**
 * Keeps the app on the device. A new version is fetched in the background, offered, and taken only when the worker
 * says so and no form is open with something unsaved in it.
 */
export function watchForUpdates(dirty: Watched<ReadonlySet<string>>): void {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  let offered = false;
  let wanted = false;
  const offer = (waiting: ServiceWorker): void => {
    if (offered) return;
    if (dirty.get().size > 0) {
      const stop = dirty.watch(() => {
        if (dirty.get().size > 0) return;
        stop();
        offer(waiting);
      });
      return;
    }
    offered = true;
    say(t("shell.update"), {
      icon: "download",
      action: {
        label: t("shell.update.take"),
        run: () => {
          wanted = true;
          waiting.postMessage({ type: "SKIP_WAITING" });
        },
      },
    });
  };
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (wanted) location.reload();
  });
  void navigator.serviceWorker.register("/app/sw.js", { scope: "/app/" }).then(
    (registration: ServiceWorkerRegistration | undefined) => {
      if (!registration) return;
      const look = (worker: ServiceWorker | null): void => {
        worker?.addEventListener("statechange", () => {
          if (worker.state === "installed" && navigator.serviceWorker.controller) offer(worker);
        });
      };
      if (registration.waiting && navigator.serviceWorker.controller) offer(registration.waiting);
      look(registration.installing);
      registration.addEventListener("updatefound", () => {
        look(registration.installing);
      });
      setInterval(() => void registration.update().catch(() => undefined), LOOK_EVERY_MS);
    },
    () => undefined,
  );
}
