import { parse, type MessageFormatElement, TYPE } from "@formatjs/icu-messageformat-parser";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

/**
 * One catalogue per locale, made of the fragments in `contracts/messages/<locale>/*.json`.
 * Messages are parsed while building, so that a broken one fails the build and the browser carries no ICU parser.
 *
 * Compiled form of a message: a string when nothing is to be filled in, else a list of parts:
 * a string, `[0, name]` argument, `[1, name, style]` number, `[2, name, style]` date, `[3, name, style]` time,
 * `[4, name, {value: parts}]` select, `[5, name, {rule: parts}, offset, ordinal]` plural, `6` the plural's number,
 * `[7, name, parts]` a tag to be wrapped by the caller.
 */
export type Part =
  | string
  | [0, string]
  | [1 | 2 | 3, string, string | null]
  | [4, string, Record<string, Part[]>]
  | [5, string, Record<string, Part[]>, number, boolean]
  | 6
  | [7, string, Part[]];
export type Compiled = string | Part[];
export type Catalogue = Record<string, Compiled>;

const SOURCE = join(import.meta.dirname, "../../contracts/messages");

export function readMessages(locale: string): Record<string, string> {
  const folder = join(SOURCE, locale);
  const all: Record<string, string> = {};
  for (const file of readdirSync(folder).sort()) {
    if (!file.endsWith(".json")) continue;
    const fragment = JSON.parse(readFileSync(join(folder, file), "utf8")) as Record<string, string>;
    for (const [key, text] of Object.entries(fragment)) {
      if (key in all && all[key] !== text) throw new Error(`messages: ${locale}: "${key}" stands twice (again in ${file})`);
      all[key] = text;
    }
  }
  return all;
}

export function compile(text: string): Compiled {
  const parts = toParts(parse(text, { ignoreTag: !text.includes("</") }));
  if (parts.length === 0) return "";
  return parts.every((part) => typeof part === "string") ? parts.join("") : parts;
}

/** What only the server says: to those who run it, on paper, by mail. It makes nobody's way in longer. */
const SERVER_ALONE = /^(ops|pack|mail|print)\./;

/** What only screens of administrators say: it comes with the first of them, from a part of its own. */
const OF_ADMINISTRATION = /^(admin|permission|imports?|pair|change_set|promotion|configuration|settings|contact_information|lookup|location|agency|role|module|user_group)\./;

export function compileCatalogue(locale: string, part: "all" | "daily" | "administration" = "all"): Catalogue {
  const fits = (key: string): boolean => !SERVER_ALONE.test(key) && (part === "all" || OF_ADMINISTRATION.test(key) === (part === "administration"));
  const read = Object.entries(readMessages(locale)).filter(([key]) => fits(key));
  return Object.fromEntries(
    read.map(([key, text]) => {
      try {
        return [key, compile(text)];
      } catch (error) {
        throw new Error(`messages: ${locale}: "${key}" is not valid ICU: ${String(error)}`, { cause: error });
      }
    }),
  );
}

function toParts(elements: MessageFormatElement[]): Part[] {
  return elements.map((element): Part => {
    switch (element.type) {
      case TYPE.literal:
        return element.value;
      case TYPE.argument:
        return [0, element.value];
      case TYPE.number:
        return [1, element.value, typeof element.style === "string" ? element.style : null];
      case TYPE.date:
        return [2, element.value, typeof element.style === "string" ? element.style : null];
      case TYPE.time:
        return [3, element.value, typeof element.style === "string" ? element.style : null];
      case TYPE.select:
        return [4, element.value, toOptions(element.options)];
      case TYPE.plural:
        return [5, element.value, toOptions(element.options), element.offset, element.pluralType === "ordinal"];
      case TYPE.pound:
        return 6;
      case TYPE.tag:
        return [7, element.value, toParts(element.children)];
    }
  });
}

function toOptions(options: Record<string, { value: MessageFormatElement[] }>): Record<string, Part[]> {
  return Object.fromEntries(Object.entries(options).map(([key, option]) => [key, toParts(option.value)]));
}

const PREFIX = "virtual:messages/";
const ADMINISTRATION = "virtual:administration-messages/";

/** `import("virtual:messages/ar")` gives the compiled catalogue of that locale; `virtual:administration-messages/ar` the rest. */
export function messages(): Plugin {
  return {
    name: "cpims-messages",
    resolveId: (id) => (id.startsWith(PREFIX) || id.startsWith(ADMINISTRATION) ? `\0${id}` : undefined),
    load(id) {
      const prefix = [PREFIX, ADMINISTRATION].find((one) => id.startsWith(`\0${one}`));
      if (prefix === undefined) return undefined;
      const locale = id.slice(prefix.length + 1);
      for (const file of readdirSync(join(SOURCE, locale))) this.addWatchFile(join(SOURCE, locale, file));
      return `export default JSON.parse(${JSON.stringify(JSON.stringify(compileCatalogue(locale, prefix === PREFIX ? "daily" : "administration")))});`;
    },
  };
}
