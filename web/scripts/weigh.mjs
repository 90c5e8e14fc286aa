// What a first visit to the sign-in screen downloads, compressed: the page, and the scripts and styles it asks for before anything is pressed.
import { readFileSync, readdirSync } from "node:fs";
import { gzipSync } from "node:zlib";

const BUDGET = 150 * 1024;
const dist = new URL("../dist/", import.meta.url);
const size = (path) => gzipSync(readFileSync(new URL(path, dist)), { level: 9 }).length;
const html = readFileSync(new URL("index.html", dist), "utf8");
const assets = readdirSync(new URL("assets/", dist));
const wanted = new Set(["index.html", "icons/icon.svg", "manifest.webmanifest"]);
for (const [, path] of html.matchAll(/(?:src|href)="\/app\/(assets\/[^"]+)"/g)) wanted.add(path);
// Static imports of what the page loads, and one language.
const queue = [...wanted].filter((path) => path.endsWith(".js"));
for (let path = queue.pop(); path; path = queue.pop()) {
  const text = readFileSync(new URL(path, dist), "utf8");
  for (const [, name] of text.matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g)) {
    if (!wanted.has(`assets/${name}`)) {
      wanted.add(`assets/${name}`);
      queue.push(`assets/${name}`);
    }
  }
}
const locale = assets.filter((name) => /^(en|fr|es|ar)-/.test(name)).map((name) => `assets/${name}`).sort((a, b) => size(b) - size(a))[0];
if (locale) wanted.add(locale);
let total = 0;
for (const path of wanted) {
  const bytes = size(path);
  total += bytes;
  console.log(`${(bytes / 1024).toFixed(1).padStart(7)} KB  ${path}`);
}
console.log(`${(total / 1024).toFixed(1).padStart(7)} KB  in all (budget ${String(BUDGET / 1024)} KB)`);
if (total > BUDGET) process.exit(1);
