import type { Shape } from "~/api";
import type { Place } from "./place";
import { keptRecord, summaryOf, type KeptRecord, type Summary } from "./summary";

/** What the device holds, as one value; a step makes the next one, and all of it is written at once. */
export interface Holding {
  place: Place;
  summaries: ReadonlyMap<string, Summary>;
}

/** What must be known to take a step. */
export interface Around {
  budget: number;
  /** Records with work of hers that has not reached the server. */
  unsent: ReadonlySet<string>;
}

/** The next holding, and which records are written and dropped with it. */
export interface Step extends Holding {
  put: KeptRecord[];
  drop: string[];
}

/** What she pinned or unpinned since something was asked for: the answer was made for other pins, and says nothing of these. */
function pinnedSince(then: Holding, now: Holding): ReadonlySet<string> {
  const [before, after] = [new Set(then.place.pinned), new Set(now.place.pinned)];
  return new Set([...before, ...after].filter((id) => before.has(id) !== after.has(id)));
}

/**
 * One page of the feed: records replace, whole, what the device holds; what is gone goes, unless her unsent work rests on
 * it. What was confirmed since the page was asked for (`then`) is newer than the page, and is asked for once more; so is
 * what was pinned or unpinned since.
 */
export function takePage(before: Holding, changes: Shape<"Changes">, place: Pick<Shape<"Place">, "cursor" | "epoch" | "configuration">, asked: readonly string[], around: Around, then: Holding = before): Step {
  const summaries = new Map(before.summaries);
  const leaving = { ...before.place.leaving };
  const put = new Map<string, KeptRecord>();
  const drop = new Set<string>();
  const newer = new Set<string>();
  const turned = pinnedSince(then, before);
  for (const sent of changes.records) {
    const held = before.summaries.get(sent.id);
    if (held && held !== then.summaries.get(sent.id) && sent.revision <= held.revision) {
      newer.add(sent.id);
      continue;
    }
    const record = keptRecord(sent);
    put.set(record.id, record);
    summaries.set(record.id, summaryOf(record));
    delete leaving[record.id];
  }
  for (const { id, reason } of changes.gone) {
    summaries.delete(id);
    put.delete(id);
    if (around.unsent.has(id)) leaving[id] = reason;
    else drop.add(id);
  }
  const came = new Set([...asked, ...put.keys(), ...drop, ...changes.gone.map((one) => one.id)].filter((id) => !newer.has(id) && !turned.has(id)));
  const left = new Set(before.place.left.filter((id) => !came.has(id)));
  const others = new Set(before.place.leftOthers);
  for (const id of overflow(summaries, before.place.pinned, around)) {
    if (summaries.get(id)?.kind !== "cases") others.add(id);
    summaries.delete(id);
    left.add(id);
    if (put.delete(id) || before.summaries.has(id)) drop.add(id);
  }
  const isSame = changes.records.length + changes.gone.length + drop.size === 0;
  return {
    summaries: isSame ? before.summaries : summaries,
    put: [...put.values()],
    drop: [...drop],
    place: {
      ...before.place,
      // What is out of her sight for good cannot stay pinned; the server takes only so many.
      pinned: before.place.pinned.filter((id) => turned.has(id) || !changes.gone.some((one) => one.id === id && (one.reason === "out_of_sight" || one.reason === "disabled"))),
      cursor: place.cursor,
      epoch: place.epoch,
      configuration: place.configuration,
      wanted: [...new Set([...before.place.wanted.filter((id) => !came.has(id)), ...newer])],
      stale: before.place.stale.filter((id) => !came.has(id)),
      left: [...left],
      leftOthers: [...others].filter((id) => left.has(id)),
      leaving,
    },
  };
}

/** Rights or configuration changed, or the place was lost: what is not in the manifest goes, what differs is wanted. */
export function takeManifest(before: Holding, entries: readonly Shape<"ManifestEntry">[], standing: Shape<"Standing">, around: Around, then: Holding = before, kinds: readonly string[] = before.place.kinds): Step {
  const inside = new Map(entries.map((entry) => [entry.id, entry]));
  const summaries = new Map(before.summaries);
  const leaving: Record<string, string> = {};
  const wanted: string[] = [];
  const stale = new Set<string>();
  const drop = new Set<string>();
  const known = new Set([...before.summaries.keys(), ...before.place.stale, ...Object.keys(before.place.leaving)]);
  for (const id of known) {
    const entry = inside.get(id);
    const held = before.summaries.get(id);
    if (entry && held?.fields === entry.fields) {
      if (held.revision !== entry.revision) wanted.push(id);
      continue;
    }
    // Fields that are not hers any more are not shown meanwhile; a base that unsent work rests on stays until it has gone out.
    summaries.delete(id);
    if (entry) wanted.push(id);
    if (!around.unsent.has(id)) drop.add(id);
    else if (entry) stale.add(id);
    else leaving[id] = before.place.leaving[id] ?? "out_of_sight";
  }
  const left: string[] = [];
  const pinned = new Set(before.place.pinned);
  const wereLeft = new Set(before.place.left);
  for (const id of inside.keys()) {
    if (known.has(id)) continue;
    if (wereLeft.has(id) && !pinned.has(id)) left.push(id);
    else wanted.push(id);
  }
  // Pinned, or changed here, after the manifest was asked for: it does not speak of them.
  const turned = pinnedSince(then, before);
  wanted.push(...before.place.wanted.filter((id) => !inside.has(id) || (turned.has(id) && !wanted.includes(id))));
  const place: Place = { ...before.place, kinds: [...kinds], cursor: standing.cursor, epoch: standing.epoch, configuration: standing.configuration, wanted, stale: [...stale], left, leaving };
  return { summaries, put: [], drop: [...drop], place };
}

/** What was held for unsent work alone goes once that has gone out, was refused, or was taken back. */
export function letGo(before: Holding, around: Around): Step | null {
  const done = Object.keys(before.place.leaving).filter((id) => !around.unsent.has(id));
  if (done.length === 0) return null;
  const leaving = Object.fromEntries(Object.entries(before.place.leaving).filter(([id]) => !done.includes(id)));
  return { ...before, put: [], drop: done, place: { ...before.place, leaving } };
}

/** All has come. Where there is room again, what was left out is asked for. */
export function takeRest(before: Holding, around: Around, now: number): Step {
  const room = around.budget - before.summaries.size;
  const others = new Set(before.place.leftOthers);
  const casesFirst = [...before.place.left].sort((a, b) => Number(others.has(a)) - Number(others.has(b)));
  const more = room > 0 ? casesFirst.slice(0, room) : [];
  const place: Place = { ...before.place, wanted: [...before.place.wanted, ...more], left: before.place.left.filter((id) => !more.includes(id)), filled: true, lastSync: now };
  return { ...before, put: [], drop: [], place };
}

/** The records for which there is no room: those that nobody pinned, first what is no case, then what was changed longest ago. */
function overflow(summaries: ReadonlyMap<string, Summary>, pins: readonly string[], { budget, unsent }: Around): string[] {
  const over = summaries.size - budget;
  if (over <= 0) return [];
  const pinned = new Set(pins);
  const free = [...summaries].filter(([id]) => !pinned.has(id) && !unsent.has(id));
  const changed = ([, summary]: [string, Summary]): string => `${summary.kind === "cases" ? "2" : "1"} ${String(summary.row["last_updated_at"] ?? "")}`;
  free.sort((a, b) => (changed(a) < changed(b) ? -1 : changed(a) > changed(b) ? 1 : a[0] < b[0] ? -1 : 1));
  return free.slice(0, over).map(([id]) => id);
}
