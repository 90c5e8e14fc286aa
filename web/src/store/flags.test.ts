import { describe, expect, it } from "vitest";
import type { JsonObject } from "~/lib/json";
import { flagsNow, type FlagView } from "./flags";
import { layOver } from "./outbox/acts";
import type { ActName, OutboxItem } from "./types";

function item(id: string, action: ActName, data: JsonObject, state: OutboxItem["state"] = "waiting"): OutboxItem {
  return { schema: 2, id, owner: "hash", action, kind: "cases", record: "r1", data, base: null, recordAction: null, at: "2026-02-01T10:00:00.000Z", offset: 0, state, dependsOn: [], reason: null, refusal: null, attempts: 0 };
}

function flag(id: number, date: string, change: Partial<FlagView> = {}): FlagView {
  return { id, record_id: "r1", record_uuid: "r1", record_type: "cases", date, message: `Look ${String(id)}`, flagged_by: "bilal", created_at: "", system_generated_followup: false, removed: false, unflag_message: null, unflagged_by: null, unflagged_date: null, name: null, short_id: null, owned_by: null, owned_by_agency_id: null, record_access_denied: false, ...change };
}

describe("the flags of a case", () => {
  it("stand with the next day on top, and those that were seen to last", () => {
    const all = [flag(1, "2026-03-01", { removed: true }), flag(2, "2026-04-01"), flag(3, "2026-02-01"), flag(4, "2026-05-01", { removed: true })];
    expect(flagsNow(all, []).map((one) => one.id)).toEqual([3, 2, 4, 1]);
  });

  it("have her unsent acts in them", () => {
    const now = flagsNow([flag(1, "2026-03-01"), flag(2, "2026-04-01")], [
      item("a", "raise_flag", { message: "New", date: "2026-02-01" }),
      item("b", "resolve_flag", { flag: 1, unflag_message: "Seen" }),
      item("c", "amend_flag", { flag: 2, message: "Look again", date: "2026-06-01" }),
    ]);
    expect(now.map((one) => [one.id, one.message, one.date, one.removed, one.state])).toEqual([
      [null, "New", "2026-02-01", false, "waiting"],
      [2, "Look again", "2026-06-01", false, "waiting"],
      [1, "Look 1", "2026-03-01", true, "waiting"],
    ]);
    expect(now[2]?.unflagMessage).toBe("Seen");
  });

  it("stay as they were by what was refused, which is marked; what is confirmed the server tells", () => {
    const now = flagsNow([flag(1, "2026-03-01")], [item("a", "resolve_flag", { flag: 1, unflag_message: "x" }, "refused"), item("b", "raise_flag", { message: "y", date: "2026-01-01" }, "confirmed"), item("c", "resolve_flag", { flag: 9 })]);
    expect(now.map((one) => [one.id, one.removed, one.state])).toEqual([[1, false, "refused"]]);
  });

  it("mark the case at once, and no more than once", () => {
    const put = item("a", "raise_flag", { message: "New", date: "2026-02-01" });
    expect(layOver({ flag_count: 0 }, [put, put])).toEqual({ flag_count: 1, flagged: true });
    expect(layOver({ flag_count: 2 }, [put])).toEqual({ flag_count: 2 });
    expect(layOver({ flag_count: 0 }, [{ ...put, state: "refused" }])).toEqual({ flag_count: 0 });
  });
});
