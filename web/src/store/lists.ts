import { callForFile, type Answer, type Refusal, type Request, type Shape } from "~/api";
import { getLocale } from "~/lib/i18n";
import { stable, type JsonObject } from "~/lib/json";
import { listOf } from "./reading";
import { resource, type Resource, type ResourceControl } from "./resource";
import type { Search } from "./types";
import type { Vault } from "./vault";

export type SavedView = Shape<"SharedSearch">;
export type ViewWrite = Shape<"SharedSearchWrite">;
/** How many cases have a value; `capped`: that many or more. */
export type ValueCount = Shape<"ValueCount">;
export type Counts = Readonly<Record<string, readonly ValueCount[]>>;

/** How she likes her list: the view it opens with, the columns in order. */
export interface ListWishes {
  view: number | null;
  columns: readonly string[] | null;
}

const COUNTS_KEPT = 30;
const NO_WISHES: ListWishes = { view: null, columns: null };

/** What stands around a list: saved views, counts of chips, the list as a spreadsheet, her wishes for it. */
export class Lists {
  private saved: ResourceControl<SavedView[]> | null = null;
  private liked: ResourceControl<ListWishes> | null = null;
  private readonly counted = new Map<string, Resource<Counts>>();

  constructor(
    private readonly vault: Vault,
    private readonly ask: (path: string, request?: Request) => Promise<Answer>,
    private readonly onRefusal: (refusal: Refusal) => void,
    private readonly ensureMine: () => Promise<void>,
  ) {}

  /** Her own views and those shared with her; kept on the device. */
  views(): Resource<SavedView[]> {
    this.saved ??= resource<SavedView[]>({
      fetch: async () => listOf<SavedView>((await this.ask("/cpims/v1/saved_searches?record_type=cases")).body),
      kept: {
        read: async () => (await this.vault.get("kept", "views")) as { value: SavedView[]; at: number } | null,
        write: (value, at) => this.vault.put("kept", "views", { value, at }),
      },
      onRefusal: this.onRefusal,
    });
    return this.saved;
  }

  /** Keeps a view under a name. Raises Refusal or Unreachable. */
  async saveView(view: ViewWrite): Promise<void> {
    await this.ask("/cpims/v1/saved_searches", { method: "POST", body: { data: { record_type: "cases", ...view } } });
    await this.views().refresh();
  }
  /** Raises Refusal or Unreachable. */
  async changeView(id: number, view: ViewWrite): Promise<void> {
    await this.ask(`/cpims/v1/saved_searches/${String(id)}`, { method: "PATCH", body: { data: view } });
    await this.views().refresh();
  }
  /** Raises Refusal or Unreachable. */
  async dropView(id: number): Promise<void> {
    await this.ask(`/cpims/v1/saved_searches/${String(id)}`, { method: "DELETE" });
    await this.views().refresh();
  }

  wishes(): Resource<ListWishes> {
    this.liked ??= resource<ListWishes>({ fetch: async () => ((await this.vault.get("kept", "list_wishes")) as ListWishes | null) ?? NO_WISHES });
    return this.liked;
  }
  async wish(change: Partial<ListWishes>): Promise<void> {
    const next = { ...(await this.wishes().wait()), ...change };
    await this.vault.put("kept", "list_wishes", next);
    this.liked?.set(next);
  }

  /** How many cases of a list have each value of some questions. */
  counts(filters: JsonObject, fields: readonly string[]): Resource<Counts> {
    const key = stable({ filters, fields: [...fields] });
    const known = this.counted.get(key);
    if (known) return known;
    const made = resource<Counts>({
      fetch: async () => {
        const { body } = await this.ask("/cpims/v1/cases/counts", { method: "POST", body: { filters, fields: [...fields] } });
        return Object.fromEntries(listOf<Shape<"FieldCounts">>(body).map((one) => [one.field, one.values]));
      },
      onRefusal: this.onRefusal,
    });
    this.counted.set(key, made);
    const oldest = this.counted.keys().next().value;
    if (this.counted.size > COUNTS_KEPT && oldest !== undefined) this.counted.delete(oldest);
    return made;
  }

  /** The whole list as a spreadsheet. Raises Refusal or Unreachable. */
  async sheet(body: Search, columns: readonly string[]): Promise<Blob> {
    await this.ensureMine();
    const { page: _page, per: _per, fields: _fields, after: _after, ...list } = body;
    return callForFile("/cpims/v1/cases/list.xlsx", { method: "POST", body: { ...list, columns: [...columns], locale: getLocale() } });
  }

  forget(): void {
    this.saved = null;
    this.liked = null;
    this.counted.clear();
  }
}
