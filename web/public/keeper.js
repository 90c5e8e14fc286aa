// Part of the service worker. While a page loads anew, holds for a few seconds, in memory only, what the page gave it
// (a key that cannot be taken out), and gives it back once to who brings the same token. Nothing of it is ever written.
const HELD_MS = 15_000;
const held = new Map();

self.addEventListener("message", (event) => {
  const { type, token, grant } = event.data ?? {};
  if (typeof token !== "string") return;
  if (type === "cpims.hold") {
    event.waitUntil(
      new Promise((done) => {
        const forget = () => {
          held.delete(token);
          done();
        };
        held.set(token, { grant, forget, timer: setTimeout(forget, HELD_MS) });
      }),
    );
  }
  if (type === "cpims.take") {
    const one = held.get(token);
    if (one) {
      clearTimeout(one.timer);
      one.forget();
    }
    event.ports[0]?.postMessage(one ? one.grant : null);
  }
});

// Languages: those in use on this device are fetched with a new version, the others when somebody turns to them.
const LOCALES = "cpims-locales";
const localeOf = (url) => /\/assets\/([a-z]{2})-[^/]*\.js$/.exec(new URL(url).pathname)?.[1];

self.addEventListener("install", (event) => {
  event.waitUntil(
    (async () => {
      const cache = await caches.open(LOCALES);
      const used = new Set((await cache.keys()).map((request) => localeOf(request.url)));
      const wanted = Object.entries(self.cpimsLocales ?? {}).filter(([locale]) => used.has(locale));
      await Promise.all(wanted.map(async ([, url]) => (await cache.match(url)) ?? cache.add(url)));
    })(),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      const cache = await caches.open(LOCALES);
      const present = new Set(Object.values(self.cpimsLocales ?? {}));
      const old = (await cache.keys()).filter((request) => !present.has(new URL(request.url).pathname));
      await Promise.all(old.map((request) => cache.delete(request)));
    })(),
  );
});
