import type { JSX } from "preact";
import { useMemo, useState } from "preact/compat";
import { fold } from "~/lib/fold";
import { localized, t } from "~/lib/i18n";
import { useResource } from "~/store";
import type { FormView, QuestionView } from "~/store/forming";
import { Button, Muted, Sheet, Stack, Tabs, TextInput, Field } from "~/ui";
import { Loaded } from "../parts";
import { asJson, type QuestionDraft } from "./draft";
import css from "./forms.module.css";
import { labelOf, OFFERED, typeWords, useForming } from "./words";

export interface AddSheetProps {
  form: FormView;
  forms: readonly FormView[];
  /** The keys that stand on the form now. */
  here: ReadonlySet<string>;
  onAdd: (question: Omit<QuestionDraft, "key">) => void;
  onClose: () => void;
}

const SHOWN = 40;
type Part = "new" | "existing" | "away";

/** Where a further question comes from: a new one of a kind told in words, one that is asked on another form, one that was put away. */
export function AddSheet({ form, forms, here, onAdd, onClose }: AddSheetProps): JSX.Element {
  const forming = useForming();
  const [part, setPart] = useState<Part>("new");
  const [typed, setTyped] = useState("");
  const away = useResource(forming.retiredQuestions(String(form.id)), 5).value?.filter((one) => !here.has(one.name)) ?? [];
  const elsewhere = useMemo(() => othersOf(form, forms, here), [form, forms, here]);
  const found = elsewhere.filter(({ question, of }) => fold(`${labelOf(asJson(question))} ${question.name} ${localized(of.name)}`).includes(fold(typed)));
  const offered = form.is_nested ? OFFERED.filter((one) => one.id !== "subform") : OFFERED;
  const tabs = [
    { id: "new", label: t("admin.forms.add.new") },
    ...(form.is_nested ? [] : [{ id: "existing", label: t("admin.forms.add.existing") }]),
    { id: "away", label: t("admin.forms.add.away", { count: away.length }) },
  ];
  return (
    <Sheet open title={t("admin.forms.add")} onClose={onClose}>
      <Stack gap={3}>
        <Tabs tabs={tabs} current={part} label={t("admin.forms.add")} controls="add-from" onSelect={(id) => { setPart(id as Part); }} />
        <div id="add-from" role="tabpanel">
          {part === "new" ? (
            <ul class={css.offers} role="list">
              {offered.map((one) => (
                <li key={one.id}>
                  <button type="button" class={css.offer} data-type={one.id} onClick={() => { onAdd({ origin: "new", stands: one.gives, laid: {} }); }}>
                    <strong>{t(`admin.forms.type.${one.id}`)}</strong>
                    <span>{t(`admin.forms.example.${one.id}`)}</span>
                  </button>
                </li>
              ))}
            </ul>
          ) : part === "existing" ? (
            <Stack gap={3}>
              <Muted small>{t("admin.forms.add.existing.text")}</Muted>
              <Field label={t("admin.forms.add.find")}>{(attributes) => <TextInput {...attributes} value={typed} onValue={setTyped} />}</Field>
              <ul class={css.offers} role="list">
                {found.slice(0, SHOWN).map(({ question, of }) => (
                  <Offer key={question.id} question={question} where={localized(of.name)} onAdd={() => { onAdd({ origin: "elsewhere", stands: asJson(question), laid: {} }); }} />
                ))}
              </ul>
              {found.length > SHOWN ? <Muted small>{t("admin.forms.add.more", { count: found.length - SHOWN })}</Muted> : null}
            </Stack>
          ) : (
            <Stack gap={3}>
              <Muted small>{t("admin.forms.add.away.text")}</Muted>
              <Loaded from={forming.retiredQuestions(String(form.id))} maxAge={5}>
                {() => (
                  <ul class={css.offers} role="list">
                    {away.map((question) => (
                      <Offer key={question.id} question={question} where={question.name} onAdd={() => { onAdd({ origin: "away", stands: asJson(question), laid: {} }); }} />
                    ))}
                  </ul>
                )}
              </Loaded>
            </Stack>
          )}
        </div>
        <Button onClick={onClose}>{t("ui.close")}</Button>
      </Stack>
    </Sheet>
  );
}

function Offer({ question, where, onAdd }: { question: QuestionView; where: string; onAdd: () => void }): JSX.Element {
  return (
    <li>
      <button type="button" class={css.offer} data-name={question.name} onClick={onAdd}>
        <strong>
          <bdi>{labelOf(asJson(question))}</bdi>
        </strong>
        <span>
          {typeWords(asJson(question))} · <bdi>{where}</bdi>
        </span>
      </button>
    </li>
  );
}

/** What is asked on other forms of the same kind of record: asked here too, it is one and the same answer. */
function othersOf(form: FormView, forms: readonly FormView[], here: ReadonlySet<string>): { question: QuestionView; of: FormView }[] {
  const found = new Map<string, { question: QuestionView; of: FormView }>();
  for (const of of forms) {
    if (of.is_nested || of.parent_form !== form.parent_form || of.id === form.id) continue;
    for (const question of of.fields) if (question.type !== "separator" && !here.has(question.name) && !found.has(question.name)) found.set(question.name, { question, of });
  }
  return [...found.values()];
}
