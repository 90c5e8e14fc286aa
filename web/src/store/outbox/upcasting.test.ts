import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import "fake-indexeddb/auto";
import { beforeEach, describe, expect, it } from "vitest";
import type { JsonObject } from "~/lib/json";
import { Drafts } from "../drafts";
import { Vault } from "../vault";
import { delivered } from "./delivering";
import { Outbox } from "./outbox";
import { PretendedServer, roadTo } from "./pretended";
import { upcastDrafts, upcastItems } from "./upcasting";

interface Case {
  id: string;
  kind: string;
  kept: JsonObject;
  delivered: JsonObject;
}
const read = (path: string): unknown => JSON.parse(readFileSync(fileURLToPath(new URL(path, import.meta.url)), "utf8"));
const { cases } = read("../../../../contracts/vectors/upcasting.json") as { cases: Case[] };
/** What the first released app kept, item by item and draft by draft, as its vault gave it back. */
const profile = read("./schema1.fixture.json") as { items: JsonObject[]; drafts: JsonObject[] };

let count = 0;
let vault: Vault;
beforeEach(async () => {
  vault = await Vault.open(`upcasting-${String(++count)}`, 64);
  await vault.unlock("amina", "secret-1");
});

describe("work of earlier versions", () => {
  it.each(cases.filter((one) => one.kind === "item"))("$id is delivered as what it was", ({ kept, delivered: wanted }) => {
    const [item] = upcastItems([kept]).found;
    expect(item && delivered(item)).toEqual({ schema: 2, ...wanted });
  });

  it.each(cases.filter((one) => one.kind === "newer"))("$id is left alone", ({ kept }) => {
    expect([upcastItems([kept]), upcastDrafts([kept])]).toEqual([
      { found: [], newer: 1 },
      { found: [], newer: 1 },
    ]);
  });

  it("opens a profile of schema 1: everything is there, in its order, and goes out", async () => {
    await vault.putMany("item", profile.items.map((item) => [String(item["id"]), { ...item, owner: vault.owner }]));
    await vault.putMany("draft", profile.drafts.map((draft) => [String(draft["key"]), { ...draft, owner: vault.owner }]));
    const server = new PretendedServer();
    const outbox = new Outbox(vault, roadTo(server));
    const drafts = new Drafts(vault);
    await Promise.all([outbox.load(), drafts.load()]);
    expect(outbox.items.get().map((item) => [item.schema, item.action, item.state])).toEqual([
      [2, "register_case", "waiting"],
      [2, "amend_case", "waiting"],
      [2, "amend_case", "refused"],
    ]);
    expect(drafts.all.get().map((draft) => [draft.schema, draft.key])).toEqual([
      [2, "cases/new"],
      [2, `cases/${String(profile.items[2]?.["record"])}`],
    ]);
    await outbox.flush();
    expect(server.done.map((one) => one.item["id"])).toEqual(profile.items.slice(0, 2).map((item) => item["id"]));
  });

  it("knows that the old road had done it already", async () => {
    await vault.put("item", "i1", { ...profile.items[0], id: "i1", owner: vault.owner });
    const server = new PretendedServer();
    server.judge = () => ({ status: 409, code: "idempotency.key_reused" });
    const outbox = new Outbox(vault, roadTo(server));
    await outbox.load();
    await outbox.flush();
    expect([outbox.items.get().map((item) => item.state), await vault.ids("item")]).toEqual([["confirmed"], []]);
  });

  it("keeps what a newer version wrote, tells of it, and sends the rest", async () => {
    await vault.put("item", "i9", { schema: 3, id: "i9", owner: vault.owner });
    const outbox = new Outbox(vault, roadTo(new PretendedServer()));
    await outbox.load();
    await outbox.add({ kind: "cases", id: "r1", create: false, data: { age: 9 } });
    await outbox.flush();
    expect([outbox.newer.get(), outbox.items.get().map((item) => item.state), await vault.ids("item")]).toEqual([1, ["confirmed"], ["i9"]]);
  });
});
