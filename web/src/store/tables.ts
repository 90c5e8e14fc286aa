import type { Shape } from "~/api";
import { stable } from "~/lib/json";
import { storeApart, type Road } from "./apart";
import { dataOf, listOf, metadataOf, readPage } from "./reading";
import { resource, type Resource } from "./resource";
import type { DataSource } from "./source";

export type Lookup = Shape<"Lookup">;
export type Module = Shape<"Module">;
export type Place = Shape<"PlaceInTree">;
export type Decided = Shape<"DecidedSettings">;
export interface PlacesAsked {
  parent: string;
  text: string;
  locale: string;
  page: number;
}
export interface PlacesView {
  items: Place[];
  total: number;
  path: Shape<"Location">[];
}
export interface AcceptancesView {
  items: Shape<"Acceptance">[];
  total: number;
  accepted: number;
  owing: number;
}

export const PLACES_PER_PAGE = 50;
export const ACCEPTANCES_PER_PAGE = 25;
const KEPT = 16;

/** Lists, places, settings, whom to turn to, what everybody promises: as the server has them, changed there at once. */
export class Tables {
  private readonly known = new Map<string, Resource<unknown>>();
  private attempt = { what: "", key: "" };

  constructor(private readonly road: Road) {}

  lookups(): Resource<Lookup[]> {
    return this.read("lookups", async () => listOf<Lookup>((await this.road.ask("/v2/lookups?per=1000&page=1")).body));
  }
  lookup(id: string): Resource<Lookup> {
    return this.read(`lookups/${id}`, async () => dataOf<Lookup>((await this.road.ask(`/v2/lookups/${encodeURIComponent(id)}`)).body));
  }
  /** Which questions and parts of the work take their options from which list. */
  uses(): Resource<Shape<"LookupUse">[]> {
    return this.read("uses", async () => listOf<Shape<"LookupUse">>((await this.road.ask("/cpims/v1/lookups/uses")).body));
  }
  /** A new list. Raises Refusal or Unreachable. */
  async createLookup(data: Shape<"LookupWrite">): Promise<Lookup> {
    return this.make<Lookup>("lookups", data);
  }
  /** Raises Refusal or Unreachable. */
  async changeLookup(id: number, data: Shape<"LookupWrite">): Promise<void> {
    await this.change(`/v2/lookups/${String(id)}`, data, "lookups");
  }
  /** Raises Refusal (also when questions use it) or Unreachable. */
  async dropLookup(id: number): Promise<void> {
    await this.road.ask(`/v2/lookups/${String(id)}`, { method: "DELETE" });
    this.forget(`lookups/${String(id)}`);
    await this.again("lookups");
  }

  /** One level of the tree, or whatever has a name or code, a page at a time. */
  places(asked: PlacesAsked): Resource<PlacesView> {
    const query = new URLSearchParams({ per: String(PLACES_PER_PAGE), page: String(asked.page), locale: asked.locale });
    if (asked.parent !== "") query.set("parent", asked.parent);
    if (asked.text !== "") query.set("query", asked.text);
    return this.read(`places?${stable(asked)}`, async () => {
      const { body } = await this.road.ask(`/cpims/v1/places?${query.toString()}`);
      return { ...readPage<Place>(body), path: metadataOf<Shape<"PlacesPage">>(body).path ?? [] };
    });
  }
  place(id: string): Resource<Shape<"Location">> {
    return this.read(`places/${id}`, async () => dataOf<Shape<"Location">>((await this.road.ask(`/v2/locations/${encodeURIComponent(id)}`)).body));
  }
  /** Raises Refusal or Unreachable. */
  async createPlace(data: Shape<"LocationWrite">): Promise<Shape<"Location">> {
    const made = await this.make<Shape<"Location">>("locations", data);
    await this.again("places");
    return made;
  }
  /** Raises Refusal or Unreachable. */
  async changePlace(id: number, data: Shape<"LocationWrite">): Promise<void> {
    await this.change(`/v2/locations/${String(id)}`, data, "places");
  }

  settings(): Resource<Decided> {
    return this.read("settings", async () => dataOf<Decided>((await this.road.ask("/cpims/v1/system_settings")).body));
  }
  /** Raises Refusal or Unreachable. */
  async changeSettings(data: Record<string, unknown>): Promise<void> {
    await this.change("/cpims/v1/system_settings", data, "settings");
  }
  modules(): Resource<Module[]> {
    return this.read("modules", async () => listOf<Module>((await this.road.ask("/v2/primero_modules")).body));
  }
  /** Raises Refusal or Unreachable. */
  async changeModule(id: number, data: object): Promise<void> {
    await this.change(`/v2/primero_modules/${String(id)}`, data, "modules");
  }
  contact(): Resource<Shape<"ContactInformation">> {
    return this.read("contact", async () => dataOf<Shape<"ContactInformation">>((await this.road.ask("/v2/contact_information")).body));
  }
  /** Raises Refusal or Unreachable. */
  async changeContact(data: Readonly<Record<string, unknown>>): Promise<void> {
    await this.change("/v2/contact_information", data, "contact");
  }

  /** Every code of conduct, the newest first. */
  conducts(): Resource<Shape<"ConductVersion">[]> {
    return this.read("conduct", async () => listOf<Shape<"ConductVersion">>((await this.road.ask("/cpims/v1/codes_of_conduct")).body));
  }
  acceptances(asked: { accepted: boolean | null; page: number }): Resource<AcceptancesView> {
    const query = new URLSearchParams({ per: String(ACCEPTANCES_PER_PAGE), page: String(asked.page) });
    if (asked.accepted !== null) query.set("accepted", String(asked.accepted));
    return this.read(`conduct/${stable(asked)}`, async () => {
      const { body } = await this.road.ask(`/cpims/v1/codes_of_conduct/acceptances?${query.toString()}`);
      const told = metadataOf<Shape<"AcceptancesPage">>(body);
      return { ...readPage<Shape<"Acceptance">>(body), accepted: told.accepted ?? 0, owing: told.owing ?? 0 };
    });
  }
  /** A new text is asked of everybody. Raises Refusal or Unreachable. */
  async publishConduct(data: Shape<"ConductWrite">): Promise<void> {
    await this.road.ask("/v2/codes_of_conduct", { method: "POST", body: { data }, prefer: "handling=strict" });
    await this.again("conduct");
  }

  private async make<T extends object>(noun: string, data: object): Promise<T> {
    const what = stable([noun, data]);
    if (this.attempt.what !== what) this.attempt = { what, key: crypto.randomUUID() };
    const { body } = await this.road.ask(`/v2/${noun}`, { method: "POST", body: { data }, prefer: "handling=strict", idempotencyKey: this.attempt.key });
    this.attempt = { what: "", key: "" };
    await this.again(noun);
    return dataOf<T>(body);
  }

  private async change(path: string, data: object, noun: string): Promise<void> {
    await this.road.ask(path, { method: "PATCH", body: { data }, prefer: "handling=strict" });
    await this.again(noun);
  }

  private forget(key: string): void {
    this.known.delete(key);
  }

  /** What was read of a noun is asked for anew: what somebody looks at right now, the rest when it is looked at. */
  private async again(noun: string): Promise<void> {
    const of = [...this.known].filter(([key]) => key === noun || key.startsWith(`${noun}/`) || key.startsWith(`${noun}?`));
    await Promise.all(of.map(([, one]) => one.refresh()));
  }

  private read<T>(key: string, fetch: () => Promise<T>): Resource<T> {
    const known = this.known.get(key) as Resource<T> | undefined;
    if (known) return known;
    const made = resource<T>({ fetch, onRefusal: (refusal) => { this.road.onRefusal(refusal); } });
    this.known.set(key, made);
    for (const old of this.known.keys()) if (this.known.size > KEPT) this.known.delete(old);
    return made;
  }
}

const make = (road: Road): Tables => new Tables(road);

/** The tables that an administrator looks after. */
export function tablesOf(source: DataSource): Tables {
  return storeApart(source, make);
}
