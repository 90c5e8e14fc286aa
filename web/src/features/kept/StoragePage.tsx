import type { JSX } from "preact";
import { useEffect, useState } from "preact/compat";
import { textOf } from "~/api";
import { formatAgo, formatNumber, t } from "~/lib/i18n";
import { useWatched } from "~/lib/watched";
import { isAway, THUMBS_BUDGET, useSource, type KeptState } from "~/store";
import { Button, Card, Checkbox, Facts, Muted, Notice, Page, Row, say, Stack } from "~/ui";
import { daysUnsent, OLD_UNSENT_DAYS } from "~/store/kept/unsent";
import { LOW_SHARE, megabytes, roomLeft } from "./storage";

/** A pull that takes longer than this is shown with how far it is, and can be stopped. */
const LONG_MS = 2_000;

/** What lies on this device, how much room there is, and how it is kept safe. */
export default function StoragePage(): JSX.Element {
  const source = useSource();
  const kept = useWatched(source.kept.state);
  const items = useWatched(source.outbox.items);
  const files = useWatched(source.files.state);
  const days = daysUnsent(items, Date.now());
  const sync = (): void => {
    void source.outbox.flush(true).then(() => source.kept.sync());
  };
  return (
    <Page
      title={t("kept.title")}
      narrow
      actions={
        <Button look="primary" icon="sync" busy={kept.running} onClick={sync}>
          {t("kept.sync")}
        </Button>
      }
    >
      <p>{t("kept.explain")}</p>
      <Pulling kept={kept} onStop={() => { source.kept.cancel(); }} />
      {kept.error ? <Notice tone={isAway(kept.error) ? "info" : "warn"}>{isAway(kept.error) ? t("kept.away") : textOf(kept.error)}</Notice> : null}
      {days >= OLD_UNSENT_DAYS ? (
        <Notice tone="warn" title={t("kept.unsent.days", { days })}>
          {t("kept.unsent.days.text")}
        </Notice>
      ) : null}
      {kept.left > 0 ? (
        <Notice tone="warn" title={t("kept.full.title", { count: kept.left })}>
          {t("kept.full.text", { budget: kept.budget })}
        </Notice>
      ) : null}
      {kept.leftOthers > 0 ? <Notice tone="warn">{t("kept.full.others", { count: kept.leftOthers })}</Notice> : null}
      <Card>
        <Stack>
          <h2>{t("kept.cases")}</h2>
          <Facts
            items={[
              [t("kept.cases"), <>{t("kept.count", { count: kept.counts.cases ?? 0 })} {kept.count > 0 ? <Muted>({t("kept.size", { size: sizeOf(kept.bytes) })})</Muted> : null}</>],
              ...(kept.count > (kept.counts.cases ?? 0) ? [[t("kept.others"), formatNumber(kept.count - (kept.counts.cases ?? 0))] as [string, string]] : []),
              [t("kept.pinned"), t("kept.count", { count: kept.pinned.size })],
              [t("kept.last_sync"), kept.lastSync === null ? t("kept.never") : formatAgo(new Date(kept.lastSync))],
              [t("kept.unsent"), t("kept.unsent.count", { count: items.filter((item) => item.state === "waiting" || item.state === "sending").length })],
              [t("files.stored"), <>{t("files.stored.count", { count: files.waiting })} {files.waiting > 0 ? <Muted>({t("kept.size", { size: sizeOf(files.waitingBytes) })})</Muted> : null}</>],
              [t("files.thumbs"), t("files.thumbs.of", { count: files.thumbs, size: sizeOf(files.thumbBytes), budget: sizeOf(THUMBS_BUDGET) })],
              [t("kept.not_here"), t("kept.not_kept")],
            ]}
          />
        </Stack>
      </Card>
      <Storage kept={kept} />
      <FieldMode />
    </Page>
  );
}

function sizeOf(bytes: number): string {
  return t("kept.megabytes", { number: formatNumber(megabytes(bytes)) });
}

/** How far a long pull is; it can be stopped and goes on from there the next time. */
function Pulling({ kept, onStop }: { kept: KeptState; onStop: () => void }): JSX.Element | null {
  const [isLong, setLong] = useState(false);
  useEffect(() => {
    setLong(false);
    if (kept.since === null) return undefined;
    const timer = setTimeout(() => {
      setLong(true);
    }, Math.max(0, kept.since + LONG_MS - Date.now()));
    return () => {
      clearTimeout(timer);
    };
  }, [kept.since]);
  if (!isLong) return null;
  const total = kept.progress?.total ?? null;
  return (
    <Notice title={t("kept.running")} actions={<Button onClick={onStop}>{t("kept.cancel")}</Button>}>
      {total === null ? null : (
        <Stack gap={2}>
          <progress max={total} value={kept.progress?.done ?? 0} aria-label={t("kept.running")} />
          <span>{t("kept.progress", { done: kept.progress?.done ?? 0, total })}</span>
        </Stack>
      )}
    </Notice>
  );
}

interface Room {
  used: number | null;
  quota: number | null;
  persisted: boolean | null;
}

function Storage({ kept }: { kept: KeptState }): JSX.Element {
  const source = useSource();
  const summaries = useWatched(source.kept.summaries);
  const [room, setRoom] = useState<Room>({ used: null, quota: null, persisted: null });
  useEffect(() => {
    let here = true;
    void measured().then((found) => {
      if (here) setRoom(found);
    });
    return () => {
      here = false;
    };
  }, [kept.count, kept.running]);
  const { cases, days } = roomLeft(kept.count, kept.bytes, room.quota, summaries.values(), Date.now());
  const ask = async (): Promise<void> => {
    const persisted = await navigator.storage.persist();
    setRoom((now) => ({ ...now, persisted }));
    say(t(persisted ? "kept.persist.granted" : "kept.persist.refused"), { icon: persisted ? "check" : "alert" });
  };
  return (
    <Card>
      <Stack>
        <h2>{t("kept.storage")}</h2>
        {room.used !== null && room.quota !== null && room.used > room.quota * LOW_SHARE ? (
          <Notice tone="warn" title={t("kept.low.title")}>
            {t("kept.low.text")}
          </Notice>
        ) : null}
        <Facts
          items={[
            [t("kept.used"), room.used === null || room.quota === null ? t("kept.unknown") : t("kept.used.of", { used: sizeOf(room.used), quota: sizeOf(room.quota) })],
            [
              t("kept.room"),
              <>
                {t("kept.count", { count: cases })} {days === null ? null : <Muted>({t("kept.room.days", { days })})</Muted>}
              </>,
            ],
            [t("kept.persist"), room.persisted === null ? t("kept.unknown") : t(room.persisted ? "kept.persist.yes" : "kept.persist.no")],
          ]}
        />
        {room.persisted === false ? (
          <Row>
            <Button icon="shield" onClick={() => void ask()}>
              {t("kept.persist.ask")}
            </Button>
          </Row>
        ) : null}
      </Stack>
    </Card>
  );
}

async function measured(): Promise<Room> {
  const storage = (navigator as Partial<Navigator>).storage;
  if (!storage) return { used: null, quota: null, persisted: null };
  const [estimate, persisted] = await Promise.all([storage.estimate().catch(() => null), storage.persisted().catch(() => null)]);
  return { used: estimate?.usage ?? null, quota: estimate?.quota ?? null, persisted };
}

function FieldMode(): JSX.Element {
  const source = useSource();
  const { guard } = source.safety;
  const { fieldMode } = useWatched(guard.state);
  return (
    <Card>
      <Stack>
        <h2>{t("kept.field")}</h2>
        <Checkbox checked={fieldMode} onChecked={(on) => void guard.setFieldMode(on)} label={t("kept.field")} />
        <Muted>{t("kept.field.text")}</Muted>
      </Stack>
    </Card>
  );
}
