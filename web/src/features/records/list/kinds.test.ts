import { describe, expect, it } from "vitest";
import type { Shape } from "~/api";
import { compileCatalogue } from "../../../../build/messages.ts";
import { useCatalogue } from "~/lib/i18n";
import { codeOf, nameOf, said } from "~/renderer/kindWords";
import { ALL_KINDS, KINDS } from "~/store/kinds";
import { allColumns, shownColumns } from "./columns";
import { LISTS } from "./kinds";
import { labelOf, offerFilters } from "./offer";
import { readState, SORTS, toSearch } from "./state";
import { makeWords } from "./words";

useCatalogue("en", compileCatalogue("en"));

const forms = [
  { unique_id: "family_overview", name: { en: "The family" }, parent_form: "family", is_nested: false, fields: [
    { name: "family_number", type: "text_field", display_name: { en: "Number of the family" } },
    { name: "family_language", type: "select_box", display_name: { en: "Language" }, option_strings_text: [{ id: "ar", display_text: { en: "Arabic" } }] },
  ] },
  { unique_id: "papers", name: { en: "Papers" }, parent_form: "case", is_nested: false, fields: [{ name: "national_id_no", type: "tick_box", display_name: { en: "National ID" } }] },
] as unknown as Shape<"Form">[];

describe("the list of a kind", () => {
  it.each(ALL_KINDS)("of %s asks for what names its rows, and orders by what there is", (kind) => {
    const asked = String(toSearch(readState(new URLSearchParams()), "", "amina", ["further"], kind)["fields"]).split(",");
    expect(asked).toEqual(expect.arrayContaining([...KINDS[kind].codes, ...KINDS[kind].names.slice(0, 1), "short_id", "status", "record_in_scope", "further"]));
    expect(new Set(asked).size).toBe(asked.length);
    expect(LISTS[kind].sorts.every((sort) => sort in SORTS)).toBe(true);
    expect(LISTS[kind].sorts[0]).toBe("newest");
    for (const column of LISTS[kind].columns) expect([...LISTS[kind].fields, "owned_by"]).toContain(column);
  });

  it("offers the questions of its own forms and no others", () => {
    const words = makeWords(forms, [], null, "families");
    const offered = offerFilters({ kind: "families", forms, locations: [], users: [], groups: [], manager: false, words, approvals: [{ kind: "closure", label: "Closure" }], alerts: [] });
    expect(offered.map((one) => one.name)).toEqual(["status", "family_language", "family_registration_date", "created_at", "last_updated_at"]);
    expect(offered.find((one) => one.name === "family_language")?.options).toEqual([{ value: "ar", label: "Arabic", disabled: false }]);
    expect(words.options("status").map((one) => one.value)).toEqual(["open", "closed"]);
  });

  it("calls its columns as its form does, and shows whose they are to who leads", () => {
    const columns = allColumns([], false, "families", forms);
    expect(columns.find((one) => one.name === "family_number")?.label).toBe("Number of the family");
    expect(shownColumns(columns, null, "families").map((one) => one.name)).not.toContain("owned_by");
    expect(shownColumns(allColumns([], true, "families", forms), null, "families").map((one) => one.name)).toContain("owned_by");
    expect(labelOf("tracing_names", "tracing_requests", forms)).toBe("Children looked for");
  });
});

describe("the words of a kind", () => {
  it("are its own, those of records at large, or those of cases", () => {
    expect(said("families", "cases.title")).toBe("Families");
    expect(said("families", "casefile.actions")).toBe("What can be done with this record");
    expect(said("families", "casefile.summary")).toBe("Summary");
    expect(said("cases", "casefile.actions")).toBe("What can be done with this case");
  });

  it("name a record by what it is called there", () => {
    expect(nameOf({ relation_name: "Hawa", name: "no" }, "tracing_requests")).toEqual({ text: "Hawa", masked: false });
    expect(nameOf({ name: "*******" }, "registry_records")).toEqual({ text: "", masked: true });
    expect(nameOf({ incident_date: "2026-02-03" }, "incidents").text).toBe("Incident of Feb 3, 2026");
    expect(nameOf({}, "incidents")).toEqual({ text: "", masked: false });
    expect(codeOf({ family_id_display: "abc1234", short_id: "x" }, "families")).toBe("abc1234");
    expect(codeOf({ id: "0d2f1c55-8d0e-4c1c-9a57-3c61c9b7a001" }, "incidents")).toBe("9b7a001");
  });
});
