import { callForFile, type Shape } from "~/api";
import { getLocale } from "~/lib/i18n";
import { storeApart, type Road } from "./apart";
import { useSource } from "./index";
import { dataOf, listOf, metadataOf, readPage } from "./reading";
import { readFrom, type Resource } from "./resource";
import type { PageView } from "./types";

export type Change = Shape<"ConfigurationChange">;
export type ChoosableChange = Shape<"ChoosableChange">;
export type VersionView = Shape<"ConfigurationVersion">;
export type Standing = Shape<"ConfigurationCurrent">;
export type PairView = Shape<"PairStanding">;
export type SetView = Shape<"ChangeSet">;
export type WholeSet = Shape<"WholeChangeSet">;
export type PromotionView = Shape<"Promotion">;
export type ProblemView = Shape<"ConfigurationProblem">;
export type ImpactView = Shape<"ConfigurationImpact">;
/** A version by its number, or what holds now. */
export type Side = number | "now";

export const VERSIONS_PER_PAGE = 25;
/** As many changes of a comparison are told at most, in pages of this many. */
const MOST_CHANGES = 5_000;
const PAGE = 1_000;
const KEPT = 40;
const OURS = "/cpims/v1";

export interface Difference {
  changes: Change[];
  total: number;
}

export interface Problems {
  items: ProblemView[];
  errors: number;
  warnings: number;
}

function problemsOf(body: unknown): Problems {
  const { errors, warnings } = metadataOf<Shape<"ProblemCounts">>(body);
  return { items: listOf<ProblemView>(body), errors: errors ?? 0, warnings: warnings ?? 0 };
}

/** What a set of changes may be told to do next. */
export type SetAct = "propose" | "approve" | "reject" | "promote";

/**
 * The configuration as a whole, its versions, and its road to the other instance. Always as the server has it now:
 * nothing of it is kept on the device, nothing waits in the outbox.
 */
export class Configuration {
  private readonly known = new Map<string, Resource<unknown>>();
  /** One wish, one key: sent again after a lost answer it is not done twice. */
  private attempt = { what: "", key: "" };

  constructor(private readonly road: Road) {}

  current(): Resource<Standing> {
    return this.read("current", async () => dataOf<Standing>((await this.road.ask(`${OURS}/configuration/current`)).body));
  }
  versions(page: number): Resource<PageView<VersionView>> {
    return this.read(`versions?${String(page)}`, async () => readPage<VersionView>((await this.road.ask(`${OURS}/configuration/versions?per=${String(VERSIONS_PER_PAGE)}&page=${String(page)}`)).body));
  }
  version(number: number): Resource<VersionView> {
    return this.read(`version/${String(number)}`, async () => dataOf<VersionView>((await this.road.ask(`${OURS}/configuration/versions/${String(number)}`)).body));
  }

  /** Every change from one side to the other, each in a sentence. */
  difference(before: Side, after: Side): Resource<Difference> {
    const locale = getLocale();
    return this.read(`diff/${String(before)}/${String(after)}/${locale}`, () => this.pages(`${OURS}/configuration/diff?before=${String(before)}&after=${String(after)}&locale=${locale}`));
  }
  /** What would be otherwise here if a document held. Raises Refusal or Unreachable. */
  async differenceTo(document: unknown): Promise<Difference> {
    return this.pages(`${OURS}/configuration/diff?locale=${getLocale()}`, { document });
  }

  /** What is configured now becomes a version. Raises Refusal or Unreachable. */
  async publish(reason: string): Promise<VersionView> {
    return this.act<VersionView>(`${OURS}/configuration/versions`, { reason });
  }

  /** Back to a version. Raises Refusal or Unreachable. */
  async rollBack(number: number, reason: string): Promise<void> {
    await this.act(`${OURS}/configuration/versions/${String(number)}/rollback`, { reason });
  }

  /** What is wrong or weak in what is configured now, errors first. */
  problems(): Resource<Problems> {
    const locale = getLocale();
    return this.read(`problems/${locale}`, async () => problemsOf((await this.road.ask(`${OURS}/configuration/problems?locale=${locale}&per=${String(PAGE)}`)).body));
  }
  /** … in a document, seen from here. Raises Refusal or Unreachable. */
  async problemsIn(document: unknown): Promise<Problems> {
    return problemsOf((await this.road.ask(`${OURS}/configuration/problems?locale=${getLocale()}&per=${String(PAGE)}`, { method: "POST", body: { document } })).body);
  }
  /** Whom and what it touches when one side follows on the other. */
  impact(before: Side, after: Side): Resource<ImpactView[]> {
    const locale = getLocale();
    return this.read(`impact/${String(before)}/${String(after)}/${locale}`, async () => listOf<ImpactView>((await this.road.ask(`${OURS}/configuration/impact?before=${String(before)}&after=${String(after)}&locale=${locale}&per=${String(PAGE)}`)).body));
  }
  /** … when this instance becomes as a document says. Raises Refusal or Unreachable. */
  async impactOf(document: unknown): Promise<ImpactView[]> {
    return listOf<ImpactView>((await this.road.ask(`${OURS}/configuration/impact?locale=${getLocale()}&per=${String(PAGE)}`, { method: "POST", body: { document } })).body);
  }

  pair(): Resource<PairView> {
    return this.read("pair", async () => dataOf<PairView>((await this.road.ask(`${OURS}/pair`)).body));
  }
  /** Asks the other instance now. Raises Refusal or Unreachable. */
  async checkPair(): Promise<void> {
    await this.act(`${OURS}/pair/check`, {}, "pair", "current");
  }
  async pairWith(other: object): Promise<void> {
    await this.act(`${OURS}/pair`, other, "pair");
  }

  sets(page: number): Resource<PageView<SetView>> {
    return this.read(`sets?${String(page)}`, async () => readPage<SetView>((await this.road.ask(`${OURS}/change_sets?per=${String(VERSIONS_PER_PAGE)}&page=${String(page)}`)).body));
  }
  /** A set with all its changes. */
  set(id: string): Resource<WholeSet> {
    const locale = getLocale();
    return this.read(`set/${id}/${locale}`, async () => {
      const path = `${OURS}/change_sets/${encodeURIComponent(id)}?locale=${locale}&per=${String(PAGE)}`;
      const { body } = await this.road.ask(`${path}&page=1`);
      const whole = dataOf<WholeSet>(body);
      const changes = [...whole.changes];
      const total = Math.min(metadataOf<Shape<"Paged">>(body).total ?? changes.length, MOST_CHANGES);
      for (let page = 2; changes.length < total; page += 1) {
        const more = dataOf<WholeSet>((await this.road.ask(`${path}&page=${String(page)}`)).body).changes;
        if (more.length === 0) break;
        changes.push(...more);
      }
      return { ...whole, changes };
    });
  }
  /** `stateFile`: production’s signed file, when it cannot be reached. Raises Refusal or Unreachable. */
  async openSet(title: string, reason: string, stateFile: unknown): Promise<SetView> {
    return this.act<SetView>(`${OURS}/change_sets`, { title, reason, ...(stateFile === null ? {} : { state_file: stateFile }) });
  }
  async changeSet(id: string, change: { title?: string; reason?: string; chosen?: readonly string[] }): Promise<void> {
    await this.road.ask(`${OURS}/change_sets/${encodeURIComponent(id)}`, { method: "PATCH", body: change });
    await this.changed([`set/${id}/`]);
  }
  /** Raises Refusal or Unreachable. */
  async actOnSet(id: string, act: SetAct, reason = ""): Promise<SetView> {
    return this.act<SetView>(`${OURS}/change_sets/${encodeURIComponent(id)}/${act}`, act === "reject" ? { reason } : {}, `set/${id}/`);
  }

  promotions(page: number): Resource<PageView<PromotionView>> {
    return this.read(`promotions?${String(page)}`, async () => readPage<PromotionView>((await this.road.ask(`${OURS}/promotions?per=${String(VERSIONS_PER_PAGE)}&page=${String(page)}`)).body));
  }
  /** A signed file, as its text. Raises Refusal or Unreachable. */
  async receive(file: string): Promise<PromotionView> {
    return this.act<PromotionView>(`${OURS}/promotions`, { file }, "promotions?", "pair");
  }
  async rollBackPromotion(id: string, reason: string): Promise<PromotionView> {
    return this.act<PromotionView>(`${OURS}/promotions/${encodeURIComponent(id)}/rollback`, { reason }, "promotions?", "pair");
  }

  documentOf(version: number): Promise<Blob> {
    return callForFile(`${OURS}/configuration/versions/${String(version)}/document`);
  }
  /** As Primero takes it in. */
  async bundle(): Promise<Blob> {
    const { body } = await this.road.ask(`${OURS}/configuration/bundle`);
    return new Blob([JSON.stringify(dataOf(body), null, 1)], { type: "application/json" });
  }
  stateFile(): Promise<Blob> {
    return callForFile(`${OURS}/pair/state_file`);
  }
  setFile(id: string): Promise<Blob> {
    return callForFile(`${OURS}/change_sets/${encodeURIComponent(id)}/file`);
  }

  /** `shown`: what is looked at while this is done. */
  private async act<T extends object>(path: string, body: object, ...shown: readonly string[]): Promise<T> {
    const what = JSON.stringify([path, body]);
    if (this.attempt.what !== what) this.attempt = { what, key: crypto.randomUUID() };
    const answer = await this.road.ask(path, { method: "POST", body, idempotencyKey: this.attempt.key });
    this.attempt = { what: "", key: "" };
    await this.changed(shown);
    return dataOf<T>(answer.body);
  }

  /** What was told before an act may be otherwise now: what is looked at is asked for anew, the rest forgotten. */
  private async changed(shown: readonly string[]): Promise<void> {
    const kept = [...this.known].filter(([key]) => shown.some((one) => key.startsWith(one)));
    this.known.clear();
    for (const [key, one] of kept) this.known.set(key, one);
    await Promise.all(kept.map(([, one]) => one.refresh()));
  }

  private async pages(path: string, body?: object): Promise<Difference> {
    const changes: Change[] = [];
    let total = 0;
    for (let page = 1; page <= MOST_CHANGES / PAGE; page += 1) {
      const answer = await this.road.ask(`${path}&per=${String(PAGE)}&page=${String(page)}`, body === undefined ? {} : { method: "POST", body });
      const found = listOf<Change>(answer.body);
      total = metadataOf<Shape<"Paged">>(answer.body).total ?? found.length;
      changes.push(...found);
      if (found.length === 0 || changes.length >= total) break;
    }
    return { changes, total };
  }

  private read<T>(key: string, fetch: () => Promise<T>): Resource<T> {
    return readFrom(this.known, key, { fetch, onRefusal: this.road.onRefusal }, KEPT);
  }
}

const make = (road: Road): Configuration => new Configuration(road);

export function useConfiguration(): Configuration {
  return storeApart(useSource(), make);
}
