import { describe, expect, it } from "vitest";
import { Refusal, type Answer } from "~/api";
import { decide, decidedIn, decisionsOn, Tracing, type MatchView } from "./tracing";
import type { OutboxItem } from "./types";

const MATCH = { trace: { id: "t", tracing_request_id: "r" }, case: { id: "c" } } as unknown as MatchView;

function item(action: string, data: Record<string, string>): OutboxItem {
  return { id: "i", action, data, state: "waiting" } as unknown as OutboxItem;
}

describe("deciding", () => {
  it("is done to the request, and names the two", () => {
    expect(decide("reject_match", MATCH, "another mother")).toEqual({ kind: "tracing_requests", id: "r", create: false, act: "reject_match", data: { trace: "t", case: "c", note: "another mother" } });
  });

  it("finds what she decided about these two, and about no others", () => {
    const hers = item("confirm_match", { trace: "t", case: "c" });
    const items = [hers, item("confirm_match", { trace: "t", case: "d" }), item("raise_flag", { trace: "t", case: "c" })];
    expect(decisionsOn(MATCH, items)).toEqual([hers]);
    expect(items.map(decidedIn)).toEqual([{ trace: "t", case: "c" }, { trace: "t", case: "d" }, null]);
  });
});

describe("what was found", () => {
  it("is asked for again on both sides after a decision, and on no other", async () => {
    const asked: string[] = [];
    const tracing = new Tracing((path) => {
      asked.push(path);
      return Promise.resolve({ status: 200, body: { data: [] }, etag: null } as unknown as Answer);
    }, () => undefined);
    for (const [side, id] of [["traces", "t"], ["cases", "c"], ["traces", "other"]] as const) await tracing.matches(side, id).refresh();
    asked.length = 0;
    tracing.changed("t", "c");
    await Promise.all([tracing.matches("traces", "t").refresh(), tracing.matches("cases", "c").refresh()]);
    expect(asked).toEqual(["/cpims/v1/traces/t/matches", "/cpims/v1/cases/c/matches"]);
  });

  it("is gone for who comes next, and a refusal is told", async () => {
    const told: number[] = [];
    const tracing = new Tracing(() => Promise.reject(new Refusal(401, [])), (refusal) => told.push(refusal.status));
    const before = tracing.journey("c");
    await before.refresh();
    expect(before.get().error).toBeInstanceOf(Refusal);
    expect(told).toEqual([401]);
    tracing.forget();
    expect(tracing.journey("c")).not.toBe(before);
  });
});
