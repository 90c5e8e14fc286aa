import type { JSX } from "preact";
import { useMemo } from "preact/compat";
import { cx } from "~/lib/classes";
import { formatDay, localized, t } from "~/lib/i18n";
import type { JsonObject } from "~/lib/json";
import { isBlank } from "~/renderer/values";
import { labelOfField } from "~/renderer/words";
import { useResource, useSource, type JourneyEntry } from "~/store";
import { Badge, Card, EmptyState, Icon, Link, LinkButton, LinkRow, List, Muted, Row, Skeleton, Stack, type IconName, type Tone } from "~/ui";
import { stepsOf, type Step, type StepState } from "./journey";
import { legsOf } from "./legs";
import { matchIn, wayOf } from "./way";
import own from "./journey.module.css";
import css from "./tracing.module.css";
import { labelOfName, pathOfPlace, textOfValue, useWords, type Words } from "./words";

export interface JourneyProps {
  id: string;
  /** The case with what waits to be sent laid over it. */
  data: JsonObject;
}

/** A child's way from the separation back to a family: what is done, what comes next, by places and by days. */
export default function CaseJourney({ id, data }: JourneyProps): JSX.Element {
  // The answers are here, with what waits to be sent; only of matches does the server know more than the case tells.
  const { value } = useResource(useSource().tracing.journey(id), 0);
  const { words } = useWords();
  const entries = useMemo(() => wayOf(data, value?.filter((one) => one.what === "match") ?? matchIn(data)), [data, value]);
  if (words === null) return <Skeleton rows={6} blocks />;
  return (
    <div class={own.columns}>
      <Steps id={id} data={data} words={words} />
      {entries.length === 0 ? (
        <Card>
          <EmptyState icon="mapPin" title={t("tracing.journey.empty")} action={canWrite("tracing", words) ? <LinkButton icon="edit" href={formPath(id, "tracing", true)}>{t("tracing.journey.begin")}</LinkButton> : undefined}>
            {t("tracing.journey.empty.text")}
          </EmptyState>
        </Card>
      ) : (
        <Stack>
          <Route entries={entries} words={words} />
          <Days id={id} entries={entries} words={words} />
        </Stack>
      )}
    </div>
  );
}

/** On the summary: what comes next, and what was passed over. */
export function NextStepsCard({ id, data }: JourneyProps): JSX.Element | null {
  const { words } = useWords();
  const open = stepsOf(data).filter(({ state }) => state === "next" || state === "begun" || state === "skipped");
  if (words === null || open.length === 0) return null;
  return (
    <Card label={t("tracing.journey.title")}>
      <h2 class={css.groupTitle}>{t("tracing.journey.title")}</h2>
      <List label={t("tracing.journey.title")}>
        {open.map((step) => (
          <LinkRow key={step.name} href={`/cases/${encodeURIComponent(id)}/journey`}>
            <Row>
              <span>{t(`tracing.step.${step.name}`)}</span>
              <Badge tone={STATES[step.state].tone} {...(STATES[step.state].icon === null ? {} : { icon: STATES[step.state].icon ?? "alert" })}>
                {t(`tracing.step.state.${step.state}`)}
              </Badge>
            </Row>
          </LinkRow>
        ))}
      </List>
    </Card>
  );
}

function canWrite(form: string, words: Words): boolean {
  return words.permitted[form] === "rw";
}

function formPath(id: string, form: string, edit: boolean): string {
  return `/cases/${encodeURIComponent(id)}/${form}${edit ? "/edit" : ""}`;
}

const STATES: Readonly<Record<StepState, { tone: Tone; icon: IconName | null }>> = {
  done: { tone: "ok", icon: "check" },
  begun: { tone: "info", icon: null },
  next: { tone: "accent", icon: null },
  skipped: { tone: "warn", icon: "alert" },
  stopped: { tone: "warn", icon: "close" },
  later: { tone: "plain", icon: null },
};

function Steps({ id, data, words }: JourneyProps & { words: Words }): JSX.Element {
  const steps = stepsOf(data);
  return (
    <Card label={t("tracing.steps.title")}>
      <h2 class={css.groupTitle}>{t("tracing.steps.title")}</h2>
      <ol role="list" class={own.steps}>
        {steps.map((step, at) => (
          <li key={step.name} class={cx(own.step, own[step.state])}>
            <span class={own.mark} aria-hidden="true">
              {STATES[step.state].icon === null ? at + 1 : <Icon name={STATES[step.state].icon ?? "check"} size={18} />}
            </span>
            <div class={css.grow}>
              <div class={own.stepHead}>
                <h3>{t(`tracing.step.${step.name}`)}</h3>
                <Badge tone={STATES[step.state].tone}>{t(`tracing.step.state.${step.state}`)}</Badge>
                {step.on === "" ? null : <span class={css.quiet}>{formatDay(step.on)}</span>}
              </div>
              <StepBody id={id} step={step} words={words} />
            </div>
          </li>
        ))}
      </ol>
    </Card>
  );
}

function StepBody({ id, step, words }: { id: string; step: Step; words: Words }): JSX.Element {
  const isOpen = step.state === "next" || step.state === "begun" || step.state === "skipped";
  const form = words.forms.get(step.form);
  const mayRead = step.form in words.permitted && form !== undefined;
  const section = step.section === null ? null : form?.fields.find((field) => field.name === step.section);
  const label = (name: string): string => {
    const field = section?.subform?.fields.find((one) => one.name === name) ?? form?.fields.find((one) => one.name === name);
    return field ? localized(field.display_name) : labelOfName(name, words);
  };
  return (
    <>
      {step.state === "skipped" || step.state === "stopped" ? <p>{t(`tracing.step.${step.state}.text`)}</p> : null}
      {isOpen && mayRead && step.name !== "match" && step.missing.length > 0 ? (
        <p class={css.quiet}>
          {t("tracing.step.missing")} {step.missing.map(label).join(" · ")}
        </p>
      ) : null}
      {step.name === "match" ? (
        words.may("potential_matches", "read") || words.may("cases", "find_tracing_match") ? <Link href={`/cases/${encodeURIComponent(id)}/matches`}>{t(step.state === "done" ? "tracing.see_match" : "tracing.see_matches")}</Link> : null
      ) : mayRead && step.state !== "later" ? (
        <Link href={formPath(id, step.form, isOpen && canWrite(step.form, words))}>
          {isOpen && canWrite(step.form, words) ? t("tracing.step.fill", { form: localized(form.name) }) : t("tracing.step.read", { form: localized(form.name) })}
        </Link>
      ) : null}
    </>
  );
}

/** The places one below the other; the arrow between them tells how far it was, by the tree of places. */
function Route({ entries, words }: { entries: readonly JourneyEntry[]; words: Words }): JSX.Element | null {
  const legs = legsOf(entries, (code) => pathOfPlace(code, words.sources));
  if (legs.length === 0) return null;
  return (
    <Card label={t("tracing.places.title")}>
      <h2 class={css.groupTitle}>{t("tracing.places.title")}</h2>
      <ol role="list" class={own.route}>
        {legs.map((leg, at) => (
          <li key={`${leg.code} ${String(at)}`} class={cx(at === legs.length - 1 && own.here)}>
            {at === 0 ? null : (
              <div class={cx(own.leg, own[leg.distance])}>
                <svg class={own.arrow} viewBox="0 0 32 52" aria-hidden="true">
                  <path class={own.stem} d="M16 2v42" />
                  <path d="M9 38l7 9 7-9" />
                </svg>
                <span>{t(`tracing.leg.${leg.distance}`)}</span>
              </div>
            )}
            <div class={own.place}>
              <span class={own.pin} aria-hidden="true">
                {at + 1}
              </span>
              <div class={css.grow}>
                <div class={own.path} dir="auto">
                  {leg.path.map((name, depth) => (
                    <span key={`${name} ${String(depth)}`}>
                      {depth === 0 ? "" : "› "}
                      <bdi>{name}</bdi>
                    </span>
                  ))}
                </div>
                <ul role="list">
                  {leg.entries.map((entry, nth) => (
                    <li key={String(nth)} class={css.quiet}>
                      {t(`tracing.journey.${entry.what}`)}
                      {entry.on === "" ? "" : ` · ${formatDay(entry.on)}`}
                    </li>
                  ))}
                </ul>
              </div>
            </div>
          </li>
        ))}
      </ol>
    </Card>
  );
}

/** The answer that tells most of it, with its question. */
function detailOf(entry: JourneyEntry, words: Words): string {
  if (isBlank(entry.value)) return "";
  const [name = "", inner] = entry.question.split(".");
  const outer = words.forms.get(entry.form)?.fields.find((field) => field.name === name);
  const field = inner === undefined ? outer : outer?.subform?.fields.find((one) => one.name === inner);
  const answer = textOfValue(field, entry.value, words.sources);
  return field === undefined ? answer : t("tracing.detail", { question: labelOfField(field), answer });
}

/** What happened, in the order of the days; what has no day stands where the work has it. */
function Days({ id, entries, words }: { id: string; entries: readonly JourneyEntry[]; words: Words }): JSX.Element {
  return (
    <Card label={t("tracing.days.title")}>
      <h2 class={css.groupTitle}>{t("tracing.days.title")}</h2>
      <ol role="list" class={own.told}>
        {entries.map((entry, at) => {
          const form = words.forms.get(entry.form);
          const detail = detailOf(entry, words);
          return (
            <li key={String(at)}>
              {entry.on === "" ? <Muted small>{t("tracing.days.none")}</Muted> : <time dateTime={entry.on}>{formatDay(entry.on)}</time>}
              <div>
                <h3>{t(`tracing.journey.${entry.what}`)}</h3>
                {detail === "" ? null : <p dir="auto">{detail}</p>}
                {entry.place === "" && entry.address === "" ? null : (
                  <p class={css.quiet} dir="auto">
                    <Icon name="mapPin" size={16} /> {entry.place === "" ? entry.address : pathOfPlace(entry.place, words.sources).join(" › ")}
                  </p>
                )}
                {form !== undefined && entry.form in words.permitted ? <Link href={formPath(id, entry.form, false)}>{localized(form.name)}</Link> : null}
              </div>
            </li>
          );
        })}
      </ol>
    </Card>
  );
}
