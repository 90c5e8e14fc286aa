import type { Answer } from "~/api";
import { isObject, type JsonObject } from "~/lib/json";
import type { Vault } from "../vault";

/** The parts in which the configuration comes; each lies sealed on the device with its version. */
export const PARTS = ["me", "settings", "forms", "lookups", "locations"] as const;
export type PartName = (typeof PARTS)[number];

export interface KeptPart {
  value: unknown;
  /** When the server last said that it stands. */
  at: number;
  version: string;
}

/** Not hers to read; questions that need it offer what is known. */
export class PartRefused extends Error {
  constructor(readonly part: PartName) {
    super(`${part} is refused`);
    this.name = "PartRefused";
  }
}

/**
 * Forms, lists, places, settings and rights. What several screens ask for in the same breath is one request, and a
 * part that the device holds in the server's version does not come again.
 */
export class Configuration {
  private readonly held = new Map<PartName, KeptPart>();
  private asking: Set<PartName> | null = null;
  private answer: Promise<ReadonlyMap<PartName, KeptPart>> | null = null;

  constructor(
    private readonly vault: Vault,
    private readonly ask: (body: JsonObject) => Promise<Answer>,
    /** A part came anew; whoever shows it shows it so. */
    private readonly came: (name: PartName, part: KeptPart) => void,
  ) {}

  /** As it lies on the device. */
  async read(name: PartName): Promise<KeptPart | null> {
    const known = this.held.get(name);
    if (known) return known;
    const { owner } = this.vault;
    const kept = await this.vault.get("kept", name);
    if (!isObject(kept) || kept["value"] === undefined) return null;
    const part: KeptPart = { value: kept["value"], at: Number(kept["at"]) || 0, version: typeof kept["version"] === "string" ? kept["version"] : "" };
    // She may have left while it was opened: what was hers is not shown to the next one.
    if (this.vault.owner === owner) this.held.set(name, part);
    return part;
  }

  /** As the server has it. Raises Refusal, Unreachable or PartRefused. */
  async fetch(name: PartName): Promise<KeptPart> {
    const found = (await this.together([name])).get(name);
    if (!found) throw new PartRefused(name);
    return found;
  }

  /** Every part as the server has it. */
  async fetchAll(): Promise<void> {
    await this.together(PARTS);
  }

  forget(): void {
    this.held.clear();
    this.asking = null;
    this.answer = null;
  }

  private together(names: readonly PartName[]): Promise<ReadonlyMap<PartName, KeptPart>> {
    if (this.asking && this.answer) {
      for (const name of names) this.asking.add(name);
      return this.answer;
    }
    const asking = new Set(names);
    this.asking = asking;
    const answer = Promise.resolve().then(async () => {
      try {
        await Promise.all([...PARTS].map((name) => this.read(name)));
      } finally {
        // A vault that was locked meanwhile must not stop whoever opens it next.
        if (this.asking === asking) this.asking = null;
      }
      return this.send([...asking]);
    });
    this.answer = answer;
    return answer;
  }

  private async send(names: readonly PartName[]): Promise<ReadonlyMap<PartName, KeptPart>> {
    const owner = this.vault.owner;
    const known = Object.fromEntries(names.flatMap((name) => (this.held.get(name)?.version ? [[name, this.held.get(name)?.version ?? ""]] : [])));
    const { body } = await this.ask({ parts: [...names], known });
    const at = Date.now();
    const data = isObject(body) && isObject(body["data"]) ? body["data"] : {};
    const metadata = isObject(body) && isObject(body["metadata"]) ? body["metadata"] : {};
    const unchanged = new Set(Array.isArray(metadata["unchanged"]) ? metadata["unchanged"] : []);
    const found = new Map<PartName, KeptPart>();
    if (owner === null || this.vault.owner !== owner) return found;
    const anew: PartName[] = [];
    for (const name of names) {
      const sent = data[name];
      const before = this.held.get(name);
      if (isObject(sent) && typeof sent["version"] === "string") {
        found.set(name, { value: sent["value"] ?? null, at, version: sent["version"] });
        anew.push(name);
      } else if (unchanged.has(name) && before) found.set(name, { ...before, at });
    }
    for (const [name, part] of found) this.held.set(name, part);
    // What stands as it is needs no sealing again; only the moment of it would differ.
    await this.vault.putMany("kept", anew.flatMap((name) => (found.has(name) ? [[name, found.get(name)] as const] : [])));
    for (const name of anew) {
      const part = found.get(name);
      if (part && this.vault.owner === owner) this.came(name, part);
    }
    return found;
  }
}
