import type { JSX } from "preact";
import { useState } from "preact/compat";
import { textOf } from "~/api";
import { formatMoment, t } from "~/lib/i18n";
import { isObject } from "~/lib/json";
import { useConfiguration, type PairView } from "~/store/configuration";
import { Badge, Button, Card, Code, Facts, Field, LinkButton, Muted, Notice, Row, say, Stack, TextArea, type IconName, type Tone } from "~/ui";
import { Loaded } from "../parts";
import { Act, offer, short } from "./parts";

const LOOKS: Record<PairView["state"], { tone: Tone; icon: IconName }> = {
  in_sync: { tone: "ok", icon: "check" },
  ahead: { tone: "info", icon: "up" },
  diverged: { tone: "danger", icon: "alert" },
  unpaired: { tone: "plain", icon: "info" },
  unknown: { tone: "warn", icon: "cloudOff" },
};

/** How this instance stands to the other one of its pair, in words, and what to do next. */
export function PairCard(): JSX.Element {
  const configuration = useConfiguration();
  return (
    <Card label={t("admin.configuration.pair")}>
      <Loaded from={configuration.pair()} maxAge={10}>
        {(pair) => <Pair pair={pair} />}
      </Loaded>
    </Card>
  );
}

function Pair({ pair }: { pair: PairView }): JSX.Element {
  const configuration = useConfiguration();
  const { self, other, state, drift } = pair;
  const isDemo = self.kind === "demo";
  const look = LOOKS[state];
  return (
    <Stack>
      <Row between>
        <h2>{t("admin.configuration.pair")}</h2>
        <Badge tone={look.tone} icon={look.icon}>
          {t(`admin.configuration.state.${state}`)}
        </Badge>
      </Row>
      <p>{t(`admin.configuration.state.${state}.${self.kind}`)}</p>
      {drift ? <Drift pair={pair} /> : null}
      <Facts
        items={[
          [t("admin.configuration.pair.here"), `${self.name} · ${t(`admin.configuration.kind.${self.kind}`)}`],
          ...(other
            ? ([
                [t("admin.configuration.pair.other"), `${other.name} · ${t(`admin.configuration.kind.${other.kind}`)}`],
                [t("admin.configuration.pair.other_hash"), other.hash === null ? t("admin.configuration.pair.never") : <Code key="hash">{short(other.hash)}</Code>],
                [t("admin.configuration.pair.checked"), pair.checked_at === null ? t("admin.configuration.pair.never") : formatMoment(pair.checked_at)],
              ] as const)
            : []),
        ]}
      />
      {other ? (
        <>
          {isDemo && state !== "in_sync" ? (
            <Row>
              <LinkButton look="primary" icon="plus" href="/admin/changes/new">
                {t("admin.changes.new")}
              </LinkButton>
            </Row>
          ) : null}
          {isDemo ? (
            <Act
              label={t("admin.configuration.pair.check")}
              icon="sync"
              onAct={async () => {
                await configuration.checkPair();
                say(t("admin.configuration.pair.asked"), { icon: "check" });
              }}
            />
          ) : (
            <Act
              label={t("admin.configuration.pair.state_file")}
              icon="download"
              onAct={async () => {
                offer(await configuration.stateFile(), "production-state.json");
              }}
            />
          )}
          {isDemo ? null : <Muted small>{t("admin.configuration.pair.state_file.about")}</Muted>}
        </>
      ) : (
        <Pairing />
      )}
    </Stack>
  );
}

/** Somebody changed this instance by hand since its newest version. */
function Drift({ pair }: { pair: PairView }): JSX.Element | null {
  const { drift, self } = pair;
  if (!drift) return null;
  const closed = self.closed === true;
  return (
    <Notice tone={closed ? "danger" : "warn"} title={t("admin.configuration.drift", { count: drift.total })}>
      <Stack gap={2}>
        <span>{t(closed ? "admin.configuration.drift.closed" : "admin.configuration.drift.open", { at: formatMoment(drift.found_at) })}</span>
        <ul>
          {drift.changes.slice(0, 5).map((change, index) => (
            <li key={index}>
              <bdi>{change.sentence}</bdi>
            </li>
          ))}
        </ul>
        {drift.total > 5 && self.version !== null ? (
          <Row>
            <LinkButton href={`/admin/configuration/compare/${String(self.version)}/now`}>{t("admin.configuration.see_changes")}</LinkButton>
          </Row>
        ) : null}
      </Stack>
    </Notice>
  );
}

/** Naming the other instance, by the line that it tells of itself. */
function Pairing(): JSX.Element {
  const configuration = useConfiguration();
  const [open, setOpen] = useState(false);
  const [text, setText] = useState("");
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  const send = async (): Promise<void> => {
    const other = readKey(text);
    if (other === null) {
      setFailed(t("admin.configuration.pairing.unreadable"));
      return;
    }
    setBusy(true);
    setFailed(null);
    try {
      await configuration.pairWith(other);
      say(t("admin.configuration.pairing.done"), { icon: "check" });
    } catch (error) {
      setFailed(textOf(error));
    } finally {
      setBusy(false);
    }
  };
  if (!open) {
    return (
      <Row>
        <Button icon="plus" onClick={() => { setOpen(true); }}>
          {t("admin.configuration.pairing")}
        </Button>
      </Row>
    );
  }
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void send();
      }}
    >
      <Stack gap={3}>
        <Field label={t("admin.configuration.pairing.key")} hint={t("admin.configuration.pairing.hint")} error={failed} required>
          {(attributes) => <TextArea {...attributes} dir="ltr" rows={4} spellcheck={false} value={text} onValue={setText} />}
        </Field>
        <Row>
          <Button type="submit" look="primary" busy={busy}>
            {t("admin.configuration.pairing.go")}
          </Button>
        </Row>
      </Stack>
    </form>
  );
}

/** What another instance tells of itself in one line of JSON. */
function readKey(text: string): object | null {
  try {
    const read: unknown = JSON.parse(text);
    return isObject(read) && ["uuid", "name", "kind", "url", "public_key"].every((name) => typeof read[name] === "string")
      ? { uuid: read["uuid"], name: read["name"], kind: read["kind"], url: read["url"], public_key: read["public_key"] }
      : null;
  } catch {
    return null;
  }
}
