import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/compat";
import type { Conflict } from "~/api";
import { formatMoment, localized, t } from "~/lib/i18n";
import { useWatched } from "~/lib/watched";
import { Button } from "~/ui/Button";
import { Notice } from "~/ui/layout";
import { locate } from "~/renderer/problems";
import type { Json } from "~/renderer/types";
import { isData, rowId, rowsOf } from "~/renderer/values";
import { labelOfField, textOfAnswer, textOfRow } from "~/renderer/words";
import type { RecordDesk } from "./RecordDesk";
import css from "./record.module.css";

type Taken = "mine" | "theirs";

/** The same answer was changed here and elsewhere: both values, with who and when, and the worker chooses. Nothing is lost meanwhile. */
export function Conflicts({ desk, onResolve }: { desk: RecordDesk; onResolve: (taken: ReadonlyMap<string, Taken>) => void }): JSX.Element | null {
  const { conflicts, saving } = useWatched(desk.state);
  const [taken, setTaken] = useState<ReadonlyMap<string, Taken>>(new Map());
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    setTaken(new Map());
    if (conflicts.length === 0) return;
    box.current?.scrollIntoView({ block: "start" });
    box.current?.focus({ preventScroll: true });
  }, [conflicts]);
  if (conflicts.length === 0) return null;
  const left = conflicts.filter((one) => !taken.has(one.pointer)).length;
  const take = (pointer: string, which: Taken): void => {
    setTaken(new Map(taken).set(pointer, which));
  };
  return (
    <div ref={box} tabIndex={-1} class={css.box}>
    <Notice
      tone="warn"
      alert
      title={t("casefile.conflict.title", { count: conflicts.length })}
      actions={
        <Button
          look="primary"
          icon="check"
          busy={saving}
          disabled={left > 0}
          onClick={() => {
            onResolve(taken);
          }}
        >
          {left > 0 ? t("casefile.conflict.left", { count: left }) : t("casefile.conflict.save")}
        </Button>
      }
    >
      <p>{t("casefile.conflict.explain")}</p>
      <ul role="list" class={css.conflicts}>
        {conflicts.map((conflict) => (
          <li key={conflict.pointer}>
            <fieldset class={css.conflict}>
              <legend>{labelOf(desk, conflict)}</legend>
              <Side desk={desk} conflict={conflict} which="mine" chosen={taken.get(conflict.pointer) === "mine"} onTake={take} />
              <Side desk={desk} conflict={conflict} which="theirs" chosen={taken.get(conflict.pointer) === "theirs"} onTake={take} />
            </fieldset>
          </li>
        ))}
      </ul>
    </Notice>
    </div>
  );
}

function Side({ desk, conflict, which, chosen, onTake }: { desk: RecordDesk; conflict: Conflict; which: Taken; chosen: boolean; onTake: (pointer: string, which: Taken) => void }): JSX.Element {
  const who =
    which === "mine"
      ? t("casefile.conflict.mine")
      : conflict.author
        ? t("casefile.conflict.theirs", { author: conflict.author, at: conflict.at ? formatMoment(conflict.at) : "" })
        : t("casefile.conflict.theirs_unknown");
  return (
    <label class={css.side}>
      <input
        type="radio"
        name={`conflict${conflict.pointer}`}
        checked={chosen}
        onChange={() => {
          onTake(conflict.pointer, which);
        }}
      />
      <span>
        <span class={css.quiet}>{who}</span>
        <strong dir="auto">{valueOf(desk, conflict, which === "mine" ? conflict.mine : conflict.theirs)}</strong>
      </span>
    </label>
  );
}

function labelOf(desk: RecordDesk, { pointer }: Conflict): string {
  const spot = locate(pointer, desk.setup.sections);
  if (spot === null) return pointer;
  const first = spot.rows[0];
  const row = first ? rowsOf(desk.filling.answers.get(first.field.name)).find((one) => rowId(one) === first.id) : undefined;
  const rowText = first && row ? textOfRow(first.field, row, desk.setup.sources) : "";
  const label = first && spot.field === first.field ? labelOfField(first.field) : [first ? labelOfField(first.field) : "", rowText, labelOfField(spot.field)].filter((part) => part !== "").join(" › ");
  return `${localized(spot.section.form.name)}: ${label}`;
}

function valueOf(desk: RecordDesk, { pointer }: Conflict, value: Json): string {
  const spot = locate(pointer, desk.setup.sections);
  if (value === null || value === undefined) return spot && spot.rows.length > 0 && spot.field.type === "subform" ? t("casefile.conflict.row_removed") : t("renderer.no_answer");
  if (spot === null) return String(value);
  if (isData(value) && spot.field.type === "subform") return textOfRow(spot.field, value, desk.setup.sources) || t("casefile.conflict.row_kept");
  return textOfAnswer(spot.field, value, desk.setup.sources) || t("renderer.no_answer");
}
