import type { Shape } from "~/api";
import { stable } from "~/lib/json";
import { storeApart, type Road } from "./apart";
import { dataOf, listOf, metadataOf } from "./reading";
import { resource, type Resource } from "./resource";
import type { DataSource } from "./source";

export type FormView = Shape<"Form">;
export type QuestionView = Shape<"Question">;
export type RetiredForm = Shape<"RetiredForm">;
export type FormPlace = Shape<"FormPlace">;

/** What administrators do with forms: always as the server has them now, never from what the device keeps for its day. */
export class Forming {
  private readonly known = new Map<string, Resource<unknown>>();
  private attempt = { what: "", key: "" };

  constructor(private readonly road: Road) {}

  /** Every form in use, nested ones too. */
  all(): Resource<FormView[]> {
    return this.read("forms", async () => listOf<FormView>((await this.road.ask("/v2/forms")).body));
  }
  one(id: string): Resource<FormView> {
    return this.read(`forms/${id}`, async () => dataOf<FormView>((await this.road.ask(`/v2/forms/${encodeURIComponent(id)}`)).body));
  }
  retired(): Resource<RetiredForm[]> {
    return this.read("retired", async () => listOf<RetiredForm>((await this.road.ask("/cpims/v1/forms/retired")).body));
  }
  /** The questions of a form that were put away. */
  retiredQuestions(id: string): Resource<QuestionView[]> {
    return this.read(`forms/${id}/retired`, async () => listOf<QuestionView>((await this.road.ask(`/cpims/v1/forms/${encodeURIComponent(id)}/retired`)).body));
  }
  lookups(): Resource<Shape<"Lookup">[]> {
    return this.read("lookups", async () => listOf<Shape<"Lookup">>((await this.road.ask("/v2/lookups?per=1000&page=1")).body));
  }
  /** What the answer to each question tells about a person, by form and question. */
  privacy(): Resource<ReadonlyMap<string, Readonly<Record<string, string>>>> {
    return this.read("privacy", async () => new Map(listOf<Shape<"FormPrivacy">>((await this.road.ask("/cpims/v1/forms/privacy")).body).map((one) => [one.form, one.fields])));
  }
  /** Whether configuration comes here by promotion alone. */
  isClosed(): Resource<boolean> {
    return this.read("closed", async () => metadataOf<Shape<"FormsStanding">>((await this.road.ask("/cpims/v1/forms/retired")).body).closed === true);
  }

  /** A new form. Raises Refusal or Unreachable. */
  async create(data: object): Promise<FormView> {
    const what = stable(data);
    if (this.attempt.what !== what) this.attempt = { what, key: crypto.randomUUID() };
    const { body } = await this.road.ask("/v2/forms", { method: "POST", body: { data }, prefer: "handling=strict", idempotencyKey: this.attempt.key });
    this.attempt = { what: "", key: "" };
    this.known.delete("forms");
    return dataOf<FormView>(body);
  }

  /** Changes what is named; `seen` is the moment of the form that she has before her. Raises Refusal (412: changed since) or Unreachable. */
  async save(id: number, seen: string, data: object): Promise<void> {
    await this.road.ask(`/v2/forms/${String(id)}`, { method: "PATCH", body: { data }, prefer: "handling=strict", seen });
    await this.changed(id);
  }

  /** Raises Refusal or Unreachable. */
  async retire(id: number): Promise<void> {
    await this.road.ask(`/v2/forms/${String(id)}`, { method: "DELETE" });
    this.forgetLists(id);
  }
  /** Raises Refusal or Unreachable. */
  async bringBack(id: number): Promise<void> {
    await this.road.ask(`/cpims/v1/forms/${String(id)}/bring_back`, { method: "POST" });
    this.forgetLists(id);
    await Promise.all([this.all().refresh(), this.retired().refresh()]);
  }
  /** Puts forms into another order, all at once. Raises Refusal or Unreachable. */
  async arrange(forms: readonly FormPlace[]): Promise<void> {
    await this.road.ask("/cpims/v1/forms/arrange", { method: "POST", body: { forms } });
    for (const { id } of forms) this.known.delete(`forms/${String(id)}`);
    await this.all().refresh();
  }

  private async changed(id: number): Promise<void> {
    for (const key of ["forms", "privacy", `forms/${String(id)}/retired`]) this.known.delete(key);
    await this.one(String(id)).refresh();
  }
  private forgetLists(id: number): void {
    for (const key of ["forms", "retired", "privacy"]) if (this.known.get(key)?.get().value !== null) void this.known.get(key)?.refresh();
    this.known.delete(`forms/${String(id)}`);
  }

  private read<T>(key: string, fetch: () => Promise<T>): Resource<T> {
    const known = this.known.get(key) as Resource<T> | undefined;
    if (known) return known;
    const made = resource<T>({ fetch, onRefusal: (refusal) => { this.road.onRefusal(refusal); } });
    this.known.set(key, made);
    return made;
  }
}

const make = (road: Road): Forming => new Forming(road);

export function formingOf(source: DataSource): Forming {
  return storeApart(source, make);
}