import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/compat";
import { t } from "~/lib/i18n";
import { useWatched } from "~/lib/watched";
import { useSource } from "~/store";
import { isPin, MOST_TRIES } from "~/store/guard";
import { Alone, Button, Card, Field, PasswordInput, Row, Stack } from "~/ui";
import { digits } from "./digits";

/** The key stands in memory and the screen is closed: the PIN opens it, or the password for who forgot the PIN. */
export function LockScreen(): JSX.Element {
  const source = useSource();
  const { guard } = source.safety;
  const { tries } = useWatched(guard.state);
  const [byPassword, setByPassword] = useState(false);
  const [value, setValue] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    input.current?.focus();
  }, [byPassword]);
  const submit = async (): Promise<void> => {
    if (busy || value === "") return;
    if (!byPassword && !isPin(value)) {
      setError(t("vault.pin.rule"));
      return;
    }
    setBusy(true);
    try {
      const opened = byPassword ? await guard.unlockByPassword(value) : (await guard.unlock(value)) === "open";
      if (!opened) setError(byPassword ? t("vault.lock.password.wrong") : t("vault.pin.wrong", { left: MOST_TRIES - guard.state.get().tries }));
    } finally {
      setBusy(false);
      setValue("");
      input.current?.focus();
    }
  };
  const left = tries > 0 ? t("vault.pin.wrong", { left: MOST_TRIES - tries }) : null;
  return (
    <Alone>
      <Card>
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            void submit();
          }}
        >
          <Stack>
            <h1>{t("vault.lock.title")}</h1>
            <p>{t("vault.lock.text")}</p>
            {byPassword ? (
              <Field key="password" label={t("signin.password")} error={error}>
                {(attributes) => <PasswordInput {...attributes} ref={input} autocomplete="current-password" value={value} onValue={setValue} />}
              </Field>
            ) : (
              <Field key="pin" label={t("vault.pin.label")} error={error ?? left}>
                {(attributes) => (
                  <PasswordInput
                    {...attributes}
                    ref={input}
                    inputMode="numeric"
                    autocomplete="off"
                    value={value}
                    onValue={(text) => {
                      setValue(digits(text));
                    }}
                  />
                )}
              </Field>
            )}
            <Button type="submit" look="primary" wide busy={busy}>
              {t("vault.lock.go")}
            </Button>
            <Row between>
              <Button
                look="link"
                onClick={() => {
                  setByPassword(!byPassword);
                  setValue("");
                  setError(null);
                }}
              >
                {t(byPassword ? "vault.lock.by_pin" : "vault.lock.by_password")}
              </Button>
              <Button look="link" onClick={() => void source.signOut()}>
                {t("shell.sign_out")}
              </Button>
            </Row>
          </Stack>
        </form>
      </Card>
    </Alone>
  );
}
