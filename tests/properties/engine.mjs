// Answers one JSON question per line with the client's form logic: node engine.mjs <bundle>.
import { createInterface } from "node:readline";

const engine = await import(process.argv[2]);
const orCode = (act) => {
  try {
    return act();
  } catch (error) {
    if (error instanceof engine.BrokenCondition) return { error: error.code };
    throw error;
  }
};
const fresh = () => {
  let count = 0;
  return () => `fresh-${(count += 1)}`;
};
const acts = {
  holds: ({ expression, data }) => orCode(() => engine.holds(expression, data)),
  evaluate: ({ expression, data }) => orCode(() => engine.evaluate(expression, data)),
  calculate: ({ fields, data }) => engine.calculate(fields, data),
  summarize: ({ summary, rows }) => engine.summarize(summary, rows),
  patch: ({ before, patch }) => engine.mergePatch(before, patch, fresh()),
  three_way: ({ base, mine, theirs, fields }) => engine.mergeThreeWay(base, mine, theirs, fields),
  check: ({ fields, sent, asked }) => engine.checkAnswers(fields, sent, asked),
  incomplete: ({ fields, record }) => engine.findIncomplete(fields, record),
  offered: ({ field, record, row }) => engine.optionsOffered(field, record, row),
  builder: ({ rows }) => {
    const expression = engine.conditionFromRows(rows);
    return { expression, rows: engine.rowsFromCondition(expression) };
  },
  defaults: ({ fields, clock }) => engine.defaultAnswers(fields, clock),
  ages: ({ born, age, today }) => [engine.ageOn(born, today), engine.birthFromAge(age, today)],
};

for await (const line of createInterface({ input: process.stdin })) {
  const { act, ...question } = JSON.parse(line);
  process.stdout.write(`${JSON.stringify({ answer: acts[act](question) ?? null })}\n`);
}
