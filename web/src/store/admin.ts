import type { Answer, Refusal, Request, Shape } from "~/api";
import { stable } from "~/lib/json";
import { mayDo, type Rights } from "./permissions";
import { dataOf, listOf, metadataOf, readPage } from "./reading";
import { readFrom, type Resource } from "./resource";
import type { PageView } from "./types";

/** Whom and what administrators look after, each with what is written of it. */
export interface Looked {
  users: { read: Shape<"User">; write: Shape<"UserWrite"> };
  roles: { read: Shape<"Role">; write: Shape<"RoleWrite"> };
  user_groups: { read: Shape<"UserGroup">; write: Shape<"UserGroupWrite"> };
  agencies: { read: Shape<"Agency">; write: Shape<"AgencyWrite"> };
}
export type LookedAfter = keyof Looked;

/** Whose accounts are wanted. */
export interface PeopleAsked {
  text: string;
  role: number | null;
  agency: number | null;
  group: string | null;
  state: "enabled" | "disabled" | "any";
  page: number;
}

export const PEOPLE_PER_PAGE = 25;
const KEPT = 24;

export interface Simulation {
  told: Shape<"Simulated">;
  /** Why the answer is about the kind of record, not about the one that was asked for. */
  why: string | null;
}

/** The rights with which somebody finds something to do, or to look up, in the administration. */
export function administers(me: Rights | null): boolean {
  return (["users", "roles", "user_groups", "agencies", "audit_logs", "primero_configurations", "metadata", "systems", "codes_of_conduct"] as const).some((noun) => mayDo(me, noun, noun === "metadata" ? "manage_restricted" : "read"));
}

/**
 * Accounts, roles, user groups and agencies, as the server lets her see and change them. Nothing of it is kept on the
 * device, and nothing waits in the outbox: rights hold from the moment in which they are given or taken.
 */
export class Admin {
  private readonly known = new Map<string, Resource<unknown>>();
  /** The last new thing that was asked for, and its key: asked again after a lost answer, it is not made twice. */
  private attempt = { what: "", key: "" };

  constructor(
    private readonly ask: (path: string, request?: Request) => Promise<Answer>,
    private readonly onRefusal: (refusal: Refusal) => void,
  ) {}

  /** A page of the accounts in her care, by name. */
  people(asked: PeopleAsked): Resource<PageView<Shape<"User">>> {
    const query = new URLSearchParams({ per: String(PEOPLE_PER_PAGE), page: String(asked.page), order_by: "full_name", order: "asc" });
    if (asked.text !== "") query.set("query", asked.text);
    if (asked.role !== null) query.append("role_id[]", String(asked.role));
    if (asked.agency !== null) query.append("agency[]", String(asked.agency));
    if (asked.group !== null) query.append("user_group_ids[]", asked.group);
    if (asked.state !== "any") query.append("disabled[]", String(asked.state === "disabled"));
    return this.read(`users?${stable(asked)}`, async () => readPage<Shape<"User">>((await this.ask(`/v2/users?${query.toString()}`)).body));
  }

  /** All of them that she may read, hand out or change, by name. */
  roles(): Resource<Shape<"Role">[]> {
    return this.read("roles?", async () => listOf<Shape<"Role">>((await this.ask("/v2/roles?managed=true&order_by=name&order=asc")).body));
  }
  /** What every role is called, also those that are not hers to hand out. */
  roleNames(): Resource<ReadonlyMap<string, string>> {
    return this.read("roles?names", async () => new Map(listOf<Shape<"Role">>((await this.ask("/v2/roles")).body).map((role) => [role.unique_id, role.name])));
  }
  groups(): Resource<Shape<"UserGroup">[]> {
    return this.read("user_groups?", async () => listOf<Shape<"UserGroup">>((await this.ask("/v2/user_groups?managed=true&order_by=name&order=asc")).body));
  }
  agencies(): Resource<Shape<"Agency">[]> {
    return this.read("agencies?", async () => listOf<Shape<"Agency">>((await this.ask("/v2/agencies?managed=true&per=1000&page=1&order_by=name&order=asc")).body));
  }

  /** Everything that a role can allow: the actions of each resource. */
  permissions(): Resource<Readonly<Record<string, readonly string[]>>> {
    return this.read("permissions", async () => dataOf<Shape<"Permitted">>((await this.ask("/v2/permissions")).body).resource_actions);
  }

  one<K extends LookedAfter>(noun: K, id: string): Resource<Looked[K]["read"]> {
    return this.read(`${noun}/${id}`, async () => dataOf<Looked[K]["read"]>((await this.ask(`/v2/${noun}/${encodeURIComponent(id)}`)).body));
  }

  /** A new one. Raises Refusal or Unreachable. */
  async create<K extends LookedAfter>(noun: K, data: Looked[K]["write"]): Promise<Looked[K]["read"]> {
    const what = stable([noun, data]);
    if (this.attempt.what !== what) this.attempt = { what, key: crypto.randomUUID() };
    const { body } = await this.ask(`/v2/${noun}`, { method: "POST", body: { data }, prefer: "handling=strict", idempotencyKey: this.attempt.key });
    this.attempt = { what: "", key: "" };
    await this.changed(noun);
    return dataOf<Looked[K]["read"]>(body);
  }

  /** Changes what is named in `data`, nothing else. Raises Refusal or Unreachable. */
  async change<K extends LookedAfter>(noun: K, id: number, data: Looked[K]["write"]): Promise<void> {
    await this.ask(`/v2/${noun}/${String(id)}`, { method: "PATCH", body: { data }, prefer: "handling=strict" });
    await this.changed(noun);
  }

  /** A link with which somebody chooses a new password is sent to her address. Raises Refusal or Unreachable. */
  async sendLink(userId: number): Promise<void> {
    await this.ask(`/v2/users/${String(userId)}/password-reset-request`, { method: "POST", body: { user: { password_reset: true } } });
  }

  /** What somebody may see and do, with one record or with a kind of record, and why. Raises Refusal or Unreachable. */
  async simulate(asked: Shape<"SimulationAsked">): Promise<Simulation> {
    const { body } = await this.ask("/cpims/v1/permission_simulator", { method: "POST", body: asked });
    return { told: dataOf<Shape<"Simulated">>(body), why: metadataOf<Shape<"SimulationNotes">>(body).why ?? null };
  }

  forget(): void {
    this.known.clear();
    this.attempt = { what: "", key: "" };
  }

  /** Lists of what changed are asked for anew when they are next looked at; what is on the screen now. */
  private async changed(noun: LookedAfter): Promise<void> {
    const of = (key: string): boolean => key.startsWith(`${noun}?`) || key.startsWith(`${noun}/`);
    const shown = [...this.known].filter(([key]) => of(key) && key.startsWith(`${noun}/`));
    for (const key of [...this.known.keys()]) if (of(key) && !shown.some(([one]) => one === key)) this.known.delete(key);
    await Promise.all(shown.map(([, one]) => one.refresh()));
  }

  private read<T>(key: string, fetch: () => Promise<T>): Resource<T> {
    return readFrom(this.known, key, { fetch, onRefusal: this.onRefusal }, KEPT);
  }
}
