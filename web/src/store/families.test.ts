import { describe, expect, it } from "vitest";
import { alsoChanged, amendRelationship, caseOfDetail, caseOfMember, familyOfCase, itemsAbout, linkFamily, relateCases, relationshipTypes, unlinkFamily } from "./families";
import { incidentsHere, unsentOf } from "./incidents";
import { ACTS, actOf, layOver } from "./outbox/acts";
import { restsOfAll } from "./outbox/resting";
import type { OutboxItem, Save } from "./types";

let counted = 0;
function put(save: Save, state: OutboxItem["state"] = "waiting"): OutboxItem {
  counted += 1;
  return {
    schema: 2, id: `i${String(counted)}`, owner: "amina", action: save.act ?? "amend_case", kind: save.kind, record: save.id, data: save.data, base: null, recordAction: null,
    at: new Date(counted * 1000).toISOString(), offset: 0, dependsOn: [], state, reason: null, refusal: null, attempts: 0,
  };
}

describe("a family, before the server knows of it", () => {
  it("is that of the case at once, and no more when it is unlinked or was refused", () => {
    const record = { id: "c1", family_id: null };
    expect(layOver(record, [put(linkFamily("c1", "f1"))])).toMatchObject({ family_id: "f1" });
    expect(layOver(record, [put(familyOfCase("c1", "f2", "Haddad"))])).toMatchObject({ family_id: "f2" });
    expect(layOver({ ...record, family_id: "f1" }, [put(unlinkFamily("c1"))])).toMatchObject({ family_id: null });
    expect(layOver(record, [put(linkFamily("c1", "f1"), "refused")])).toEqual(record);
  });

  it("shows the new case of a member with what is known, and tells the server none of it", () => {
    const item = put(caseOfMember("f1", "m1", "c2", { name: "Salma", sex: "female", age: 12 }, "c1"));
    expect(alsoChanged(item)).toEqual(["f1", "c1"]);
    expect(actOf(item).makes).toBe(true);
    expect(layOver({ id: "c2" }, [item])).toMatchObject({ id: "c2", name: "Salma", age: 12, family_id: "f1" });
    expect(actOf(item).args(item)).toEqual({ case_id: "c2", values: { family_id: "f1", family_member_id: "m1" } });
  });

  it("knows what is on its way about somebody, whichever way it was done", () => {
    const items = [put(caseOfMember("f1", "m1", "c2", {})), put(caseOfDetail("c1", "m2", "c3")), put(linkFamily("c4", "f1", "m1"), "confirmed")];
    expect(itemsAbout(items, "m1").map((item) => item.record)).toEqual(["c2"]);
    expect(itemsAbout(items, "m2").map((item) => item.record)).toEqual(["c1"]);
  });

  it("asks again for every other record that an act changed", () => {
    expect(alsoChanged(put(relateCases("c1", "c2", "sibling_of")))).toEqual(["c2"]);
    expect(alsoChanged(put(linkFamily("c1", "f1")))).toEqual(["f1"]);
    const linked = put(linkFamily("c1", "f1", "m1", "c5"));
    expect(alsoChanged(linked)).toEqual(["f1", "c5"]);
    expect(actOf(linked).args(linked)).toEqual({ case_id: "c1", values: { family_id: "f1", family_member_id: "m1" } });
    expect(alsoChanged(put(caseOfDetail("c1", "m2", "c3")))).toEqual(["c3"]);
    expect(alsoChanged(put({ kind: "incidents", id: "n1", create: true, act: "register_incident", data: { incident_case_id: "c1" } }))).toEqual(["c1"]);
    expect(alsoChanged(put({ kind: "cases", id: "c1", create: false, data: { age: 9 } }))).toEqual([]);
  });
});

describe("what binds records", () => {
  it("waits until each of them is made, and for nothing else", () => {
    const child = put({ kind: "cases", id: "c1", create: true, act: "register_case", data: {} });
    const incident = put({ kind: "incidents", id: "n1", create: true, act: "register_incident", data: { incident_case_id: "c1" } });
    const family = put({ kind: "families", id: "f1", create: true, act: "register_family", data: {} });
    const link = put(linkFamily("c9", "f1"));
    const related = put(relateCases("c9", "c1", "sibling_of"));
    const other = put({ kind: "incidents", id: "n2", create: true, act: "register_incident", data: { incident_case_id: "elsewhere" } });
    const rests = restsOfAll([child, incident, family, link, related, other]);
    expect(rests.get(incident.id)).toEqual([child.id]);
    expect(rests.get(link.id)).toEqual([family.id]);
    expect(rests.get(related.id)).toEqual([link.id, child.id]);
    expect(rests.get(other.id)).toEqual([]);
  });
});

describe("the incidents of a case on this device", () => {
  it("are those that are kept and those that have not gone out", () => {
    const summaries = new Map([
      ["n1", { kind: "incidents" as const, row: { id: "n1", incident_case_id: "c1" } }],
      ["n2", { kind: "incidents" as const, row: { id: "n2", incident_case_id: "c2" } }],
      ["c1", { kind: "cases" as const, row: { id: "c1", incident_case_id: "c1" } }],
    ]);
    expect(incidentsHere(summaries, "c1").map((row) => row["id"])).toEqual(["n1"]);
    const items = [put({ kind: "incidents", id: "n3", create: true, act: "register_incident", data: { incident_case_id: "c1" } }), put({ kind: "incidents", id: "n4", create: true, act: "register_incident", data: { incident_case_id: "c2" } })];
    expect(unsentOf(items, "c1").map((item) => item.record)).toEqual(["n3"]);
  });
});

describe("how cases may be related", () => {
  it("is what the instance decided, both ways round, else what is usual", () => {
    expect(relationshipTypes({ guardian_of: "ward_of" })).toEqual(["guardian_of", "ward_of"]);
    expect(relationshipTypes({ wrong: 3 })).toEqual([]);
    for (const nothing of [undefined, null, {}]) expect(relationshipTypes(nothing)).toContain("sibling_of");
    expect(relationshipTypes(undefined)).toEqual([...new Set(relationshipTypes(undefined))]);
  });

  it("ends by an act of its own, which changes nothing else on the screen", () => {
    const item = put(amendRelationship("c1", "r1", { disabled: true }));
    expect(ACTS[item.action].args(item)).toEqual({ case_id: "c1", values: { id: "r1", disabled: true } });
    expect(layOver({ id: "c1" }, [item])).toEqual({ id: "c1" });
  });
});
