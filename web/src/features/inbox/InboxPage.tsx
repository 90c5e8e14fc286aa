import type { JSX } from "preact";
import { useRef, useState } from "preact/compat";
import { textOf } from "~/api";
import { cx } from "~/lib/classes";
import { formatAgo, hasMessage, t } from "~/lib/i18n";
import { useWatched } from "~/lib/watched";
import { EARLIER_PER, isAway, isKind, useResource, useSource, useUnread, type NoticeView } from "~/store";
import { Button, Card, Code, EmptyState, ErrorState, Link, Muted, Page, say, Skeleton, Stack } from "~/ui";
import css from "./inbox.module.css";

/** What happened that she should know: what she has not read first. Without a network, the last that were kept. */
export default function InboxPage(): JSX.Element {
  const source = useSource();
  useResource(source.notices.unread());
  const unread = useUnread(source.notices);
  const first = useResource(source.notices.earlier(1), 0);
  const read = useWatched(source.notices.read);
  const [pages, setPages] = useState(1);
  // What was new when she came stays where it is while she reads it.
  const shown = useRef(new Map<string, NoticeView>());
  for (const one of unread.rows ?? []) shown.current.set(one.id, one);
  const isRead = (one: NoticeView): boolean => one.read_at !== null || read.has(one.id) || !(unread.rows ?? []).some((other) => other.id === one.id);
  const fresh = [...shown.current.values()].sort(newestFirst);
  const isEmpty = unread.rows !== null && fresh.length === 0 && first.value?.rows.length === 0;
  const error = unread.rows === null ? unread.error : null;
  const away = isAway(unread.error) || isAway(first.error);
  return (
    <Page
      narrow
      title={t("inbox.title")}
      actions={
        unread.count > 0 ? (
          <Button
            icon="check"
            onClick={() => {
              void source.notices.markAllRead().then(() => {
                say(t("inbox.all_read"));
              });
            }}
          >
            {t("inbox.read_all")}
          </Button>
        ) : null
      }
    >
      {away && unread.rows !== null ? <Muted small>{t("inbox.offline")}</Muted> : null}
      {error ? <ErrorState onRetry={() => void source.notices.unread().refresh()}>{textOf(error)}</ErrorState> : null}
      {unread.rows === null && !error ? <Skeleton rows={4} blocks /> : null}
      {isEmpty ? (
        <EmptyState icon="check" title={t("inbox.none")}>
          {t("inbox.none.text")}
        </EmptyState>
      ) : null}
      {fresh.length > 0 ? <Notices title={t("inbox.new")} rows={fresh} isRead={isRead} /> : null}
      {first.value !== null ? <Earlier pages={pages} hidden={shown.current} onMore={() => { setPages(pages + 1); }} /> : null}
    </Page>
  );
}

function newestFirst(a: NoticeView, b: NoticeView): number {
  return a.happened_at > b.happened_at ? -1 : a.happened_at < b.happened_at ? 1 : 0;
}

/** What she has read, page under page. */
function Earlier({ pages, hidden, onMore }: { pages: number; hidden: ReadonlyMap<string, NoticeView>; onMore: () => void }): JSX.Element | null {
  const all = Array.from({ length: pages }, (_, at) => at + 1);
  const total = useResource(useSource().notices.earlier(1), 0).value?.total ?? 0;
  return (
    <Stack gap={3}>
      {all.map((page) => (
        <EarlierPage key={page} page={page} hidden={hidden} />
      ))}
      {total > pages * EARLIER_PER ? <Button onClick={onMore}>{t("inbox.more")}</Button> : null}
    </Stack>
  );
}

function EarlierPage({ page, hidden }: { page: number; hidden: ReadonlyMap<string, NoticeView> }): JSX.Element | null {
  const { notices } = useSource();
  const { value, error } = useResource(notices.earlier(page), 60);
  const read = useWatched(notices.read);
  if (value === null) return error ? <ErrorState onRetry={() => void notices.earlier(page).refresh()}>{textOf(error)}</ErrorState> : <Skeleton rows={2} blocks />;
  const rows = value.rows.filter((row) => !hidden.has(row.id) && (row.read_at !== null || read.has(row.id)));
  return rows.length === 0 ? null : <Notices {...(page === 1 ? { title: t("inbox.earlier") } : {})} rows={rows} isRead={() => true} />;
}

function Notices({ title, rows, isRead }: { title?: string; rows: readonly NoticeView[]; isRead: (row: NoticeView) => boolean }): JSX.Element {
  return (
    <Stack gap={2}>
      {title ? <h2>{title}</h2> : null}
      <Card flush>
        <ul role="list" class={css.list} aria-label={title ?? t("inbox.earlier")}>
          {rows.map((row) => (
            <Notice key={row.id} row={row} isRead={isRead(row)} />
          ))}
        </ul>
      </Card>
    </Stack>
  );
}

/** One notice: in the words of what happened, never with a name; a case out of her sight by now cannot be opened. */
function Notice({ row, isRead }: { row: NoticeView; isRead: boolean }): JSX.Element {
  const { notices } = useSource();
  const key = `event.${row.event}`;
  const words = hasMessage(key) ? t(key) : t("inbox.unknown");
  const text = (
    <>
      <span class={isRead ? undefined : css.fresh}>
        {isRead ? null : <span class="visually-hidden">{t("inbox.fresh")}: </span>}
        {words}
      </span>
      <Muted small>
        {row.short_id ? (
          <>
            <Code>{row.short_id}</Code> ·{" "}
          </>
        ) : null}
        {formatAgo(row.happened_at)}
        {row.record_id === null ? <> · {t("inbox.out_of_sight")}</> : null}
      </Muted>
    </>
  );
  const see = (): void => {
    if (!isRead) void notices.markRead([row.id]);
  };
  return (
    <li class={cx(css.item, !isRead && css.unread)}>
      {row.record_id !== null && isKind(row.record_type) ? (
        <Link href={`/${row.record_type}/${encodeURIComponent(row.record_id)}`} class={css.words} onClick={see}>
          {text}
        </Link>
      ) : (
        <span class={css.words}>{text}</span>
      )}
      {isRead ? null : (
        <Button look="quiet" aria-label={t("inbox.read_one.of", { words })} onClick={see}>
          {t("inbox.read_one")}
        </Button>
      )}
    </li>
  );
}
