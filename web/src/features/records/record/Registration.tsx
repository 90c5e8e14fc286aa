import type { JSX } from "preact";
import { useCallback, useEffect, useMemo, useState } from "preact/compat";
import { textOfProblem as wordsOfServer } from "~/api";
import { formatMoment, localized, t } from "~/lib/i18n";
import { getPlace, navigate, useLeaveQuestion } from "~/lib/router";
import { useWatched } from "~/lib/watched";
import { Button } from "~/ui/Button";
import { Notice, Page } from "~/ui/layout";
import { say } from "~/ui/toast";
import { useSelected } from "~/renderer/answers";
import { FormBody } from "~/renderer/FormBody";
import { said } from "~/renderer/kindWords";
import { formOffered } from "~/renderer/logic";
import { RowSheet } from "~/renderer/RowSheet";
import { sameValue } from "~/renderer/values";
import type { RecordDesk } from "./RecordDesk";
import { BackToList } from "./BackToList";
import { recordPath } from "./RecordLink";
import { Problems } from "./Problems";
import css from "./record.module.css";
import { registrationSteps, type Step } from "./registration";
import { SaveBar } from "./SaveBar";

/** The short registration: on one page, consent first; what can wait is folded away or comes in the record itself. */
export function Registration({ desk, onStop }: { desk: RecordDesk; onStop: () => void }): JSX.Element {
  const [leaving, setLeaving] = useState<(() => void) | null>(null);
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const { restored, refusal } = useWatched(desk.state);
  // Other kinds begin with answers that nobody typed: leaving those asks nothing.
  const [begun] = useState(() => desk.filling.answers.all());
  const dirty = useSelected(desk.filling.answers, (data) => (desk.kind === "cases" ? desk.filling.isDirty() : Object.keys({ ...begun, ...data }).some((name) => !sameValue(begun[name], data[name]))));
  const steps = useMemo(() => registrationSteps(desk.setup.sections, desk.setup.consentForm, desk.kind), [desk]);
  const ask = useCallback((proceed: () => void) => {
    setLeaving(() => proceed);
  }, []);
  useLeaveQuestion(dirty, ask);
  useEffect(() => {
    setLeaving(null);
  }, [dirty]);
  const save = (anyway: boolean): void => {
    void desk.save({ sections: steps.map((step) => step.section.form.unique_id), anyway, extra: desk.links }).then((result) => {
      if (result !== "saved" && result !== "waiting") return;
      say(said(desk.kind, result === "saved" ? "casefile.registered" : "casefile.registered_here"), { icon: result === "saved" ? "check" : "clock" });
      if (getPlace().path === `/${desk.kind}/new`) navigate(recordPath(desk), { force: true, replace: true });
    });
  };
  return (
    <Page title={said(desk.kind, "casefile.new.title")} before={<BackToList kind={desk.kind} />} narrow>
      {restored !== null ? (
        <Notice
          title={t("casefile.restored.title")}
          actions={
            <>
              <Button
                look="quiet"
                onClick={() => {
                  desk.dismiss();
                }}
              >
                {t("casefile.understood")}
              </Button>
              <Button look="quiet" icon="trash" onClick={onStop}>
                {t("casefile.new.start_over")}
              </Button>
            </>
          }
        >
          {t("casefile.new.restored", { at: formatMoment(restored) })}
        </Notice>
      ) : null}
      {refusal.length > 0 ? (
        <Notice tone="danger" alert title={t("casefile.refused.title")}>
          {refusal.map((one) => (
            <p key={`${one.code ?? ""}${one.message}`}>{wordsOfServer(one)}</p>
          ))}
          <p>{t("casefile.refused.safe")}</p>
        </Notice>
      ) : null}
      <Problems
        desk={desk}
        section={undefined}
        onSection={(section) => {
          setOpened(new Set(opened).add(section));
        }}
        onAnyway={() => {
          save(true);
        }}
      />
      <div class={css.registration}>
        {steps.map((step, at) => (
          <StepOf key={step.section.form.unique_id} desk={desk} step={step} number={at + 1} of={steps.length} open={opened.has(step.section.form.unique_id)} />
        ))}
      </div>
      <p class={css.quiet}>{said(desk.kind, "casefile.new.rest_later")}</p>
      <RowSheet desk={desk.desk} />
      <SaveBar
        desk={desk}
        editing
        leaving={leaving}
        onStay={() => {
          setLeaving(null);
        }}
        onSave={() => {
          save(false);
        }}
        onDone={onStop}
        saveLabel={t("casefile.register")}
      />
    </Page>
  );
}

function StepOf({ desk, step, number, of, open }: { desk: RecordDesk; step: Step; number: number; of: number; open: boolean }): JSX.Element | null {
  const offered = useSelected(desk.filling.answers, (data) => formOffered(step.section.form, data));
  if (!offered) return null;
  const title = `registration-${step.section.form.unique_id}`;
  return (
    <section class={css.section} aria-labelledby={title}>
      <h2 id={title}>
        <span class={css.quiet}>{t("casefile.new.step", { number, of })}</span> <span>{localized(step.section.form.name)}</span>
      </h2>
      {step.section.form.description ? <p class={css.quiet}>{localized(step.section.form.description)}</p> : null}
      <FormBody desk={desk.desk} fields={step.first} book={desk.filling.answers} mode="edit" />
      {step.later.length > 0 ? (
        <details class={css.later} open={open}>
          <summary>{t("casefile.new.more_questions", { count: step.later.length })}</summary>
          <FormBody desk={desk.desk} fields={step.later} book={desk.filling.answers} mode="edit" />
        </details>
      ) : null}
    </section>
  );
}
