import { useMemo } from "preact/compat";
import { hasMessage, localized, t, useLocale } from "~/lib/i18n";
import { isObject, type Json, type JsonObject } from "~/lib/json";
import { useResource, useSource } from "~/store";
import type { Option } from "~/ui";

/** The words of the configuration for the values in a list: what "open" or "medical" is called here. */
export interface Words {
  options(field: string): Option[];
  word(field: string, value: Json | undefined): string;
}

const CONFIGURATION_AGE_S = 600;

export function makeWords(forms: readonly JsonObject[], lookups: readonly JsonObject[], settings: JsonObject | null): Words {
  const cache = new Map<string, Option[]>();
  const options = (field: string): Option[] => {
    const known = cache.get(field);
    if (known) return known;
    const found = field === "workflow" ? workflowOptions(settings) : field === "age" ? ageOptions(settings) : fieldOptions(field, forms, lookups);
    const made = found.length > 0 ? found : usual(field);
    cache.set(field, made);
    return made;
  };
  return {
    options,
    word: (field, value) => {
      if (typeof value !== "string" || value === "") return "";
      const found = options(field).find((option) => option.value === value);
      if (found) return found.label;
      const key = `case.${field}.${value}`;
      return hasMessage(key) ? t(key) : value;
    },
  };
}

export function useWords(): Words {
  const source = useSource();
  const forms = useResource(source.forms(), CONFIGURATION_AGE_S);
  const lookups = useResource(source.lookups(), CONFIGURATION_AGE_S);
  const settings = useResource(source.settings(), CONFIGURATION_AGE_S);
  const locale = useLocale();
  return useMemo(
    () => makeWords(forms.value ?? [], lookups.value ?? [], settings.value),
    [forms.value, lookups.value, settings.value, locale],
  );
}

function texts(value: Json | undefined): string {
  if (typeof value === "string") return value;
  return isObject(value) ? localized(value as Record<string, string>) : "";
}

function objects(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function toOption(value: JsonObject): Option {
  const id = String(value["id"] ?? "");
  return { value: id, label: texts(value["display_text"]) || texts(value["display_name"]) || id, disabled: value["disabled"] === true };
}

function fieldOptions(name: string, forms: readonly JsonObject[], lookups: readonly JsonObject[]): Option[] {
  for (const form of forms) {
    if (form["parent_form"] !== "case" || form["is_nested"] === true) continue;
    const field = objects(form["fields"]).find((one) => one["name"] === name);
    if (!field) continue;
    const inline = objects(field["option_strings_text"]);
    if (inline.length > 0) return inline.map(toOption).filter((option) => !option.disabled);
    const source = typeof field["option_strings_source"] === "string" ? field["option_strings_source"].replace(/^lookup /, "") : "";
    const lookup = lookups.find((one) => one["unique_id"] === source);
    if (lookup) return objects(lookup["values"]).map(toOption).filter((option) => !option.disabled);
  }
  const lookup = lookups.find((one) => one["unique_id"] === `lookup-case-${name.replace("_", "-")}` || one["unique_id"] === `lookup-${name.replace("_", "-")}`);
  return lookup ? objects(lookup["values"]).map(toOption).filter((option) => !option.disabled) : [];
}

function workflowOptions(settings: JsonObject | null): Option[] {
  const found: Option[] = [];
  for (const module of objects(settings?.["modules"])) {
    const workflows = isObject(module["workflows"]) ? module["workflows"] : {};
    const steps = workflows["case"];
    const list = Array.isArray(steps) ? steps : isObject(steps) ? (objects(steps["en"]) as Json[]) : [];
    for (const step of list) {
      if (!isObject(step)) continue;
      const option = toOption(step);
      const key = `case.workflow.${option.value}`;
      if (option.label === option.value && hasMessage(key)) option.label = t(key);
      if (option.value !== "" && !found.some((one) => one.value === option.value)) found.push(option);
    }
  }
  return found;
}

function ageOptions(settings: JsonObject | null): Option[] {
  const ranges = isObject(settings?.["age_ranges"]) ? settings["age_ranges"] : {};
  const list = ranges[typeof settings?.["primary_age_range"] === "string" ? settings["primary_age_range"] : "primero"];
  return Array.isArray(list) ? list.map(String).map(ageOption) : [];
}

/** `"6 - 11"` and `"18+"` as the server writes them, as a range to ask for. */
export function ageOption(text: string): Option {
  const [from, to] = text.replace("+", "-999").split("-").map((part) => part.trim());
  const label = to === "999" ? t("case.age.over", { from: Number(from) }) : t("case.age.range", { from: Number(from), to: Number(to) });
  return { value: `${from ?? "0"}..${to ?? "999"}`, label };
}

const USUAL: Record<string, string[]> = {
  status: ["open", "closed", "transferred"],
  sex: ["female", "male"],
  risk_level: ["high", "medium", "low"],
  workflow: ["new", "assessment", "case_plan", "service_provision", "services_implemented", "closed"],
};

function usual(field: string): Option[] {
  if (field === "age") return ["0 - 5", "6 - 11", "12 - 17", "18+"].map(ageOption);
  return (USUAL[field] ?? []).map((value) => ({ value, label: t(`case.${field}.${value}`) }));
}
