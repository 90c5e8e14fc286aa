import type { JSX } from "preact";
import { localized, t } from "~/lib/i18n";
import { groupSections, type Section } from "~/renderer/forms";
import { Icon, type IconName } from "~/ui/icons";
import type { Special } from "../special";
import { RecordLink, recordPath, type At } from "./RecordLink";
import type { Mark, Progress } from "./progress";
import css from "./record.module.css";

const MARKS: Record<Mark, IconName | null> = { done: "check", partial: null, missing: null, empty: null, read: "eye" };

/** What the system knows of the record itself stands last. */
const ABOUT = "record_information";

export interface SectionsProps {
  at: At;
  /** What belongs to the record and is no form. */
  special: readonly Special[];
  sections: readonly Section[];
  progress: ReadonlyMap<Section, Progress>;
  current: string;
  groupName: (id: string) => string;
  mayReadHistory: boolean;
  maySeeReaders: boolean;
  onGo?: () => void;
}

/** All parts of a record, by group, each with how far it is. */
export function Sections({ at, special, sections, progress, current, groupName, mayReadHistory, maySeeReaders, onGo }: SectionsProps): JSX.Element {
  const all = groupSections(sections);
  const groups = [...all.filter((group) => group.id !== ABOUT), ...all.filter((group) => group.id === ABOUT)];
  return (
    <nav class={css.nav} aria-label={t("casefile.sections")} onClick={onGo}>
      <ul role="list">
        <li>
          <Part at={at} part="summary" icon="home" label={t("casefile.summary")} current={current} />
        </li>
        {special.map((one) => (
          <li key={one.id}>
            <Part at={at} part={one.id} icon={one.icon} label={t(one.label)} current={current} />
          </li>
        ))}
      </ul>
      {groups.map((group) => (
        <div key={group.id}>
          <p class={css.group}>{groupName(group.id)}</p>
          <ul role="list" aria-label={groupName(group.id)}>
            {group.sections.map((section) => {
              const how = progress.get(section);
              return (
                <li key={section.form.unique_id}>
                  <RecordLink to={recordPath(at, section.form.unique_id)} class={css.part} aria-current={current === section.form.unique_id ? "page" : undefined}>
                    <span class={css.partName}>{localized(section.form.name)}</span>
                    {how ? <MarkOf progress={how} /> : null}
                  </RecordLink>
                </li>
              );
            })}
          </ul>
        </div>
      ))}
      {mayReadHistory || maySeeReaders ? (
        <div>
          <p class={css.group}>{t("casefile.about_file")}</p>
          <ul role="list" aria-label={t("casefile.about_file")}>
            {mayReadHistory ? (
              <li>
                <Part at={at} part="history" icon="history" label={t("casefile.history.title")} current={current} />
              </li>
            ) : null}
            {maySeeReaders ? (
              <li>
                <Part at={at} part="seen" icon="eye" label={t("casefile.seen.title")} current={current} />
              </li>
            ) : null}
          </ul>
        </div>
      ) : null}
    </nav>
  );
}

function Part({ at, part, icon, label, current }: { at: At; part: string; icon: IconName; label: string; current: string }): JSX.Element {
  return (
    <RecordLink to={recordPath(at, part)} class={css.part} aria-current={current === part ? "page" : undefined}>
      <Icon name={icon} size={18} />
      <span class={css.partName}>{label}</span>
    </RecordLink>
  );
}

export function MarkOf({ progress }: { progress: Progress }): JSX.Element {
  const icon = MARKS[progress.mark];
  const words = t(`casefile.mark.${progress.mark}`, { missing: progress.missing, answered: progress.answered, asked: progress.asked });
  return (
    <span class={`${css.markBox ?? ""} ${css[`mark-${progress.mark}`] ?? ""}`} title={words}>
      {progress.mark === "missing" ? <span aria-hidden="true">{progress.missing}</span> : null}
      {progress.mark === "partial" ? (
        <span aria-hidden="true" class={css.ratio}>
          {progress.answered}/{progress.asked}
        </span>
      ) : icon ? (
        <Icon name={icon} size={16} />
      ) : null}
      <span class="visually-hidden">{`, ${words}`}</span>
    </span>
  );
}
