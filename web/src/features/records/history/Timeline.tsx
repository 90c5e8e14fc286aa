import type { JSX } from "preact";
import { useState } from "preact/compat";
import { cx } from "~/lib/classes";
import { formatDay, getLocale, t } from "~/lib/i18n";
import { Button } from "~/ui/Button";
import { Icon } from "~/ui/icons";
import { Badge, RiskBadge } from "~/ui/labels";
import { Card, Notice, Skeleton } from "~/ui/layout";
import { labelOf } from "~/renderer/sources";
import type { Data } from "~/renderer/types";
import { textOf } from "~/renderer/values";
import { useApprovalKinds, useSource, type OutboxItem } from "~/store";
import { RecordLink, recordPath, type At } from "../record/RecordLink";
import type { Setup } from "../record/setup";
import cards from "../record/summary.module.css";
import css from "./history.module.css";
import { useStory } from "./story";
import { byDay, dayOf, type Entry } from "./telling";
import { detailOf, iconOf, personOf, titleOf, type Words } from "./words";

export interface TimelineProps {
  at: At;
  data: Data;
  items: readonly OutboxItem[];
  setup: Setup;
  mayRead: boolean;
  version: unknown;
}

/** So much is shown at first; the rest on asking. */
const FIRST = 8;

/** The story of the record in words, day by day: who did what, when, and why. */
export function Timeline({ at, data, items, setup, mayRead, version }: TimelineProps): JSX.Element {
  const source = useSource();
  const { kinds } = useApprovalKinds(source, setup.module);
  const story = useStory(at, data, items, mayRead, version);
  const [shown, setShown] = useState(FIRST);
  const words: Words = { setup, approvals: new Map(kinds.map((one) => [one.kind as string, one.label])) };
  const title = t("casefile.timeline");
  const rest = story.entries.length > shown || story.more !== null;
  return (
    <Card label={title}>
      <div class={cards.cardHead}>
        <h2>{title}</h2>
        {mayRead ? (
          <RecordLink to={recordPath(at, "history")} class={cards.more}>
            {t("story.changes")}
          </RecordLink>
        ) : null}
      </div>
      {story.failed ? (
        <Notice tone="warn" actions={<Button icon="sync" onClick={story.retry}>{t("ui.retry")}</Button>}>
          {t("casefile.history.unreachable")}
        </Notice>
      ) : story.isHere && mayRead && !story.loading ? (
        <p class={css.quiet}>{t("story.here")}</p>
      ) : null}
      {story.isHere && mayRead && story.loading ? (
        <Skeleton rows={4} />
      ) : (
        byDay(story.entries.slice(0, shown)).map(({ day, entries }) => (
          <section key={`${day} ${entries[0]?.at ?? ""}`} class={css.day}>
            <h3>
              <time dateTime={day}>{formatDay(day)}</time>
            </h3>
            <ol role="list" class={css.timeline}>
              {entries.map((entry, at) => (
                <Happened key={`${entry.at} ${entry.what} ${String(at)}`} entry={entry} words={words} />
              ))}
            </ol>
          </section>
        ))
      )}
      {rest ? (
        <Button
          icon="down"
          busy={story.loading}
          onClick={() => {
            if (story.entries.length < shown + FIRST * 2) story.more?.();
            setShown(shown + FIRST * 2);
          }}
        >
          {t("story.earlier")}
        </Button>
      ) : null}
    </Card>
  );
}

function Happened({ entry, words }: { entry: Entry; words: Words }): JSX.Element {
  const detail = detailOf(entry, words);
  const person = personOf(entry);
  const day = entry.on && entry.on !== dayOf(entry.at) ? formatDay(entry.on) : "";
  const who = entry.full_name ?? nameOf(entry.user_name, words);
  const time = /T/.test(entry.at) ? new Intl.DateTimeFormat(getLocale(), { timeStyle: "short" }).format(new Date(entry.at)) : "";
  return (
    <li>
      <span class={cx(css.dot, entry.state !== undefined && css.unsent)}>
        <Icon name={iconOf(entry.what)} size={16} />
      </span>
      <div class={css.told}>
        <p class={css.head}>
          <strong>{titleOf(entry, words.setup.kind)}</strong>
          {entry.what === "risk" ? <Risk entry={entry} words={words} /> : detail === "" ? null : <span dir="auto">{detail}</span>}
          {person === "" ? null : <span>{person}</span>}
          {day === "" ? null : <span class={css.quiet}>{t("story.on", { day })}</span>}
        </p>
        {entry.why ? (
          <p class={css.why} dir="auto">
            {entry.why}
          </p>
        ) : null}
        <p class={css.quiet}>
          {who === "" ? null : <bdi>{who}</bdi>}
          {who !== "" && time !== "" ? " · " : ""}
          {time === "" ? null : <time dateTime={entry.at}>{time}</time>}
          {entry.state === undefined || entry.state === "confirmed" ? null : (
            <>
              {" "}
              <Badge tone={entry.state === "refused" ? "danger" : "info"} icon={entry.state === "refused" ? "alert" : "clock"}>
                {t(`casefile.state.${entry.state}`)}
              </Badge>
            </>
          )}
        </p>
      </div>
    </li>
  );
}

function nameOf(userName: string, { setup }: Words): string {
  if (userName === setup.me.userName) return setup.me.fullName || userName;
  return setup.sources.users.find((one) => one.id === userName)?.label ?? userName;
}

function Risk({ entry, words: { setup } }: { entry: Entry; words: Words }): JSX.Element | null {
  const field = setup.fields.get("risk_level");
  const now = textOf(entry.value as string);
  const before = textOf((entry.before ?? null) as string | null);
  if (field === undefined || now === "") return null;
  return (
    <>
      <RiskBadge level={now} text={labelOf(field, now, setup.sources)} />
      {before === "" ? null : <span class={css.quiet}>{t("story.risk.before", { level: labelOf(field, before, setup.sources) })}</span>}
    </>
  );
}
