// The real store as one program: `node bundle.mjs <web folder> <file>`.

import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { writeFileSync } from "node:fs";

const [web, file] = process.argv.slice(2);
const { rolldown } = await import(pathToFileURL(createRequire(join(web, "package.json")).resolve("rolldown")).href);

const ENTRY = `
export { Remote } from "~/store/remote";
export { Vault } from "~/store/vault";
export { ownerOf } from "~/store/session";
export { layOverMoved, openItems } from "~/store/derive";
export { isKeptForOwner, heldBy, mergeAnswers } from "~/store/outbox";
`;
const made = {
  name: "made",
  resolveId: (id) => (id === "entry" || id.startsWith("virtual:") ? `\0${id}` : null),
  load: (id) => (id === "\0entry" ? ENTRY : id.startsWith("\0virtual:") ? "export default {}" : null),
};
const bundle = await rolldown({
  input: "entry",
  platform: "browser",
  cwd: web,
  resolve: { alias: { "~": join(web, "src") } },
  transform: { jsx: { runtime: "automatic", importSource: "preact" }, define: { "import.meta": "{}" } },
  plugins: [made],
  logLevel: "silent",
});
const { output } = await bundle.generate({ format: "iife", name: "app", codeSplitting: false });
writeFileSync(file, output[0].code);
