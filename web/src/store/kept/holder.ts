import type { Sort, Vault } from "../vault";
import { alone } from "./locks";
import type { Around, Holding, Step } from "./pages";
import { NOWHERE, readPlace } from "./place";
import { readBlock, readKept, writeBlock, type KeptRecord } from "./summary";

const PLACE = ["kept", "place"] as const;
const BLOCK = ["summary", "cases"] as const;
const EMPTY: Holding = { place: NOWHERE, summaries: new Map() };

/** The vault was locked or turned to another account in the middle: nothing of hers may be written now. */
export class NotHers extends Error {
  constructor() {
    super("the vault is not hers now");
    this.name = "NotHers";
  }
}

/**
 * The kept cases of the one who is signed in: the summaries in memory, everything sealed in the vault. A step is one
 * transaction: after a crash at any moment the device stands where it stood before it, or after it.
 */
export class Holder {
  private holding: Holding = EMPTY;
  private owner: string | null = null;

  constructor(
    private readonly vault: Pick<Vault, "owner" | "get" | "write">,
    private readonly around: () => Promise<Around>,
    private readonly changed: (holding: Holding, ids: readonly string[]) => void,
  ) {}

  get now(): Holding {
    return this.holding;
  }

  /** Whose vault is open. Raises NotHers when none is. */
  hers(): string {
    const { owner } = this.vault;
    if (owner === null) throw new NotHers();
    return owner;
  }

  /** What the device holds, read anew when another window has moved on. */
  async fresh(owner = this.hers()): Promise<Holding> {
    if (this.hers() !== owner) throw new NotHers();
    const place = readPlace(await this.vault.get(...PLACE));
    if (this.owner === owner && place.turn === this.holding.place.turn) return this.holding;
    const summaries = readBlock(place === NOWHERE ? null : await this.vault.get(...BLOCK));
    if (this.hers() !== owner) throw new NotHers();
    this.owner = owner;
    this.take({ place, summaries }, [...summaries.keys()]);
    return this.holding;
  }

  /**
   * One step from what the device holds now; `make` answers null when there is nothing to do. What was asked for as one
   * account is never written into the vault of another: whoever asked names the `owner` as whom it was asked.
   */
  async step(make: (before: Holding, around: Around) => Step | null, owner = this.hers()): Promise<void> {
    await alone(`cpims-kept-${owner}`, async () => {
      const before = await this.fresh(owner);
      const around = await this.around();
      const step = make(before, around);
      if (step === null) return;
      const place = { ...step.place, turn: before.place.turn + 1 };
      if (this.hers() !== owner) throw new NotHers();
      const put: [Sort, string, unknown][] = step.put.map((record) => ["record", record.id, record]);
      put.push([...PLACE, place]);
      if (step.summaries !== before.summaries) put.push([...BLOCK, writeBlock(step.summaries)]);
      await this.vault.write({ put, drop: step.drop.map((id): [Sort, string] => ["record", id]) });
      if (this.vault.owner !== owner) return;
      this.take({ place, summaries: step.summaries }, [...step.put.map((record) => record.id), ...step.drop]);
    });
  }

  /** A kept record, whole; null when it is not kept, or waits to come anew by the fields that are hers now. */
  async read(id: string): Promise<KeptRecord | null> {
    const { place, summaries } = this.holding;
    if (this.vault.owner === null || this.owner !== this.vault.owner || place.stale.includes(id) || !(summaries.has(id) || id in place.leaving)) return null;
    return readKept(await this.vault.get("record", id));
  }

  forget(): void {
    this.owner = null;
    this.take(EMPTY, []);
  }

  private take(holding: Holding, ids: readonly string[]): void {
    this.holding = holding;
    this.changed(holding, ids);
  }
}
