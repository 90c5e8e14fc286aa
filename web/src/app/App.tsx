import type { JSX } from "preact";
import { useEffect, useRef } from "preact/compat";
import { openCalendar, useCalendar } from "~/lib/calendars/chosen";
import { t, useLocale } from "~/lib/i18n";
import { useOnline } from "~/lib/online";
import { forgetStates, matchPath, navigate, usePlace } from "~/lib/router";
import { useWatched } from "~/lib/watched";
import { Conduct } from "~/features/account/Conduct";
import { LockScreen } from "~/features/account/LockScreen";
import { SignIn, SignInForm } from "~/features/account/SignIn";
import { ownerOf } from "~/store/session";
import { SourceProvider, useResource, type DataSource, type SessionState } from "~/store";
import { Alone, Announcer, DemoFrame, ErrorState, Muted, Sheet, Skeleton, Stack } from "~/ui";
import { useIdleLock } from "./idle";
import { Load, LONE_ROUTES } from "./routes";
import { Shell } from "./Shell";

export function App({ source }: { source: DataSource }): JSX.Element {
  const locale = useLocale();
  const calendar = useCalendar().name;
  const state = useWatched(source.session);
  const info = useResource(source.publicInfo(), 3600);
  const demo = state.status === "in" ? state.session.instance.kind === "demo" : info.value?.demo === true;
  return (
    <SourceProvider value={source}>
      <Screen key={`${locale} ${calendar}`} source={source} state={state} />
      <Announcer />
      {demo ? <DemoFrame /> : null}
    </SourceProvider>
  );
}

function Screen({ source, state }: { source: DataSource; state: SessionState }): JSX.Element {
  const { path } = usePlace();
  const last = useRef<string | null>(null);
  const userName = state.status === "in" ? state.session.userName : null;
  const locale = useLocale();
  const { locked } = useWatched(source.safety.guard.state);
  const online = useOnline();
  useIdleLock(source, userName !== null);
  useEffect(() => {
    if (userName === null) void openCalendar(null, locale);
    else void ownerOf(userName).then((owner) => openCalendar(owner, locale));
  }, [userName, locale]);
  useEffect(() => {
    if (userName === null) return;
    // Whoever comes after another starts at home, not on the case the other left open.
    if (last.current !== null && last.current !== userName) {
      forgetStates();
      navigate("/", { replace: true, force: true });
    }
    last.current = userName;
  }, [userName]);
  for (const route of LONE_ROUTES) {
    if (matchPath(route.pattern, path)) return <Load route={route} params={{}} />;
  }
  if (state.status === "starting") {
    return (
      <Alone>
        <Skeleton rows={3} />
      </Alone>
    );
  }
  if (state.status === "in" && locked) return <LockScreen />;
  if (state.status === "out") return <SignIn reason={state.reason} unreachable={state.unreachable} />;
  return (
    <>
      {state.session.owesConduct && online && !state.offline ? <Conduct /> : <Shell source={source} session={state.session} offline={state.offline} />}
      <Sheet
        centre
        firm
        open={state.expired}
        title={t("signin.again.title")}
        onClose={() => {
          void source.signOut();
        }}
      >
        <Stack>
          <Muted>{t("signin.again.text")}</Muted>
          <SignInForm userName={state.session.userName} />
        </Stack>
      </Sheet>
    </>
  );
}

/** A browser that cannot keep anything safely (private mode, full disk), or an older page that is in the way: said plainly. */
export function Broken({ older }: { older?: boolean }): JSX.Element {
  return (
    <Alone>
      <ErrorState
        title={t(older ? "vault.older.title" : "broken.title")}
        onRetry={() => {
          location.reload();
        }}
      >
        {t(older ? "vault.older.text" : "broken.text")}
      </ErrorState>
    </Alone>
  );
}
