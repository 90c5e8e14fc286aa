import type { Answer, Refusal, Request, Shape } from "~/api";
import { isObject, type JsonObject } from "~/lib/json";
import type { ConsentView } from "./consent";
import { mayDo } from "./permissions";
import { dataOf, listOf } from "./reading";
import { resource, type Resource } from "./resource";
import type { Vault } from "./vault";

export type ShareKind = "Assign" | "Referral" | "Transfer";
export type Recipient = Shape<"Recipient">;
export type TransitionView = Shape<"Transition">;
export type ReceivedView = Shape<"ReceivedTransition">;
export type PreviewView = Shape<"Preview">;
/** A role whose forms a referral may lend. */
export type LentRole = Pick<Shape<"Role">, "unique_id" | "name" | "module_unique_ids">;

const ROADS: Readonly<Record<ShareKind, string>> = { Assign: "assign-to", Referral: "refer-to", Transfer: "transfer-to" };
export const SHARE_RIGHTS: Readonly<Record<ShareKind, readonly string[]>> = {
  Referral: ["referral"],
  Transfer: ["transfer"],
  Assign: ["assign", "assign_within_agency", "assign_within_user_group"],
};

/** Who may get a case, what she would see of it, what was shared, what was said about it, and what waits for one's own answer. */
export class Sharing {
  private readonly known = new Map<string, Resource<unknown>>();

  constructor(
    private readonly vault: Pick<Vault, "get" | "put">,
    private readonly ask: (path: string, request?: Request) => Promise<Answer>,
    private readonly onRefusal: (refusal: Refusal) => void,
  ) {}

  /** The people whom she may choose; as they were last known where the server cannot be reached. */
  recipients(kind: ShareKind, module: string): Resource<Recipient[]> {
    return this.list(`/v2/users/${ROADS[kind]}?record_type=case&record_module_id=${encodeURIComponent(module)}`, `recipients/${kind}/${module}`);
  }
  /** The roles whose forms a referral may lend. */
  lendable(): Resource<LentRole[]> {
    return this.list("/v2/roles?referral_authorization=true", "recipients/roles", ({ unique_id, name, module_unique_ids }: LentRole) => ({ unique_id, name, module_unique_ids }));
  }
  /** What was shared of a case, the newest first. */
  ofCase(id: string): Resource<TransitionView[]> {
    return this.list(`/v2/cases/${encodeURIComponent(id)}/transitions`);
  }
  /** What was said about sharing a case, the newest first. */
  consents(id: string): Resource<ConsentView[]> {
    return this.list(`/cpims/v1/cases/${encodeURIComponent(id)}/consents`);
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

  /** Lays on the device whom she may choose, so that a case can be handed on where there is no network. */
  async keepRecipients(me: Shape<"User">, maxAge: number): Promise<void> {
    const kinds = (Object.keys(ROADS) as ShareKind[]).filter((kind) => SHARE_RIGHTS[kind].some((right) => mayDo(me, "cases", right)));
    const lists = kinds.flatMap((kind) => me.module_unique_ids.map((module) => this.recipients(kind, module) as Resource<unknown>));
    if (kinds.includes("Referral")) lists.push(this.lendable() as Resource<unknown>);
    await Promise.all(lists.map((one) => one.refresh(maxAge)));
  }

  /** What is on the screen is asked for again. */
  async refresh(): Promise<void> {
    await Promise.all([...this.known.values()].map((one) => one.refresh()));
  }

  forget(): void {
    this.known.clear();
  }

  /** `kept`: under which name the list lies sealed on the device, where it does. */
  private list<T extends object>(path: string, kept?: string, only: (one: T) => T = (one) => one): Resource<T[]> {
    const known = this.known.get(path);
    if (known) return known as Resource<T[]>;
    const made = resource<T[]>({
      fetch: async () => listOf<T>((await this.ask(path)).body).map(only),
      ...(kept === undefined ? {} : { kept: { read: () => this.read<T>(kept), write: (value: T[], at: number) => this.vault.put("kept", kept, { value, at }) } }),
      onRefusal: this.onRefusal,
    });
    this.known.set(path, made as Resource<unknown>);
    return made;
  }

  private async read<T>(name: string): Promise<{ value: T[]; at: number } | null> {
    const found = await this.vault.get("kept", name);
    return isObject(found) && Array.isArray(found["value"]) ? { value: found["value"] as unknown as T[], at: Number(found["at"]) || 0 } : null;
  }
}
