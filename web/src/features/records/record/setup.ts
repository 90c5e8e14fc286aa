import type { Shape } from "~/api";
import { localized } from "~/lib/i18n";
import { KINDS } from "~/store/kinds";
import { actionsOn } from "~/store/permissions";
import type { Kind } from "~/store/types";
import { fieldIndex, nestForms, sectionsOf, type Section } from "~/renderer/forms";
import type { Named, Sources } from "~/renderer/sources";
import type { Data, Field, Form, Json, Lookup, Option, Place } from "~/renderer/types";
import { isData, textOf } from "~/renderer/values";

/** What of an account decides how its records look. */
type Account = Pick<Shape<"User">, "user_name" | "full_name" | "module_unique_ids" | "permissions" | "permitted_form" | "reporting_location_config">;

/** The configuration as the server serves it. */
export interface Raw {
  forms: readonly Form[];
  lookups: readonly Lookup[];
  places: readonly Place[];
  agencies: readonly Named[];
  users: readonly Named[];
  me: Account;
  modules: readonly Shape<"Module">[];
}

export interface Me {
  userName: string;
  fullName: string;
  actions: ReadonlySet<string>;
  permitted: Readonly<Record<string, string>>;
  modules: readonly string[];
}

/** What is needed to show and change the records of one kind in one module, in the worker's language. */
export interface Setup {
  kind: Kind;
  me: Me;
  module: string;
  /** All forms of all kinds of records, hers or not. */
  forms: readonly Form[];
  sections: Section[];
  fields: Map<string, Field>;
  sources: Sources;
  workflow: readonly Option[];
  consentForm: string;
  groupName: (id: string) => string;
  may: (action: string) => boolean;
}

export function readMe(me: Account, kind: Kind = "cases"): Me {
  return {
    userName: me.user_name,
    fullName: me.full_name,
    actions: new Set(actionsOn(me, kind)),
    permitted: me.permitted_form ?? {},
    modules: me.module_unique_ids,
  };
}

export function setUp(raw: Raw, locale: string, moduleId: string, kind: Kind = "cases"): Setup {
  const me = readMe(raw.me, kind);
  const { one } = KINDS[kind];
  const module = moduleId || (me.modules[0] ?? "primeromodule-cp");
  const sections = sectionsOf(nestForms(raw.forms), module, me.permitted, one);
  const lookups = new Map(raw.lookups.map((lookup) => [lookup.unique_id, lookup]));
  const found = raw.modules.find((one) => one.unique_id === module);
  const groups = lookups.get(`lookup-form-group-${module.replace(/^primeromodule-/, "")}-${one.replaceAll("_", "-")}`);
  return {
    kind,
    me,
    module,
    forms: raw.forms,
    sections,
    fields: fieldIndex(sections),
    sources: {
      locale,
      fallback: "en",
      lookups,
      places: raw.places,
      reportingLevel: raw.me.reporting_location_config?.admin_level ?? null,
      agencies: raw.agencies,
      users: raw.users,
    },
    workflow: found?.workflows?.[one] ?? [],
    consentForm: textOf(found?.module_options["consent_form"] as Json) || "consent",
    groupName: (id) => {
      const label = groups?.values.find((value) => value.id === id)?.display_text;
      return localized(label) || id.replaceAll("_", " ");
    },
    may: (action) => me.actions.has(action) || me.actions.has("manage"),
  };
}

/** Whoever got the case with a role that was lent to her sees it with the forms of that role, and no others. */
export function withReferral(setup: Setup, raw: Raw, data: Data): Setup {
  const forms = data["permitted_forms"];
  if (!isData(forms)) return setup;
  const permitted = Object.fromEntries(Object.entries(forms).map(([form, grant]) => [form, textOf(grant)]));
  const sections = sectionsOf(nestForms(raw.forms), setup.module, permitted, KINDS[setup.kind].one);
  return { ...setup, sections, fields: fieldIndex(sections) };
}

/** What is hidden of a child whose name is protected, from everybody but the owner of the case. The server takes no such answer of others. */
export const HIDDEN_NAMES: ReadonlySet<string> = new Set(["name", "name_first", "name_middle", "name_last", "name_nickname", "name_other", "name_full_name"]);

/** Somebody who may not see the child's names cannot write over them. */
export function withHiddenNames(setup: Setup, data: Data): Setup {
  const owner = textOf(data["owned_by"]);
  if (data["hidden_name"] !== true || owner === "" || owner === setup.me.userName) return setup;
  const closed = (field: Field): Field => (HIDDEN_NAMES.has(field.name) ? { ...field, disabled: true } : field);
  const sections = setup.sections.map((section) => ({ ...section, form: { ...section.form, fields: section.form.fields.map(closed) } }));
  return { ...setup, sections, fields: fieldIndex(sections) };
}
