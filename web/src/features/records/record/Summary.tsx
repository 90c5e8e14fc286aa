import type { ComponentChildren, JSX } from "preact";
import { localized, t } from "~/lib/i18n";
import { Icon } from "~/ui/icons";
import { Badge } from "~/ui/labels";
import { Card, EmptyState } from "~/ui/layout";
import { Button } from "~/ui/Button";
import type { Section } from "~/renderer/forms";
import { said } from "~/renderer/kindWords";
import { locate } from "~/renderer/problems";
import { labelOf } from "~/renderer/sources";
import type { Data, Problem } from "~/renderer/types";
import { idsOf, rowId, rowsOf, textOf } from "~/renderer/values";
import { labelOfField, textOfAnswer, textOfRow } from "~/renderer/words";
import type { Kind } from "~/store/types";
import type { Seen } from "../steps/changing";
import { Due } from "../steps/Due";
import { Risk } from "../steps/Risk";
import { RecordLink, RecordLinkButton, casePath } from "./RecordLink";
import css from "./record.module.css";
import own from "./summary.module.css";
import type { Setup } from "./setup";
import { consentOf, peopleOf } from "./summary";

export interface SummaryProps {
  id: string;
  /** What she sees of the answers, with what she is typing. */
  data: Data;
  /** The record as it stands, with what waits to be sent and without what is only being typed. */
  record: Data;
  seen: Seen;
  setup: Setup;
  sections: readonly Section[];
  missing: readonly Problem[];
  today: string;
  mayWrite: boolean;
  timeline: ComponentChildren;
  /** Cards of what belongs to the case and is no form. */
  cards: ComponentChildren;
  onJump: (pointer: string) => void;
}

/** What a worker opens a case for: what is due and missing, what threatens the child, what was agreed, who is there for her. */
export function Summary(props: SummaryProps): JSX.Element {
  return (
    <div class={own.summary}>
      <Missing {...props} />
      <div class={own.cards}>
        <div class={own.first}>
          <Due {...props} data={props.record} />
        </div>
        <div class={own.beside}>
          <Concerns {...props} />
          <ConsentCard {...props} />
          <People {...props} />
          {props.cards}
        </div>
        <div class={own.told}>{props.timeline}</div>
      </div>
    </div>
  );
}

function sectionOf(sections: readonly Section[], field: string): Section | undefined {
  return sections.find((section) => section.writable && section.form.fields.some((one) => one.name === field)) ?? sections.find((section) => section.form.fields.some((one) => one.name === field));
}

export function CardHead({ title, to, more }: { title: string; to?: string | undefined; more?: string }): JSX.Element {
  return (
    <div class={own.cardHead}>
      <h2>{title}</h2>
      {to ? (
        <RecordLink to={to} class={own.more}>
          {more ?? t("casefile.open")}
          <span class="visually-hidden">: {title}</span>
        </RecordLink>
      ) : null}
    </div>
  );
}

const SHOWN = 6;

export function Missing({ missing, setup, sections, onJump, mayWrite }: Pick<SummaryProps, "missing" | "setup" | "sections" | "onJump" | "mayWrite">): JSX.Element | null {
  if (missing.length === 0) return null;
  return (
    <Card label={t("casefile.missing.title", { count: missing.length })}>
      <CardHead title={t("casefile.missing.title", { count: missing.length })} />
      <ul role="list" class={own.todo}>
        {missing.slice(0, SHOWN).map((problem) => {
          const spot = locate(problem.pointer, sections);
          const form = spot?.section.form ?? setup.forms.find((one) => one.unique_id === problem.params?.["form"]);
          const words = (
            <>
              <strong>{spot ? labelOfField(spot.field) : t("casefile.missing.unseen")}</strong>
              <span class={css.quiet}>{form ? localized(form.name) : ""}</span>
            </>
          );
          return (
            <li key={problem.pointer}>
              <Icon name="alert" size={18} />
              {mayWrite && spot?.section.writable ? (
                <button
                  type="button"
                  onClick={() => {
                    onJump(problem.pointer);
                  }}
                >
                  {words}
                </button>
              ) : (
                <span>{words}</span>
              )}
            </li>
          );
        })}
      </ul>
      {missing.length > SHOWN ? <p class={css.quiet}>{t("casefile.missing.more", { count: missing.length - SHOWN })}</p> : null}
    </Card>
  );
}

function Concerns({ id, data, record, seen, setup, sections, mayWrite }: SummaryProps): JSX.Element | null {
  const field = setup.fields.get("protection_concerns");
  const status = setup.fields.get("protection_status");
  const riskField = setup.fields.get("risk_level");
  if (!field && !riskField) return null;
  const concerns = idsOf(data["protection_concerns"]);
  const section = sectionOf(sections, "protection_concerns") ?? sectionOf(sections, "risk_level");
  const risk = textOf(data["risk_level"]);
  const stands = status ? textOfAnswer(status, data["protection_status"], setup.sources) : "";
  return (
    <Card label={t("casefile.concerns.title")}>
      <CardHead title={t("casefile.concerns.title")} to={section ? casePath(id, section.form.unique_id) : undefined} />
      <div class={own.lines}>
        {riskField ? <Risk id={id} seen={seen} data={record} setup={setup} mayWrite={mayWrite} /> : null}
        {stands ? <span dir="auto">{stands}</span> : null}
        {field && concerns.length > 0 ? (
          <ul role="list" class={own.chips}>
            {concerns.map((one) => (
              <li key={one} dir="auto">
                <Badge>{labelOf(field, one, setup.sources)}</Badge>
              </li>
            ))}
          </ul>
        ) : field ? (
          <span class={css.quiet}>{t("casefile.concerns.none")}</span>
        ) : null}
        {mayWrite && section?.writable && concerns.length === 0 && !risk ? (
          <RecordLinkButton to={casePath(id, section.form.unique_id, "edit")} icon="edit">
            {t("casefile.concerns.add")}
          </RecordLinkButton>
        ) : null}
      </div>
    </Card>
  );
}

const VERDICTS = { yes: { tone: "ok", icon: "check" }, no: { tone: "danger", icon: "close" }, unknown: { tone: "plain", icon: "info" } } as const;

function ConsentCard({ id, data, setup, sections }: SummaryProps): JSX.Element | null {
  const all = consentOf(setup.fields, data);
  if (all.length === 0) return null;
  const section = sectionOf(sections, all[0]?.field.name ?? "");
  return (
    <Card label={t("casefile.consent.title")}>
      <CardHead title={t("casefile.consent.title")} to={section ? casePath(id, section.form.unique_id) : undefined} />
      <ul role="list" class={own.consent}>
        {all.map(({ field, verdict }) => (
          <li key={field.name}>
            <span>{labelOfField(field)}</span>
            <Badge tone={VERDICTS[verdict].tone} icon={VERDICTS[verdict].icon}>
              {t(`casefile.consent.${verdict}`)}
            </Badge>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function People({ id, data, setup, sections, mayWrite }: SummaryProps): JSX.Element | null {
  const people = peopleOf(setup.fields, data);
  if (people === null) return null;
  const section = sectionOf(sections, people.field.name);
  const caregiver = people.field.subform?.fields.find((field) => field.name === "relation_is_caregiver");
  return (
    <Card label={t("casefile.people.title")}>
      <CardHead title={t("casefile.people.title")} to={section ? casePath(id, section.form.unique_id) : undefined} />
      {people.rows.length === 0 ? (
        <>
          <p class={css.quiet}>{t("casefile.people.none")}</p>
          {mayWrite && section?.writable ? (
            <RecordLinkButton to={casePath(id, section.form.unique_id, "edit")} icon="plus">
              {t("casefile.people.add")}
            </RecordLinkButton>
          ) : null}
        </>
      ) : (
        <ul role="list" class={own.people}>
          {rowsOf(people.rows as unknown as Data[]).map((row) => (
            <li key={rowId(row)}>
              <Icon name="user" size={18} />
              <span>{textOfRow(people.field, row, setup.sources, ["relation_is_caregiver"]) || t("casefile.people.unnamed")}</span>
              {caregiver && row["relation_is_caregiver"] === true ? <Badge tone="accent">{t("casefile.people.caregiver")}</Badge> : null}
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

export function NothingHere({ kind, onRetry }: { kind: Kind; onRetry?: () => void }): JSX.Element {
  return (
    <EmptyState icon="eyeOff" title={said(kind, "casefile.not_found")} action={onRetry ? <Button onClick={onRetry}>{t("ui.retry")}</Button> : undefined}>
      {t("casefile.not_found.explain")}
    </EmptyState>
  );
}
