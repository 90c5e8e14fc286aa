/** A server as the outbox meets it, for tests only: it does each item once, refuses what it is told to, loses what it is told to. */

import { Refusal, Unreachable, type Answer } from "~/api";
import { isObject, type JsonObject } from "~/lib/json";
import type { Road } from "./outbox";

export type Judge = (item: JsonObject) => { status: number; code: string; pointer?: string } | null;

export function refusal(status: number, code = "invalid", retryAfter: number | null = null): Refusal {
  return new Refusal(status, [{ code, message: "", detail: [], params: {}, conflicts: [] }], retryAfter);
}

export class PretendedServer {
  /** Every request that came through, by the ids of its items. */
  readonly requests: string[][] = [];
  readonly bodies: JsonObject[] = [];
  /** What was done, in order: the account in whose session it came, and the item. */
  readonly done: { account: string; item: JsonObject }[] = [];
  judge: Judge = () => null;
  /** Whose session the browser holds; null: nobody's. */
  session: string | null = "amina";
  /** Raised before (nothing arrives) or after (the answer is lost) the work; null when all is well. */
  before: () => Error | null = () => null;
  after: () => Error | null = () => null;

  isDone(id: string): boolean {
    return this.done.some((one) => one.item["id"] === id);
  }

  readonly deliver = (body: JsonObject): Promise<Answer> => {
    const early = this.before();
    if (early) return Promise.reject(early);
    const items = (body["items"] as JsonObject[]).filter(isObject);
    this.requests.push(items.map((item) => String(item["id"])));
    this.bodies.push(body);
    if (this.session === null) return Promise.reject(refusal(401, "session.required"));
    if (body["account"] !== this.session) return Promise.reject(refusal(409, "sync.other_account"));
    const unmade = new Map<string, string>();
    const data = items.map((item) => this.one(item, this.session ?? "", unmade));
    const late = this.after();
    return late ? Promise.reject(late) : Promise.resolve({ status: 200, body: { data, metadata: {} }, etag: null });
  };

  private one(item: JsonObject, account: string, unmade: Map<string, string>): JsonObject {
    const id = String(item["id"]);
    const record = String((item["arguments"] as JsonObject)["case_id"]);
    if (this.isDone(id)) return { id, outcome: "accepted", record, replayed: true, revision: 2 };
    const waits = (item["depends_on"] as string[] | undefined ?? []).find((other) => !this.isDone(other)) ?? (item["action"] === "register_case" ? undefined : unmade.get(record));
    if (waits !== undefined) return { id, outcome: "held", record, replayed: false, because: waits };
    const no = this.judge(item);
    if (no) {
      if (item["action"] === "register_case") unmade.set(record, id);
      return { id, outcome: "refused", record, replayed: false, errors: [{ status: no.status, code: no.code, message: "", params: {}, ...(no.pointer ? { detail: [no.pointer] } : {}) }] };
    }
    this.done.push({ account, item });
    const values = (item["arguments"] as JsonObject)["values"] as JsonObject;
    return { id, outcome: "accepted", record, replayed: false, revision: 2, current: { id: record, kind: "case", revision: 2, fields: "f", values, incomplete: [], age_recorded_on: null, quarantined: 0 } };
  }
}

/** The road of one account's outbox to that server. */
export function roadTo(server: PretendedServer, watch: Partial<Road> = {}): Road {
  return {
    deliver: server.deliver,
    account: (owner) => owner,
    onSignedOut: () => undefined,
    keep: () => Promise.resolve(),
    onConfirmed: () => undefined,
    ...watch,
  };
}

export { Unreachable };
