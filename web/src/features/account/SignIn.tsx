import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/compat";
import { Refusal, textOf, Unreachable } from "~/api";
import { getLocale, LOCALE_NAMES, LOCALES, setLocale, t } from "~/lib/i18n";
import { useOnline } from "~/lib/online";
import { useSource, type OutReason } from "~/store";
import { Alone, Button, Card, Chip, Field, Link, Muted, Notice, PasswordInput, Row, Stack, TextInput } from "~/ui";
import { RemoveHere } from "./RemoveHere";

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

function textOfRefusal(reason: unknown): string {
  if (reason instanceof Refusal && reason.status === 401 && reason.code !== "device.revoked") return t("signin.wrong");
  return reason instanceof Unreachable ? t("vault.alone.wrong") : textOf(reason);
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
  const [remembered, setRemembered] = useState<string[]>([]);
  const secret = useRef<HTMLInputElement>(null);
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => {
    (userName === undefined ? first : secret).current?.focus();
  }, [userName]);

  useEffect(() => {
    if (userName !== undefined) return;
    void source.safety.remembered().then((names) => {
      setRemembered(names);
      const only = names.length === 1 ? names[0] : undefined;
      if (only === undefined) return;
      setName((typed) => typed || only);
      secret.current?.focus();
    });
  }, [source, userName]);

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
      setError(textOfRefusal(reason));
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
        {remembered.length > 1 ? (
          <Row>
            <Muted small>{t("vault.remembered")}</Muted>
            {remembered.map((one) => (
              <Chip
                key={one}
                pressed={one === name}
                onClick={() => {
                  setName(one);
                  secret.current?.focus();
                }}
              >
                <bdi>{one}</bdi>
              </Chip>
            ))}
          </Row>
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
  const online = useOnline();
  const [removing, setRemoving] = useState(false);
  return (
    <Alone>
      {reason ? <Notice>{t(`signin.reason.${reason}`)}</Notice> : !online ? <Notice>{t("vault.alone")}</Notice> : unreachable ? <Notice tone="warn">{t("signin.unreachable")}</Notice> : null}
      <Card>
        <Stack>
          <h1>{t("signin.title")}</h1>
          <SignInForm />
          <ByPasskey />
          <Link href="/forgot">{t("signin.forgot")}</Link>
        </Stack>
      </Card>
      <LanguageButtons />
      <Button
        look="link"
        onClick={() => {
          setRemoving(true);
        }}
      >
        {t("vault.remove.locked")}
      </Button>
      <RemoveHere
        open={removing}
        onClose={() => {
          setRemoving(false);
        }}
      />
    </Alone>
  );
}

/** Where an account of this device has a passkey. */
function ByPasskey(): JSX.Element | null {
  const { safety } = useSource();
  const [offered, setOffered] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState(false);
  useEffect(() => void safety.offersPasskey().then(setOffered), [safety]);
  if (!offered) return null;
  const open = async (): Promise<void> => {
    if (busy) return;
    setBusy(true);
    setFailed(false);
    const opened = await safety.openByPasskey().catch(() => false);
    setBusy(false);
    setFailed(!opened);
  };
  return (
    <>
      {failed ? (
        <Notice tone="warn" alert>
          {t("vault.passkey.failed")}
        </Notice>
      ) : null}
      <Button icon="key" wide busy={busy} onClick={() => void open()}>
        {t("vault.passkey.open")}
      </Button>
    </>
  );
}
