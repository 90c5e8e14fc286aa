import { AnswerBook } from "./answers";
import { coupleAges } from "./coupling";
import { rowFields, writableFields, type Section } from "./forms";
import { calculated, findProblems, formOffered } from "./logic";
import { baseValues, buildPatch, countChanges } from "./patch";
import { nameRows, ProblemBook } from "./problems";
import type { Sources } from "./sources";
import type { Data, Field, Json, Problem } from "./types";
import { isSendable, rowId, rowsOf, sameValue } from "./values";

/** A record while a worker fills it in: her answers, what the server holds, and what is wrong with them. */
export class Filling {
  readonly answers: AnswerBook;
  readonly problems = new ProblemBook();
  readonly fields: readonly Field[];
  #base: Data;
  #revision: number | null;
  #rows = new Map<string, AnswerBook>();
  /** Ticks of "estimated" that the worker set herself. */
  #byHand = new Set<string>();
  #asked = new Map<string, readonly Field[]>();

  constructor(
    readonly sections: readonly Section[],
    base: Data,
    revision: number | null,
    readonly today: string,
    readonly sources: Sources,
    mine: Data = base,
  ) {
    this.#base = base;
    this.#revision = revision;
    this.fields = writableFields(sections);
    this.answers = new AnswerBook(mine, (data, changed) => {
      let after = data;
      for (const { form } of sections) after = coupleAges(form.fields, after, changed, today, this.#byHand);
      return calculated(this.fields, after);
    });
    this.answers.subscribe(() => {
      if (this.problems.all().size > 0) this.problems.recheck(this.check(), this.answers.all());
    });
  }

  get base(): Data {
    return this.#base;
  }

  get revision(): number | null {
    return this.#revision;
  }

  /** What is to be sent. */
  patch(): Data {
    return buildPatch(this.fields, this.#base, this.answers.all());
  }

  /**
   * What the worker saw under the keys she changed, for the server to merge against. A case that has not reached the
   * server has no revision yet (0): by the time this arrives somebody else may have written in it.
   */
  seen(patch: Data): { revision: number; values: Data } {
    return { revision: this.#revision ?? 0, values: baseValues(this.#base, patch) };
  }

  changes(): number {
    return countChanges(this.fields, this.#base, this.answers.all());
  }

  isDirty(): boolean {
    return Object.keys(this.patch()).length > 0;
  }

  /**
   * All problems of the sections offered now (wrong, incomplete, notices), and what is wrong in another one that she changed:
   * an answer above may have put it away, yet its answers are sent. Rows by `unique_id`.
   */
  check(only?: Section): Problem[] {
    const data = this.answers.all();
    const asked = this.sections.filter((section) => section.writable && (only === undefined || section === only));
    const offered = asked.filter((section) => formOffered(section.form, data));
    const away = asked.filter((section) => !offered.includes(section) && this.#isChanged(section));
    const find = (sections: readonly Section[]): Problem[] => findProblems(this.#fieldsOf(sections), data, this.#base, this.sources.lookups, this.today);
    const found = find(offered);
    const known = new Set(found.map((one) => one.pointer));
    const wrong = away.length === 0 ? [] : find(away).filter((one) => one.kind === "wrong" && !known.has(one.pointer));
    return [...found, ...wrong].map((one) => ({ ...one, pointer: nameRows(one.pointer, data) }));
  }

  #isChanged({ form }: Section): boolean {
    const data = this.answers.all();
    return form.fields.some((field) => data[field.name] !== this.#base[field.name] && !sameValue(data[field.name], this.#base[field.name]));
  }

  /** The same list for the same sections: form logic prepares a list once. */
  #fieldsOf(sections: readonly Section[]): readonly Field[] {
    const key = sections.map((section) => section.form.unique_id).join(" ");
    const known = this.#asked.get(key);
    if (known) return known;
    const fields = new Map<string, Field>();
    for (const section of sections) for (const field of section.form.fields) if (isSendable(field) && field.visible !== false && !fields.has(field.name)) fields.set(field.name, field);
    const list = [...fields.values()];
    this.#asked.set(key, list);
    return list;
  }

  /** The server's state moved on (saved, or changed by somebody): `mine` is what the worker's answers are now. */
  rebase(base: Data, revision: number | null, mine: Data): void {
    this.#base = base;
    this.#revision = revision;
    this.answers.replace(mine);
  }

  /** Back to what the server holds. */
  discard(): void {
    this.#byHand.clear();
    this.answers.replace(this.#base);
    this.problems.clear();
  }

  /** The answers of one row: what is typed there stands in the record at once. */
  rowBook(parent: AnswerBook, field: Field, id: string): AnswerBook {
    const key = `${field.name} ${id}`;
    const known = this.#rows.get(key);
    const stored = rowsOf(parent.get(field.name)).find((row) => rowId(row) === id);
    if (known) {
      if (stored && stored !== known.all()) known.replace(stored);
      return known;
    }
    const fields = rowFields(field);
    const byHand = new Set<string>();
    const book = new AnswerBook(stored ?? { unique_id: id }, (data, changed) => calculated(fields, coupleAges(fields, data, changed, this.today, byHand)));
    book.subscribe(() => {
      const rows = rowsOf(parent.get(field.name));
      const at = rows.findIndex((row) => rowId(row) === id);
      if (at >= 0 && rows[at] !== book.all()) parent.set(field.name, rows.with(at, book.all()) as Json);
    });
    parent.subscribe((changed) => {
      if (!changed.has(field.name)) return;
      const row = rowsOf(parent.get(field.name)).find((one) => rowId(one) === id);
      if (row && row !== book.all()) book.replace(row);
    });
    this.#rows.set(key, book);
    return book;
  }
}
