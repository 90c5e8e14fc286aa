import { watched, type Settable } from "~/lib/watched";
import { Filling } from "~/renderer/filling";
import { mergeThreeWay } from "~/renderer/logic";
import { answerAt, inReadingOrder, locate, nameRows } from "~/renderer/problems";
import type { RecordFiles } from "~/renderer/files";
import type { Desk, OpenRows } from "~/renderer/scope";
import type { Data, Json, Problem } from "~/renderer/types";
import { isData, pointerOf, sameValue } from "~/renderer/values";
import { mergeAnswers } from "~/store/derive";
import type { Kind, Outcome, RecordAction, RecordView, Save } from "~/store/types";
import { textOfProblem, type Conflict, type Problem as Said } from "~/api";
import { losing, putAt } from "./choosing";
import type { Setup } from "./setup";

/** What the desk needs of the world. */
export interface Roads {
  save: (save: Save) => Promise<Outcome>;
  putDraft: (key: string, value: Json) => Promise<void>;
  dropDraft: (key: string) => Promise<void>;
  /** The record as the server holds it now, without what this device has not sent yet. */
  fresh: (id: string) => Promise<RecordView>;
  refresh: (id: string) => void;
  /** Of two answers she keeps the other's: hers is written into the history. */
  letGo: (id: string, answers: Data) => Promise<void>;
  /** What came back leaves the outbox when it is given up; a new save takes its place by itself. */
  takeBack: (items: readonly string[]) => Promise<void>;
  markDirty: (key: string, dirty: boolean) => void;
  /** The files of a record. */
  files?: (id: string) => RecordFiles;
}

/** What is kept of a form that was begun: the answers that differ, and what they were changed from. */
export interface DraftOf {
  id: string;
  mine: Data;
  base: Data;
  revision: number | null;
  at: string;
  /** Of a record that is being registered: the records with which it is bound up. */
  links?: Data;
}

export interface DeskState {
  saving: boolean;
  /** The list of problems is to be shown, and takes the focus each time this rises. */
  asked: "wrong" | "incomplete" | null;
  raised: number;
  conflicts: readonly Conflict[];
  /** What the server said that belongs to no field. */
  refusal: readonly Said[];
  /** When what was restored had been typed. */
  restored: string | null;
  /** Answers that somebody else changed while this was open. */
  elsewhere: readonly string[];
  draftAt: string | null;
}

export interface SaveOptions {
  /** The sections that are open: their gaps are asked about even when nothing in them was touched. */
  sections?: readonly string[];
  /** Save although required answers are missing. */
  anyway?: boolean;
  recordAction?: RecordAction | null;
  /** State that goes along, such as the closing of the case. */
  extra?: Data;
}

export type SaveResult = "saved" | "waiting" | "problems" | "refused" | "conflict" | "nothing";

/** Under what name something begun is kept: of one record, or of one that is being registered. */
export function draftKeyOf(kind: Kind, id: string | null): string {
  return `${kind}/${id ?? "new"}`;
}

const QUIET: DeskState = { saving: false, asked: null, raised: 0, conflicts: [], refusal: [], restored: null, elsewhere: [], draftAt: null };
const PAUSE_MS = 500;

/** One open record (or one being registered): what is typed, kept, checked, saved, and settled with what others did. */
export class RecordDesk {
  readonly filling: Filling;
  readonly desk: Desk;
  readonly state: Settable<DeskState> = watched(QUIET);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stop: () => void;
  #touched = false;
  /** Items that came back, whose answers stand in the form already. */
  #known = new Set<string>();

  constructor(
    readonly id: string,
    readonly isNew: boolean,
    readonly setup: Setup,
    readonly today: string,
    readonly roads: Roads,
    data: Data,
    revision: number | null,
    draft: DraftOf | null = null,
    /** What was sent and refused: hers, not stored, to be corrected. */
    unsent: Data = {},
    refused: readonly string[] = [],
    /** Of a record that is being registered: the records with which it is bound up, sent along. */
    readonly links: Data = {},
  ) {
    this.#known = new Set(refused);
    const base = draft === null ? data : { ...data, ...draft.base };
    const mine = { ...mergeAnswers(data, unsent), ...draft?.mine };
    this.filling = new Filling(setup.sections, base, draft === null ? revision : draft.revision, today, setup.sources, mine);
    if (draft !== null) this.#set({ restored: Object.keys(unsent).length > 0 ? null : draft.at, draftAt: draft.at });
    this.desk = { sources: setup.sources, filling: this.filling, openRows: watched<OpenRows | null>(null), files: isNew ? null : (roads.files?.(id) ?? null) };
    this.#stop = this.filling.answers.subscribe(() => {
      clearTimeout(this.#timer);
      this.#touched = true;
      this.roads.markDirty(this.draftKey, true);
      this.#timer = setTimeout(() => void this.keep(), PAUSE_MS);
      if (this.state.get().asked !== null && this.filling.problems.list().length === 0) this.#set({ asked: null });
    });
  }

  /** Whether the answers of an item that came back stand in the form: the next save takes its place. */
  knows(item: string): boolean {
    return this.#known.has(item);
  }

  get kind(): Kind {
    return this.setup.kind;
  }

  get draftKey(): string {
    return draftKeyOf(this.kind, this.isNew ? null : this.id);
  }

  close(): void {
    this.#stop();
    void this.keep().then(() => {
      this.roads.markDirty(this.draftKey, false);
    });
  }

  /** Keeps what is typed, encrypted, on this device: a dead battery loses half a second. */
  async keep(): Promise<void> {
    clearTimeout(this.#timer);
    if (!this.#touched) return;
    const draft = this.draft();
    this.roads.markDirty(this.draftKey, draft !== null);
    if (draft === null) {
      if (this.state.get().draftAt !== null) {
        this.#set({ draftAt: null, restored: null });
        await this.roads.dropDraft(this.draftKey);
      }
      return;
    }
    await this.roads.putDraft(this.draftKey, draft as unknown as Json);
    this.#set({ draftAt: draft.at });
  }

  draft(): DraftOf | null {
    const { base, answers, revision } = this.filling;
    const data = answers.all();
    const changed = [...new Set([...Object.keys(base), ...Object.keys(data)])].filter((name) => !sameValue(base[name], data[name]));
    if (changed.length === 0) return null;
    const take = (from: Data): Data => Object.fromEntries(changed.map((name) => [name, from[name] ?? null]));
    return { id: this.id, mine: take(data), base: take(base), revision, at: new Date().toISOString(), ...(Object.keys(this.links).length > 0 ? { links: this.links } : {}) };
  }

  /** Back to what is stored; returns the way back to what was typed. */
  discard(): () => void {
    const typed = this.filling.answers.all();
    this.filling.discard();
    this.#set({ asked: null, refusal: [], conflicts: [], restored: null });
    void this.keep();
    void this.roads.takeBack([...this.#known].reverse());
    return () => {
      this.filling.answers.replace(typed);
      // The form may be gone by now, with what was refused: then what was typed comes back as a draft.
      this.#touched = true;
      void this.keep();
    };
  }

  /** The stored record moved on. Other answers are taken in at once; the same answer waits for the worker's choice. */
  arrived({ data, revision }: RecordView): void {
    const { filling } = this;
    if (this.state.get().saving) return;
    if (filling.revision === revision && sameValue(filling.base, data)) return;
    const mine = filling.answers.all();
    if (!filling.isDirty()) {
      filling.rebase(data, revision, data);
      return;
    }
    if (revision === null || filling.revision === null || revision <= filling.revision) return;
    const { data: merged, conflicts } = mergeThreeWay(filling.base, mine, data, filling.fields);
    if (conflicts.length > 0) return;
    const theirs = filling.fields.filter((field) => !sameValue(filling.base[field.name], data[field.name])).map((field) => field.name);
    filling.rebase(data, revision, merged);
    if (theirs.length > 0) this.#set({ elsewhere: theirs });
  }

  /** Problems that stand in the way now, or are worth knowing: all wrong answers, and the gaps of what was touched. */
  problemsNow(open: readonly string[]): Problem[] {
    const names = new Set(Object.keys(this.filling.patch()));
    const touched = (one: Problem): boolean => {
      const spot = locate(one.pointer, this.setup.sections);
      return spot !== null && (open.includes(spot.section.form.unique_id) || spot.section.form.fields.some((field) => names.has(field.name)));
    };
    // What came wrong from an older system and was not touched is no reason to lose today's work.
    const { base, answers } = this.filling;
    const hers = (one: Problem): boolean => !sameValue(answerAt(base, one.pointer), answerAt(answers.all(), one.pointer));
    return inReadingOrder(
      this.filling.check().filter((one) => (one.kind === "wrong" ? hers(one) : touched(one))),
      this.setup.sections,
    );
  }

  /** Sends what was changed. Wrong answers are never sent; missing ones are asked about once and then may be. */
  async save({ sections = [], anyway = false, recordAction = null, extra = {} }: SaveOptions = {}): Promise<SaveResult> {
    const { filling } = this;
    const sent = filling.answers.all();
    const changed = filling.patch();
    const patch: Data = { ...changed, ...extra };
    if (Object.keys(patch).length === 0 && !this.isNew) return "nothing";
    const found = this.problemsNow(sections);
    filling.problems.show(found);
    const standing = found.filter((one) => one.kind !== "notice");
    const isWrong = standing.some((one) => one.kind === "wrong");
    if (isWrong || (standing.length > 0 && !anyway)) {
      this.#set({ asked: isWrong ? "wrong" : "incomplete", raised: this.state.get().raised + 1, refusal: [], restored: null });
      return "problems";
    }
    this.#set({ saving: true, asked: null, refusal: [], conflicts: [] });
    await this.keep();
    try {
      const outcome = await this.roads.save({
        kind: this.kind,
        id: this.id,
        create: this.isNew,
        data: this.isNew ? { ...patch, module_id: this.setup.module } : patch,
        base: this.isNew ? null : filling.seen(patch),
        recordAction,
        replaces: [...this.#known],
      });
      return await this.#settle(outcome, sent, patch);
    } finally {
      this.#set({ saving: false });
    }
  }

  async #settle(outcome: Outcome, sent: Data, patch: Data): Promise<SaveResult> {
    const { filling } = this;
    if (outcome.state === "refused") {
      this.#known.add(outcome.item);
      if (outcome.conflicts.length > 0) {
        this.#set({ conflicts: outcome.conflicts });
        return "conflict";
      }
      this.refused(outcome.problems, patch);
      return "refused";
    }
    const base: Data = { ...sent, ...(outcome.state === "confirmed" ? outcome.data : patch) };
    const now = filling.answers.all();
    const later = Object.fromEntries(Object.entries(now).filter(([name, value]) => !Object.is(value, sent[name])));
    filling.rebase(base, outcome.state === "confirmed" ? (outcome.revision ?? filling.revision) : filling.revision, { ...base, ...later });
    filling.problems.clear();
    this.#set({ restored: null, elsewhere: [] });
    await this.roads.dropDraft(this.draftKey);
    this.#set({ draftAt: null });
    await this.keep();
    if (!this.isNew) this.roads.refresh(this.id);
    return outcome.state === "confirmed" ? "saved" : "waiting";
  }

  /**
   * Something sent earlier was refused while the case is open: it is hers again, with what waited behind it, laid over
   * what is stored and under what she has typed since, so that the next save carries it. What this desk sent itself it
   * knows already.
   */
  cameBack(items: readonly string[], sent: Data, said: readonly Said[], stored: Pick<RecordView, "data" | "revision">): void {
    if (items.every((item) => this.#known.has(item)) || this.state.get().saving) return;
    for (const item of items) this.#known.add(item);
    const typed = this.filling.patch();
    const mine = mergeAnswers(mergeAnswers(stored.data, sent), typed);
    this.filling.rebase(stored.data, stored.revision, mine);
    this.refused(said, sent);
  }

  /** Each refused answer gets its reason beside it; what belongs to no answer is said above. */
  refused(said: readonly Said[], sent: Data): void {
    const conflicts = said.flatMap((one) => one.conflicts);
    if (conflicts.length > 0) {
      this.#set({ conflicts: this.#withLastWords(conflicts) });
      return;
    }
    const data = this.filling.answers.all();
    const beside: Problem[] = [];
    const above: Said[] = [];
    for (const one of said) {
      const pointers = pointersOf(one).filter((pointer) => locate(pointer, this.setup.sections) !== null);
      if (pointers.length === 0) above.push(one);
      for (const pointer of pointers)
        // The server counts the rows of what was sent, which is not all there are.
        beside.push({ pointer: nameRows(pointer, { ...data, ...sent }), code: one.code ?? "refused", kind: "refused", message: textOfProblem(one), params: one.params as Record<string, Json> });
    }
    this.filling.problems.refuse(inReadingOrder(beside, this.setup.sections), data);
    this.#set({ refusal: above, asked: beside.length > 0 ? "wrong" : null, raised: this.state.get().raised + 1 });
  }

  /** Settles a conflict: for each answer the worker took hers or theirs; everything else merges. */
  async resolve(taken: ReadonlyMap<string, "mine" | "theirs">): Promise<SaveResult> {
    const { filling } = this;
    const { conflicts } = this.state.get();
    const theirs = await this.roads.fresh(this.id);
    const merged = mergeThreeWay(filling.base, filling.answers.all(), theirs.data, filling.fields);
    const both = [...merged.conflicts.map((one): Conflict => ({ ...one, author: null, at: null })), ...this.#withLastWords(conflicts)];
    const all = [...new Map(both.map((one) => [one.pointer, one])).values()];
    // Somebody went on meanwhile: nothing is decided that she was not asked.
    if (all.some((one) => !taken.has(one.pointer))) {
      this.#set({ conflicts: all });
      return "conflict";
    }
    const lost = all.filter((one) => taken.get(one.pointer) === "theirs");
    // Where hers was laid over what is stored already, nothing but her choice says which of the two it is to be.
    const chosen = (one: Conflict): Json => (taken.get(one.pointer) === "mine" ? one.mine : (answerAt(theirs.data, one.pointer) ?? null));
    const mine = all.reduce((data, one) => putAt(data, one.pointer, chosen(one)), merged.data);
    if (lost.length > 0) await this.roads.letGo(this.id, losing(lost, filling.answers.all()));
    filling.rebase(theirs.data, theirs.revision, mine);
    this.#set({ conflicts: [] });
    if (filling.isDirty()) return this.save({ anyway: true });
    await this.roads.takeBack([...this.#known].reverse());
    return "saved";
  }

  /** What was refused may have been typed over since: of hers the last words are asked about. */
  #withLastWords(conflicts: readonly Conflict[]): Conflict[] {
    const answers = this.filling.answers.all();
    return conflicts.map((one) => {
      if (locate(one.pointer, this.setup.sections) === null) return one;
      const now = answerAt(answers, one.pointer) ?? null;
      // Of a row that is gone from what is stored, only what she changed may stand in the form.
      return { ...one, mine: isData(one.mine) && isData(now) ? mergeAnswers(one.mine, now) : now };
    });
  }

  dismiss(): void {
    this.#set({ asked: null, refusal: [], elsewhere: [], restored: null });
  }

  #set(change: Partial<DeskState>): void {
    this.state.update((now) => ({ ...now, ...change }));
  }
}

/** The answers a refusal speaks of: JSON pointers, or names of fields. */
function pointersOf(said: Said): string[] {
  const given = [...said.detail, typeof said.params["pointer"] === "string" ? said.params["pointer"] : ""].filter((one) => one !== "");
  return [...new Set(given.map((one) => (one.startsWith("/") ? one.replace(/^\/data\//, "/") : pointerOf(one))))];
}
