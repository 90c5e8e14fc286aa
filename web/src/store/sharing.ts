import type { Answer, Refusal, Request, Shape } from "~/api";
import type { JsonObject } from "~/lib/json";
import { dataOf, listOf } from "./reading";
import { resource, type Resource } from "./resource";

export type ShareKind = "Assign" | "Referral" | "Transfer";
export type Recipient = Shape<"Recipient">;
export type TransitionView = Shape<"Transition">;
export type ReceivedView = Shape<"ReceivedTransition">;
export type PreviewView = Shape<"Preview">;

const ROADS: Readonly<Record<ShareKind, string>> = { Assign: "assign-to", Referral: "refer-to", Transfer: "transfer-to" };

/** Who may get a case, what she would see of it, what was shared, and what waits for one's own answer. */
export class Sharing {
  private readonly known = new Map<string, Resource<unknown>>();

  constructor(
    private readonly ask: (path: string, request?: Request) => Promise<Answer>,
    private readonly onRefusal: (refusal: Refusal) => void,
  ) {}

  /** The people whom she may choose. */
  recipients(kind: ShareKind, module: string): Resource<Recipient[]> {
    return this.list(`/v2/users/${ROADS[kind]}?record_type=case&record_module_id=${encodeURIComponent(module)}`);
  }
  /** What was shared of a case, the newest first. */
  ofCase(id: string): Resource<TransitionView[]> {
    return this.list(`/v2/cases/${encodeURIComponent(id)}/transitions`);
  }
  /** What waits for her answer, and the referrals she works on. */
  received(): Resource<ReceivedView[]> {
    return this.list("/cpims/v1/transitions/received?per=100&page=1");
  }

  /** What the recipient would see, and what stands against sending it. Raises Refusal or Unreachable. */
  async preview(id: string, kind: ShareKind, data: JsonObject): Promise<PreviewView> {
    const answer = await this.ask(`/cpims/v1/cases/${encodeURIComponent(id)}/transitions/preview`, { method: "POST", body: { type: kind, data } });
    return dataOf<PreviewView>(answer.body);
  }

  /** What is on the screen is asked for again. */
  async refresh(): Promise<void> {
    await Promise.all([...this.known.values()].map((one) => one.refresh()));
  }

  forget(): void {
    this.known.clear();
  }

  private list<T extends object>(path: string): Resource<T[]> {
    const known = this.known.get(path);
    if (known) return known as Resource<T[]>;
    const made = resource<T[]>({
      fetch: async () => listOf<T>((await this.ask(path)).body),
      onRefusal: this.onRefusal,
    });
    this.known.set(path, made as Resource<unknown>);
    return made;
  }
}
