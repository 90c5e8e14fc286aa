import type { Shape } from "~/api";
import { storeApart, type Road } from "./apart";
import { dataOf, listOf } from "./reading";
import { resource, type Resource } from "./resource";
import type { DataSource } from "./source";

export type Arrival = Shape<"Arrival">;
export type Invited = Shape<"Invited">;
/** So many are shown, and invited at once. */
export const MOST_INVITED = 200;

/** Who has come in and who has not, and inviting people. Nothing of it is kept on the device, nothing waits in the outbox. */
export class Invitations {
  private readonly known = new Map<string, Resource<unknown>>();

  constructor(private readonly road: Road) {}

  /** Those in her care who have not chosen a password of their own yet. */
  waiting(): Resource<Arrival[]> {
    return this.read("", async () => listOf<Arrival>((await this.road.ask(`/cpims/v1/invitations?per=${String(MOST_INVITED)}`)).body));
  }

  /** How one person came in, or did not yet. */
  of(userId: number): Resource<Arrival> {
    return this.read(String(userId), async () => dataOf<Arrival>((await this.road.ask(`/cpims/v1/invitations/${String(userId)}`)).body));
  }

  /** Mails each of them a fresh link; those whom that cannot be done for are named with the reason. Raises Refusal or Unreachable. */
  async invite(userIds: readonly number[]): Promise<Invited[]> {
    const { body } = await this.road.ask("/cpims/v1/invitations", { method: "POST", body: { user_ids: [...userIds] } });
    await Promise.all([...this.known.values()].map((one) => one.refresh()));
    return listOf<Invited>(body);
  }

  private read<T>(key: string, fetch: () => Promise<T>): Resource<T> {
    const known = this.known.get(key) as Resource<T> | undefined;
    if (known) return known;
    const made = resource<T>({ fetch, onRefusal: (refusal) => { this.road.onRefusal(refusal); } });
    for (const old of this.known.keys()) if (old !== "" && this.known.size > 8) this.known.delete(old);
    this.known.set(key, made);
    return made;
  }
}

const make = (road: Road): Invitations => new Invitations(road);

export function invitationsOf(source: DataSource): Invitations {
  return storeApart(source, make);
}
