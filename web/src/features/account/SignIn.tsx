import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/compat";
import { Refusal, textOf } from "~/api";
import { getLocale, LOCALE_NAMES, LOCALES, setLocale, t } from "~/lib/i18n";
import { useSource, type OutReason } from "~/store";
import { Alone, Button, Card, Field, Link, Notice, PasswordInput, Row, Stack, TextInput } from "~/ui";

/** The language comes first: one must be able to read what is asked. */
export function LanguageButtons(): JSX.Element {
  return (
    <Row gap={1}>
      {LOCALES.map((locale) => (
        <Button
          key={locale}
          look={locale === getLocale() ? "secondary" : "quiet"}
          aria-pressed={locale === getLocale() ? "true" : "false"}
          lang={locale}
          onClick={() => void setLocale(locale)}
        >
          {LOCALE_NAMES[locale]}
        </Button>
      ))}
    </Row>
  );
}

interface FormProps {
  /** The account that must come back; its name is then not asked. */
  userName?: string;
  onDone?: () => void;
}

export function SignInForm({ userName, onDone }: FormProps): JSX.Element {
  const source = useSource();
  const [name, setName] = useState(userName ?? "");
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const [missing, setMissing] = useState(false);
  const secret = useRef<HTMLInputElement>(null);
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => {
    (userName === undefined ? first : secret).current?.focus();
  }, [userName]);

  const submit = async (): Promise<void> => {
    if (busy) return;
    if (name.trim() === "" || password === "") {
      setMissing(true);
      (name.trim() === "" ? first : secret).current?.focus();
      return;
    }
    setBusy(true);
    setError(null);
    try {
      await source.signIn(name, password);
      onDone?.();
    } catch (reason) {
      setError(reason instanceof Refusal && reason.status === 401 ? t("signin.wrong") : textOf(reason));
      setPassword("");
      secret.current?.focus();
    } finally {
      setBusy(false);
    }
  };

  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <Stack>
        {error ? (
          <Notice tone="danger" alert>
            {error}
          </Notice>
        ) : null}
        {userName === undefined ? (
          <Field label={t("signin.name")} error={missing && name.trim() === "" ? t("signin.name.missing") : null}>
            {(attributes) => (
              <TextInput {...attributes} ref={first} dir="ltr" name="username" autocomplete="username" autocapitalize="off" spellcheck={false} value={name} onValue={setName} />
            )}
          </Field>
        ) : (
          <input type="text" name="username" autocomplete="username" value={userName} hidden readOnly />
        )}
        <Field label={t("signin.password")} error={missing && password === "" ? t("signin.password.missing") : null}>
          {(attributes) => <PasswordInput {...attributes} ref={secret} name="password" autocomplete="current-password" value={password} onValue={setPassword} />}
        </Field>
        <Button type="submit" look="primary" wide busy={busy}>
          {busy ? t("signin.busy") : t("signin.go")}
        </Button>
      </Stack>
    </form>
  );
}

export function SignIn({ reason, unreachable }: { reason: OutReason; unreachable: boolean }): JSX.Element {
  return (
    <Alone>
      {reason ? <Notice>{t(`signin.reason.${reason}`)}</Notice> : unreachable ? <Notice tone="warn">{t("signin.unreachable")}</Notice> : null}
      <Card>
        <Stack>
          <h1>{t("signin.title")}</h1>
          <SignInForm />
          <Link href="/forgot">{t("signin.forgot")}</Link>
        </Stack>
      </Card>
      <LanguageButtons />
    </Alone>
  );
}
