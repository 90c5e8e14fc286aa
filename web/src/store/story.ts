import type { Answer, Refusal, Request, Shape } from "~/api";
import { listOf, metadataOf, readPage } from "./reading";
import { resource, type Resource } from "./resource";
import type { Kind } from "./types";

/** One thing that happened to a record, in the words of the work. */
export type Told = Shape<"TimelineEntry">;

export interface StoryPage {
  rows: Told[];
  /** Where what happened earlier begins; null when this was all. */
  next: number | null;
}

const STORIES_KEPT = 20;

/** What happened to a record, newest first; the first page of the last few records stays in memory. */
export class Story {
  private readonly known = new Map<string, Resource<StoryPage>>();

  constructor(
    private readonly ask: (path: string, request?: Request) => Promise<Answer>,
    private readonly onRefusal: (refusal: Refusal) => void,
  ) {}

  newest(kind: Kind, id: string): Resource<StoryPage> {
    const known = this.known.get(id);
    this.known.delete(id);
    const found = known ?? resource<StoryPage>({ fetch: () => this.fetchPage(kind, id, null), onRefusal: this.onRefusal });
    this.known.set(id, found);
    const oldest = this.known.keys().next().value;
    if (this.known.size > STORIES_KEPT && oldest !== undefined) this.known.delete(oldest);
    return found;
  }

  /** What happened before an earlier page ended. Raises Refusal or Unreachable. */
  earlier(kind: Kind, id: string, before: number): Promise<StoryPage> {
    return this.fetchPage(kind, id, before);
  }

  forget(): void {
    this.known.clear();
  }

  private async fetchPage(kind: Kind, id: string, before: number | null): Promise<StoryPage> {
    if (kind !== "cases") return this.fetchChanges(kind, id, before ?? 1);
    const { body } = await this.ask(`/cpims/v1/cases/${encodeURIComponent(id)}/timeline${before === null ? "" : `?before=${String(before)}`}`);
    return { rows: listOf<Told>(body), next: metadataOf<Shape<"StoryRead">>(body).next ?? null };
  }
  /** Only cases have a story of their own: of other records their book of changes tells it. */
  private async fetchChanges(kind: Kind, id: string, page: number): Promise<StoryPage> {
    const { body } = await this.ask(`/v2/${kind}/${encodeURIComponent(id)}/record_history?per=${String(CHANGES_PER_PAGE)}&page=${String(page)}`);
    const { items, total } = readPage<Shape<"HistoryEntry">>(body);
    return { rows: items.map(toldOf), next: page * CHANGES_PER_PAGE < total ? page + 1 : null };
  }
}

const CHANGES_PER_PAGE = 50;
/** What the story calls what the book of changes calls so. */
const WHATS: Readonly<Record<string, string>> = { registered: "registered", amended: "amended", closed: "closed", reopened: "reopened", disabled: "put_away", enabled: "brought_back" };
const NAMED = 6;

function toldOf(entry: Shape<"HistoryEntry">): Told {
  const [about = "", did = ""] = entry.event.split(".");
  const what = about === "flag" ? `flag_${did}` : (WHATS[did] ?? entry.event);
  const names = what === "amended" ? Object.keys(entry.record_changes[0] ?? {}) : [];
  return { what, at: entry.datetime, user_name: entry.user_name, ...(names.length > 0 ? { names: names.slice(0, NAMED), count: names.length } : {}) } as Told;
}
