import { localized } from "~/lib/i18n";
import { fieldIndex, nestForms, sectionsOf, type Section } from "~/renderer/forms";
import type { Named, Sources } from "~/renderer/sources";
import type { Data, Field, Form, Lookup, Option, Place } from "~/renderer/types";
import { isData, textOf } from "~/renderer/values";

/** The configuration as the server serves it. */
export interface Raw {
  forms: readonly Form[];
  lookups: readonly Lookup[];
  places: readonly Place[];
  agencies: readonly Named[];
  users: readonly Named[];
  me: Data;
  modules: readonly Data[];
}

export interface Me {
  userName: string;
  fullName: string;
  actions: ReadonlySet<string>;
  permitted: Readonly<Record<string, string>>;
  modules: readonly string[];
}

/** What is needed to show and change the cases of one module, in the worker's language. */
export interface Setup {
  me: Me;
  module: string;
  sections: Section[];
  fields: Map<string, Field>;
  sources: Sources;
  workflow: readonly Option[];
  consentForm: string;
  groupName: (id: string) => string;
  may: (action: string) => boolean;
}

export function readMe(me: Data): Me {
  const permissions = isData(me["permissions"]) ? me["permissions"]["list"] : null;
  const cases = Array.isArray(permissions) ? permissions.filter(isData).find((one) => one["resource"] === "cases" || one["resource"] === "case") : undefined;
  const actions = cases?.["actions"];
  const permitted = me["permitted_form"];
  const modules = me["module_unique_ids"];
  return {
    userName: textOf(me["user_name"]),
    fullName: textOf(me["full_name"]),
    actions: new Set(Array.isArray(actions) ? actions.map(textOf) : []),
    permitted: isData(permitted) ? Object.fromEntries(Object.entries(permitted).map(([form, grant]) => [form, textOf(grant)])) : {},
    modules: Array.isArray(modules) ? modules.map(textOf) : [],
  };
}

export function setUp(raw: Raw, locale: string, moduleId: string): Setup {
  const me = readMe(raw.me);
  const module = moduleId || (me.modules[0] ?? "primeromodule-cp");
  const sections = sectionsOf(nestForms(raw.forms), module, me.permitted);
  const lookups = new Map(raw.lookups.map((lookup) => [lookup.unique_id, lookup]));
  const found = raw.modules.find((one) => one["unique_id"] === module);
  const options = isData(found?.["module_options"]) ? found["module_options"] : isData(found?.["options"]) ? found["options"] : {};
  const workflows = isData(found?.["workflows"]) ? found["workflows"]["case"] : null;
  const groups = lookups.get(`lookup-form-group-${module.replace(/^primeromodule-/, "")}-case`);
  const level = isData(raw.me["reporting_location_config"]) ? raw.me["reporting_location_config"]["admin_level"] : null;
  return {
    me,
    module,
    sections,
    fields: fieldIndex(sections),
    sources: {
      locale,
      fallback: "en",
      lookups,
      places: raw.places,
      reportingLevel: typeof level === "number" ? level : null,
      agencies: raw.agencies,
      users: raw.users,
    },
    workflow: Array.isArray(workflows) ? (workflows.filter(isData) as unknown as Option[]) : [],
    consentForm: textOf(options["consent_form"]) || "consent",
    groupName: (id) => {
      const label = groups?.values.find((value) => value.id === id)?.display_text;
      return localized(label) || id.replaceAll("_", " ");
    },
    may: (action) => me.actions.has(action) || me.actions.has("manage"),
  };
}

/** A worker lent the case by a referral sees it with the forms of that referral. */
export function withReferral(setup: Setup, raw: Raw, data: Data): Setup {
  const forms = data["permitted_forms"];
  if (!isData(forms)) return setup;
  const permitted: Record<string, string> = { ...setup.me.permitted };
  for (const [form, grant] of Object.entries(forms)) if (permitted[form] !== "rw") permitted[form] = textOf(grant);
  const sections = sectionsOf(nestForms(raw.forms), setup.module, permitted);
  return { ...setup, sections, fields: fieldIndex(sections) };
}
