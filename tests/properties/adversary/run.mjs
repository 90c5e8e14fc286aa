// `node run.mjs <web folder> <program> <port> <first seed> <how many> <seconds> <at once> <mark>`: asks the world on its output, is answered on its input.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import vm from "node:vm";
import { Died, NAMES, watchWrites } from "./browser.mjs";
import { Story } from "./story.mjs";

const [web, file, port, first, many, seconds, atOnce, mark] = process.argv.slice(2);
const require = createRequire(join(web, "package.json"));
await import(pathToFileURL(require.resolve("fake-indexeddb/auto")).href);
const { IDBFactory, IDBDatabase } = globalThis;
watchWrites(IDBDatabase);
const program = vm.runInThisContext(`(function (${NAMES.join(", ")}) {${readFileSync(file, "utf8")}; return app; })`, { filename: "app.js" });

const waiting = new Map();
let asked = 0;
const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
createInterface({ input: process.stdin }).on("line", (line) => {
  const { n, answer } = JSON.parse(line);
  waiting.get(n)?.(answer);
  waiting.delete(n);
});
const ask = (what, given) =>
  new Promise((resolve) => {
    waiting.set(++asked, resolve);
    say({ ask: what, with: { n: asked, ...given } });
  });

const raised = [];
process.on("unhandledRejection", (error) => {
  if (!(error instanceof Died)) raised.push(error?.stack ?? String(error));
});

const until = performance.now() + Number(seconds) * 1000;
let next = Number(first);
const end = Number(first) + Number(many);
await Promise.all(
  Array.from({ length: Number(atOnce) }, async () => {
    while (next < end && performance.now() < until) {
      const seed = next++;
      const story = new Story({ seed, program, makeStore: () => new IDBFactory(), port: Number(port), ask, mark });
      const { problems, stats } = await story.tell().catch((error) => ({ problems: [...story.problems, error?.stack ?? String(error)], stats: story.stats }));
      say({ seed, problems: [...problems, ...raised.splice(0)], stats });
    }
  }),
);
process.exit(0);
