import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/compat";
import { textOf } from "~/api";
import { formatDay, formatNumber, hasMessage, t } from "~/lib/i18n";
import { navigate, usePlace } from "~/lib/router";
import { useWatched } from "~/lib/watched";
import { mayDo, useList, useResource, useSource, type Row as ListRow } from "~/store";
import { Badge, Button, Card, Chip, ChipRow, Code, EmptyState, ErrorState, LinkButton, Muted, Notice, Page, Pager, Records, RemovableChip, RiskBadge, Row, SearchBox, Skeleton, SortSelect, StateBadge, type Column } from "~/ui";
import { useWide } from "~/lib/media";
import { FilterSheet } from "./FilterSheet";
import { countActive, FILTERS, PER_PAGE, readState, SORTS, toggled, toSearch, withFilter, writeState, type ListState, type Sort } from "./state";
import { CaseTitle } from "./Title";
import { useWords, type Words } from "./words";

function pathOf(state: ListState): string {
  const query = writeState(state);
  return query === "" ? "/cases" : `/cases?${query}`;
}

/** The caseload: find, narrow, open. */
export default function CaseListPage(): JSX.Element {
  const source = useSource();
  const place = usePlace();
  const session = useWatched(source.session);
  const me = useResource(source.me(), 60);
  const words = useWords();
  const [filtersOpen, setFiltersOpen] = useState(false);
  const userName = session.status === "in" ? session.session.userName : "";
  const state = readState(place.query);
  const searched = typeof place.state["search"] === "string" ? place.state["search"] : "";
  const kept = searched === "" ? undefined : { search: searched };
  const list = useList("cases", toSearch(state, searched, userName), state.page === 1 && searched === "");
  const show = (next: ListState, search = searched): void => {
    navigate(pathOf(next), { replace: true, keepScroll: true, state: search === "" ? {} : { search } });
  };
  const total = list.value?.total ?? 0;
  const manager = me.value?.is_manager === true;
  const mayRegister = mayDo(me.value, "cases", "create");
  const register = mayRegister ? (
    <LinkButton href="/cases/new" look="primary" icon="plus">
      {t("cases.register")}
    </LinkButton>
  ) : null;

  return (
    <Page title={t("cases.title")} actions={register}>
      <Finder
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
            setFiltersOpen(true);
          }}
          aria-haspopup="dialog"
        >
          {t("cases.filters", { count: countActive(state) })}
        </Button>
        <Chip
          pressed={state.filters.status?.join() === "open"}
          onClick={() => {
            show(withFilter(state, "status", state.filters.status?.join() === "open" ? [] : ["open"]));
          }}
        >
          {words.word("status", "open")}
        </Chip>
        <Chip
          pressed={state.mine}
          onClick={() => {
            show({ ...state, mine: !state.mine, page: 1 });
          }}
        >
          {t("cases.mine")}
        </Chip>
        <Chip
          icon="riskHigh"
          pressed={state.filters.risk_level?.includes("high") ?? false}
          onClick={() => {
            show(withFilter(state, "risk_level", toggled(state.filters.risk_level, "high")));
          }}
        >
          {t("ui.risk.high")}
        </Chip>
        <Chip
          icon="flag"
          pressed={state.flagged}
          onClick={() => {
            show({ ...state, flagged: !state.flagged, page: 1 });
          }}
        >
          {t("cases.flagged")}
        </Chip>
      </ChipRow>
      <Chosen state={state} words={words} onChange={show} />
      <Row between>
        <span role="status">
          {list.value === null ? "" : list.value.totalExact ? t("cases.count", { count: total }) : t("cases.count.about", { count: total })}
          {list.loading && list.value !== null ? <Muted> · {t("cases.refreshing")}</Muted> : null}
        </span>
        <SortSelect
          value={state.sort}
          options={(Object.keys(SORTS) as Sort[]).map((sort) => ({ value: sort, label: t(`cases.sort.${sort}`) }))}
          onValue={(sort) => {
            show({ ...state, sort: sort as Sort, page: 1 });
          }}
        />
      </Row>
      {list.error && list.value === null && list.derived.length > 0 ? <Notice>{t("cases.only_here")}</Notice> : null}
      {list.error && list.value !== null ? <Notice tone="warn">{t("cases.stale", { why: textOf(list.error) })}</Notice> : null}
      {list.value && list.value.unused.length > 0 ? <Notice tone="warn">{t("cases.filters.unused", { names: list.value.unused.map(filterName).join(", ") })}</Notice> : null}
      <Rows rows={list.derived} words={words} manager={manager} state={list.value === null ? (list.error ? "failed" : "loading") : "ready"} why={list.error} narrowed={searched !== "" || countActive(state) > 0} register={register} onRetry={() => void source.search("cases", toSearch(state, searched, userName)).refresh()} />
      <Pager page={state.page} pages={Math.ceil(total / PER_PAGE)} hrefOf={(page) => pathOf({ ...state, page })} {...(kept ? { state: kept } : {})} />
      <FilterSheet
        open={filtersOpen}
        state={state}
        words={words}
        onChange={show}
        onClose={() => {
          setFiltersOpen(false);
        }}
      />
    </Page>
  );
}

function filterName(name: string): string {
  const key = `cases.filter.${name.split("/")[0] ?? name}`;
  return hasMessage(key) ? t(key) : name;
}

/** The search text stays out of the address: it may be a child's name. */
function Finder({ value, focus, onSearch }: { value: string; focus: boolean; onSearch: (text: string) => void }): JSX.Element {
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
      label={t("cases.search")}
      placeholder={t("cases.search.hint")}
      value={text}
      onValue={setText}
      onSubmit={() => {
        onSearch(text.trim());
      }}
    />
  );
}

function Chosen({ state, words, onChange }: { state: ListState; words: Words; onChange: (state: ListState) => void }): JSX.Element | null {
  const chosen = FILTERS.flatMap((name) =>
    (state.filters[name] ?? [])
      .filter((value) => !(name === "status" && value === "open") && !(name === "risk_level" && value === "high"))
      .map((value) => ({ name, value, label: `${t(`cases.filter.${name}`)}: ${words.word(name, value)}` })),
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

interface RowsProps {
  rows: readonly ListRow[];
  words: Words;
  manager: boolean;
  state: "loading" | "failed" | "ready";
  why: unknown;
  narrowed: boolean;
  register: JSX.Element | null;
  onRetry: () => void;
}

function Rows({ rows, words, manager, state, why, narrowed, register, onRetry }: RowsProps): JSX.Element {
  const wide = useWide();
  if (rows.length === 0 && state === "loading") return <Skeleton rows={6} blocks={!wide} />;
  if (rows.length === 0 && state === "failed") return <ErrorState onRetry={onRetry}>{textOf(why)}</ErrorState>;
  if (rows.length === 0) {
    return (
      <EmptyState icon={narrowed ? "search" : "cases"} title={t(narrowed ? "cases.none.narrowed" : "cases.none")} action={narrowed ? null : register}>
        {t(narrowed ? "cases.none.narrowed.text" : "cases.none.text")}
      </EmptyState>
    );
  }
  const columns: Column<ListRow>[] = [
    { id: "age", label: t("cases.column.age"), cell: ({ data }) => (typeof data["age"] === "number" ? formatNumber(data["age"]) : "") },
    { id: "sex", label: t("cases.column.sex"), cell: ({ data }) => words.word("sex", data["sex"]) },
    { id: "status", label: t("cases.column.status"), cell: ({ data }) => words.word("status", data["status"]) },
    { id: "workflow", wraps: true, label: t("cases.column.workflow"), cell: ({ data }) => words.word("workflow", data["workflow"]) },
    ...(manager ? [{ id: "owner", label: t("cases.column.owner"), cell: ({ data }: ListRow) => (data["owned_by"] ? <Code>{String(data["owned_by"])}</Code> : "") }] : []),
    { id: "registered", label: t("cases.column.registered"), cell: ({ data }) => formatDay(dayOf(data["registration_date"] ?? data["created_at"])) },
  ];
  const records = (
    <Records
      label={t("cases.title")}
      rows={rows}
      keyOf={({ data }) => String(data["id"])}
      hrefOf={({ data }) => (data["record_in_scope"] === false ? null : `/cases/${String(data["id"])}`)}
      titleLabel={t("cases.column.child")}
      title={({ data }) => <CaseTitle data={data} />}
      marksLabel={t("cases.column.marks")}
      marks={(row) => <Marks row={row} words={words} />}
      columns={columns}
    />
  );
  return wide ? <Card flush>{records}</Card> : records;
}

function dayOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function Marks({ row: { data, state }, words }: { row: ListRow; words: Words }): JSX.Element {
  const risk = typeof data["risk_level"] === "string" ? data["risk_level"] : null;
  const flags = typeof data["flag_count"] === "number" ? data["flag_count"] : 0;
  return (
    <>
      <StateBadge state={state} />
      {risk === null ? null : <RiskBadge level={risk} {...(hasMessage(`ui.risk.${risk}`) ? {} : { text: words.word("risk_level", risk) })} />}
      {flags > 0 ? (
        <Badge icon="flag" tone="warn">
          <span class="visually-hidden">{t("cases.flags", { count: flags })}</span>
          <span aria-hidden="true">{formatNumber(flags)}</span>
        </Badge>
      ) : null}
      {data["record_in_scope"] === false ? <Badge icon="lock">{t("cases.out_of_scope")}</Badge> : null}
    </>
  );
}

