import { describe, expect, it } from "vitest";
import { Refusal } from "~/api";
import { toldBy } from "./problems";
import { allowedBy, comparedRights, foundRights, isAllowed, turned } from "./rights";

const ALL = { case: ["read", "write", "close", "manage"], user: ["read", "manage"] };

describe("rights of a role", () => {
  it("leaves out what limits it", () => {
    expect(allowedBy({ permissions: { case: ["read"], objects: { role: ["role-a"] } } })).toEqual({ case: ["read"] });
  });
  it("takes everything for each", () => {
    expect(isAllowed({ case: ["manage"] }, "case", "close")).toBe(true);
    expect(isAllowed({ case: ["manage"] }, "user", "read")).toBe(false);
  });
  it("turns one on and off, once", () => {
    const on = turned(turned({}, "case", "read", true), "case", "read", true);
    expect(on).toEqual({ case: ["read"] });
    expect(turned(on, "case", "read", false)).toEqual({ case: [] });
  });
  it("finds by the name of the thing and of the act", () => {
    expect(foundRights(ALL, "close")).toEqual({ case: ["close"] });
    expect(foundRights(ALL, "user read")).toEqual({ user: ["read"] });
    expect(foundRights(ALL, "nothing of the kind")).toEqual({});
    expect(foundRights(ALL, " ")).toBe(ALL);
  });
  it("marks where two roles differ", () => {
    const [cases, users] = comparedRights(ALL, { case: ["read", "close"] }, { case: ["manage"] });
    expect(cases?.rows.map((row) => [row.id, row.differs])).toEqual([["case.read", false], ["case.write", true], ["case.close", false], ["case.manage", true]]);
    expect(users?.rows.some((row) => row.differs)).toBe(false);
  });
});

describe("what the server says is wrong", () => {
  const problem = (code: string, detail: string[]) => ({ code, message: "", detail, params: {}, conflicts: [] });
  it("stands beside its field, each", () => {
    const told = toldBy(new Refusal(422, [problem("user.email.format", ["/email"]), problem("agency.name.required", ["/name"])]), ["email", "name.en"]);
    expect(Object.keys(told.fields)).toEqual(["email", "name.en"]);
    expect(told.whole).toBeNull();
  });
  it("stands above when it is about no field that is asked", () => {
    expect(toldBy(new Refusal(403, [problem("rights.beyond_your_own", [])]), ["email"]).whole).not.toBeNull();
    expect(toldBy(new Refusal(422, [problem("user.limit_reached", ["/base"])]), ["email"]).fields).toEqual({});
  });
});
