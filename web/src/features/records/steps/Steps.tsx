import type { JSX } from "preact";
import { cx } from "~/lib/classes";
import { formatNumber, localized, t } from "~/lib/i18n";
import { useWide } from "~/lib/media";
import { Icon } from "~/ui/icons";
import type { Data } from "~/renderer/types";
import { RecordLink, casePath } from "../record/RecordLink";
import type { Setup } from "../record/setup";
import { LEADS, nextOf, stepsOf, type Step, type StepState } from "./steps";
import css from "./steps.module.css";

/** Where the case stands on its way, which steps its module has, and what leads to the next one. */
export function Steps({ id, data, setup, mayWrite }: { id: string; data: Data; setup: Setup; mayWrite: boolean }): JSX.Element | null {
  const wide = useWide();
  const steps = stepsOf(setup.workflow, data);
  const at = steps.findIndex((step) => step.state === "current");
  const now = steps[at];
  if (now === undefined) return null;
  const next = <Next id={id} steps={steps} setup={setup} mayWrite={mayWrite} />;
  if (wide)
    return (
      <section class={css.bar} aria-label={t("casefile.workflow")}>
        <List steps={steps} />
        {next}
      </section>
    );
  return (
    <section class={css.bar} aria-label={t("casefile.workflow")}>
      <details class={css.small}>
        <summary>
          <span class={css.line}>
            <span class="visually-hidden">{t("steps.now")} </span>
            <strong>{localized(now.label)}</strong>
            <span class={css.quiet}>{t("casefile.workflow.step", { at: formatNumber(at + 1), of: formatNumber(steps.length) })}</span>
            <Icon name="down" size={18} />
          </span>
          <span class={css.segments} aria-hidden="true">
            {steps.map((step) => (
              <span key={step.id} class={cx(css.segment, css[step.state])} />
            ))}
          </span>
        </summary>
        <List steps={steps} />
      </details>
      {next}
    </section>
  );
}

const WORDS: Readonly<Record<StepState, string>> = { done: "ui.step.done", current: "steps.now", skipped: "steps.skipped", todo: "steps.todo" };

function List({ steps }: { steps: readonly Step[] }): JSX.Element {
  return (
    <ol role="list" class={css.steps}>
      {steps.map((step) => (
        <li key={step.id} class={cx(css.step, css[step.state])} aria-current={step.state === "current" ? "step" : undefined}>
          <span class={css.mark} aria-hidden="true">
            {step.state === "done" ? <Icon name="check" size={14} /> : null}
          </span>
          <span>{localized(step.label)}</span>
          {step.state === "current" ? null : <span class="visually-hidden">{`, ${t(WORDS[step.state])}`}</span>}
        </li>
      ))}
    </ol>
  );
}

function Next({ id, steps, setup, mayWrite }: { id: string; steps: readonly Step[]; setup: Setup; mayWrite: boolean }): JSX.Element | null {
  const next = nextOf(steps);
  if (next === null) return null;
  const section = setup.sections.find((one) => one.form.fields.some((field) => field.name === LEADS[next.part]));
  const words = t(`steps.next.${next.part}`, { step: localized(next.step.label) });
  const canGo = section !== undefined && (next.part !== "closed" || setup.may("close"));
  if (!canGo) return <p class={css.next}>{words}</p>;
  const to = casePath(id, section.form.unique_id, mayWrite && section.writable ? "edit" : "view");
  return (
    <p class={css.next}>
      <RecordLink to={next.part === "closed" && mayWrite && section.writable ? `${to}?act=close` : to}>
        <span>{words}</span> <Icon name="chevron" size={16} />
      </RecordLink>
    </p>
  );
}
