import type { Answer, Refusal, Request, Shape } from "~/api";
import { watched, type Watched } from "~/lib/watched";
import type { JsonObject } from "~/lib/json";
import { mayDo, type Rights } from "./permissions";
import { dataOf, listOf, metadataOf } from "./reading";
import { resource, type Resource } from "./resource";
import { SHARE_RIGHTS } from "./sharing";
import type { Search } from "./types";

export type BulkAct = Shape<"BulkWish">["act"];
export type BulkView = Shape<"Bulk">;
export type BulkResult = Shape<"BulkResult">;
export type BulkState = BulkResult["state"];

/** Which cases something is to be done to: some by their ids, or all of a list; never in an address. */
export interface BulkChoice {
  cases: { ids: readonly string[] } | { search: Search };
  count: number;
  /** The count is near, not exact. */
  about?: boolean;
  /** Whose caseload it is, when everything of a worker is handed over. */
  worker?: { userName: string; fullName: string };
}

export interface BulkNow extends BulkView {
  cases: BulkResult[];
  /** How many results there are of the state that was asked for. */
  found: number;
}

/** The rights of which one opens an act for many cases, in the order in which they are offered. */
const RIGHTS: Readonly<Record<BulkAct, readonly string[]>> = {
  assign: SHARE_RIGHTS.Assign,
  transfer: SHARE_RIGHTS.Transfer,
  refer: SHARE_RIGHTS.Referral,
  flag: ["flag_multiple"],
};

/** What she may do to many cases at once. */
export function bulkActs(me: Rights | null): BulkAct[] {
  return (Object.keys(RIGHTS) as BulkAct[]).filter((act) => RIGHTS[act].some((right) => mayDo(me, "cases", right)));
}

export const BULK_PER_PAGE = 20;
const KEPT = 12;

/** Doing one thing to many cases: a job of the server, as it needs the whole list. Her own jobs and their results. */
export class Bulk {
  private readonly choice = watched<BulkChoice | null>(null);
  private readonly known = new Map<string, Resource<BulkNow>>();
  private latest: Resource<BulkView[]> | null = null;
  /** One wish, one key: sent again after a lost answer it is the same job. */
  private sent: { wish: string; key: string } | null = null;

  constructor(
    private readonly ask: (path: string, request?: Request) => Promise<Answer>,
    private readonly onRefusal: (refusal: Refusal) => void,
    /** Cases changed hands, or may have: what is on the device and on the screens is older. */
    private readonly onMoved: () => void,
  ) {}

  /** What she chose last; in the memory of this page alone. */
  get chosen(): Watched<BulkChoice | null> {
    return this.choice;
  }
  choose(choice: BulkChoice): void {
    this.choice.set(choice);
  }

  /** How many cases a list holds now. Raises Refusal or Unreachable. */
  async count(search: Search): Promise<number> {
    return dataOf<{ total: number }>((await this.ask("/cpims/v1/cases/count", { method: "POST", body: search })).body).total;
  }

  /** Begins a job on what was chosen; answers its id. Raises Refusal or Unreachable. */
  async begin(act: BulkAct, choice: BulkChoice, data: JsonObject): Promise<string> {
    const body = { act, data, ...("ids" in choice.cases ? { ids: [...choice.cases.ids] } : { search: whole(choice.cases.search) }) };
    const wish = JSON.stringify(body);
    if (this.sent?.wish !== wish) this.sent = { wish, key: crypto.randomUUID() };
    const job = dataOf<BulkView>((await this.ask("/cpims/v1/bulk", { method: "POST", body, idempotencyKey: this.sent.key })).body);
    this.sent = null;
    this.choice.set(null);
    void this.latest?.refresh();
    return job.id;
  }

  /** A job with a page of its results. */
  job(id: string, state: BulkState | null, page: number): Resource<BulkNow> {
    const query = new URLSearchParams({ page: String(page), per: String(BULK_PER_PAGE), ...(state === null ? {} : { state }) });
    const path = `/cpims/v1/bulk/${encodeURIComponent(id)}?${query.toString()}`;
    const known = this.known.get(path);
    if (known) return known;
    const made = resource<BulkNow>({
      fetch: async (before) => {
        const { body } = await this.ask(path);
        const now = { ...dataOf<Shape<"BulkRead">>(body), found: metadataOf<Shape<"Paged">>(body).total ?? 0 };
        if (isUnderWay(before) && !isUnderWay(now)) this.onMoved();
        return now;
      },
      onRefusal: this.onRefusal,
    });
    this.known.set(path, made);
    const oldest = this.known.keys().next().value;
    if (this.known.size > KEPT && oldest !== undefined) this.known.delete(oldest);
    return made;
  }

  /** Her latest jobs, the newest first. */
  jobs(): Resource<BulkView[]> {
    this.latest ??= resource<BulkView[]>({ fetch: async () => listOf<BulkView>((await this.ask("/cpims/v1/bulk")).body), onRefusal: this.onRefusal });
    return this.latest;
  }

  /** What was refused or left alone is tried again. Raises Refusal or Unreachable. */
  async retry(id: string): Promise<void> {
    await this.move(id, "retry");
  }
  /** What is not done yet is left alone. Raises Refusal or Unreachable. */
  async cancel(id: string): Promise<void> {
    await this.move(id, "cancel");
  }

  forget(): void {
    this.choice.set(null);
    this.known.clear();
    this.latest = null;
    this.sent = null;
  }

  private async move(id: string, how: "retry" | "cancel"): Promise<void> {
    await this.ask(`/cpims/v1/bulk/${encodeURIComponent(id)}/${how}`, { method: "POST", body: {} });
    await Promise.all([...this.known].filter(([path]) => path.includes(id)).map(([, one]) => one.refresh()));
  }
}

/** Is there still something to come of a job by itself? */
export function isUnderWay(job: Pick<BulkView, "status"> | null): boolean {
  return job !== null && (job.status === "waiting" || job.status === "running");
}

/** Which list it is, without where in it one stands. */
export function whole(search: Search): Search {
  const { page: _page, per: _per, fields: _fields, after: _after, order_by: _by, order: _order, ...list } = search;
  return list;
}
