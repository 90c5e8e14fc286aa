import { describe, expect, it } from "vitest";
import type { OutboxItem } from "~/store";
import { baseOf, cameBackOf } from "./seen";

const item = (id: string, state: OutboxItem["state"], change: Partial<OutboxItem> = {}): OutboxItem => ({
  schema: 2,
  id,
  owner: "amina",
  action: "amend_case",
  kind: "cases",
  record: "r1",
  data: { name_nickname: id },
  base: { revision: 7, values: { name_nickname: null } },
  recordAction: null,
  at: `2026-11-25T08:00:0${id.slice(1)}Z`,
  offset: 0,
  dependsOn: [],
  state,
  reason: null,
  refusal: state === "refused" ? { status: 409, problems: [] } : null,
  attempts: 1,
  ...change,
});
const back = (items: OutboxItem[]): string[] => cameBackOf(items, (name) => name !== "status").map((one) => one.id);

describe("what comes back into the form of a case", () => {
  it("is nothing as long as nothing was refused", () => {
    expect(back([item("i1", "waiting"), item("i2", "sending")])).toEqual([]);
  });

  it("is what was refused and what she typed over it since, with her last words last", () => {
    const items = [item("i0", "waiting"), item("i1", "refused"), item("i2", "waiting"), item("i3", "waiting")];
    expect(back(items)).toEqual(["i1", "i2", "i3"]);
    const record = { value: { data: { name_nickname: "theirs" }, revision: 8, incomplete: [] }, items };
    expect(baseOf(record, "r1", new Set(back(items)))).toEqual({ name_nickname: "i0" });
    expect(baseOf(record, "r1")).toEqual({ name_nickname: "i3" });
  });

  it("leaves an act where it stands, and what waits behind that; a file is no such act", () => {
    const closing = item("i3", "waiting", { data: { status: "closed" }, recordAction: "close" });
    expect(back([item("i1", "refused"), item("i2", "waiting"), closing, item("i4", "waiting")])).toEqual(["i1", "i2"]);
    expect(back([item("i1", "refused"), item("i2", "waiting", { action: "attach_file" }), item("i3", "waiting")])).toEqual(["i1", "i3"]);
    expect(back([item("i1", "refused"), item("i2", "waiting", { data: { name_nickname: "x", status: "closed" } })])).toEqual(["i1"]);
  });

  it("is not what lies with the server for a new owner, nor what follows that", () => {
    const kept = item("i1", "refused", { refusal: { status: 403, problems: [{ code: "record.no_longer_yours", message: "", detail: [], params: {}, conflicts: [] }] } });
    expect(back([kept, item("i2", "waiting")])).toEqual([]);
  });
});
