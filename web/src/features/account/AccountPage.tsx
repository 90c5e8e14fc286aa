import type { JSX } from "preact";
import { useEffect, useState } from "preact/compat";
import { textOf } from "~/api";
import { getLocale, isLocale, LOCALE_NAMES, LOCALES, setLocale, t } from "~/lib/i18n";
import { chooseCalendar, useCalendar } from "~/lib/calendars/chosen";
import { CALENDARS, isCalendar } from "~/lib/calendars/kinds";
import { setTheme, THEMES, useTheme, type Theme } from "~/lib/theme";
import { useWatched } from "~/lib/watched";
import { useResource, useSource } from "~/store";
import { Button, Card, Code, ErrorState, Facts, Field, focusFirstWrong, Notice, Page, PasswordInput, RadioGroup, say, Select, Skeleton, Stack } from "~/ui";
import { Closing } from "./Closing";
import { passwordProblem } from "./password";

/** Who one is here, in which language and look, and one's password. */
export default function AccountPage(): JSX.Element {
  return (
    <Page title={t("account.title")} narrow>
      <Profile />
      <Looks />
      <Earlier />
      <Closing />
      <Password />
    </Page>
  );
}

function Profile(): JSX.Element {
  const source = useSource();
  const me = useResource(source.me(), 60);
  const state = useWatched(source.session);
  if (me.value === null) return me.error ? <ErrorState onRetry={() => void source.me().refresh()}>{textOf(me.error)}</ErrorState> : <Skeleton rows={4} />;
  const { full_name: fullName, user_name: userName, email, agency_name: agency, user_groups: groups, position } = me.value;
  const items = (
    [
      [t("account.full_name"), <bdi key="n">{fullName}</bdi>],
      [t("account.user_name"), <Code key="u">{userName}</Code>],
      [t("account.email"), email ? <Code key="e">{email}</Code> : ""],
      [t("account.agency"), agency ?? ""],
      [t("account.groups"), groups.map((group) => group.name).join(" · ")],
      [t("account.position"), position ?? ""],
      [t("account.instance"), state.status === "in" ? state.session.instance.name : ""],
    ] as const
  ).filter(([, value]) => value !== "");
  return (
    <Card label={t("account.profile")}>
      <Stack gap={3}>
        <h2>{t("account.profile")}</h2>
        <Facts items={items} />
      </Stack>
    </Card>
  );
}

function Looks(): JSX.Element {
  const source = useSource();
  const theme = useTheme();
  const calendar = useCalendar().name;
  return (
    <Card label={t("account.looks")}>
      <Stack>
        <h2>{t("account.looks")}</h2>
        <Field group label={t("account.language")}>
          {() => (
            <RadioGroup
              value={getLocale()}
              options={LOCALES.map((locale) => ({ value: locale, label: LOCALE_NAMES[locale] }))}
              onValue={(locale) => {
                if (!isLocale(locale)) return;
                void setLocale(locale);
                // Mails and messages follow the language one reads in; if that cannot be told now, the screen still turns.
                source.saveMe({ locale }).catch(() => undefined);
              }}
            />
          )}
        </Field>
        <Field label={t("account.calendar")} hint={t("account.calendar.hint")}>
          {(attributes) => (
            <Select
              {...attributes}
              empty={null}
              value={calendar}
              options={CALENDARS.map((name) => ({ value: name, label: t(`calendar.${name}`) }))}
              onValue={(name) => {
                if (isCalendar(name)) void chooseCalendar(name);
              }}
            />
          )}
        </Field>
        <Field group label={t("account.theme")}>
          {() => (
            <RadioGroup
              value={theme}
              options={THEMES.map((one) => ({ value: one, label: t(`account.theme.${one}`) }))}
              onValue={(one) => {
                setTheme(one as Theme);
              }}
            />
          )}
        </Field>
      </Stack>
    </Card>
  );
}

function Password(): JSX.Element {
  const source = useSource();
  const [before, setBefore] = useState("");
  const [after, setAfter] = useState("");
  const [again, setAgain] = useState("");
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const problem = passwordProblem(after);
  const submit = async (): Promise<void> => {
    setTried(true);
    if (before === "" || problem !== null || after !== again) return;
    setBusy(true);
    setError(null);
    try {
      await source.changePassword(before, after);
      setBefore("");
      setAfter("");
      setAgain("");
      setTried(false);
      say(t("password.changed"), { icon: "check" });
    } catch (reason) {
      setError(textOf(reason));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Card label={t("password.title")}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
          focusFirstWrong(event.currentTarget);
        }}
      >
        <Stack>
          <h2>{t("password.title")}</h2>
          {error ? (
            <Notice tone="danger" alert>
              {error}
            </Notice>
          ) : null}
          <Field label={t("password.present")} error={tried && before === "" ? t("signin.password.missing") : null}>
            {(attributes) => <PasswordInput {...attributes} autocomplete="current-password" value={before} onValue={setBefore} />}
          </Field>
          <Field label={t("password.new")} hint={t("password.rule")} error={tried ? problem : null}>
            {(attributes) => <PasswordInput {...attributes} autocomplete="new-password" value={after} onValue={setAfter} />}
          </Field>
          <Field label={t("password.again")} error={tried && after !== again ? t("password.differs") : null}>
            {(attributes) => <PasswordInput {...attributes} autocomplete="new-password" value={again} onValue={setAgain} />}
          </Field>
          <div>
            <Button type="submit" look="primary" busy={busy}>
              {t("password.go")}
            </Button>
          </div>
        </Stack>
      </form>
    </Card>
  );
}

/** Shown only when something waits for an earlier password. */
function Earlier(): JSX.Element | null {
  const source = useSource();
  const [count, setCount] = useState(0);
  const [password, setPassword] = useState("");
  const [wrong, setWrong] = useState(false);
  useEffect(() => {
    void source.countClosed().then(setCount);
  }, [source]);
  if (count === 0) return null;
  const open = async (): Promise<void> => {
    const opened = await source.openEarlier(password);
    setWrong(!opened);
    if (opened) setCount(await source.countClosed());
  };
  return (
    <Card label={t("earlier.title")}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void open();
        }}
      >
        <Stack>
          <h2>{t("earlier.title")}</h2>
          <p>{t("earlier.text", { count })}</p>
          <Field label={t("earlier.password")} error={wrong ? t("earlier.wrong") : null}>
            {(attributes) => <PasswordInput {...attributes} autocomplete="off" value={password} onValue={setPassword} />}
          </Field>
          <div>
            <Button type="submit">{t("earlier.go")}</Button>
          </div>
        </Stack>
      </form>
    </Card>
  );
}
