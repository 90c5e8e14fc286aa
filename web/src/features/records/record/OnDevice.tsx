import type { JSX } from "preact";
import { useEffect, useState } from "preact/compat";
import { formatAgo, t } from "~/lib/i18n";
import { useOnline } from "~/lib/online";
import { useWatched } from "~/lib/watched";
import { Button } from "~/ui/Button";
import { Chip } from "~/ui/labels";
import { EmptyState, Notice, Row } from "~/ui/layout";
import { say } from "~/ui/toast";
import { said } from "~/renderer/kindWords";
import { locate } from "~/renderer/problems";
import type { Json } from "~/renderer/types";
import { textOf } from "~/renderer/values";
import { labelOfField, textOfAnswer } from "~/renderer/words";
import { isAway, MOST_PINNED, useSource, type Kind, type RecordNow } from "~/store";
import type { RecordDesk } from "./RecordDesk";
import { LikelyCases } from "./Likely";
import css from "./record.module.css";

/** Older than this, what is shown from the device says from when it is. */
const FRESH_MS = 60_000;

/** Keeps the case on this device, whoever holds it and whatever its status; pressed once more, no longer. */
export function PinChip({ id, record }: { id: string; record: RecordNow }): JSX.Element {
  const source = useSource();
  const online = useOnline();
  const pin = async (): Promise<void> => {
    const on = !record.isPinned;
    const done = await source.kept.pin(id, on);
    if (!done) say(t("kept.pin.most", { most: MOST_PINNED }), { icon: "alert" });
    else if (on && !record.isKept && !online) say(t("kept.pin.later"), { icon: "clock" });
  };
  return (
    <Row>
      <Chip icon="star" pressed={record.isPinned} onClick={() => void pin()}>
        {t(record.isPinned ? "kept.pin.on" : "kept.pin")}
      </Chip>
    </Row>
  );
}

/** What she must know of a case that is shown from the device: how old it is, that it is going, who else changed it. */
export function OnDevice({ desk, record }: { desk: RecordDesk; record: RecordNow }): JSX.Element {
  return (
    <>
      {record.isKept && record.at !== null && record.at > 0 && isAway(record.error) && Date.now() - record.at > FRESH_MS ? <p class={css.quiet}>{t("kept.as_of", { when: formatAgo(new Date(record.at)) })}</p> : null}
      {record.leaving === null ? null : (
        <Notice tone="warn" title={said(desk.kind, "kept.leaving.title")}>
          {said(desk.kind, "kept.leaving.text")}
        </Notice>
      )}
      <Differences desk={desk} record={record} />
      <LookLater desk={desk} record={record} />
    </>
  );
}

/** Before hers are sent it is known already that somebody else changed the same answers. */
function Differences({ desk, record }: { desk: RecordDesk; record: RecordNow }): JSX.Element | null {
  const { conflicts: asked } = useWatched(desk.state);
  // Once the server has refused them, both stand beside each other to be chosen from.
  if (record.conflicts.length === 0 || asked.length > 0) return null;
  const { sections, sources } = desk.setup;
  const told = (value: Json, pointer: string): string => {
    const spot = locate(pointer, sections);
    return (spot && spot.rows.length === 0 ? textOfAnswer(spot.field, value, sources) : textOf(value)) || t("renderer.no_answer");
  };
  const shown = record.conflicts.flatMap((conflict) => {
    const spot = locate(conflict.pointer, sections);
    return spot ? [{ conflict, label: labelOfField(spot.field) }] : [];
  });
  if (shown.length === 0) return null;
  return (
    <Notice tone="warn" title={t("kept.conflict.title", { count: shown.length })}>
      <p>{t("kept.conflict.text")}</p>
      <ul>
        {shown.map(({ conflict, label }) => (
          <li key={conflict.pointer}>
            <strong>{label}</strong>
            <div>{t("kept.conflict.mine", { value: told(conflict.mine, conflict.pointer) })}</div>
            <div>{t("kept.conflict.theirs", { value: told(conflict.theirs, conflict.pointer) })}</div>
          </li>
        ))}
      </ul>
    </Notice>
  );
}

/** A child who was registered without a network is looked for among all cases as soon as the server has taken her in. */
function LookLater({ desk, record }: { desk: RecordDesk; record: RecordNow }): JSX.Element | null {
  const source = useSource();
  const { unchecked } = useWatched(source.kept.state);
  const online = useOnline();
  const [found, setFound] = useState<number | null>(null);
  const isDue = desk.kind === "cases" && unchecked.has(desk.id) && record.items.length === 0 && record.data !== null;
  // Nobody like her was found: there is nothing to look at.
  useEffect(() => {
    if (isDue && found === 0) void source.kept.checked(desk.id);
  }, [isDue, found, source, desk.id]);
  if (!isDue || !online || record.data === null) return null;
  const { data } = record;
  return (
    <Notice
      tone="warn"
      title={t("kept.check.title")}
      actions={
        <Button icon="check" onClick={() => void source.kept.checked(desk.id)}>
          {t("kept.check.done")}
        </Button>
      }
    >
      <p>{t("kept.check.text")}</p>
      <LikelyCases
        typed={{ name: textOf(data["name"]), age: typeof data["age"] === "number" ? data["age"] : null, sex: textOf(data["sex"]), number: textOf(data["telephone_current"]) }}
        setup={desk.setup}
        except={desk.id}
        onFound={setFound}
      />
    </Notice>
  );
}

/** Without a network and not kept: what that means, and what to do. */
export function NotKept({ kind, onRetry }: { kind: Kind; onRetry: () => void }): JSX.Element {
  return (
    <EmptyState icon="cloudOff" title={said(kind, "kept.missing.title")} action={<Button onClick={onRetry}>{t("ui.retry")}</Button>}>
      {said(kind, "kept.missing.text")}
    </EmptyState>
  );
}
