import type { JSX } from "preact";
import { useId, useMemo, useState } from "preact/compat";
import { t } from "~/lib/i18n";
import type { Change } from "~/store/configuration";
import { Button, Chip, ChipRow, EmptyState, Icon, Muted, Notice, SearchBox, Stack, type IconName } from "~/ui";
import { ACTIONS, counted, grouped, narrowed, type Action, type Part, type Thing } from "./changes";
import css from "./configuration.module.css";

const SIGNS: Record<Action, IconName> = { added: "plus", changed: "edit", removed: "trash" };
/** So many changes are laid open at once; more of them open thing by thing. */
const OPEN_AT_ONCE = 40;

/** Ticks beside changes, where some are chosen. */
export interface Choosing<C extends Change> {
  isChosen: (change: C) => boolean;
  onChoose: (changes: readonly C[], on: boolean) => void;
  /** What stands against a change. */
  problemOf: (change: C) => string | null;
}

interface ChangesProps<C extends Change> {
  changes: readonly C[];
  /** All of them, where not all could be told. */
  total?: number;
  none: string;
  choosing?: Choosing<C> | undefined;
}

/** What differs, in words: by area and thing, searched, counted. */
export function Changes<C extends Change>({ changes, total, none, choosing }: ChangesProps<C>): JSX.Element {
  const [text, setText] = useState("");
  const [action, setAction] = useState<Action | null>(null);
  const counts = useMemo(() => counted(changes), [changes]);
  const shown = useMemo(() => narrowed(changes, text, action), [changes, text, action]);
  const parts = useMemo(() => grouped(shown), [shown]);
  if (changes.length === 0) return <Notice tone="ok">{none}</Notice>;
  const all = total ?? changes.length;
  return (
    <Stack>
      <Stack gap={2}>
        <strong>{t("admin.configuration.changes", { count: all })}</strong>
        {all > changes.length ? <Muted>{t("admin.configuration.changes.first", { count: changes.length })}</Muted> : null}
        <SearchBox full label={t("admin.configuration.changes.search")} value={text} onValue={setText} onSubmit={() => undefined} />
        <ChipRow label={t("admin.configuration.changes.which")}>
          {ACTIONS.filter((one) => counts[one] > 0).map((one) => (
            <Chip key={one} icon={SIGNS[one]} pressed={action === one} onClick={() => { setAction(action === one ? null : one); }}>
              {t(`admin.configuration.action.${one}`, { count: counts[one] })}
            </Chip>
          ))}
        </ChipRow>
        <span role="status" class={shown.length === changes.length ? "visually-hidden" : undefined}>
          <Muted>{t("admin.configuration.changes.shown", { count: shown.length })}</Muted>
        </span>
      </Stack>
      {parts.length === 0 ? (
        <EmptyState
          icon="search"
          title={t("admin.configuration.changes.none_found")}
          action={
            <Button onClick={() => { setText(""); setAction(null); }}>{t("admin.configuration.changes.all")}</Button>
          }
        />
      ) : (
        parts.map((part) => <OfArea key={part.area} part={part} open={shown.length <= OPEN_AT_ONCE} choosing={choosing} />)
      )}
    </Stack>
  );
}

function OfArea<C extends Change>({ part, open, choosing }: { part: Part<C>; open: boolean; choosing: Choosing<C> | undefined }): JSX.Element {
  const id = useId();
  return (
    <section class={css.area} aria-labelledby={id}>
      <h2 id={id}>
        {t(`admin.configuration.area.${part.area}`)} <Muted small>{t("admin.configuration.changes.count", { count: part.count })}</Muted>
      </h2>
      <ul class={css.things} role="list">
        {part.things.map((thing) => (
          <OfThing key={thing.id} thing={thing} open={open} choosing={choosing} />
        ))}
      </ul>
    </section>
  );
}

function OfThing<C extends Change>({ thing, open, choosing }: { thing: Thing<C>; open: boolean; choosing: Choosing<C> | undefined }): JSX.Element {
  const [turned, turn] = useState<boolean | null>(null);
  const isOpen = turned ?? open;
  const listed = useId();
  const name = thing.name === "" ? t(`admin.configuration.whole.${thing.id}`) : thing.name;
  const chosen = choosing ? thing.changes.filter((change) => choosing.isChosen(change)).length : 0;
  return (
    <li class={css.thing}>
      <div class={css.thingHead}>
        {choosing && thing.changes.length > 1 ? (
          <Tick label={t("admin.changes.choose_all", { name })} checked={chosen === thing.changes.length} mixed={chosen > 0 && chosen < thing.changes.length} onChecked={(on) => { choosing.onChoose(thing.changes, on); }} />
        ) : null}
        <h3>
          <button type="button" class={css.opener} aria-expanded={isOpen} aria-controls={listed} onClick={() => { turn(!isOpen); }}>
            <Icon name={isOpen ? "up" : "down"} size={18} />
            <bdi>{name}</bdi>
            <Muted small>{t("admin.configuration.changes.count", { count: thing.changes.length })}</Muted>
          </button>
        </h3>
      </div>
      <ul id={listed} role="list" class={css.told} hidden={!isOpen}>
        {isOpen ? thing.changes.map((change, index) => <Told key={index} change={change} choosing={choosing} />) : null}
      </ul>
    </li>
  );
}

function Told<C extends Change>({ change, choosing }: { change: C; choosing: Choosing<C> | undefined }): JSX.Element {
  const problem = choosing?.problemOf(change) ?? null;
  const mark = (
    <span class={css[change.action]}>
      <Icon name={SIGNS[change.action]} size={18} label={t(`admin.configuration.did.${change.action}`)} />
    </span>
  );
  return (
    <li class={css.change}>
      {choosing ? <Tick label={change.sentence} checked={choosing.isChosen(change)} onChecked={(on) => { choosing.onChoose([change], on); }} /> : null}
      {mark}
      <span class={css.sentence}>
        <bdi>{change.sentence}</bdi>
        {problem === null ? null : (
          <span class={css.problem}>
            <Icon name="alert" size={16} />
            {problem}
          </span>
        )}
      </span>
    </li>
  );
}

function Tick({ label, checked, mixed, onChecked }: { label: string; checked: boolean; mixed?: boolean; onChecked: (on: boolean) => void }): JSX.Element {
  return (
    <label class={css.tick}>
      <input
        type="checkbox"
        aria-label={label}
        checked={checked}
        indeterminate={mixed === true}
        onChange={(event) => { onChecked(event.currentTarget.checked); }}
      />
    </label>
  );
}
