import type { JSX } from "preact";
import { useMemo, useState } from "preact/compat";
import { textOf as wordsOf } from "~/api";
import { fold } from "~/lib/fold";
import { formatDay, localized, t } from "~/lib/i18n";
import { setQuery, usePlace } from "~/lib/router";
import { useResource, useSource } from "~/store";
import type { FormPlace, FormView } from "~/store/forming";
import { Badge, Button, Checkbox, EmptyState, IconButton, Link, LinkButton, Muted, Notice, Page, Row, say, SearchBox, Select, Stack } from "~/ui";
import { Back, Loaded, NotYours } from "../parts";
import { moved } from "./draft";
import css from "./forms.module.css";
import { groupOptions, groupsOf, KINDS_OF_FORMS, kindWords, useForming, useReach, type FormGroup, type Reach } from "./words";

/** The forms of a kind of record in one part of the work, as they follow each other. */
export default function FormsPage(): JSX.Element {
  const source = useSource();
  const forming = useForming();
  const { query } = usePlace();
  const standing = useReach(source);
  const modules = useResource(source.settings(), 300).value?.modules ?? [];
  const [text, setText] = useState("");
  const [away, setAway] = useState(false);
  const kind = query.get("kind") ?? "case";
  const module = query.get("module") ?? modules.find((one) => one.associated_record_types.includes(kind))?.unique_id ?? "";
  if (standing !== null && !standing.closed && !standing.reach.words) return <Page title={t("admin.title")}><NotYours /></Page>;
  return (
    <Page
      title={t("admin.forms.title")}
      before={<Back to="/admin" label={t("admin.title")} />}
      actions={
        standing?.reach.all ? (
          <LinkButton look="primary" icon="plus" href={`/admin/forms/new?kind=${kind}${module === "" ? "" : `&module=${module}`}`}>
            {t("admin.forms.new")}
          </LinkButton>
        ) : undefined
      }
    >
      <Stack>
        {standing?.closed ? <Notice tone="info" title={t("admin.forms.closed")}>{t("admin.forms.closed.text")}</Notice> : null}
        <div class={css.filters}>
          <label>
            <span>{t("admin.forms.form.kind")}</span>
            <Select value={kind} empty={null} options={KINDS_OF_FORMS.map((value) => ({ value, label: kindWords(value) }))} onValue={(value) => { setQuery({ kind: value, module: null }); }} />
          </label>
          <label>
            <span>{t("admin.forms.module")}</span>
            <Select value={module} empty={null} options={modules.map((one) => ({ value: one.unique_id, label: one.name }))} onValue={(value) => { setQuery({ module: value }); }} />
          </label>
          <SearchBox full label={t("admin.forms.search")} value={text} onValue={setText} onSubmit={() => undefined} />
          <Checkbox checked={away} label={t("admin.forms.show_away")} onChecked={setAway} />
        </div>
        <Loaded from={forming.all()} maxAge={5}>
          {(forms) => <Arranged forms={forms} kind={kind} module={module} typed={text} reach={standing?.reach ?? { words: false, all: false }} />}
        </Loaded>
        {away ? <Away kind={kind} reach={standing?.reach ?? { words: false, all: false }} /> : null}
      </Stack>
    </Page>
  );
}

interface ArrangedProps {
  forms: readonly FormView[];
  kind: string;
  module: string;
  typed: string;
  reach: Reach;
}

const STEP = 10;

/** The numbers that put these groups and their forms into this order; only those that are other than they stand. */
export function placesOf(groups: readonly FormGroup[]): FormPlace[] {
  return groups.flatMap((group, at) =>
    group.forms.map((form, place): FormPlace & { same: boolean } => {
      const [order, order_form_group] = [(place + 1) * STEP, (at + 1) * STEP];
      return { id: form.id, order, order_form_group, same: form.order === order && form.order_form_group === order_form_group };
    }),
  ).filter(({ same }) => !same).map(({ id, order, order_form_group }) => ({ id, order, order_form_group }));
}

function Arranged({ forms, kind, module, typed, reach }: ArrangedProps): JSX.Element {
  const source = useSource();
  const forming = useForming();
  const lookups = useResource(forming.lookups(), 60).value ?? [];
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const groups = useMemo(() => groupsOf(forms, kind, module), [forms, kind, module]);
  const names = useMemo(() => new Map(groupOptions(lookups, [module], kind).map((one) => [one.value, one.label])), [lookups, module, kind]);
  const searching = fold(typed).trim() !== "";
  const fits = (form: FormView): boolean => fold(`${Object.values(form.name).join(" ")} ${form.unique_id}`).includes(fold(typed).trim());
  const nested = forms.filter((form) => form.is_nested && form.parent_form === kind && fits(form) && (module === "" || form.module_ids.includes(module)));
  const may = reach.words && !searching;
  const arrange = async (next: readonly FormGroup[], said: string, focus: string): Promise<void> => {
    if (busy) return;
    setBusy(true);
    setError(null);
    try {
      await forming.arrange(placesOf(next));
      void source.forms().refresh();
      say(said, { icon: "check" });
      requestAnimationFrame(() => document.getElementById(focus)?.focus());
    } catch (reason) {
      setError(wordsOf(reason));
    } finally {
      setBusy(false);
    }
  };
  const movers = (id: string, name: string, place: number, count: number, by: (step: 1 | -1) => readonly FormGroup[]): JSX.Element => {
    const go = (step: 1 | -1): void => {
      if (place + step >= 0 && place + step < count) void arrange(by(step), t("admin.forms.moved", { name, place: place + step + 1, count }), `${step === 1 ? "down" : "up"}-${id}`);
    };
    return (
      <Row gap={1}>
        <IconButton id={`up-${id}`} icon="up" label={t("admin.forms.up", { name })} aria-disabled={place === 0 || busy} onClick={() => { go(-1); }} />
        <IconButton id={`down-${id}`} icon="down" label={t("admin.forms.down", { name })} aria-disabled={place === count - 1 || busy} onClick={() => { go(1); }} />
      </Row>
    );
  };
  const shown = groups.filter((group) => group.forms.some(fits));
  return (
    <Stack>
      {error ? (
        <Notice tone="danger" alert>
          {error}
        </Notice>
      ) : null}
      <span role="status">
        <Muted>{t("admin.forms.count", { count: shown.reduce((sum, group) => sum + group.forms.filter(fits).length, 0) })}</Muted>
      </span>
      {shown.length === 0 && nested.length === 0 ? <EmptyState icon="file" title={t("admin.forms.none")} /> : null}
      {shown.map((group) => {
        const at = groups.indexOf(group);
        const title = names.get(group.id) ?? (group.id === "" ? t("admin.forms.group.none") : group.id);
        return (
          <section key={group.id} class={css.formGroup} aria-label={title}>
            <Row between>
              <h2>
                <bdi>{title}</bdi>
              </h2>
              {may ? movers(`group-${group.id}`, title, at, groups.length, (step) => moved(groups, at, step)) : null}
            </Row>
            <ol class={css.forms}>
              {group.forms.filter(fits).map((form) => {
                const name = localized(form.name) || form.unique_id;
                const place = group.forms.indexOf(form);
                return (
                  <li key={form.id} class={css.form}>
                    <div class={css.face}>
                      <Link href={`/admin/forms/${String(form.id)}`} class={css.open}>
                        <bdi>{name}</bdi>
                      </Link>
                      <div class={css.marks}>
                        <span class={css.kind}>{t("admin.forms.questions.count", { count: form.fields.length })}</span>
                        {form.visible ? null : <Badge icon="eyeOff">{t("admin.forms.mark.hidden")}</Badge>}
                        {form.display_conditions ? <Badge icon="filter">{t("admin.forms.mark.condition")}</Badge> : null}
                      </div>
                    </div>
                    {may ? movers(String(form.id), name, place, group.forms.length, (step) => groups.map((each) => (each === group ? { ...each, forms: [...moved(each.forms, place, step)] } : each))) : null}
                  </li>
                );
              })}
            </ol>
          </section>
        );
      })}
      {nested.length > 0 ? (
        <details class={css.part} open={searching}>
          <summary>{t("admin.forms.tables", { count: nested.length })}</summary>
          <ul class={css.forms}>
            {nested.map((form) => (
              <li key={form.id} class={css.form}>
                <div class={css.face}>
                  <Link href={`/admin/forms/${String(form.id)}`} class={css.open}>
                    <bdi>{localized(form.name) || form.unique_id}</bdi>
                  </Link>
                  <span class={css.kind}>{t("admin.forms.questions.count", { count: form.fields.length })}</span>
                </div>
              </li>
            ))}
          </ul>
        </details>
      ) : null}
    </Stack>
  );
}

/** Forms that were put away: what was answered on them is still in the records. */
function Away({ kind, reach }: { kind: string; reach: Reach }): JSX.Element {
  const source = useSource();
  const forming = useForming();
  const [error, setError] = useState<string | null>(null);
  const back = async (id: number, name: string): Promise<void> => {
    setError(null);
    try {
      await forming.bringBack(id);
      void source.forms().refresh();
      say(t("admin.forms.is_back", { name }), { icon: "check" });
    } catch (reason) {
      setError(wordsOf(reason));
    }
  };
  return (
    <section class={css.formGroup} aria-label={t("admin.forms.gone")}>
      <h2>{t("admin.forms.gone")}</h2>
      {error ? (
        <Notice tone="danger" alert>
          {error}
        </Notice>
      ) : null}
      <Loaded from={forming.retired()} maxAge={5}>
        {(all) => {
          const mine = all.filter((form) => form.parent_form === kind);
          return mine.length === 0 ? (
            <Muted>{t("admin.forms.gone.none")}</Muted>
          ) : (
            <ul class={css.forms}>
              {mine.map((form) => {
                const name = localized(form.name) || form.unique_id;
                return (
                  <li key={form.id} class={css.form}>
                    <div class={css.face}>
                      <bdi>{name}</bdi>
                      <span class={css.kind}>{t("admin.forms.gone.on", { day: formatDay(form.retired_at) })}</span>
                    </div>
                    {reach.all ? (
                      <Button icon="undo" onClick={() => void back(form.id, name)}>
                        {t("admin.forms.back")}
                      </Button>
                    ) : null}
                  </li>
                );
              })}
            </ul>
          );
        }}
      </Loaded>
    </section>
  );
}
