import { Refusal, type Shape } from "~/api";
import type { Holder } from "./holder";
import { letGo, takeManifest, takePage, takeRest } from "./pages";

/** Small enough to be seen coming on a thin line, and to be asked for again when the line breaks. */
export const PAGE = 100;
/** A server that never comes to rest is left alone until the next time. */
const MOST_RESYNCS = 5;

/** How the device reaches the server. */
export interface Road {
  /** The kinds of records that she may read, as the feed calls them. */
  kinds(): Promise<readonly string[]>;
  changes(body: Partial<Shape<"ChangesAsked">>, signal: AbortSignal): Promise<{ data: Shape<"Changes">; place: Shape<"Place"> }>;
  manifest(body: Partial<Shape<"ManifestAsked">>, signal: AbortSignal): Promise<{ entries: Shape<"ManifestEntry">[]; standing: Shape<"Standing"> }>;
  /** Forms, lists, places and rights, as far as they differ from what is kept. */
  configuration(signal: AbortSignal): Promise<void>;
}

export interface Progress {
  done: number;
  /** How many are to come, when that is known. */
  total: number | null;
}

/**
 * Brings the device to where the server is, step by step. It may be stopped, cancelled or killed between any two
 * steps and goes on from there: first the manifest, where there is no place to go on from or rights have changed, then
 * what is wanted and what changed, page by page.
 */
export async function pull(holder: Holder, road: Road, signal: AbortSignal, told: (progress: Progress) => void, now: () => number = Date.now): Promise<void> {
  const owner = holder.hers();
  let resyncs = 0;
  let done = 0;
  const resync = async (): Promise<void> => {
    if (++resyncs > MOST_RESYNCS) throw new Error("the feed does not come to rest");
    await road.configuration(signal);
    const then = await holder.fresh(owner);
    const kinds = [...(await road.kinds())];
    const { entries, standing } = await road.manifest({ kinds, scope: scopeOf(then.place.pinned) }, signal);
    await holder.step((before, around) => takeManifest(before, entries, standing, around, then, kinds), owner);
  };
  await holder.step(letGo, owner);
  for (;;) {
    signal.throwIfAborted();
    const then = await holder.fresh(owner);
    const { place } = then;
    const kinds = [...(await road.kinds())];
    if (place.cursor === null || kinds.join() !== place.kinds.join()) {
      await resync();
      continue;
    }
    if (place.wanted.length > 0) told({ done, total: done + place.wanted.length });
    const wanted = place.wanted.slice(0, PAGE);
    const { cursor, epoch, configuration, pinned } = place;
    const reply = await road.changes({ cursor, epoch, configuration, kinds, scope: scopeOf(pinned), limit: PAGE, wanted }, signal).catch(async (error: unknown) => {
      // A kind that she may not read any more: her rights are read anew, and what is left is asked for.
      if (!(error instanceof Refusal) || error.status !== 403) throw error;
      await road.configuration(signal);
      if ((await road.kinds()).join() === kinds.join()) throw error;
      return null;
    });
    signal.throwIfAborted();
    if (reply === null || reply.place.resync) {
      await resync();
      continue;
    }
    await holder.step((before, around) => takePage(before, reply.data, reply.place, wanted, around, then), owner);
    done += reply.data.records.length;
    told({ done, total: null });
    if (reply.place.more || holder.now.place.wanted.length > 0) continue;
    await holder.step((before, around) => takeRest(before, around, now()), owner);
    if (holder.now.place.wanted.length === 0) return;
  }
}

function scopeOf(pinned: readonly string[]): Shape<"SyncScope"> {
  return { own_open: true, pinned: [...pinned] };
}
