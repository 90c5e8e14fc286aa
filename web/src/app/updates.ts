import { t } from "~/lib/i18n";
import type { Watched } from "~/lib/watched";
import { say } from "~/ui";

let registered: Promise<ServiceWorkerRegistration | undefined> | null = null;

/** Installs the app on the device, in the background; nothing where there is no service worker. */
export function keepOnDevice(): void {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  registered ??= navigator.serviceWorker.register("/app/sw.js", { scope: "/app/" }).catch(() => undefined);
  void navigator.serviceWorker.ready.then(keepLanguages).catch(() => undefined);
}

/** A first visit fetched its language before the service worker was there to keep it. */
async function keepLanguages(): Promise<void> {
  if (navigator.serviceWorker.controller) return;
  const cache = await caches.open("cpims-locales");
  for (const { name } of performance.getEntriesByType("resource")) {
    if (/\/app\/assets\/(en|fr|es|ar)-[^/]*\.js$/.test(name) && !(await cache.match(name))) await cache.add(name);
  }
}

const LOOK_EVERY_MS = 60 * 60_000;

/**
 * Keeps the app on the device. A new version is fetched in the background, offered, and taken only when the worker
 * says so and no form is open with something unsaved in it.
 */
export function watchForUpdates(dirty: Watched<ReadonlySet<string>>): void {
  keepOnDevice();
  if (!registered) return;
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
  void registered.then((registration) => {
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
  });
}
