import { useEffect, useMemo, useState } from "preact/compat";
import { Refusal, type Shape } from "~/api";
import { localized, useLocale } from "~/lib/i18n";
import { useOnline } from "~/lib/online";
import { useWatched } from "~/lib/watched";
import type { Named } from "~/renderer/sources";
import { isObject } from "~/lib/json";
import { heldBy, useResource, useSource, type DataSource, type FileKind, type Kind, type PageView, type Resource } from "~/store";
import type { Roads } from "./RecordDesk";
import type { At } from "./RecordLink";
import { setUp, type Raw, type Setup } from "./setup";

const CONFIGURATION_AGE_S = 300;

export interface SetupNow {
  setup: Setup | null;
  raw: Raw | null;
  error: unknown;
  retry: () => void;
}

/** Forms, lists, places and the worker's rights, put together for one kind of record in one module. */
export function useSetup(kind: Kind, module: string): SetupNow {
  const source = useSource();
  const locale = useLocale();
  const forms = useResource(source.forms(), CONFIGURATION_AGE_S);
  const lookups = useResource(source.lookups(), CONFIGURATION_AGE_S);
  const places = useResource(source.locations(), CONFIGURATION_AGE_S);
  const agencies = useResource(source.agencies(), CONFIGURATION_AGE_S);
  const users = useResource(source.users(), CONFIGURATION_AGE_S);
  const me = useResource(source.me(), CONFIGURATION_AGE_S);
  const settings = useResource(source.settings(), CONFIGURATION_AGE_S);
  // Places, agencies, accounts and settings may be refused: their questions then offer what is known.
  const waits = [places, settings, agencies, users].some((one) => one.value === null && one.error === null);
  const raw = useMemo<Raw | null>(() => {
    if (waits || forms.value === null || lookups.value === null || me.value === null) return null;
    return {
      forms: forms.value,
      lookups: lookups.value,
      places: places.value ?? [],
      agencies: (agencies.value ?? []).map((one): Named => ({ id: one.unique_id, label: localized(one.name), disabled: one.disabled })),
      users: (users.value ?? []).map((one): Named => ({ id: one.user_name, label: one.full_name || one.user_name, disabled: one.disabled })),
      me: me.value,
      modules: settings.value?.modules ?? [],
    };
  }, [waits, forms.value, lookups.value, places.value, agencies.value, users.value, me.value, settings.value]);
  const setup = useMemo(() => (raw === null ? null : setUp(raw, locale, module, kind)), [raw, locale, module, kind]);
  return {
    setup,
    raw,
    error: setup === null ? (forms.error ?? lookups.error ?? me.error) : null,
    retry: () => {
      for (const one of [source.forms(), source.lookups(), source.me(), source.settings(), source.locations()]) void one.refresh();
    },
  };
}

/** The roads of a record to the store. */
export function useRoads(kind: Kind): Roads {
  const source = useSource();
  return useMemo(() => roadsOf(source, kind), [source, kind]);
}

function roadsOf(source: DataSource, kind: Kind): Roads {
  return {
    save: (save) => source.save(save),
    putDraft: (key, value) => source.drafts.put(key, value),
    dropDraft: (key) => source.drafts.drop(key),
    markDirty: (key, dirty) => {
      source.drafts.markDirty(key, dirty);
    },
    fresh: async (id) => {
      const record = source.record(kind, id);
      await record.refresh();
      const { value, error } = record.get();
      if (value === null) throw error instanceof Error ? error : new Error("not available");
      return value;
    },
    refresh: (id) => void source.record(kind, id).refresh(),
    letGo: async (id, answers) => {
      await source.save({ kind, id, create: false, act: "let_answers_go", data: answers });
    },
    files: (id) => ({
      kind,
      id,
      store: source.files,
      record: source.record(kind, id),
      items: source.outbox.items,
      takeBack: (item) => source.outbox.takeBack(item),
      limits: () => limitsIn(source.settings().get().value),
    }),
    takeBack: async (ids) => {
      for (const id of ids) {
        const all = source.outbox.items.get();
        const item = all.find((one) => one.id === id);
        if (item && (item.state === "refused" || heldBy(item, all) !== null)) await source.outbox.takeBack(id);
      }
    },
  };
}

const MEGABYTES: Readonly<Record<FileKind, number>> = { image: 20, audio: 20, document: 20, signature: 2 };
const MOST_FILES = 100;

/** What the instance takes of files; what is usual until that is known. */
function limitsIn(settings: unknown): { megabytes: (kind: FileKind) => number; most: number } {
  const options = isObject(settings) && isObject(settings["system_options"]) ? settings["system_options"] : {};
  const decided = options["attachment_megabytes"];
  const most = options["maximum_attachments_per_record"];
  return {
    megabytes: (kind) => (isObject(decided) && typeof decided[kind] === "number" ? decided[kind] : MEGABYTES[kind]),
    most: typeof most === "number" ? most : MOST_FILES,
  };
}

/** A thing in pages, read on as the worker asks for more. */
export interface Paged<T> {
  items: readonly T[];
  total: number;
  loading: boolean;
  error: unknown;
  more: (() => void) | null;
}

/** What happened to a record, newest first. */
export function useHistory({ kind, id }: At, enabled: boolean, version: unknown): Paged<Shape<"HistoryEntry">> {
  const source = useSource();
  return usePaged((page) => source.history(kind, id, page), `history/${id}`, enabled, version);
}

/** Who has looked into a record, newest first. */
export function useAccessLog({ kind, id }: At, enabled: boolean): Paged<Shape<"AccessEntry">> {
  const source = useSource();
  return usePaged((page) => source.accessLog(kind, id, page), `access/${id}`, enabled, null);
}

function usePaged<T>(pageOf: (page: number) => Resource<PageView<T>>, key: string, enabled: boolean, version: unknown): Paged<T> {
  const session = useWatched(useSource().session);
  const online = useOnline();
  // What could not be had is asked for again when she, or the network, is back.
  const away = !online || session.status !== "in" || session.expired || session.offline;
  const [state, setState] = useState<{ items: readonly T[]; total: number; page: number; loading: boolean; error: unknown }>({ items: [], total: 0, page: 0, loading: enabled, error: null });
  const load = async (page: number): Promise<void> => {
    const resource = pageOf(page);
    setState((now) => ({ ...now, loading: true }));
    await resource.refresh();
    const { value, error } = resource.get();
    setState((now) =>
      value === null || error instanceof Refusal
        ? { ...now, loading: false, error: error ?? new Error("not available") }
        : { items: page === 1 ? value.items : [...now.items, ...value.items], total: value.total, page, loading: false, error: null },
    );
  };
  useEffect(() => {
    if (enabled) void load(1);
  }, [key, enabled, version, away]);
  const rest = state.items.length < state.total;
  return { items: state.items, total: state.total, loading: state.loading, error: state.error, more: rest ? () => void load(state.page + 1) : null };
}
