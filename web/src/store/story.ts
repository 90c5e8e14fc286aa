import type { Answer, Refusal, Request, Shape } from "~/api";
import { listOf, metadataOf } from "./reading";
import { resource, type Resource } from "./resource";

/** One thing that happened to a case, in the words of the work. */
export type Told = Shape<"TimelineEntry">;

export interface StoryPage {
  rows: Told[];
  /** Where what happened earlier begins; null when this was all. */
  next: number | null;
}

const STORIES_KEPT = 20;

/** What happened to a case, newest first; the first page of the last few cases stays in memory. */
export class Story {
  private readonly known = new Map<string, Resource<StoryPage>>();

  constructor(
    private readonly ask: (path: string, request?: Request) => Promise<Answer>,
    private readonly onRefusal: (refusal: Refusal) => void,
  ) {}

  newest(id: string): Resource<StoryPage> {
    const known = this.known.get(id);
    this.known.delete(id);
    const found = known ?? resource<StoryPage>({ fetch: () => this.fetchPage(id, ""), onRefusal: this.onRefusal });
    this.known.set(id, found);
    const oldest = this.known.keys().next().value;
    if (this.known.size > STORIES_KEPT && oldest !== undefined) this.known.delete(oldest);
    return found;
  }

  /** What happened before an earlier page ended. Raises Refusal or Unreachable. */
  earlier(id: string, before: number): Promise<StoryPage> {
    return this.fetchPage(id, `?before=${String(before)}`);
  }

  forget(): void {
    this.known.clear();
  }

  private async fetchPage(id: string, query: string): Promise<StoryPage> {
    const { body } = await this.ask(`/cpims/v1/cases/${encodeURIComponent(id)}/timeline${query}`);
    return { rows: listOf<Told>(body), next: metadataOf<Shape<"StoryRead">>(body).next ?? null };
  }
}
