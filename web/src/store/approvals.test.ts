import { describe, expect, it } from "vitest";
import type { JsonObject } from "~/lib/json";
import { logOf, missingFor, offersOf, standingOf, waitingFor, type Asker } from "./approvals";
import { layOver } from "./outbox/acts";
import type { ActName, OutboxItem } from "./types";

function item(action: ActName, data: JsonObject, change: Partial<OutboxItem> = {}): OutboxItem {
  return { schema: 2, id: "i1", owner: "hash", action, kind: "cases", record: "r1", data, base: null, recordAction: null, at: "2026-02-01T23:30:00.000Z", offset: 120, state: "waiting", dependsOn: [], reason: null, refusal: null, attempts: 0, ...change };
}

const can = (userName: string, ...actions: string[]): Asker => ({ userName, may: (action) => actions.includes(action) });
const amina = can("amina", "request_approval_case_plan");
const chantal = can("chantal", "approve_case_plan");
const open: JsonObject = { status: "open", owned_by: "amina" };
const asked: JsonObject = { ...open, approval_status_case_plan: "pending", approval_subforms: [{ approval_requested_for: "case_plan", approval_status: "requested", requested_by: "amina", approval_date: "2026-02-01", approval_request_comments: "Soon" }] };
const approved: JsonObject = { ...asked, approval_status_case_plan: "approved", approval_subforms: [...(asked["approval_subforms"] as JsonObject[]), { approval_response_for: "case_plan", approval_status: "approved", approved_by: "chantal", approval_date: "2026-02-02", approval_manager_comments: "Good" }] };

describe("where an approval stands", () => {
  it("says by whom, when, and with which words", () => {
    expect(standingOf(open, "case_plan")).toEqual({ state: "none", by: "", on: "", comments: "", askedBy: "" });
    expect(standingOf(asked, "case_plan")).toEqual({ state: "pending", by: "amina", on: "2026-02-01", comments: "Soon", askedBy: "amina" });
    expect(standingOf(approved, "case_plan")).toMatchObject({ state: "approved", by: "chantal", on: "2026-02-02", comments: "Good" });
    expect(standingOf(approved, "closure").state).toBe("none");
  });

  it("takes rows of another kind, and what is no row, for nothing", () => {
    expect(logOf({ approval_subforms: [7, null, { approval_requested_for: "closure", approval_status: "requested" }, { approval_response_for: "case_plan", approval_status: "odd" }] }, "case_plan")).toEqual([]);
  });
});

describe("what she may do", () => {
  it("is to ask, while nothing waits and the case is open", () => {
    expect(offersOf(open, "case_plan", amina)).toEqual({ ask: true, answer: false, takeBack: false, own: false });
    expect(offersOf(approved, "case_plan", amina).ask).toBe(true);
    expect(offersOf(asked, "case_plan", amina).ask).toBe(false);
    const shuts: JsonObject[] = [{ status: "closed" }, { record_state: false }];
    for (const shut of shuts) expect(offersOf({ ...open, ...shut }, "case_plan", amina).ask).toBe(false);
    expect(offersOf(open, "closure", amina).ask).toBe(false);
  });

  it("is to answer what waits, never her own without the right", () => {
    expect(offersOf(asked, "case_plan", chantal).answer).toBe(true);
    expect(offersOf(open, "case_plan", chantal).answer).toBe(false);
    expect(offersOf(asked, "case_plan", amina).answer).toBe(false);
    const both = ["request_approval_case_plan", "approve_case_plan"];
    expect(offersOf(asked, "case_plan", can("amina", ...both))).toMatchObject({ answer: false, own: true });
    expect(offersOf({ ...asked, owned_by: "bilal" }, "case_plan", can("amina", ...both))).toMatchObject({ answer: false, own: true });
    expect(offersOf(asked, "case_plan", can("amina", ...both, "self_approve"))).toMatchObject({ answer: true, own: false });
  });

  it("is to take back what she asked, or what was asked about her case", () => {
    expect(offersOf(asked, "case_plan", amina).takeBack).toBe(true);
    expect(offersOf(asked, "case_plan", can("bilal", "request_approval_case_plan")).takeBack).toBe(false);
    expect(offersOf(approved, "case_plan", amina).takeBack).toBe(false);
  });
});

describe("what she did and is on its way", () => {
  const request = item("request_approval", { approval: "case_plan", notes: "Soon" });

  it("is laid over the case, harmless when laid twice", () => {
    const laid = layOver(open, [request]);
    expect(standingOf(laid, "case_plan")).toEqual({ state: "pending", by: "", on: "2026-02-02", comments: "Soon", askedBy: "" });
    expect(layOver(laid, [request])).toEqual(laid);
    const answer = item("answer_approval", { approval: "case_plan", approval_status: "rejected", notes: "No" });
    expect(standingOf(layOver(asked, [answer]), "case_plan")).toMatchObject({ state: "rejected", comments: "No" });
    expect(layOver(layOver(asked, [answer]), [answer])).toEqual(layOver(asked, [answer]));
  });

  it("goes back to the answer before when it is taken back", () => {
    const back = item("withdraw_approval", { approval: "case_plan" });
    expect(standingOf(layOver(approved, [request, back]), "case_plan").state).toBe("approved");
    expect(standingOf(layOver(open, [request, back]), "case_plan").state).toBe("none");
    expect(layOver(approved, [back])).toEqual(approved);
  });

  it("changes nothing once it was refused, nor when it makes no sense", () => {
    expect(layOver(open, [{ ...request, state: "refused" }])).toEqual(open);
    expect(layOver(open, [item("answer_approval", { approval: "case_plan", approval_status: "approved" })])).toEqual(open);
    expect(layOver(open, [item("request_approval", { approval: "holiday" })])).toEqual(open);
  });
});

describe("gaps", () => {
  it("count on the forms that the request rests on, for a closure on its own form too", () => {
    const incomplete = ["cp_case_plan", "closure_form", "consent"].map((form) => ({ pointer: `/${form}`, code: "required", form }));
    expect(missingFor("case_plan", ["cp_case_plan"], incomplete).map((one) => one.form)).toEqual(["cp_case_plan"]);
    expect(missingFor("closure", [], incomplete).map((one) => one.form)).toEqual(["closure_form"]);
    expect(missingFor("assessment", [], incomplete)).toEqual([]);
  });
});

describe("the list of what waits for her", () => {
  it("leaves her own out, unless she may approve those", () => {
    expect(waitingFor(["case_plan", "closure"], chantal, 1)).toMatchObject({ or: { approval_status_case_plan: ["pending"], approval_status_closure: ["pending"] }, not: { owned_by: ["chantal"] } });
    expect(waitingFor(["case_plan"], can("farid", "self_approve"), 1)).not.toHaveProperty("not");
  });
});
