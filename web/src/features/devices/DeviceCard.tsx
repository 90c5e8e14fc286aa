import type { JSX } from "preact";
import { useState } from "preact/compat";
import { textOf } from "~/api";
import { formatAgo, formatNumber, t } from "~/lib/i18n";
import { useSource, type DeviceView } from "~/store";
import { Badge, Button, Card, Facts, Field, focusFirstWrong, Notice, Row, say, Sheet, Stack, TextInput } from "~/ui";

const MEGABYTE = 1_000_000;
const LONGEST_NAME = 80;

/** In use, revoked, or revoked and empty; and whether it is the one in her hands. */
export function StateOfDevice({ device }: { device: DeviceView }): JSX.Element {
  return (
    <>
      {device.here ? (
        <Badge tone="accent" icon="check">
          {t("devices.here")}
        </Badge>
      ) : null}
      {device.state === "active" ? <Badge tone="ok">{t("devices.state.active")}</Badge> : null}
      {device.state === "revoked" ? (
        <Badge tone="warn" icon="lock">
          {t("devices.state.revoked")}
        </Badge>
      ) : null}
      {device.state === "wiped" ? <Badge icon="lock">{t("devices.state.wiped")}</Badge> : null}
    </>
  );
}

/** How much waits on a device, and since when. */
export function unsentWords({ unsent, oldest_unsent_at: oldest, seen_at: seen }: DeviceView): string {
  return unsent === 0 ? t("devices.unsent.nothing") : t("devices.unsent.count", { count: unsent, since: formatAgo(new Date(oldest ?? seen)) });
}

/** One device: how it stands, and what can be done with it. */
export function DeviceCard({ device, own }: { device: DeviceView; own: boolean }): JSX.Element {
  const [asked, setAsked] = useState<"rename" | "revoke" | null>(null);
  const ago = (moment: string | null): string => (moment === null ? "" : formatAgo(new Date(moment)));
  const { used, quota } = device.storage;
  const facts = (
    [
      [t("devices.seen"), ago(device.seen_at)],
      [t("devices.synced"), ago(device.last_sync_at)],
      [t("devices.unsent"), device.state === "wiped" ? "" : unsentWords(device)],
      [t("devices.kept"), device.kept > 0 ? t("devices.kept.count", { count: device.kept }) : ""],
      [t("devices.storage"), used !== null && quota !== null ? t("devices.storage.used", { used: formatNumber(Math.round(used / MEGABYTE)), quota: formatNumber(Math.round(quota / MEGABYTE)) }) : ""],
    ] as const
  ).filter(([, value]) => value !== "");
  const close = (): void => {
    setAsked(null);
  };
  return (
    <Card label={device.name}>
      <Stack gap={3}>
        <Row between>
          <h3>
            <bdi>{device.name}</bdi>
          </h3>
          <Row>
            <StateOfDevice device={device} />
          </Row>
        </Row>
        <Facts items={facts} />
        {device.revoked_at !== null && device.revoked_by !== null ? <p>{t("devices.revoked_by", { name: device.revoked_by, when: ago(device.revoked_at) })}</p> : null}
        {device.state === "revoked" && device.revoked_at === null ? <Notice>{t("devices.account_off")}</Notice> : null}
        {device.state === "active" ? (
          <Row>
            {own ? (
              <Button
                icon="edit"
                onClick={() => {
                  setAsked("rename");
                }}
              >
                {t("devices.rename")}
              </Button>
            ) : null}
            <Button
              icon="lock"
              onClick={() => {
                setAsked("revoke");
              }}
            >
              {t("devices.revoke")}
            </Button>
          </Row>
        ) : null}
      </Stack>
      {asked === "rename" ? <Rename device={device} onClose={close} /> : null}
      {asked === "revoke" ? <Revoke device={device} onClose={close} /> : null}
    </Card>
  );
}

function Rename({ device, onClose }: { device: DeviceView; onClose: () => void }): JSX.Element {
  const source = useSource();
  const [name, setName] = useState(device.name);
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const save = async (): Promise<void> => {
    if (name.trim() === "") {
      setError(t("devices.name.missing"));
      return;
    }
    setBusy(true);
    setError(null);
    try {
      await source.devices.rename(device.id, name.trim());
      if (device.here) await source.device.named(name.trim());
      say(t("devices.renamed"), { icon: "check" });
      onClose();
    } catch (reason) {
      setError(textOf(reason));
      setBusy(false);
    }
  };
  return (
    <Sheet open centre title={t("devices.rename.title")} onClose={onClose}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void save();
          focusFirstWrong(event.currentTarget);
        }}
      >
        <Stack>
          <Field label={t("devices.name")} hint={t("devices.name.hint")} error={error}>
            {(attributes) => <TextInput {...attributes} autocomplete="off" maxLength={LONGEST_NAME} value={name} onValue={setName} />}
          </Field>
          <Row>
            <Button type="submit" look="primary" busy={busy}>
              {t("devices.save")}
            </Button>
            <Button onClick={onClose}>{t("devices.cancel")}</Button>
          </Row>
        </Stack>
      </form>
    </Sheet>
  );
}

/** It cannot be taken back, so it is asked; and what may be lost by it is said. */
function Revoke({ device, onClose }: { device: DeviceView; onClose: () => void }): JSX.Element {
  const source = useSource();
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const revoke = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await source.devices.revoke(device.id);
      say(t("devices.revoke.done", { name: device.name }), { icon: "check" });
      onClose();
      if (device.here) await source.device.obeyNow();
      else await source.devices.refresh();
    } catch (reason) {
      setError(textOf(reason));
      setBusy(false);
    }
  };
  return (
    <Sheet
      open
      centre
      title={t("devices.revoke.title", { name: device.name })}
      onClose={onClose}
      actions={
        <Row>
          <Button look="danger" icon="lock" busy={busy} onClick={() => void revoke()}>
            {t("devices.revoke.go")}
          </Button>
          <Button onClick={onClose}>{t("devices.cancel")}</Button>
        </Row>
      }
    >
      <Stack>
        {error ? (
          <Notice tone="danger" alert>
            {error}
          </Notice>
        ) : null}
        <p>{t("devices.revoke.text")}</p>
        {device.here ? <Notice tone="warn">{t("devices.revoke.here")}</Notice> : null}
        {device.unsent > 0 ? <Notice tone="warn">{t("devices.revoke.unsent", { count: device.unsent })}</Notice> : null}
      </Stack>
    </Sheet>
  );
}
