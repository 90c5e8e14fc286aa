import type { JSX } from "preact";
import { useCallback, useEffect, useState } from "preact/compat";
import { formatDay, t } from "~/lib/i18n";
import { useWatched } from "~/lib/watched";
import { useSource } from "~/store";
import { isPin, MINUTES } from "~/store/guard";
import type { Passkey } from "~/store/safety";
import { passkeysPossible } from "~/store/vault/passkey";
import { Button, Card, Checkbox, Field, focusFirstWrong, List, Muted, Notice, PasswordInput, PlainRow, RadioGroup, Row, say, Select, Stack, TextInput } from "~/ui";
import { digits } from "./digits";
import { RemoveHere } from "./RemoveHere";

/** How her things on this device are closed and opened: PIN, minutes, cover, passkeys, her name, and taking everything off. */
export function Closing(): JSX.Element {
  const source = useSource();
  const state = useWatched(source.session);
  const userName = state.status === "in" ? state.session.userName : "";
  const [removing, setRemoving] = useState(false);
  return (
    <Card label={t("vault.title")}>
      <Stack>
        <h2>{t("vault.title")}</h2>
        <p>{t("vault.text")}</p>
        <Pin />
        <Passkeys />
        <Remember userName={userName} />
        <div>
          <Button
            look="danger"
            icon="close"
            onClick={() => {
              setRemoving(true);
            }}
          >
            {t("vault.remove.mine")}
          </Button>
        </div>
        <RemoveHere
          userName={userName}
          open={removing}
          onClose={() => {
            setRemoving(false);
          }}
        />
      </Stack>
    </Card>
  );
}

function Pin(): JSX.Element {
  const { guard } = useSource().safety;
  const { hasPin, minutes, cover, fieldMode } = useWatched(guard.state);
  const [setting, setSetting] = useState(false);
  const [pin, setPin] = useState("");
  const [again, setAgain] = useState("");
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const save = async (): Promise<void> => {
    setTried(true);
    if (busy || !isPin(pin) || pin !== again) return;
    setBusy(true);
    await guard.setPin(pin);
    setPin("");
    setAgain("");
    setTried(false);
    setSetting(false);
    setBusy(false);
    say(t("vault.pin.saved"), { icon: "check" });
  };
  return (
    <Stack gap={3}>
      <h3>{t("vault.pin.title")}</h3>
      <Muted>{t("vault.pin.text", { minutes, hours: fieldMode ? 8 : 0 })}</Muted>
      {setting ? (
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            void save();
            focusFirstWrong(event.currentTarget);
          }}
        >
          <Stack>
            <Field label={t("vault.pin.new")} hint={t("vault.pin.rule")} error={tried && !isPin(pin) ? t("vault.pin.rule") : null}>
              {(attributes) => (
                <PasswordInput
                  {...attributes}
                  inputMode="numeric"
                  autocomplete="off"
                  value={pin}
                  onValue={(text) => {
                    setPin(digits(text));
                  }}
                />
              )}
            </Field>
            <Field label={t("vault.pin.again")} error={tried && pin !== again ? t("vault.pin.differs") : null}>
              {(attributes) => (
                <PasswordInput
                  {...attributes}
                  inputMode="numeric"
                  autocomplete="off"
                  value={again}
                  onValue={(text) => {
                    setAgain(digits(text));
                  }}
                />
              )}
            </Field>
            <Row>
              <Button type="submit" look="primary" busy={busy}>
                {t("vault.pin.save")}
              </Button>
              <Button
                onClick={() => {
                  setSetting(false);
                }}
              >
                {t("ui.close")}
              </Button>
            </Row>
          </Stack>
        </form>
      ) : (
        <Row>
          <Button
            icon="lock"
            onClick={() => {
              setSetting(true);
            }}
          >
            {t(hasPin ? "vault.pin.change" : "vault.pin.set")}
          </Button>
          {hasPin ? <Button onClick={() => void guard.setPin(null)}>{t("vault.pin.remove")}</Button> : null}
        </Row>
      )}
      {hasPin ? (
        <>
          <Field label={t("vault.pin.after")}>
            {(attributes) => (
              <Select
                {...attributes}
                empty={null}
                value={String(minutes)}
                options={MINUTES.map((count) => ({ value: String(count), label: t("vault.minutes", { count }) }))}
                onValue={(value) => void guard.setClosing({ minutes: Number(value) })}
              />
            )}
          </Field>
          <Field group label={t("vault.cover")}>
            {() => (
              <RadioGroup
                value={cover}
                options={[
                  { value: "tap", label: t("vault.cover.tap") },
                  { value: "pin", label: t("vault.cover.pin") },
                ]}
                onValue={(value) => void guard.setClosing({ cover: value === "pin" ? "pin" : "tap" })}
              />
            )}
          </Field>
        </>
      ) : null}
    </Stack>
  );
}

function Passkeys(): JSX.Element | null {
  const { safety } = useSource();
  const [known, setKnown] = useState<Passkey[]>([]);
  const [adding, setAdding] = useState(false);
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState(false);
  const [unable, setUnable] = useState(false);
  const look = useCallback(() => safety.passkeys().then(setKnown), [safety]);
  useEffect(() => void look(), [look]);
  if (!passkeysPossible()) return null;
  const add = async (): Promise<void> => {
    if (busy || password === "") return;
    setBusy(true);
    setWrong(false);
    setUnable(false);
    const done = await safety.addPasskey(name.trim() || t("vault.passkey.plain"), password);
    setBusy(false);
    setPassword("");
    setWrong(done === "wrong");
    setUnable(done === "unable");
    if (done !== "added") return;
    setAdding(false);
    setName("");
    say(t("vault.passkey.added"), { icon: "check" });
    await look();
  };
  return (
    <Stack gap={3}>
      <h3>{t("vault.passkey.title")}</h3>
      <Muted>{t("vault.passkey.text")}</Muted>
      {known.length > 0 ? (
        <List label={t("vault.passkey.title")}>
          {known.map((one) => (
            <PlainRow
              key={one.id}
              icon="shield"
              end={
                <Button
                  look="quiet"
                  aria-label={`${t("vault.passkey.remove")}: ${one.name}`}
                  onClick={() => void safety.dropPasskey(one.id).then(look)}
                >
                  {t("vault.passkey.remove")}
                </Button>
              }
            >
              <bdi>{one.name}</bdi> <Muted small>{formatDay(one.madeAt.slice(0, 10))}</Muted>
            </PlainRow>
          ))}
        </List>
      ) : null}
      {unable ? (
        <Notice tone="warn" alert>
          {t("vault.passkey.unable")}
        </Notice>
      ) : null}
      {adding ? (
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            void add();
          }}
        >
          <Stack>
            <Field label={t("vault.passkey.name")} hint={t("vault.passkey.name.hint")}>
              {(attributes) => <TextInput {...attributes} value={name} onValue={setName} maxLength={60} />}
            </Field>
            <Field label={t("password.present")} error={wrong ? t("vault.lock.password.wrong") : null}>
              {(attributes) => <PasswordInput {...attributes} autocomplete="current-password" value={password} onValue={setPassword} />}
            </Field>
            <Row>
              <Button type="submit" look="primary" busy={busy}>
                {t("vault.passkey.go")}
              </Button>
              <Button
                onClick={() => {
                  setAdding(false);
                }}
              >
                {t("ui.close")}
              </Button>
            </Row>
          </Stack>
        </form>
      ) : (
        <div>
          <Button
            icon="plus"
            onClick={() => {
              setAdding(true);
            }}
          >
            {t("vault.passkey.add")}
          </Button>
        </div>
      )}
    </Stack>
  );
}

function Remember({ userName }: { userName: string }): JSX.Element {
  const { safety } = useSource();
  const [on, setOn] = useState(false);
  useEffect(() => void safety.remembered().then((names) => setOn(names.includes(userName))), [safety, userName]);
  return (
    <Checkbox
      label={t("vault.remember")}
      checked={on}
      onChecked={(wanted) => {
        setOn(wanted);
        void safety.remember(userName, wanted);
      }}
    />
  );
}
