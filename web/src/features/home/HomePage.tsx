import type { JSX } from "preact";
import { textOf } from "~/api";
import { formatAgo, formatNumber, t } from "~/lib/i18n";
import { useWatched } from "~/lib/watched";
import { actionsOn, mayDo, openItems, useList, useResource, useSource, type ListNow, type OutboxItem, type Search } from "~/store";
import { daysUnsent, OLD_UNSENT_DAYS } from "~/store/kept/unsent";
import { Badge, Card, Code, EmptyState, ErrorState, Link, LinkButton, LinkRow, List, Muted, Notice, Page, RiskBadge, Row, Skeleton, Stack, StateBadge } from "~/ui";
import { ForYou, type HomeLinks } from "./ForYou";
import { TeamLook } from "./TeamLook";

const SHOWN = 5;
const HIDDEN_NAME = /^\*+$/;

export interface HomeProps {
  /** What is due in her own cases. `isQuiet`: nothing is said when nothing is. */
  due: (isQuiet: boolean) => JSX.Element;
  links: HomeLinks;
}

/** Where the day starts: what is due, what waits for her, and the cases last worked on. */
export default function HomePage({ due, links }: HomeProps): JSX.Element {
  const source = useSource();
  const session = useWatched(source.session);
  const me = useResource(source.me(), 60);
  const manager = me.value?.is_manager === true;
  const name = session.status === "in" ? session.session.fullName || session.session.userName : "";
  const mayRegister = mayDo(me.value, "cases", "create");
  const mayRead = actionsOn(me.value, "cases").length > 0;
  const mayReceive = ["receive_referral", "receive_transfer"].some((action) => mayDo(me.value, "cases", action));
  const leads = mayDo(me.value, "dashboards", "dash_cases_by_social_worker");
  const hasTasks = leads || mayDo(me.value, "dashboards", "dash_tasks");
  return (
    <Page
      title={
        <>
          {t("home.title")} <bdi>{name}</bdi>
        </>
      }
      actions={
        <>
          {mayReceive ? <LinkButton href="/received">{t("received.title")}</LinkButton> : null}
          {mayRegister ? (
            <LinkButton href="/cases/new" look="primary" icon="plus">
              {t("cases.register")}
            </LinkButton>
          ) : null}
        </>
      }
    >
      <Waiting />
      {me.value === null && me.error ? <ErrorState onRetry={() => void source.me().refresh()}>{textOf(me.error)}</ErrorState> : null}
      {me.value === null && !me.error ? <Skeleton rows={4} blocks /> : null}
      {me.value !== null && !mayRead ? <EmptyState icon="shield" title={t("home.no_cases.title")}>{t("home.no_cases.text")}</EmptyState> : null}
      {me.value !== null && mayRead ? (
        <>
          <ForYou mayReceive={mayReceive} seesFlags={mayDo(me.value, "dashboards", "dash_flags")} links={links} />
          {leads ? <TeamLook href={links.team} /> : null}
          {hasTasks ? due(leads) : null}
          <Recent manager={manager} userName={session.status === "in" ? session.session.userName : ""} mayRegister={mayRegister} />
        </>
      ) : null}
    </Page>
  );
}

/** Only there when there is something: nothing waits silently. */
function Waiting(): JSX.Element | null {
  const source = useSource();
  const items = useWatched(source.outbox.items);
  const drafts = useWatched(source.drafts.all);
  const kept = useWatched(source.kept.state);
  const refused = items.filter((item) => item.state === "refused").length;
  const waiting = items.filter((item) => item.state === "waiting" || item.state === "sending").length;
  const days = daysUnsent(items, Date.now());
  if (refused + waiting + drafts.length + kept.unchecked.size + kept.left === 0) return null;
  return (
    <Stack gap={3}>
      {refused > 0 ? (
        <Notice tone="danger" title={t("home.refused", { count: refused })}>
          <Link href="/outbox">{t("home.refused.go")}</Link>
        </Notice>
      ) : null}
      {waiting > 0 ? (
        <Notice title={t("home.waiting", { count: waiting })}>
          <Link href="/outbox">{t("home.waiting.go")}</Link>
        </Notice>
      ) : null}
      {days >= OLD_UNSENT_DAYS ? (
        <Notice tone="warn" title={t("kept.unsent.days", { days })}>
          <Link href="/device">{t("kept.unsent.days.text")}</Link>
        </Notice>
      ) : null}
      <Unchecked ids={kept.unchecked} items={items} />
      {kept.left > 0 ? (
        <Notice title={t("kept.full.title", { count: kept.left })}>
          <Link href="/device">{t("kept.title")}</Link>
        </Notice>
      ) : null}
      {drafts.length > 0 ? (
        <Card flush>
          <List label={t("outbox.drafts", { count: drafts.length })}>
            {drafts.slice(0, 4).map((draft) => (
              <LinkRow key={draft.key} href={`/${draft.key}`} icon="edit">
                <div>
                  {draft.key === "cases/new" ? t("outbox.draft.new") : t("outbox.draft.change")} {draft.key === "cases/new" ? null : <Code>{draft.key.slice(-7)}</Code>}
                </div>
                <Muted small>{t("outbox.draft.at", { when: formatAgo(draft.at) })}</Muted>
              </LinkRow>
            ))}
          </List>
        </Card>
      ) : null}
    </Stack>
  );
}

/** Children registered without a network, once the server has them: whether they are known already is to be looked at. */
function Unchecked({ ids, items }: { ids: ReadonlySet<string>; items: readonly OutboxItem[] }): JSX.Element | null {
  const due = [...ids].filter((id) => openItems(items, id).length === 0);
  const first = due[0];
  if (first === undefined) return null;
  return (
    <Notice tone="warn" title={t("kept.home.check", { count: due.length })}>
      <Link href={`/cases/${first}`}>{t("kept.home.check.go")}</Link>
    </Notice>
  );
}

/** One request for both: the number of open cases and those that changed last. */
function Recent({ manager, userName, mayRegister }: { manager: boolean; userName: string; mayRegister: boolean }): JSX.Element {
  const source = useSource();
  const body: Search = {
    fields: "name,case_id_display,short_id,age,sex,status,risk_level,last_updated_at,created_at,hidden_name,record_in_scope",
    status: ["open"],
    order_by: "last_updated_at",
    order: "desc",
    page: 1,
    per: SHOWN,
    ...(manager ? {} : { owned_by: userName }),
  };
  const list = useList("cases", body, true);
  const href = manager ? "/cases" : "/cases?mine=1";
  if (list.value === null && list.derived.length === 0) {
    return list.error ? <ErrorState onRetry={() => void source.search("cases", body).refresh()}>{textOf(list.error)}</ErrorState> : <Skeleton rows={5} blocks />;
  }
  if (list.derived.length === 0) {
    return (
      <EmptyState icon="cases" title={t("home.none.title")} action={mayRegister ? <LinkButton href="/cases/new" icon="plus">{t("cases.register")}</LinkButton> : null}>
        {t("home.none.text")}
      </EmptyState>
    );
  }
  return (
    <Stack gap={3}>
      <Row between>
        <h2>
          {t(manager ? "home.open.team" : "home.open.mine")} {list.value ? <Badge tone="accent">{formatNumber(list.value.total)}</Badge> : null}
        </h2>
        <Link href={href}>{t("home.open.all")}</Link>
      </Row>
      {list.value?.here ? <KeptNote list={list} /> : list.error ? <Notice tone={list.value === null ? "info" : "warn"}>{t(list.value === null ? "cases.only_here" : "cases.stale", { why: textOf(list.error) })}</Notice> : null}
      <Card flush>
        <List label={t("home.recent")}>
          {list.derived.map(({ data, state }) => {
            const name = typeof data["name"] === "string" ? data["name"] : "";
            const when = typeof data["last_updated_at"] === "string" ? data["last_updated_at"] : data["created_at"];
            return (
              <LinkRow key={String(data["id"])} href={`/cases/${String(data["id"])}`}>
                <Row between>
                  <span>
                    <strong>{HIDDEN_NAME.test(name) || (name === "" && data["hidden_name"] === true) ? t("cases.name.hidden") : name === "" ? t("cases.name.none") : <bdi>{name}</bdi>}</strong>{" "}
                    <Muted small>
                      <Code>{String(data["case_id_display"] ?? data["short_id"] ?? "")}</Code>
                    </Muted>
                    <div>
                      <Muted small>
                        {[typeof data["age"] === "number" ? t("cases.age", { age: data["age"] }) : "", typeof when === "string" ? t("home.changed", { when: formatAgo(when) }) : ""].filter(Boolean).join(" · ")}
                      </Muted>
                    </div>
                  </span>
                  <Row>
                    <StateBadge state={state} />
                    <RiskBadge level={typeof data["risk_level"] === "string" ? data["risk_level"] : null} />
                  </Row>
                </Row>
              </LinkRow>
            );
          })}
        </List>
      </Card>
    </Stack>
  );
}

/** Without the server the list is made here: of what, and from when. Quiet: being offline is no error. */
function KeptNote({ list }: { list: ListNow }): JSX.Element | null {
  const kept = useWatched(useSource().kept.state);
  if (list.loading) return null;
  return (
    <Muted small>
      {t("kept.list.here", { count: kept.counts.cases ?? 0 })} {list.at === null ? null : t("kept.as_of", { when: formatAgo(new Date(list.at)) })}
    </Muted>
  );
}
