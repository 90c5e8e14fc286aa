import type { Answer, Refusal, Request, Shape } from "~/api";
import { stable, type Json, type JsonObject } from "~/lib/json";
import { listOf } from "./reading";
import { resource, type Resource } from "./resource";
import type { OutboxItem, Save } from "./types";

export type Likelihood = Shape<"TraceMatch">["likelihood"];
/** Why two may be, or may not be, the same child; the words are `matching.reason.<code>`. */
export type ReasonView = Shape<"MatchReason">;
/** One question, answered on both sides. */
export type ComparedView = Omit<Shape<"AnswersBeside">, "case_value" | "trace_value"> & { case_value: Json; trace_value: Json };
/** A case and a child looked for who may be the same child. */
export type MatchView = Pick<Shape<"TraceMatch">, "likelihood" | "score" | "reasons" | "outside" | "decided" | "elsewhere" | "may_decide"> & { case: JsonObject; trace: JsonObject; compared: ComparedView[]; family: ComparedView[][] };
/** A case that may be about the same child: how likely it is, and why. */
export type LikelyView = Omit<Shape<"LikelyCase">, "case"> & { case: JsonObject };
/** One thing on a child's way; `value` answers `question`, which is `rows.question` where it stands in a row. */
export type JourneyEntry = Omit<Shape<"JourneyStep">, "value" | "path"> & { value: Json };

export type MatchAct = "confirm_match" | "reject_match" | "undo_match";
const ACTS: readonly string[] = ["confirm_match", "reject_match", "undo_match"];

function textIn(data: JsonObject, name: string): string {
  const value = data[name];
  return typeof value === "string" ? value : "";
}

/** What she decides about two who may be the same child; it waits in the outbox like all that she does. */
export function decide(act: MatchAct, match: MatchView, note: string): Save {
  return {
    kind: "tracing_requests",
    id: textIn(match.trace, "tracing_request_id"),
    create: false,
    act,
    data: { trace: textIn(match.trace, "id"), case: textIn(match.case, "id"), note },
  };
}

/** The two whom an act decides about; null for another act. */
export function decidedIn(item: OutboxItem): { trace: string; case: string } | null {
  return ACTS.includes(item.action) ? { trace: textIn(item.data, "trace"), case: textIn(item.data, "case") } : null;
}

/** What she decided about these two and is on this device still, the oldest first. */
export function decisionsOn(match: MatchView, items: readonly OutboxItem[]): OutboxItem[] {
  const [trace, other] = [textIn(match.trace, "id"), textIn(match.case, "id")];
  return items.filter((item) => ACTS.includes(item.action) && item.data["trace"] === trace && item.data["case"] === other);
}

/** Which side she looks from: a child looked for, or a child in care. */
export type Side = "traces" | "cases";

const KEPT = 20;

/** Possible matches and the journey of a child; asked for when somebody looks, never kept. */
export class Tracing {
  private readonly known = new Map<string, Resource<unknown>>();

  constructor(
    private readonly ask: (path: string, request?: Request) => Promise<Answer>,
    private readonly onRefusal: (refusal: Refusal) => void,
  ) {}

  /** The cases that may be a child looked for, or the children looked for that a case may be. */
  matches(side: Side, id: string): Resource<MatchView[]> {
    return this.read(`/cpims/v1/${side}/${encodeURIComponent(id)}/matches`);
  }

  /** The cases that may be about a child: one about to be registered, by the answers so far, or one of a case. */
  likely(asked: { data: JsonObject } | { case_id: string }): Resource<LikelyView[]> {
    return this.read("/cpims/v1/cases/likely", asked);
  }

  /** The places and days of a child from the separation on. */
  journey(id: string): Resource<JourneyEntry[]> {
    return this.read(`/cpims/v1/cases/${encodeURIComponent(id)}/journey`);
  }

  /** Something was decided about these two: what is known of their matches is asked for again. */
  changed(trace: string, other: string): void {
    for (const [path, one] of this.known) if ([trace, other].some((id) => path.includes(`/${encodeURIComponent(id)}/`))) void one.refresh();
  }

  forget(): void {
    this.known.clear();
  }

  private read<T extends object>(path: string, body?: JsonObject): Resource<T[]> {
    const key = body === undefined ? path : `${path} ${stable(body)}`;
    const known = this.known.get(key) as Resource<T[]> | undefined;
    this.known.delete(key);
    const request: Request | undefined = body === undefined ? undefined : { method: "POST", body };
    const found = known ?? resource<T[]>({ fetch: async () => listOf<T>((await this.ask(path, request)).body), onRefusal: this.onRefusal });
    this.known.set(key, found as Resource<unknown>);
    const oldest = this.known.keys().next().value;
    if (this.known.size > KEPT && oldest !== undefined) this.known.delete(oldest);
    return found;
  }
}

