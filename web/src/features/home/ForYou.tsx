import type { JSX } from "preact";
import { formatNumber, t } from "~/lib/i18n";
import { useApprovalKinds, useResource, useSource, useUnread, waitingFor, type ApprovalKind, type Asker, type ListView, type Loaded, type PageView, type Resource } from "~/store";
import { Badge, Card, LinkRow, List, Row, type IconName } from "~/ui";

/** Screens that home leads to where they are. */
export interface HomeLinks {
  team: string | null;
  approvals: string | null;
  flags: string | null;
}

/** So many received cases are told at once. */
const MOST_RECEIVED = 100;

/** What others wait for: each number is the length of the list that its line opens. Nothing is said when nothing waits. */
export function ForYou({ mayReceive, seesFlags, links }: { mayReceive: boolean; seesFlags: boolean; links: HomeLinks }): JSX.Element | null {
  const source = useSource();
  const { asker, kinds } = useApprovalKinds(source);
  const approves = kinds.filter((one) => one.approves);
  const unread = useUnread(source.notices).count;
  const received = useReceived(mayReceive);
  const waiting = useApprovals(asker, links.approvals === null ? [] : approves);
  const flags = useResource(seesFlags && links.flags ? source.flags.all({ kind: null, open: true, mine: false, page: 1 }) : NO_PAGE, 60).value?.total ?? 0;
  if (received + waiting + unread + flags === 0) return null;
  return (
    <section aria-label={t("home.for_you")}>
      <Card flush>
        <List label={t("home.for_you")}>
          {received > 0 ? <Line href="/received" icon="people" count={received >= MOST_RECEIVED ? `${formatNumber(MOST_RECEIVED)}+` : formatNumber(received)} words={t("home.received")} /> : null}
          {waiting > 0 && links.approvals ? <Line href={links.approvals} icon="check" count={formatNumber(waiting)} words={t("home.approvals")} /> : null}
          {flags > 0 && links.flags ? <Line href={links.flags} icon="flag" count={formatNumber(flags)} words={t("home.flags")} /> : null}
          {unread > 0 ? <Line href="/inbox" icon="bell" count={formatNumber(unread)} words={t("home.notices")} /> : null}
        </List>
      </Card>
    </section>
  );
}

function Line({ href, icon, count, words }: { href: string; icon: IconName; count: string; words: string }): JSX.Element {
  return (
    <LinkRow href={href} icon={icon}>
      <Row between>
        <span>{words}</span> <Badge tone="accent">{count}</Badge>
      </Row>
    </LinkRow>
  );
}

/** Referrals, transfers and requests that wait for her answer. */
function useReceived(may: boolean): number {
  const source = useSource();
  const { value } = useResource(may ? source.sharing.received() : NOTHING, 60);
  return value?.length ?? 0;
}

function useApprovals(asker: Asker | null, kinds: readonly ApprovalKind[]): number {
  const source = useSource();
  const body = asker === null || kinds.length === 0 ? null : waitingFor(kinds.map((one) => one.kind), asker, 1);
  const { value } = useResource(body === null ? NO_LIST : source.search("cases", body), 60);
  return value?.total ?? 0;
}

/** Nothing is asked of the server: it would only say no. */
function unasked<T>(): Resource<T> {
  const nothing: Loaded<T> = { value: null, at: null, loading: false, error: null };
  return { get: () => nothing, watch: () => () => undefined, refresh: () => Promise.resolve(), wait: () => Promise.reject(new Error("nothing was asked")) };
}

const NO_LIST = unasked<ListView>();
const NO_PAGE = unasked<PageView<never>>();
const NOTHING = unasked<never[]>();
