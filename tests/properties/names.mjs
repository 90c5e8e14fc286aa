// Answers one JSON question per line with the client's knowledge of names: node names.mjs <bundle>.
import { createInterface } from "node:readline";

const names = await import(process.argv[2]);
const acts = {
  keys: ({ text }) => [names.fold(text), names.sortKey(text), names.nameKeys(text)],
  search: ({ text }) => names.searchWords(text).map(({ word, keys, mistyped }) => [word, keys, mistyped]),
  likeness: ({ query, name }) => {
    const { score, kind } = names.nameLikeness(query, name);
    return [names.nameSimilarity(query, name), score, kind];
  },
  numbers: ({ text }) => [names.phoneKeys(text), names.phoneSearchKey(text), names.identifierKey(text)],
};

for await (const line of createInterface({ input: process.stdin })) {
  const { act, ...question } = JSON.parse(line);
  process.stdout.write(`${JSON.stringify({ answer: acts[act](question) })}\n`);
}
