import { useEffect, useMemo, useRef, useState } from "preact/compat";
import { Refusal, textOf as wordsOf, textOfProblem } from "~/api";
import { t } from "~/lib/i18n";
import { isObject, type Json } from "~/lib/json";
import { useSource } from "~/store";
import type { FormView } from "~/store/forming";
import { draftOf, formNow, isChanged, newTables, now, patchOf, placeOf, wrongIn, type FormDraft, type Wrong } from "./draft";
import { rebased, takeTheirs, type Both } from "./rebasing";
import { useForming } from "./words";

/** What is wrong, by question ("" is the form itself) and part ("" is the whole of it), in words. */
export type Problems = Readonly<Record<string, Readonly<Record<string, string>>>>;

export interface Draft {
  draft: FormDraft;
  changed: boolean;
  put: (change: (draft: FormDraft) => FormDraft) => void;
  problems: Problems;
  /** What is wrong with no question alone. */
  whole: string | null;
  /** How often saving was tried in vain. */
  tries: number;
  busy: boolean;
  /** Another administrator saved this form meanwhile; what both changed. */
  meanwhile: readonly Both[] | null;
  settle: (one: Both | null) => void;
  /** The draft was begun at an earlier visit. */
  resumed: boolean;
  save: () => Promise<boolean>;
  discard: () => void;
}

const PAUSE_MS = 400;

/** A form under an administrator's hands: kept sealed on the device with every change, sent with one request. */
export function useDraft(base: FormView): Draft {
  const source = useSource();
  const forming = useForming();
  const key = `admin/forms/${String(base.id)}`;
  const [begun] = useState(() => readKept(source.drafts.get(key)?.value));
  const [draft, setDraft] = useState<FormDraft>(() => begun ?? draftOf(base));
  const [resumed, setResumed] = useState(begun !== null);
  const [meanwhile, setMeanwhile] = useState<readonly Both[] | null>(null);
  const [problems, setProblems] = useState<Problems>({});
  const [whole, setWhole] = useState<string | null>(null);
  const [tries, setTries] = useState(0);
  const [busy, setBusy] = useState(false);
  const own = useRef(false);
  const latest = useRef(draft);
  latest.current = draft;
  const changed = useMemo(() => isChanged(draft), [draft]);

  useEffect(() => {
    if (latest.current.base.updated_at === base.updated_at) return;
    const { draft: next, both } = rebased(latest.current, base);
    if (!own.current && isChanged(next)) setMeanwhile(both);
    own.current = false;
    setDraft(isChanged(next) ? next : draftOf(base));
  }, [base]);

  const keep = (): void => {
    if (isChanged(latest.current)) void source.drafts.put(key, latest.current as unknown as Json);
    else if (source.drafts.get(key) !== null) void source.drafts.drop(key);
  };
  useEffect(() => {
    source.drafts.markDirty(key, changed);
    const timer = setTimeout(keep, PAUSE_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [draft]);
  useEffect(() => {
    const hidden = (): void => {
      if (document.visibilityState === "hidden") keep();
    };
    document.addEventListener("visibilitychange", hidden);
    return () => {
      document.removeEventListener("visibilitychange", hidden);
      keep();
      source.drafts.markDirty(key, false);
    };
  }, []);

  const put = (change: (draft: FormDraft) => FormDraft): void => {
    setDraft((before) => {
      const after = change(before);
      setProblems((all) => (Object.keys(all).length === 0 ? all : stillWrong(all, before, after)));
      return after;
    });
    setWhole(null);
  };
  const show = (found: Problems, rest: string | null): void => {
    setProblems(found);
    setWhole(rest);
    setTries((n) => n + 1);
  };
  const save = async (): Promise<boolean> => {
    const wrong = wrongIn(draft);
    if (wrong.length > 0) {
      show(inWords(wrong), null);
      return false;
    }
    setBusy(true);
    setProblems({});
    setWhole(null);
    let current = draft;
    try {
      for (const table of newTables(draft)) {
        const form = formNow(current);
        const made = await forming.create({ name: now(table)["display_name"], parent_form: form["parent_form"], module_ids: form["module_ids"], is_nested: true, visible: false });
        current = { ...current, made: { ...current.made, [table.key]: made.id } };
        setDraft(current);
      }
      const patch = patchOf(current);
      own.current = true;
      if (patch !== null) await forming.save(base.id, current.base.updated_at, patch);
      setMeanwhile(null);
      setResumed(false);
      void source.forms().refresh();
      return true;
    } catch (error) {
      own.current = false;
      if (error instanceof Refusal && error.status === 412) {
        await forming.one(String(base.id)).refresh();
        setMeanwhile((both) => both ?? []);
      } else if (error instanceof Refusal) {
        const found: Record<string, Record<string, string>> = {};
        const rest: string[] = [];
        for (const problem of error.problems) {
          const said = textOfProblem(problem, error.status);
          const pointer = problem.detail[0];
          if (pointer === undefined || pointer === "") rest.push(said);
          else add(found, placeOf(current, pointer), said);
        }
        show(found, rest.length > 0 || error.problems.length === 0 ? rest.join(" ") || wordsOf(error) : null);
      } else show({}, wordsOf(error));
      return false;
    } finally {
      setBusy(false);
    }
  };
  return {
    draft,
    changed,
    put,
    problems,
    whole,
    tries,
    busy,
    meanwhile,
    settle: (one) => {
      if (one !== null) put((all) => takeTheirs(all, one));
      setMeanwhile((all) => (one === null ? null : (all?.filter((each) => each !== one) ?? null)));
    },
    resumed: resumed && changed,
    save,
    discard: () => {
      setProblems({});
      setWhole(null);
      setMeanwhile(null);
      setResumed(false);
      latest.current = draftOf(base);
      setDraft(latest.current);
      keep();
    },
  };
}

/** What was kept, as far as it is one. */
function readKept(value: unknown): FormDraft | null {
  return isObject(value) && isObject(value["base"]) && Array.isArray(value["questions"]) ? (value as unknown as FormDraft) : null;
}

function add(found: Record<string, Record<string, string>>, { key, part }: { key: string | null; part: string }, said: string): void {
  const parts = (found[key ?? ""] ??= {});
  parts[part] = parts[part] === undefined ? said : `${parts[part]} ${said}`;
}

function inWords(wrong: readonly Wrong[]): Problems {
  const found: Record<string, Record<string, string>> = {};
  for (const one of wrong) add(found, one, t(one.code, one.params));
  return found;
}

/** A problem goes as soon as its question, or that of the form, is changed. */
function stillWrong(all: Problems, before: FormDraft, after: FormDraft): Problems {
  const same = new Map(before.questions.map((one) => [one.key, one]));
  const touched = new Set(after.questions.filter((one) => same.get(one.key) !== one).map((one) => one.key));
  const here = new Set(after.questions.map((one) => one.key));
  return Object.fromEntries(Object.entries(all).filter(([key]) => (key === "" ? before.laid === after.laid : here.has(key) && !touched.has(key))));
}
