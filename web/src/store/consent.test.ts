import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { JsonObject } from "~/lib/json";
import { holding, maySharePurpose, statementsNow, type ConsentView, type Purpose, type Statement } from "./consent";
import type { OutboxItem } from "./types";

interface Case {
  id: string;
  purpose: Purpose;
  agency: string;
  answers: JsonObject;
  module: string;
  statements: Statement[];
  expected: boolean;
}

const file = JSON.parse(readFileSync(fileURLToPath(new URL("../../../contracts/vectors/consent.json", import.meta.url)), "utf8")) as { cases: Case[] };

describe("whether sharing was agreed to", () => {
  it.each(file.cases)("$id", (one) => {
    expect(maySharePurpose(one.purpose, one.agency, { ...one.answers, module_id: one.module }, one.statements)).toBe(one.expected);
  });
});

describe("what was said", () => {
  const told = { id: "s", given: true, purpose: null, agency: null, reason: null, said_at: "2026-03-01T10:00:00Z", written_by: "amina" } as ConsentView;
  const item = (state: OutboxItem["state"]): OutboxItem =>
    ({ id: "i", action: "withdraw_consent", data: { purpose: "services", reason: "Afraid" }, at: "2026-03-02T10:00:00Z", state }) as unknown as OutboxItem;

  it("holds what is still on its way, at once", () => {
    const now = statementsNow([told], [item("waiting")]);
    expect(now.map((one) => [one.key, one.given, one.by])).toEqual([["i", false, ""], ["s", true, "amina"]]);
    expect(maySharePurpose("services", "agency-b", {}, holding(now))).toBe(false);
    expect(maySharePurpose("transfer", "agency-b", {}, holding(now))).toBe(true);
  });

  it("is not changed by what was refused, and is told once", () => {
    expect(maySharePurpose("services", "agency-b", {}, holding(statementsNow([told], [item("refused")])))).toBe(true);
    expect(statementsNow([told], [item("confirmed")])).toHaveLength(1);
  });
});
