import { describe, expect, it } from "vitest";
import { grouped, groupOf, verdictOf } from "./comparing";

const compared = (field_name: string, case_value: string | null, trace_value: string | null, match: "match" | "mismatch" | "blank" = "mismatch") => ({ field_name, match, case_value, trace_value });

describe("comparing", () => {
  it("puts questions together as one compares", () => {
    expect(["name", "name_nickname", "sex", "date_of_birth", "date_of_separation", "separation_cause", "location_last", "address_current", "telephone_last", "protection_status"].map(groupOf)).toEqual([
      "names", "names", "person", "person", "separation", "separation", "places", "places", "contact", "other",
    ]);
  });

  it("takes an answer on one side only for nothing", () => {
    expect(verdictOf(compared("sex", "male", null, "blank"))).toBe("one");
    expect(verdictOf(compared("sex", "male", "female"))).toBe("different");
    expect(verdictOf(compared("sex", "male", "male", "match"))).toBe("same");
  });

  it("leaves out what neither side tells", () => {
    expect(grouped([compared("name", "Noor", "نور", "match"), compared("religion", null, null, "blank"), compared("location_last", null, "XX01", "blank")]).map(({ group, rows }) => [group, rows.length])).toEqual([
      ["names", 1],
      ["places", 1],
    ]);
  });
});
