import type { JSX } from "preact";
import { useMemo, useState } from "preact/compat";
import { localized, t } from "~/lib/i18n";
import { useWide } from "~/lib/media";
import { useLeaveQuestion } from "~/lib/router";
import type { Field as FieldOf, Lookup } from "~/renderer/types";
import { useResource, useSource } from "~/store";
import type { FormView, QuestionView } from "~/store/forming";
import { ActionBar, Button, Card, focusControl, Muted, Notice, ProblemList, Row, say, Sheet, Stack, Tabs } from "~/ui";
import { FormPreview } from "../build/FormPreview";
import { AddSheet } from "./AddSheet";
import { addQuestion, asJson, changeForm, changeQuestion, composed, draftOf, isQuestionChanged, moveQuestion, now, putAway, textOf, withoutQuestion, type QuestionDraft } from "./draft";
import css from "./forms.module.css";
import { Meanwhile } from "./Meanwhile";
import { Questions } from "./Questions";
import { QuestionSheet } from "./QuestionSheet";
import { Settings } from "./Settings";
import { useDraft } from "./useDraft";
import { kindIdOf, labelOf, partWords, useForming, useLanguages, type Reach } from "./words";

export interface EditorProps {
  base: FormView;
  forms: readonly FormView[];
  lookups: readonly Lookup[];
  reach: Reach;
}

type Part = "questions" | "settings" | "preview";

/** One form under an administrator's hands: its questions, what holds for it as a whole, and how it will look. */
export function Editor({ base, forms, lookups, reach }: EditorProps): JSX.Element {
  const wide = useWide();
  const source = useSource();
  const forming = useForming();
  const languages = useLanguages();
  const places = useResource(source.locations(), 3600).value ?? [];
  const privacy = useResource(forming.privacy(), 60).value?.get(base.unique_id) ?? {};
  const retired = useResource(forming.retiredQuestions(String(base.id)), 30).value ?? [];
  const desk = useDraft(base);
  const { draft, changed, put, problems } = desk;
  const [part, setPart] = useState<Part>("questions");
  const [open, setOpen] = useState<string | null>(null);
  /** The control to which a problem leads, in the question that is opened for it. */
  const [wanted, setWanted] = useState<string | null>(null);
  const [adding, setAdding] = useState(false);
  const [leave, setLeave] = useState<(() => void) | null>(null);
  useLeaveQuestion(changed && !desk.busy, (proceed) => {
    setLeave(() => proceed);
  });
  const form = useMemo(() => composed(draft), [draft]);
  const ofRecord = useMemo(() => recordFields(base, forms, form.fields), [base, forms, form]);
  const here = useMemo(() => new Set(draft.questions.map((one) => one.key)), [draft.questions]);
  const taken = useMemo(() => new Set([...base.fields, ...retired].map((one) => one.name).concat(draft.questions.filter((one) => one.key !== open).map((one) => textOf(now(one)["name"])))), [base, retired, draft.questions, open]);
  const opened = draft.questions.find((one) => one.key === open);
  const shown: Part = wide && part === "preview" ? "questions" : part;

  const save = async (): Promise<void> => {
    setOpen(null);
    setWanted(null);
    if (await desk.save()) say(t("admin.forms.saved"), { icon: "check" });
  };
  const added = (question: Omit<QuestionDraft, "key">): void => {
    const { draft: next, key } = addQuestion(draft, question);
    put(() => next);
    setAdding(false);
    setOpen(key);
  };
  const listed = Object.entries(problems).flatMap(([key, parts]) =>
    Object.entries(parts).map(([where, message]) => {
      const one = draft.questions.find((each) => each.key === key);
      const label = one ? `${labelOf(now(one))} · ${partWords(where)}` : partWords(where);
      return { id: `${key}|${where}`, label, message };
    }),
  );
  const jump = (id: string): void => {
    const [key = "", where = ""] = id.split("|");
    if (key === "") {
      setPart("settings");
      requestAnimationFrame(() => focusControl(`form-${where.split("/")[0] ?? ""}`));
      return;
    }
    setPart("questions");
    setOpen(key);
    setWanted(`question-${key}-${where.replace(/\/(\d+)\//, "-$1-")}`);
  };
  const preview = (
    <section class={css.preview} aria-label={t("admin.forms.preview")}>
      <FormPreview form={form} forms={forms as never} lookups={lookups} places={places as never} locales={languages} />
    </section>
  );
  return (
    <>
      <div class={css.desk}>
        <div class={css.work}>
          <Stack>
            {desk.whole ? (
              <Notice tone="danger" alert>
                {desk.whole}
              </Notice>
            ) : null}
            {desk.meanwhile ? <Meanwhile draft={draft} both={desk.meanwhile} onSettle={desk.settle} /> : null}
            {desk.resumed ? (
              <Notice
                tone="info"
                title={t("admin.forms.resumed")}
                actions={
                  <Button look="quiet" icon="trash" onClick={desk.discard}>
                    {t("admin.forms.discard")}
                  </Button>
                }
              >
                {t("admin.forms.resumed.text")}
              </Notice>
            ) : null}
            <ProblemList problems={listed} shown={desk.tries} onJump={(problem) => { jump(problem.id); }} />
            <Tabs
              current={shown}
              controls="form-part"
              label={t("admin.forms.parts")}
              tabs={[{ id: "questions", label: t("admin.forms.questions") }, { id: "settings", label: t("admin.forms.settings") }, ...(wide ? [] : [{ id: "preview", label: t("admin.forms.preview") }])]}
              onSelect={(id) => {
                setPart(id as Part);
              }}
            />
            <div id="form-part" role="tabpanel" aria-label={t(`admin.forms.${shown}`)}>
              {shown === "settings" ? (
                <Settings draft={draft} forms={forms} lookups={lookups} fields={ofRecord} languages={languages} problems={problems[""] ?? {}} reach={reach} onChange={(change) => { put((all) => changeForm(all, change)); }} />
              ) : shown === "preview" ? (
                preview
              ) : (
                <Card>
                  <Questions
                    questions={draft.questions}
                    away={putAway(draft)}
                    languages={languages}
                    problems={problems}
                    reach={reach}
                    onOpen={setOpen}
                    onMove={(key, by) => { put((all) => moveQuestion(all, key, by)); }}
                    onAdd={() => { setAdding(true); }}
                    onKeep={(question) => { put((all) => kept(all, question)); }}
                  />
                </Card>
              )}
            </div>
          </Stack>
          {reach.words ? (
            <ActionBar>
              <Row between>
                <span role="status">
                  <Muted small>{t(changed ? "admin.forms.unsaved" : "admin.forms.all_saved")}</Muted>
                </span>
                <Row>
                  {changed ? (
                    <Button look="quiet" icon="undo" onClick={desk.discard}>
                      {t("admin.forms.discard")}
                    </Button>
                  ) : null}
                  <Button look="primary" busy={desk.busy} disabled={!changed} onClick={() => void save()}>
                    {t("admin.save")}
                  </Button>
                </Row>
              </Row>
            </ActionBar>
          ) : null}
        </div>
        {wide ? preview : null}
      </div>
      {adding ? <AddSheet form={base} forms={forms} here={here} onAdd={added} onClose={() => { setAdding(false); }} /> : null}
      {opened ? (
        <QuestionSheet
          key={opened.key}
          question={opened}
          form={asJson(base)}
          forms={forms}
          lookups={lookups}
          languages={languages}
          ofRecord={ofRecord}
          ofRow={base.is_nested ? form.fields : []}
          taken={taken}
          elsewhere={(name) => askedElsewhere(base, forms, name, kindIdOf(now(opened)))}
          privacy={privacy[opened.key] ?? null}
          reach={reach}
          problems={problems[opened.key] ?? {}}
          onChange={(change) => { put((all) => changeQuestion(all, opened.key, change)); }}
          onUndo={opened.origin === "form" && isQuestionChanged(opened) ? () => { put((all) => ({ ...all, questions: all.questions.map((one) => (one.key === opened.key ? { ...one, laid: {} } : one)) })); } : null}
          onPutAway={reach.all && now(opened)["editable"] !== false ? () => { setOpen(null); setWanted(null); put((all) => withoutQuestion(all, opened.key)); } : null}
          wanted={wanted}
          onClose={() => {
            setOpen(null);
            setWanted(null);
          }}
        />
      ) : null}
      <Sheet
        open={leave !== null}
        centre
        title={t("admin.leave.title")}
        onClose={() => { setLeave(null); }}
        actions={
          <Row>
            <Button look="primary" onClick={() => { const go = leave; setLeave(null); go?.(); }}>
              {t("admin.forms.leave.keep")}
            </Button>
            <Button look="danger" onClick={() => { const go = leave; setLeave(null); desk.discard(); go?.(); }}>
              {t("admin.forms.leave.drop")}
            </Button>
            <Button onClick={() => { setLeave(null); }}>{t("admin.leave.stay")}</Button>
          </Row>
        }
      >
        <p>{t("admin.forms.leave.text")}</p>
      </Sheet>
    </>
  );
}

/** A question that was to go stays, where it stood. */
function kept(draft: Parameters<typeof moveQuestion>[0], question: QuestionView): Parameters<typeof moveQuestion>[0] {
  const whole = draftOf(draft.base).questions;
  const at = whole.findIndex((one) => one.key === question.name);
  const before = new Set(whole.slice(0, at).map((one) => one.key));
  const place = draft.questions.reduce((last, one, index) => (before.has(one.key) ? index + 1 : last), 0);
  const back = whole[at];
  return back === undefined ? draft : { ...draft, questions: [...draft.questions.slice(0, place), back, ...draft.questions.slice(place)] };
}

/** The questions of the record that a condition may ask: those of every form of its kind, this one as it is being changed. */
function recordFields(base: FormView, forms: readonly FormView[], own: readonly FieldOf[]): FieldOf[] {
  const found = new Map<string, FieldOf>();
  if (!base.is_nested) for (const one of own) found.set(one.name, one);
  for (const form of forms) {
    if (form.is_nested || form.parent_form !== base.parent_form || form.id === base.id) continue;
    for (const one of form.fields) if (!found.has(one.name)) found.set(one.name, one as unknown as FieldOf);
  }
  return [...found.values()];
}

/** Whether another form of the same kind of record asks under this key. */
function askedElsewhere(base: FormView, forms: readonly FormView[], name: string, kind: string): { form: string; same: boolean } | null {
  if (base.is_nested) return null;
  for (const form of forms) {
    if (form.is_nested || form.parent_form !== base.parent_form || form.id === base.id) continue;
    const found = form.fields.find((one) => one.name === name);
    if (found) return { form: localized(form.name), same: kindIdOf(asJson(found)) === kind };
  }
  return null;
}

