import type { JSX } from "preact";
import { useEffect, useState } from "preact/compat";
import { Refusal, textOf, type Shape } from "~/api";
import { formatDay, t } from "~/lib/i18n";
import { navigate } from "~/lib/router";
import { useSource } from "~/store";
import { Alone, Button, Card, ErrorState, Field, focusFirstWrong, Link, Notice, Skeleton, PasswordInput, Stack, TextInput } from "~/ui";
import { LanguageButtons } from "./SignIn";
import { passwordProblem } from "./password";

/** Asks for a reset link. The answer is the same whether the address is known or not. */
export function Forgot(): JSX.Element {
  const source = useSource();
  const [email, setEmail] = useState("");
  const [state, setState] = useState<"asking" | "busy" | "sent">("asking");
  const [error, setError] = useState<string | null>(null);
  const submit = async (): Promise<void> => {
    if (!/^\S+@\S+$/.test(email.trim())) {
      setError(t("forgot.email.wrong"));
      return;
    }
    setState("busy");
    setError(null);
    try {
      await source.requestReset(email);
      setState("sent");
    } catch (reason) {
      setError(textOf(reason));
      setState("asking");
    }
  };
  return (
    <Alone>
      <Card>
        <Stack>
          <h1>{t("forgot.title")}</h1>
          {state === "sent" ? (
            <Notice tone="ok" alert>
              {t("forgot.sent")}
            </Notice>
          ) : (
            <form
              noValidate
              onSubmit={(event) => {
                event.preventDefault();
                void submit();
                focusFirstWrong(event.currentTarget);
              }}
            >
              <Stack>
                <Field label={t("forgot.email")} hint={t("forgot.hint")} error={error}>
                  {(attributes) => <TextInput {...attributes} type="email" dir="ltr" autocomplete="email" value={email} onValue={setEmail} />}
                </Field>
                <Button type="submit" look="primary" wide busy={state === "busy"}>
                  {t("forgot.go")}
                </Button>
              </Stack>
            </form>
          )}
          <Link href="/">{t("forgot.back")}</Link>
        </Stack>
      </Card>
      <LanguageButtons />
    </Alone>
  );
}

/** The link carries its secret behind the `#`, which no server ever sees; it leaves the address bar at once. */
function takeToken(hash: string): string {
  history.replaceState(history.state, "", location.pathname);
  return decodeURIComponent(hash.replace(/^#/, ""));
}

/** An invitation's secret, as against that of a link for a forgotten password. */
const INVITATION = /^[\w-]{43}$/;

/** Opened by the link in a message. An invitation says first who is invited, and where to; a dead one asks for no password. */
export function Reset(): JSX.Element {
  const source = useSource();
  const [token] = useState(() => takeToken(location.hash));
  const [welcome, setWelcome] = useState<Shape<"Welcome"> | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [turn, setTurn] = useState(0);
  const invited = INVITATION.test(token);
  useEffect(() => {
    if (invited) source.welcome(token).then(setWelcome, setError);
  }, [source, token, invited, turn]);
  if (!invited || welcome !== null) return <NewPassword token={token} welcome={welcome} />;
  return (
    <Alone>
      <Card>
        <Stack>
          <h1>{t("reset.title")}</h1>
          {error === null ? <Skeleton rows={3} /> : null}
          {error !== null && error instanceof Refusal ? (
            <Notice tone="danger" alert>
              {textOf(error)}
            </Notice>
          ) : null}
          {error !== null && !(error instanceof Refusal) ? (
            <ErrorState
              onRetry={() => {
                setError(null);
                setTurn(turn + 1);
              }}
            >
              {textOf(error)}
            </ErrorState>
          ) : null}
          <Link href="/">{t("forgot.back")}</Link>
        </Stack>
      </Card>
      <LanguageButtons />
    </Alone>
  );
}

/** Sets a password of her own and signs in. */
function NewPassword({ token, welcome }: { token: string; welcome: Shape<"Welcome"> | null }): JSX.Element {
  const source = useSource();
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const [busy, setBusy] = useState(false);
  const [done, setDone] = useState(false);
  const [tried, setTried] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const problem = passwordProblem(password);
  const differs = password !== again;
  const submit = async (): Promise<void> => {
    setTried(true);
    if (problem !== null || differs) return;
    setBusy(true);
    setError(null);
    try {
      await source.reset(token, password);
      setDone(true);
      navigate("/", { replace: true, force: true });
    } catch (reason) {
      setError(textOf(reason));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Alone>
      <Card>
        <Stack>
          <h1>{welcome ? t("invitation.title", { name: welcome.full_name }) : t("reset.title")}</h1>
          {welcome ? (
            <Stack gap={2}>
              <p>{t(`invitation.${welcome.instance.kind}`, { instance: welcome.instance.name })}</p>
              <p>{t("invitation.user_name", { user: welcome.user_name })}</p>
              <p>{t("invitation.until", { until: formatDay(welcome.until) })}</p>
            </Stack>
          ) : null}
          {done ? (
            <Notice tone="ok">{t("reset.done")}</Notice>
          ) : (
            <form
              noValidate
              onSubmit={(event) => {
                event.preventDefault();
                void submit();
                focusFirstWrong(event.currentTarget);
              }}
            >
              <Stack>
                {error ? (
                  <Notice tone="danger" alert>
                    {error}
                  </Notice>
                ) : null}
                <Field label={t("password.new")} hint={t("password.rule")} error={tried ? problem : null}>
                  {(attributes) => <PasswordInput {...attributes} autocomplete="new-password" value={password} onValue={setPassword} />}
                </Field>
                <Field label={t("password.again")} error={tried && differs ? t("password.differs") : null}>
                  {(attributes) => <PasswordInput {...attributes} autocomplete="new-password" value={again} onValue={setAgain} />}
                </Field>
                <Button type="submit" look="primary" wide busy={busy}>
                  {t("reset.go")}
                </Button>
              </Stack>
            </form>
          )}
          <Link href="/">{t("forgot.back")}</Link>
        </Stack>
      </Card>
      <LanguageButtons />
    </Alone>
  );
}
