import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/compat";
import { Refusal } from "~/api";
import { useLocale } from "~/lib/i18n";
import { isObject } from "~/lib/json";
import { usePlace, type Params } from "~/lib/router";
import { useWatched } from "~/lib/watched";
import { ErrorState, Page, Skeleton } from "~/ui/layout";
import { isAsked } from "~/renderer/kinds";
import { said } from "~/renderer/kindWords";
import { textOf } from "~/renderer/values";
import { ACTS, isAway, useRecord, useSource, type Kind, type RecordNow } from "~/store";
import { mergeAnswers } from "~/store/derive";
import type { JsonObject } from "~/lib/json";
import { BackToList } from "./BackToList";
import { baseOf, cameBackOf } from "./seen";
import { draftKeyOf, RecordDesk, type DraftOf } from "./RecordDesk";
import { useRoads, useSetup } from "./data";
import { NotKept } from "./OnDevice";
import { OpenRecord } from "./OpenRecord";
import { jumpTo } from "./Problems";
import { withHiddenNames, withReferral, type Raw, type Setup } from "./setup";
import { NothingHere } from "./Summary";
import { today } from "./today";

/** One record, opened by its address: summary, sections, history. */
export function RecordPage({ kind, params }: { kind: Kind; params: Params }): JSX.Element {
  const id = params["id"] ?? "";
  const source = useSource();
  const record = useRecord(kind, id);
  const locale = useLocale();
  const { setup, raw, error, retry } = useSetup(kind, textOf(record.data?.["module_id"]));
  const dirty = useWatched(source.drafts.dirty).has(draftKeyOf(kind, id));
  const generation = useGeneration(raw?.forms ?? null, dirty, params["mode"] === "edit");
  const stopped = record.error instanceof Refusal && (record.error.status === 404 || record.error.status === 403) && record.items.length === 0;
  if (stopped)
    return (
      <Page title={said(kind, "casefile.title")} before={<BackToList kind={kind} />}>
        <NothingHere kind={kind} />
      </Page>
    );
  if (setup === null || raw === null || record.data === null) {
    const failed = error ?? (record.data === null && !record.loading ? record.error : null);
    return (
      <Page title={<span class="visually-hidden">{said(kind, "casefile.title")}</span>} before={<BackToList kind={kind} />}>
        {failed && error === null && isAway(failed) ? (
          <NotKept kind={kind} onRetry={() => void source.record(kind, id).refresh()} />
        ) : failed ? (
          <ErrorState
            onRetry={() => {
              retry();
              location.reload();
            }}
          >
            {said(kind, "casefile.unreachable")}
          </ErrorState>
        ) : (
          <Skeleton rows={6} blocks />
        )}
      </Page>
    );
  }
  return <Opened key={`${id} ${locale} ${String(generation)}`} id={id} record={record} setup={withHiddenNames(withReferral(setup, raw, record.data), record.data)} raw={raw} params={params} />;
}

/** Counts on when other forms hold, but not under the hands of somebody who fills one in: she gets them with the next form that she opens. */
function useGeneration(forms: Raw["forms"] | null, dirty: boolean, editing: boolean): number {
  const [now, take] = useState({ forms, number: 0 });
  /** What came while a form was open. */
  const came = useRef<Raw["forms"] | null>(null);
  useEffect(() => {
    if (editing) came.current = forms;
  }, [forms]);
  useEffect(() => {
    if (!editing) came.current = null;
  }, [editing]);
  useEffect(() => {
    if (forms === null || forms === now.forms) return;
    if (now.forms === null) take({ forms, number: 0 });
    else if (!dirty && !(editing && came.current === forms)) take({ forms, number: now.number + 1 });
  }, [forms, dirty, editing, now]);
  return now.number;
}

interface OpenedProps {
  id: string;
  record: RecordNow;
  setup: Setup;
  raw: Raw;
  params: Params;
}

function asks(setup: Setup, name: string): boolean {
  const field = setup.fields.get(name);
  return field !== undefined && isAsked(field);
}

function asked(sent: JsonObject, setup: Setup): JsonObject {
  return Object.fromEntries(Object.entries(sent).filter(([name]) => asks(setup, name)));
}

function Opened({ id, record, setup, params }: OpenedProps): JSX.Element {
  const source = useSource();
  const roads = useRoads(setup.kind);
  const { query, state } = usePlace();
  const back = cameBackOf(record.items, (name) => asks(setup, name));
  const [desk] = useState(() => {
    const draft = source.drafts.get(draftKeyOf(setup.kind, id))?.value;
    // Answers come back to be corrected; an act that went with them (closing, reopening) is asked for again.
    const unsent = back.reduce<JsonObject>((all, item) => mergeAnswers(all, asked(item.data, setup)), {});
    // A registration the server refused is still a registration when it is corrected.
    const isNew = record.value === null && back.some((item) => ACTS[item.action].makes);
    const ids = back.map((item) => item.id);
    const made = new RecordDesk(id, isNew, setup, today(), roads, baseOf(record, id, new Set(ids)), record.value?.revision ?? null, isObject(draft) ? (draft as unknown as DraftOf) : null, unsent, ids);
    for (const item of back) if (item.refusal !== null) made.refused(item.refusal.problems, unsent);
    return made;
  });
  useEffect(() => {
    const keep = (): void => {
      if (document.visibilityState === "hidden") void desk.keep();
    };
    document.addEventListener("visibilitychange", keep);
    return () => {
      document.removeEventListener("visibilitychange", keep);
      desk.close();
    };
  }, [desk]);
  // From the outbox: straight to the answer that was refused.
  const fix = state["fix"] === true;
  useEffect(() => {
    const first = desk.filling.problems.list()[0];
    if (fix && first) jumpTo(desk, first.pointer, undefined, undefined, true);
  }, [desk, fix]);
  const { saving } = useWatched(desk.state);
  // What waits behind answers that this desk has taken back already is for the next visit: it would stand under what is typed here.
  const fresh = back.filter((item) => !desk.knows(item.id));
  const taken = fresh.some((item) => item.state === "refused") ? fresh : [];
  const away = back.filter((item) => desk.knows(item.id) || taken.includes(item)).map((item) => item.id).join(" ");
  const base = useMemo(() => baseOf(record, id, new Set(away.split(" "))), [record, id, away]);
  const revision = record.value?.revision ?? null;
  useEffect(() => {
    desk.arrived({ data: base, revision, incomplete: [] });
  }, [desk, base, revision]);
  useEffect(() => {
    const sent = taken.reduce<JsonObject>((all, item) => mergeAnswers(all, asked(item.data, setup)), {});
    desk.cameBack(taken.map((item) => item.id), sent, taken.flatMap((item) => item.refusal?.problems ?? []), { data: base, revision });
  }, [desk, taken.map((item) => item.id).join(" "), saving]);
  return <OpenRecord desk={desk} record={record} section={params["section"] ?? "summary"} editing={params["mode"] === "edit"} closing={query.get("act") === "close"} />;
}
