import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { Data, Json } from "~/renderer/types";
import type { JourneyEntry } from "~/store";
import { matchIn, wayOf } from "./way";

interface Vectors {
  cases: { name: string; answers: Data; matches?: string[]; steps: Json[][] }[];
}

const path = fileURLToPath(new URL("../../../../contracts/vectors/journey.json", import.meta.url));
const vectors = JSON.parse(readFileSync(path, "utf8")) as Vectors;

describe("the way of a child, as the server reads it", () => {
  it.each(vectors.cases.map((one) => [one.name, one] as const))("%s", (_name, { answers, matches, steps }) => {
    const told = (matches ?? []).map((on): JourneyEntry => ({ what: "match", on, place: "", address: "", question: "", value: null, form: "tracing", row: "" }));
    expect(wayOf(answers, told).map((step) => [step.what, step.on, step.place, step.address, step.question, step.value, step.form, step.row])).toEqual(steps);
  });

  it("tells of a match by the case itself where the server cannot be asked", () => {
    expect(matchIn({})).toEqual([]);
    expect(matchIn({ matched_tracing_request_id: "af31c02" }).map((one) => [one.what, one.value])).toEqual([["match", "af31c02"]]);
  });
});
