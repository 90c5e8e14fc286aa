import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/compat";
import { textOf } from "~/api";
import { formatAgo, formatDay, t } from "~/lib/i18n";
import type { JsonObject } from "~/lib/json";
import { useWide } from "~/lib/media";
import { navigate, usePlace } from "~/lib/router";
import { useWatched, watched } from "~/lib/watched";
import { byKind, KINDS, mayDo, useApprovalKinds, useList, useMore, useResource, useSource, type Counts, type DataSource, type Kind } from "~/store";
import { Button, Chip, ChipRow, LinkButton, Menu, Muted, Notice, Page, Pager, RemovableChip, Row, SearchBox, SortSelect } from "~/ui";
import { codeOf, said } from "~/renderer/kindWords";
import { allColumns, shownColumns } from "./columns";
import { ColumnsSheet } from "./ColumnsSheet";
import { countOf, FilterSheet } from "./FilterSheet";
import { KindTabs } from "./KindTabs";
import { LISTS } from "./kinds";
import { alertTypes, labelOf, offerFilters, spanOf, type Offered } from "./offer";
import { Rows } from "./Rows";
import { SelectionBar, type Chosen } from "./Selection";
import { besideOf, countActive, fromSaved, PER_PAGE, readState, toFilters, toggled, toSaved, toSearch, withFilter, writeState, type ListState, type SavedFilter, type Sort } from "./state";
import { ViewsSheet } from "./ViewsSheet";
import { useWords, type Words } from "./words";

function pathOf(kind: Kind, state: ListState): string {
  const query = writeState(state);
  return query === "" ? `/${kind}` : `/${kind}?${query}`;
}

const MOST_SHOWN = 25;
const FRESH_S = 60;
const NO_COUNTS: Counts = {};
const NOTHING = watched<{ value: Counts | null }>({ value: null });

/** The list of each kind of record. */
export const LIST_PAGES = byKind((kind) => () => <ListPage kind={kind} />);

/** The caseload, or the records of another kind: find, narrow, open. */
function ListPage({ kind }: { kind: Kind }): JSX.Element {
  const source = useSource();
  const place = usePlace();
  const wide = useWide();
  const session = useWatched(source.session);
  const me = useResource(source.me(), FRESH_S);
  const kept = useWatched(source.kept.state);
  const wishes = useResource(source.lists.wishes(kind), 600).value;
  const words = useWords(kind);
  const forms = useWatched(source.forms()).value;
  const [sheet, setSheet] = useState<"filters" | "views" | "columns" | null>(null);
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const userName = session.status === "in" ? session.session.userName : "";
  const read = readState(place.query, place.state["beside"]);
  const state = wide ? read : { ...read, page: 1 };
  const searched = typeof place.state["search"] === "string" ? place.state["search"] : "";
  const shown = typeof place.state["shown"] === "number" ? place.state["shown"] : 1;
  const manager = me.value?.is_manager === true;
  const offered = useOffered(kind, manager, words);
  const columns = allColumns(offered, manager, kind, forms ?? []);
  const inView = shownColumns(columns, wishes?.columns ?? null, kind);
  const body = toSearch(state, searched, userName, inView.map((one) => one.name), kind);
  const list = useList(kind, body, state.page === 1 && searched === "");
  // On a phone the pages stand one under the other; without the server the one page grows.
  const isHere = list.value?.here === true;
  const grown = useList(kind, isHere && !wide ? { ...body, per: PER_PAGE * shown } : body, state.page === 1 && searched === "");
  const first = isHere && !wide ? grown : list;
  const more = useMore(source, kind, body, wide || isHere ? null : list.value, shown);
  const rows = [...first.derived, ...more.rows];
  const counts = useCounts(source, kind, toFilters(state, userName), list.value !== null && !isHere && searched === "" && !list.error, sheet === "filters");

  const held = (next: ListState, search: string, pages: number): Record<string, unknown> => ({ touched: true, ...(search === "" ? {} : { search }), ...(besideOf(next) ? { beside: besideOf(next) } : {}), ...(pages > 1 ? { shown: pages } : {}) });
  const show = (next: ListState, search = searched): void => {
    setChosen((before) => (before === null ? null : new Set()));
    navigate(pathOf(kind, next), { replace: true, keepScroll: true, state: held(next, search, 1) });
  };
  const showMore = (): void => {
    navigate(pathOf(kind, state), { replace: true, keepScroll: true, state: held(state, searched, shown + 1) });
  };
  useFirstView(source, kind, userName, place.query.toString() === "" && Object.keys(place.state).length === 0, show);
  const total = list.value?.total ?? 0;
  const isMore = !wide && (isHere ? grown.value !== null && rows.length < total : more.more);
  const maySave = mayDo(me.value, kind, "export_xls") && !isHere;
  const mayRegister = mayDo(me.value, kind, "create") && (kind === "cases" || (forms ?? []).some((form) => form.parent_form === KINDS[kind].one && me.value?.permitted_form?.[form.unique_id] === "rw"));
  const register = mayRegister ? (
    <LinkButton href={`/${kind}/new`} look="primary" icon="plus">
      {said(kind, "cases.register")}
    </LinkButton>
  ) : null;
  const chip = (name: string, value: string, label: string, icon?: "riskHigh"): JSX.Element => (
    <Chip
      {...(icon ? { icon } : {})}
      pressed={state.filters[name]?.includes(value) ?? false}
      onClick={() => {
        show(withFilter(state, name, toggled(state.filters[name], value)));
      }}
    >
      {label}
      <Count of={countOf(name, value, counts[name])} />
    </Chip>
  );

  return (
    <Page title={said(kind, "cases.title")} actions={register}>
      <KindTabs me={me.value} current={kind} />
      <Finder
        kind={kind}
        value={searched}
        focus={place.state["focus"] === true}
        onSearch={(text) => {
          show({ ...state, page: 1 }, text);
        }}
      />
      <ChipRow label={t("cases.filters.quick")}>
        <Button
          icon="filter"
          onClick={() => {
            setSheet("filters");
          }}
          aria-haspopup="dialog"
        >
          {t("cases.filters", { count: countActive(state) })}
        </Button>
        <Button
          onClick={() => {
            setSheet("views");
          }}
          aria-haspopup="dialog"
        >
          {t("lists.views")}
        </Button>
        {chip("status", "open", words.word("status", "open"))}
        <Chip
          pressed={state.mine}
          onClick={() => {
            show({ ...state, mine: !state.mine, page: 1 });
          }}
        >
          {said(kind, "cases.mine")}
        </Chip>
        {kind === "cases" ? chip("risk_level", "high", t("ui.risk.high"), "riskHigh") : null}
        <Chip
          icon="flag"
          pressed={state.flagged}
          onClick={() => {
            show({ ...state, flagged: !state.flagged, page: 1 });
          }}
        >
          {t("cases.flagged")}
          <Count of={countOf("flagged", "true", counts["flagged"])} />
        </Chip>
      </ChipRow>
      <Narrowed kind={kind} state={state} words={words} offered={offered} onChange={show} />
      <Row between>
        <span role="status">
          {list.value === null ? "" : list.value.totalExact ? said(kind, "cases.count", { count: total }) : said(kind, "cases.count.about", { count: total })}
          {list.loading && list.value !== null ? <Muted> · {t("cases.refreshing")}</Muted> : null}
        </span>
        <Row>
          {chosen === null ? (
            <Menu
              label={t("lists.more")}
              items={[
                ...(kind === "cases" || maySave ? [{ id: "choose", icon: "check" as const, label: said(kind, "lists.choose"), onSelect: () => { setChosen(new Set()); } }] : []),
                { id: "columns", icon: "edit", label: t("lists.columns"), onSelect: () => { setSheet("columns"); } },
              ]}
            />
          ) : null}
          <SortSelect
            value={state.sort}
            options={LISTS[kind].sorts.map((sort) => ({ value: sort, label: t(`cases.sort.${sort}`) }))}
            onValue={(sort) => {
              show({ ...state, sort: sort as Sort, page: 1 });
            }}
          />
        </Row>
      </Row>
      {list.error && list.value === null && list.derived.length > 0 ? <Notice>{t("cases.only_here")}</Notice> : null}
      {isHere && !list.loading ? <Muted small>{[said(kind, "kept.list.here", { count: kept.counts[kind] ?? 0 }), list.at === null ? "" : t("kept.as_of", { when: formatAgo(new Date(list.at)) })].join(" ")}</Muted> : null}
      {list.error && list.value !== null && !list.value.here ? <Notice tone="warn">{t("cases.stale", { why: textOf(list.error) })}</Notice> : null}
      {list.value && list.value.unused.length > 0 ? <Notice tone="warn">{t(isHere ? "lists.unused_here" : "cases.filters.unused", { names: list.value.unused.map((name) => nameOf(name, kind, offered)).join(", ") })}</Notice> : null}
      <Rows
        kind={kind}
        rows={rows}
        reasons={list.value?.reasons}
        words={words}
        columns={inView}
        state={list.value === null ? (list.error ? "failed" : "loading") : "ready"}
        why={list.error}
        narrowed={searched !== "" || countActive(state) > 0}
        register={register}
        select={
          chosen === null
            ? null
            : {
                label: ({ data }) => t("lists.choose.one", { code: codeOf(data, kind) }),
                isChosen: ({ data }) => chosen === "all" || chosen.has(String(data["id"])),
                onToggle: ({ data }) => {
                  const before = chosen === "all" ? rows.map((row) => String(row.data["id"])) : [...chosen];
                  setChosen(new Set(toggled(before, String(data["id"]))));
                },
              }
        }
        onRetry={() => void source.search(kind, body).refresh()}
      />
      {isMore && shown < MOST_SHOWN ? <MoreRows key={shown} busy={more.loading} waits={more.failed} onMore={showMore} /> : null}
      {isMore && shown >= MOST_SHOWN ? <Muted>{said(kind, "lists.narrow")}</Muted> : null}
      {wide ? <Pager page={state.page} pages={Math.ceil(total / PER_PAGE)} hrefOf={(page) => pathOf(kind, { ...state, page })} state={held(state, searched, 1)} /> : null}
      {chosen === null ? null : (
        <SelectionBar
          kind={kind}
          chosen={chosen}
          total={total}
          totalExact={list.value?.totalExact ?? true}
          body={body}
          columns={[...KINDS[kind].codes, ...KINDS[kind].names.slice(0, 1), ...inView.map((one) => one.name)]}
          maySave={maySave}
          onChosen={setChosen}
          onEnd={() => {
            setChosen(null);
          }}
        />
      )}
      <FilterSheet
        kind={kind}
        open={sheet === "filters"}
        state={state}
        offered={offered}
        counts={counts}
        here={isHere}
        onChange={show}
        onClose={() => {
          setSheet(null);
        }}
      />
      <ViewsSheet
        kind={kind}
        open={sheet === "views"}
        now={toSaved(state, userName)}
        groups={me.value?.user_group_unique_ids ?? []}
        onShow={(view) => {
          show(fromSaved(view.filters as SavedFilter[], userName), "");
        }}
        onClose={() => {
          setSheet(null);
        }}
      />
      <ColumnsSheet
        kind={kind}
        open={sheet === "columns"}
        all={columns}
        shown={inView.map((one) => one.name)}
        onClose={() => {
          setSheet(null);
        }}
      />
    </Page>
  );
}

function Count({ of }: { of: string }): JSX.Element | null {
  return of === "" ? null : <Muted> {of}</Muted>;
}

function useOffered(kind: Kind, manager: boolean, words: Words): Offered[] {
  const source = useSource();
  const me = useWatched(source.me()).value;
  const forms = useWatched(source.forms()).value;
  const locations = useResource(source.locations(), 600).value;
  const users = useWatched(source.users()).value;
  const settings = useWatched(source.settings()).value;
  const approvals = useApprovalKinds(source).kinds;
  const alerts = useMemo(() => alertTypes(settings), [settings]);
  useEffect(() => {
    if (manager) void source.users().refresh(86_400);
  }, [source, manager]);
  return useMemo(() => offerFilters({ kind, forms: forms ?? [], locations: locations ?? [], users: users ?? [], groups: me?.user_groups ?? [], manager, words, approvals, alerts }), [kind, forms, locations, users, me, manager, words, approvals, alerts]);
}

/** Counts of the chips, and of the sheet once it is open; asked after the list, and not at all without the server. */
function useCounts(source: DataSource, kind: Kind, filters: JsonObject, when: boolean, isSheetOpen: boolean): Counts {
  const chips = when ? source.lists.counts(kind, filters, LISTS[kind].counted) : null;
  const further = when && isSheetOpen && LISTS[kind].countedOnSheet.length > 0 ? source.lists.counts(kind, filters, LISTS[kind].countedOnSheet) : null;
  useEffect(() => {
    void chips?.refresh(FRESH_S);
    void further?.refresh(FRESH_S);
  }, [chips, further]);
  const first = useWatched<{ value: Counts | null }>(chips ?? NOTHING).value;
  const second = useWatched<{ value: Counts | null }>(further ?? NOTHING).value;
  return useMemo(() => ({ ...(first ?? NO_COUNTS), ...(second ?? NO_COUNTS) }), [first, second]);
}

/** A list that is opened without any wish shows the view that she made the first. */
function useFirstView(source: DataSource, kind: Kind, userName: string, isUntouched: boolean, show: (state: ListState, search: string) => void): void {
  useEffect(() => {
    if (!isUntouched) return undefined;
    let over = false;
    void (async () => {
      const { view } = await source.lists.wishes(kind).wait();
      if (view === null) return;
      const found = (await source.lists.views(kind).wait()).find((one) => one.id === view);
      if (found && !over) show(fromSaved(found.filters as SavedFilter[], userName), "");
    })().catch(() => undefined);
    return () => {
      over = true;
    };
  }, [source, isUntouched]);
}

/** The end of the list on a phone: what comes next is fetched when it comes near, or by the button. */
function MoreRows({ busy, waits, onMore }: { busy: boolean; waits: boolean; onMore: () => void }): JSX.Element {
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (busy || waits || !end.current) return undefined;
    const watcher = new IntersectionObserver((seen) => { if (seen.some((one) => one.isIntersecting)) onMore(); }, { rootMargin: "400px" });
    watcher.observe(end.current);
    return () => {
      watcher.disconnect();
    };
  }, [busy, waits]);
  return (
    <div ref={end}>
      <Button wide busy={busy} onClick={onMore}>
        {t("lists.show_more")}
      </Button>
    </div>
  );
}

function nameOf(name: string, kind: Kind, offered: readonly Offered[]): string {
  return offered.find((one) => one.name === name)?.label ?? labelOf(name.split("/")[0] ?? name, kind);
}

/** The search text stays out of the address: it may be a child's name. */
function Finder({ kind, value, focus, onSearch }: { kind: Kind; value: string; focus: boolean; onSearch: (text: string) => void }): JSX.Element {
  const [text, setText] = useState(value);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    setText(value);
  }, [value]);
  useEffect(() => {
    if (focus) input.current?.focus();
  }, [focus]);
  useEffect(() => {
    if (text.trim() === value.trim()) return undefined;
    const timer = setTimeout(() => {
      if (text.trim().length !== 1) onSearch(text.trim());
    }, 350);
    return () => {
      clearTimeout(timer);
    };
  });
  return (
    <SearchBox
      full
      inputRef={input}
      label={said(kind, "cases.search")}
      placeholder={said(kind, "cases.search.hint")}
      value={text}
      onValue={setText}
      onSubmit={() => {
        onSearch(text.trim());
      }}
    />
  );
}

function Narrowed({ kind, state, words, offered, onChange }: { kind: Kind; state: ListState; words: Words; offered: readonly Offered[]; onChange: (state: ListState) => void }): JSX.Element | null {
  const chosen = Object.entries(state.filters).flatMap(([name, values]) =>
    values.filter((value) => !(name === "status" && value === "open") && !(name === "risk_level" && value === "high")).map((value) => ({ name, value, label: `${nameOf(name, kind, offered)}: ${wordOf(name, value, words, offered)}` })),
  );
  if (chosen.length === 0) return null;
  return (
    <Row>
      {chosen.map(({ name, value, label }) => (
        <RemovableChip
          key={`${name}${value}`}
          label={label}
          onRemove={() => {
            onChange(withFilter(state, name, toggled(state.filters[name], value)));
          }}
        />
      ))}
    </Row>
  );
}

function wordOf(name: string, value: string, words: Words, offered: readonly Offered[]): string {
  const filter = offered.find((one) => one.name === name);
  const known = filter?.options.find((one) => one.value === value);
  if (known) return known.label;
  if (filter?.sort === "days" || filter?.sort === "number") {
    const [from, to] = spanOf(value).map((end) => (filter.sort === "days" && end !== "" ? formatDay(end) : end));
    return `${from ?? ""} – ${to ?? ""}`;
  }
  return words.word(name, value);
}
