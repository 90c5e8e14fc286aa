import { createContext, useContext, useMemo } from "preact/compat";
import { stable } from "~/lib/json";
import { useWatched } from "~/lib/watched";
import type { Conflict } from "~/engine";
import { deriveRows, layOverMoved, openItems, questionsOf, stateOf, type Row } from "./derive";
import { isAway } from "./kept";
import { todayHere } from "./kept/finding";
import { listKept } from "./kept/listing";
import { actOf } from "./outbox";
import { useResource } from "./resource";
import type { DataSource } from "./source";
import type { ItemState, Kind, ListView, Loaded, OutboxItem, RecordView, Search } from "./types";

export { mergeAnswers, openItems, stateOf, type Row } from "./derive";
export { heldBy, isKeptForOwner, layOver, ACTS, type HandedOver, type Quarantined } from "./outbox";
export { isAway, MOST_KEPT, MOST_PINNED, SHARE_OF_QUOTA, type KeptFace, type KeptState } from "./kept";
export type { Counts, SavedView } from "./lists";
export { ALL_KINDS, byKind, isKind, kindOf, KINDS, kindsOf } from "./kinds";
export { useMore } from "./more";
export { isFilteredHere } from "./kept/finding";
export type { DeviceView } from "./devices";
export { administers, PEOPLE_PER_PAGE, type Looked, type LookedAfter, type PeopleAsked, type Simulation } from "./admin";
export * from "./approvals";
export { IMPORT_COLUMNS, importKinds, LARGEST_IMPORT, type ImportKind, type ImportPlan, type ImportProgress, type Waiting } from "./imports";
export { FILE_KINDS, filesAt, NoRoom, THUMBS_BUDGET, uploadOf, type FileKind, type FilesFace, type FilesState, type Made } from "./attachments";
export { BULK_PER_PAGE, bulkActs, isUnderWay, type BulkAct, type BulkChoice, type BulkNow, type BulkResult, type BulkState, type BulkView } from "./bulk";
export { amendRelationship, caseOfDetail, caseOfMember, familyOfCase, itemsAbout, linkFamily, linkRegistry, relateCases, relationshipTypes, unlinkFamily, type RelationshipView } from "./families";
export { flagsNow, FLAGS_PER_PAGE, type AlertView, type FlagNow, type FlagView } from "./flags";
export { CASE_LINK, incidentsHere, linkIncident, unsentOf } from "./incidents";
export type { StoryPage, Told } from "./story";
export { decide, decisionsOn, type ComparedView, type JourneyEntry, type Likelihood, type LikelyView, type MatchAct, type MatchView, type ReasonView, type Side } from "./tracing";
export { CONSENT_QUESTIONS, holding, maySharePurpose, PURPOSES, statementsNow, type ConsentView, type Purpose, type StatementNow } from "./consent";
export { SHARE_RIGHTS, type LentRole, type PreviewView, type ReceivedView, type Recipient, type ShareKind, type TransitionView } from "./sharing";
export { EARLIER_PER, MOST_UNREAD, useUnread, type NoticeView } from "./notices";
export { actionsOn, mayDo } from "./permissions";
export { useResource, type Resource } from "./resource";
export type { OutReason, SessionState } from "./session";
export type { DataSource, PublicInfo } from "./source";
export { splitDue, taskKey, useDecided, useTasks, type CaseloadView, type Nearness, type TaskNow, type TasksAsked, type TasksNow } from "./tasks";
export type * from "./types";

const Context = createContext<DataSource | null>(null);
export const SourceProvider = Context.Provider;

/** The data source of the app. */
export function useSource(): DataSource {
  const source = useContext(Context);
  if (!source) throw new Error("no data source");
  return source;
}

export interface RecordNow extends Loaded<RecordView> {
  /** The server's answers with the worker's own unsent ones over them; null when there is neither. */
  data: RecordView["data"] | null;
  /** Unsent or refused items of this record, oldest first. */
  items: OutboxItem[];
  state: ItemState | null;
  /** Answers that she and somebody else changed differently, known before hers are sent. */
  conflicts: Conflict[];
  /** It lies on this device. */
  isKept: boolean;
  isPinned: boolean;
  /** Held here only until her unsent work has gone out; why it is not hers to keep any more. */
  leaving: string | null;
}

/** A record as the worker sees it now. */
export function useRecord(kind: Kind, id: string): RecordNow {
  const source = useSource();
  const loaded = useResource(source.record(kind, id));
  const all = useWatched(source.outbox.items);
  const forms = useWatched(source.forms());
  const kept = useWatched(source.kept.state);
  const summaries = useWatched(source.kept.summaries);
  const now = useMemo(() => {
    const items = openItems(all, id);
    const start = loaded.value?.data ?? (items.some((item) => actOf(item).makes) ? { id, short_id: id.slice(-7), status: "open" } : null);
    const laid = start === null ? null : layOverMoved(start, loaded.value?.revision ?? null, items, questionsOf(forms.value ?? NO_FORMS, kind));
    return { ...loaded, data: laid?.data ?? null, conflicts: laid?.conflicts ?? [], items, state: stateOf(all.filter((item) => item.record === id)) };
  }, [loaded, all, kind, id, forms.value]);
  return { ...now, isKept: summaries.has(id), isPinned: kept.pinned.has(id), leaving: kept.leaving[id] ?? null };
}

const NO_FORMS: never[] = [];

export interface ListNow extends Loaded<ListView> {
  derived: Row[];
}

/**
 * A page of a list as the worker sees it now; `withNew` puts her unsent new records on top. Until the server has
 * answered, and whenever it cannot be reached, the list is made from the records kept here.
 */
export function useList(kind: Kind, body: Search, withNew: boolean): ListNow {
  const source = useSource();
  const loaded = useResource(source.search(kind, body));
  const all = useWatched(source.outbox.items);
  const kept = useWatched(source.kept.state);
  const summaries = useWatched(source.kept.summaries);
  const names = useWatched(source.kept.names);
  const isAlone = kept.filled || kept.count > 0 ? loaded.value === null || isAway(loaded.error) : false;
  // Somebody who keeps nothing, as a supervisor may, goes on with what the server said last.
  const here = isAlone && ((kept.counts[kind] ?? 0) > 0 || loaded.value === null);
  return useMemo(() => {
    if (!here) return { ...loaded, derived: deriveRows(loaded.value?.rows ?? [], all, withNew, kind) };
    const { view, derived } = listKept(summaries, all, body, todayHere(), names, kind);
    return { ...loaded, value: view, at: kept.lastSync, derived };
  }, [here, kind, loaded, all, withNew, here ? summaries : null, here ? kept.lastSync : null, here ? names : null, here ? stable(body) : ""]);
}
