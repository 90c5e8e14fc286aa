import "fake-indexeddb/auto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonObject } from "~/lib/json";
import { Vault } from "../vault";
import { Outbox } from "./outbox";
import { heldBy } from "./resting";
import { PretendedServer, refusal, roadTo, Unreachable } from "./pretended";

/** What may happen on a day with a bad line: she saves, sends, corrects, leaves; the server answers, fails, or is not heard. */
type Step =
  | { do: "save"; who: "amina" | "bilal"; record: number; create: boolean; rests: boolean; bad: boolean }
  | { do: "send" }
  | { do: "crash" }
  | { do: "weather"; road: "good" | "lost before" | "lost after" | "busy" | "broken"; item: "good" | "fails" }
  | { do: "turn"; who: "amina" | "bilal" };

const weather = fc.record({ do: fc.constant("weather" as const), road: fc.constantFrom("good" as const, "lost before" as const, "lost after" as const, "busy" as const, "broken" as const), item: fc.constantFrom("good" as const, "fails" as const) });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant("save" as const), who: fc.constantFrom("amina" as const, "bilal" as const), record: fc.integer({ min: 0, max: 3 }), create: fc.boolean(), rests: fc.boolean(), bad: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("send" as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("crash" as const) }) },
  { weight: 2, arbitrary: weather },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("turn" as const), who: fc.constantFrom("amina" as const, "bilal" as const) }) },
);

let count = 0;

/** A day on a shared tablet. */
class Day {
  readonly server = new PretendedServer();
  /** Every id that was ever added: whose it is and whether the server must refuse it. */
  readonly added = new Map<string, { who: string; bad: boolean; replaced: boolean }>();
  clock = Date.parse("2026-03-02T08:00:00Z");
  private name = `promises-${String(++count)}`;
  private who: "amina" | "bilal" = "amina";
  private road = "good";
  private item = "good";
  vault!: Vault;
  outbox!: Outbox;

  constructor() {
    this.server.before = () => (this.road === "lost before" ? new Unreachable() : this.road === "busy" ? refusal(429, "busy", 7) : null);
    this.server.after = () => (this.road === "lost after" ? new Unreachable() : this.road === "broken" ? refusal(500, "unexpected") : null);
    this.server.judge = (item) => {
      if (this.item === "fails" && String(item["id"]).charCodeAt(0) % 2 === 0) return { status: 500, code: "unexpected" };
      return ((item["arguments"] as JsonObject)["values"] as JsonObject)["bad"] === true ? { status: 422, code: "record.invalid" } : null;
    };
  }

  async start(): Promise<void> {
    this.vault = await Vault.open(this.name, 8);
    await this.vault.unlock(this.who, `secret of ${this.who}`);
    this.server.session = this.who;
    this.outbox = new Outbox(this.vault, roadTo(this.server), null, () => this.clock);
    await this.outbox.load();
  }

  async turn(who: "amina" | "bilal"): Promise<void> {
    this.outbox.clear();
    this.vault.close();
    this.who = who;
    await this.start();
  }

  async take(step: Step): Promise<void> {
    if (step.do === "weather") [this.road, this.item] = [step.road, step.item];
    else if (step.do === "crash") await this.turn(this.who);
    else if (step.do === "turn") await this.turn(step.who);
    else if (step.do === "send") {
      this.clock += 61_000;
      await this.outbox.flush();
    } else if (step.who === this.who) {
      const before = new Set(this.outbox.items.get().map((item) => item.id));
      const rests = step.rests ? this.outbox.items.get().filter((item) => item.state !== "confirmed").slice(0, 1).map((item) => item.id) : [];
      const item = await this.outbox.add({ kind: "cases", id: `${this.who} ${String(step.record)}`, create: step.create, data: { bad: step.bad }, dependsOn: rests });
      this.added.set(item.id, { who: this.who, bad: step.bad, replaced: false });
      const now = new Set(this.outbox.items.get().map((one) => one.id));
      for (const id of before) if (!now.has(id)) (this.added.get(id) ?? { replaced: false }).replaced = true;
    }
  }

  /** The line is good again; everybody comes back. */
  async quiet(): Promise<Map<string, string>> {
    [this.road, this.item] = ["good", "good"];
    const ends = new Map<string, string>();
    for (const who of ["amina", "bilal"] as const) {
      await this.turn(who);
      await this.outbox.hurry();
      const all = this.outbox.items.get();
      for (const item of all) ends.set(item.id, item.state === "refused" ? (item.refusal?.problems[0]?.code ?? "no reason") : item.state === "waiting" && heldBy(item, all) ? "held" : item.state);
      const kept = new Set(await this.vault.ids("item"));
      for (const item of this.outbox.items.get()) if (kept.has(item.id) === (item.state === "confirmed")) ends.set(item.id, "kept or dropped at the wrong time");
    }
    return ends;
  }
}

describe("what the outbox promises, whatever happens", () => {
  it("does every item once, as its author, in her order; or keeps it with the reason; and loses none", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const day = new Day();
        await day.start();
        for (const one of steps) await day.take(one);
        const ends = await day.quiet();
        const done = day.server.done.map((one) => String(one.item["id"]));
        expect(new Set(done).size).toBe(done.length);
        for (const { account, item } of day.server.done) expect(account).toBe(day.added.get(String(item["id"]))?.who);
        for (const [id, { bad, replaced }] of day.added) {
          const end = ends.get(id) ?? (done.includes(id) ? "confirmed" : "lost");
          if (replaced && !done.includes(id)) continue;
          // What rests on a refused item waits for it; nothing else waits.
          expect(["held", bad ? "record.invalid" : "confirmed"]).toContain(end);
        }
        day.vault.close();
      }),
      { numRuns: 150 },
    );
  }, 120_000);
});
