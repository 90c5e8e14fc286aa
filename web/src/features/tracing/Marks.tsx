import type { JSX } from "preact";
import { t } from "~/lib/i18n";
import type { Likelihood, ReasonView } from "~/store";
import { Badge, Icon } from "~/ui";
import css from "./tracing.module.css";
import { LIKELIHOODS, percentOf, textOfReason, type Words } from "./words";

/** How likely it is, in a word, a sign and a number. */
export function LikelihoodBadge({ likelihood, score }: { likelihood: Likelihood; score: number }): JSX.Element {
  const { tone, icon } = LIKELIHOODS[likelihood];
  return (
    <Badge tone={tone} icon={icon}>
      {t(`matching.likelihood.${likelihood}`)} <span class={css.number}>{t("tracing.score", { percent: percentOf(score) })}</span>
    </Badge>
  );
}

/** What speaks for it and what against it, the weightiest first. */
export function Reasons({ reasons, words, most }: { reasons: readonly ReasonView[]; words: Words; most?: number }): JSX.Element {
  const sorted = [...reasons].sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
  const side = (against: boolean): ReasonView[] => sorted.filter((one) => one.weight < 0 === against).slice(0, most);
  return (
    <div class={css.reasons}>
      <ReasonList title={t("tracing.reasons.for")} none={t("tracing.reasons.for.none")} reasons={side(false)} words={words} against={false} />
      <ReasonList title={t("tracing.reasons.against")} none={t("tracing.reasons.against.none")} reasons={side(true)} words={words} against />
    </div>
  );
}

function ReasonList({ title, none, reasons, words, against }: { title: string; none: string; reasons: readonly ReasonView[]; words: Words; against: boolean }): JSX.Element {
  return (
    <div>
      <p class={css.reasonsTitle}>{title}</p>
      {reasons.length === 0 ? (
        <p class={css.quiet}>{none}</p>
      ) : (
        <ul role="list">
          {reasons.map((reason, at) => (
            <li key={`${reason.code} ${String(at)}`} class={against ? css.against : css.for}>
              <Icon name={against ? "close" : "check"} size={16} />
              <span dir="auto">{textOfReason(reason, words)}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
