import type { JSX } from "preact";
import { Component, useEffect, useState } from "preact/compat";
import type { ComponentChildren } from "preact";
import { formatAgo, formatNumber, getLocale, LOCALE_NAMES, LOCALES, setLocale, t } from "~/lib/i18n";
import { matchPath, navigate, usePlace } from "~/lib/router";
import { setTheme, THEMES, useTheme } from "~/lib/theme";
import { useWide } from "~/lib/media";
import { useOnline } from "~/lib/online";
import { useWatched } from "~/lib/watched";
import { KIND_ICONS } from "~/renderer/kindWords";
import { SpecialProvider } from "~/features/records/special";
import { actionsOn, administers, kindsOf, mayDo, useResource, useUnread, type DataSource, type Kind, type Session } from "~/store";
import { ErrorState, Frame, Icon, IconButton, Menu, Muted, NarrowOnly, PrivacyCover, SearchBox, StateChip, TopMiddle, type IconName, type MenuItem, type NavItem } from "~/ui";
import { useCover } from "./cover";
import { fetchAhead, hasRoute, Load, NotFound, ROUTES } from "./routes";
import { SECTIONS_OF } from "./sections";

/** Who may look at the caseloads of her team. */
const LEADS = "dash_cases_by_social_worker";

/** The shell of a signed-in worker: navigation, search, how her work stands, language, account, and a cover for privacy. */
export function Shell({ source, session, offline }: { source: DataSource; session: Session; offline: boolean }): JSX.Element {
  const { path } = usePlace();
  const [covered, setCovered] = useState(false);
  const hide = useCover(source, setCovered);
  useEffect(fetchAhead, []);
  useEffect(() => {
    const keys = (event: KeyboardEvent): void => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        navigate("/cases", { state: { focus: true } });
      }
    };
    addEventListener("keydown", keys);
    return () => {
      removeEventListener("keydown", keys);
    };
  }, []);
  // While it is not known yet, and without a network, the way to the cases is there.
  const me = useResource(source.me(), 300);
  const opensCases = me.value === null || actionsOn(me.value, "cases").length > 0;
  const kinds = kindsOf(me.value).filter((kind) => kind !== "cases" || opensCases);
  // On a phone the kinds share one entry, that of cases or else the first that is hers; the lists lead to each other.
  const first = opensCases ? "cases" : kinds[0];
  const others = kinds.filter((kind) => kind !== first);
  const wide = useWide();
  const seesTasks = me.value === null || ["dash_tasks", LEADS].some((action) => mayDo(me.value, "dashboards", action));
  const unread = useInbox(source, opensCases);
  // On a phone five of them are seen: the others are reached from home.
  const nav: NavItem[] = [
    { id: "home", label: t("nav.home"), icon: "home", href: "/" },
    ...(opensCases
      ? ([
          ...(seesTasks ? [{ id: "tasks", label: t("nav.tasks"), icon: "clock", href: "/tasks", wide: true } as const] : []),
          entryOf("cases", false),
          ...others.map((kind) => entryOf(kind, true)),
          { id: "inbox", label: t("nav.inbox"), icon: "bell", href: "/inbox", badge: unread === 0 ? null : { count: unread > 99 ? "99+" : formatNumber(unread), words: t("inbox.unread", { count: unread }) } },
        ] satisfies NavItem[])
      : kinds.map((kind) => entryOf(kind, kind !== first))),
    ...(hasRoute("/team") && mayDo(me.value, "dashboards", LEADS) ? [{ id: "team", label: t("nav.team"), icon: "people", href: "/team", wide: true } as const] : []),
    ...(administers(me.value) ? [{ id: "admin", label: t("nav.admin"), icon: "admin", href: "/admin", wide: opensCases } as const] : []),
    { id: "outbox", label: t("nav.outbox"), icon: "cloud", href: "/outbox" },
    { id: "account", label: t("nav.account"), icon: "user", href: "/account" },
  ];
  const found = ROUTES.map((route) => ({ route, params: matchPath(route.pattern, path) })).find(({ params }) => params !== null);
  if (covered) {
    return (
      <PrivacyCover
        onLift={() => {
          setCovered(false);
        }}
      />
    );
  }
  return (
    <Frame
      nav={nav}
      current={!wide && others.some((kind) => kind === found?.route.nav) ? (first ?? null) : (found?.route.nav ?? null)}
      top={
        <>
          <TopMiddle>
            {path === "/cases" || !opensCases ? null : <TopSearch />}
          </TopMiddle>
          {opensCases ? (
            <NarrowOnly>
              <IconButton
                icon="search"
                label={t("shell.search")}
                onClick={() => {
                  navigate("/cases", { state: { focus: true } });
                }}
              />
            </NarrowOnly>
          ) : null}
          <SyncChip source={source} offline={offline} />
          <IconButton
            icon="eyeOff"
            label={t("shell.privacy")}
            onClick={hide}
          />
          <AccountMenu source={source} session={session} looksAfter={administers(me.value)} />
        </>
      }
    >
      <Guard key={found ? `${found.route.pattern}${found.params?.["id"] ?? ""}` : path}>
        <SpecialProvider value={SECTIONS_OF}>{found?.params ? <Load route={found.route} params={found.params} /> : <NotFound />}</SpecialProvider>
      </Guard>
    </Frame>
  );
}

function entryOf(kind: Kind, wide: boolean): NavItem {
  return { id: kind, label: kind === "cases" ? t("nav.cases") : t(`kinds.${kind}.cases.title`), icon: KIND_ICONS[kind], href: `/${kind}`, wide };
}

/** How many notices she has not read: asked for at the start, and whenever the feed has brought what others did. */
function useInbox(source: DataSource, hasInbox: boolean): number {
  const { lastSync } = useWatched(source.kept.state);
  useEffect(() => {
    if (hasInbox) void source.notices.unread().refresh(30);
  }, [source, hasInbox, lastSync]);
  return useUnread(source.notices).count;
}

/** A screen that breaks says so in words and takes nothing else with it; drafts are in the vault. */
class Guard extends Component<{ children?: ComponentChildren }, { broken: boolean }> {
  override state = { broken: false };
  static override getDerivedStateFromError(): { broken: boolean } {
    return { broken: true };
  }
  override render(): ComponentChildren {
    if (!this.state.broken) return this.props.children;
    return (
      <ErrorState
        title={t("shell.broken.title")}
        onRetry={() => {
          this.setState({ broken: false });
        }}
      >
        {t("shell.broken.text")}
      </ErrorState>
    );
  }
}

function TopSearch(): JSX.Element {
  const [text, setText] = useState("");
  return (
    <SearchBox
      label={t("shell.search")}
      placeholder={t("cases.search.hint")}
      value={text}
      onValue={setText}
      onSubmit={() => {
        navigate("/cases?status=any", { state: { search: text.trim() } });
        setText("");
      }}
    />
  );
}

/** Quiet when all is well; says what waits, what is on its way, what was refused. Being offline is no error. */
function SyncChip({ source, offline }: { source: DataSource; offline: boolean }): JSX.Element {
  const items = useWatched(source.outbox.items);
  const sending = useWatched(source.outbox.sending);
  const online = useOnline();
  const kept = useWatched(source.kept.state);
  const refused = items.filter((item) => item.state === "refused").length;
  const waiting = items.filter((item) => item.state === "waiting" || item.state === "sending").length;
  if (refused > 0) {
    return (
      <StateChip href="/outbox" icon="alert" tone="danger" count={String(refused)}>
        {t("sync.refused", { count: refused })}
      </StateChip>
    );
  }
  if (sending) {
    return (
      <StateChip href="/outbox" icon="sync" turning count={String(waiting)}>
        {t("sync.sending", { count: waiting })}
      </StateChip>
    );
  }
  const away = !online || offline;
  if (waiting > 0) {
    return (
      <StateChip href="/outbox" icon={away ? "cloudOff" : "clock"} tone="warn" count={String(waiting)}>
        {t("sync.waiting", { count: waiting })}
      </StateChip>
    );
  }
  if (kept.running && kept.progress?.total) {
    return (
      <StateChip href="/device" icon="sync" turning count={formatNumber(kept.progress.total - kept.progress.done)}>
        {t("kept.progress", { done: kept.progress.done, total: kept.progress.total })}
      </StateChip>
    );
  }
  return (
    <StateChip href="/device" icon={away ? "cloudOff" : "cloud"}>
      {t(away ? "sync.offline" : "sync.done")}
      {away && kept.lastSync !== null ? <> · {t("kept.as_of", { when: formatAgo(new Date(kept.lastSync)) })}</> : null}
    </StateChip>
  );
}

const THEME_ICONS: Record<(typeof THEMES)[number], IconName> = { system: "admin", light: "sun", dark: "moon" };

function AccountMenu({ source, session, looksAfter }: { source: DataSource; session: Session; looksAfter: boolean }): JSX.Element {
  const theme = useTheme();
  const items: MenuItem[] = [
    { id: "account", label: t("nav.account"), icon: "user", href: "/account" },
    ...(looksAfter ? [{ id: "admin", label: t("nav.admin"), icon: "admin", href: "/admin" } satisfies MenuItem] : []),
    { id: "device", label: t("kept.title"), icon: "phone", href: "/device" },
    ...LOCALES.map((locale): MenuItem => ({ id: locale, label: LOCALE_NAMES[locale], lang: locale, icon: "language", checked: locale === getLocale(), onSelect: () => void setLocale(locale) })),
    ...THEMES.map(
      (one): MenuItem => ({
        id: one,
        label: t(`account.theme.${one}`),
        icon: THEME_ICONS[one],
        checked: one === theme,
        onSelect: () => {
          setTheme(one);
        },
      }),
    ),
    { id: "lock", label: t("shell.lock"), icon: "lock", onSelect: () => void source.lock("locked") },
    { id: "out", label: t("shell.sign_out"), icon: "signOut", onSelect: () => void signOut(source) },
  ];
  return (
    <Menu
      label={t("shell.account")}
      icon="user"
      items={items}
      head={
        <>
          <strong>
            <bdi>{session.fullName || session.userName}</bdi>
          </strong>
          <div>
            <Muted small>
              <Icon name="shield" size={14} /> {session.instance.name}
            </Muted>
          </div>
        </>
      }
    />
  );
}

async function signOut(source: DataSource): Promise<void> {
  navigate("/", { replace: true, force: true });
  await source.signOut();
}
