import { callForFile, type Answer, type Refusal, type Request, type Shape } from "~/api";
import { getLocale } from "~/lib/i18n";
import { stable, type JsonObject } from "~/lib/json";
import { listOf } from "./reading";
import { resource, type Resource, type ResourceControl } from "./resource";
import type { Kind, Search } from "./types";
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

/** Under what name it lies on the device; cases were there first. */
function nameOf(what: string, kind: Kind): string {
  return kind === "cases" ? what : `${what}/${kind}`;
}

/** What stands around a list: saved views, counts of chips, the list as a spreadsheet, her wishes for it. */
export class Lists {
  private readonly saved = new Map<Kind, ResourceControl<SavedView[]>>();
  private readonly liked = new Map<Kind, ResourceControl<ListWishes>>();
  private readonly counted = new Map<string, Resource<Counts>>();

  constructor(
    private readonly vault: Vault,
    private readonly ask: (path: string, request?: Request) => Promise<Answer>,
    private readonly onRefusal: (refusal: Refusal) => void,
    private readonly ensureMine: () => Promise<void>,
  ) {}

  /** Her own views and those shared with her; kept on the device. */
  views(kind: Kind): Resource<SavedView[]> {
    const known = this.saved.get(kind);
    if (known) return known;
    const made = resource<SavedView[]>({
      fetch: async () => listOf<SavedView>((await this.ask(`/cpims/v1/saved_searches?record_type=${kind}`)).body),
      kept: {
        read: async () => (await this.vault.get("kept", nameOf("views", kind))) as { value: SavedView[]; at: number } | null,
        write: (value, at) => this.vault.put("kept", nameOf("views", kind), { value, at }),
      },
      onRefusal: this.onRefusal,
    });
    this.saved.set(kind, made);
    return made;
  }

  /** Keeps a view under a name. Raises Refusal or Unreachable. */
  async saveView(kind: Kind, view: ViewWrite): Promise<void> {
    await this.ask("/cpims/v1/saved_searches", { method: "POST", body: { data: { record_type: kind, ...view } } });
    await this.views(kind).refresh();
  }
  /** Raises Refusal or Unreachable. */
  async changeView(kind: Kind, id: number, view: ViewWrite): Promise<void> {
    await this.ask(`/cpims/v1/saved_searches/${String(id)}`, { method: "PATCH", body: { data: view } });
    await this.views(kind).refresh();
  }
  /** Raises Refusal or Unreachable. */
  async dropView(kind: Kind, id: number): Promise<void> {
    await this.ask(`/cpims/v1/saved_searches/${String(id)}`, { method: "DELETE" });
    await this.views(kind).refresh();
  }

  wishes(kind: Kind): Resource<ListWishes> {
    const known = this.liked.get(kind);
    if (known) return known;
    const made = resource<ListWishes>({ fetch: async () => ((await this.vault.get("kept", nameOf("list_wishes", kind))) as ListWishes | null) ?? NO_WISHES });
    this.liked.set(kind, made);
    return made;
  }
  async wish(kind: Kind, change: Partial<ListWishes>): Promise<void> {
    const next = { ...(await this.wishes(kind).wait()), ...change };
    await this.vault.put("kept", nameOf("list_wishes", kind), next);
    this.liked.get(kind)?.set(next);
  }

  /** How many records of a list have each value of some questions. */
  counts(kind: Kind, filters: JsonObject, fields: readonly string[]): Resource<Counts> {
    const key = stable({ kind, filters, fields: [...fields] });
    const known = this.counted.get(key);
    if (known) return known;
    const made = resource<Counts>({
      fetch: async () => {
        const { body } = await this.ask(`/cpims/v1/${kind}/counts`, { method: "POST", body: { filters, fields: [...fields] } });
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
  async sheet(kind: Kind, body: Search, columns: readonly string[]): Promise<Blob> {
    await this.ensureMine();
    const { page: _page, per: _per, fields: _fields, after: _after, ...list } = body;
    return callForFile(`/cpims/v1/${kind}/list.xlsx`, { method: "POST", body: { ...list, columns: [...columns], locale: getLocale() } });
  }

  forget(): void {
    this.saved.clear();
    this.liked.clear();
    this.counted.clear();
  }
}
