import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Data } from "~/renderer/types";
import { HIDDEN_NAMES, setUp, withHiddenNames, withReferral, type Raw, type Setup } from "./setup";

const FORMS = [
  { id: 1, unique_id: "basic_identity", name: { en: "Identity" }, fields: [
    { name: "name_first", type: "text_field", required: true },
    { name: "name_nickname", type: "text_field" },
    { name: "age", type: "numeric_field" },
  ] },
];

const amina = (): Setup =>
  setUp({ forms: FORMS, lookups: [], places: [], agencies: [], users: [], modules: [], me: { user_name: "amina", full_name: "Amina", module_unique_ids: ["primeromodule-cp"], permissions: { list: [] }, permitted_form: { basic_identity: "rw" } } } as unknown as Raw, "en", "");

const closed = (data: Data): string[] => [...withHiddenNames(amina(), data).fields.values()].filter((field) => field.disabled === true).map((field) => field.name);

describe("a child whose name is protected", () => {
  it("has names that only the owner of the case can write", () => {
    expect(closed({ hidden_name: true, owned_by: "dawit" })).toEqual(["name_first", "name_nickname"]);
    expect(closed({ hidden_name: true, owned_by: "amina" })).toEqual([]);
    expect(closed({ hidden_name: false, owned_by: "dawit" })).toEqual([]);
  });

  it("stays open to who registered it and has not sent it yet", () => {
    expect(closed({ hidden_name: true })).toEqual([]);
  });

  it("is protected by the same names as on the server", () => {
    const kind = readFileSync(new URL("../../../../../cpims/cases/rules/kind.py", import.meta.url), "utf8");
    const named = /masked_fields=frozenset\(\s*\[([^\]]*)\]/.exec(kind)?.[1] ?? "";
    expect([...named.matchAll(/"(\w+)"/g)].map((found) => found[1]).sort()).toEqual([...HIDDEN_NAMES].sort());
  });
});

describe("a case that was lent with another role", () => {
  const raw = { forms: [...FORMS, { id: 2, unique_id: "sensitive", name: { en: "Health" }, fields: [{ name: "medical_findings", type: "textarea" }] }] } as unknown as Raw;

  it("shows the forms of that role and none of her own", () => {
    const seen = withReferral(amina(), raw, { permitted_forms: { sensitive: "rw" } });
    expect(seen.sections.map((section) => [section.form.unique_id, section.writable])).toEqual([["sensitive", true]]);
    expect([...seen.fields.keys()]).toEqual(["medical_findings"]);
  });

  it("is seen as ever where nothing was lent", () => {
    expect(withReferral(amina(), raw, {}).sections.map((section) => section.form.unique_id)).toEqual(["basic_identity"]);
  });
});
