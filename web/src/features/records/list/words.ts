import { useMemo } from "preact/compat";
import { hasMessage, localized, t, useLocale } from "~/lib/i18n";
import type { Shape } from "~/api";
import type { Json } from "~/lib/json";
import { KINDS } from "~/store/kinds";
import { useResource, useSource, type Kind } from "~/store";
import type { Option } from "~/ui";

/** The words of the configuration for the values in a list: what "open" or "medical" is called here. */
export interface Words {
  options(field: string): Option[];
  word(field: string, value: Json | undefined): string;
}

const CONFIGURATION_AGE_S = 600;
/** What of an approval a list tells; of the others there is nothing to tell. */
export const APPROVAL_STATES = ["pending", "approved", "rejected"] as const;

type Settings = Pick<Shape<"SystemSettings">, "modules" | "age_ranges" | "primary_age_range">;

export function makeWords(forms: readonly Shape<"Form">[], lookups: readonly Shape<"Lookup">[], settings: Settings | null, kind: Kind = "cases"): Words {
  const { one } = KINDS[kind];
  const cache = new Map<string, Option[]>();
  const options = (field: string): Option[] => {
    const known = cache.get(field);
    if (known) return known;
    const found = field.startsWith("approval_status_") ? APPROVAL_STATES.map((value) => ({ value, label: t(`approvals.state.${value}`) })) : field === "workflow" ? workflowOptions(settings) : field === "age" && kind === "cases" ? ageOptions(settings) : fieldOptions(field, forms, lookups, one);
    const made = found.length > 0 ? found : usual(field, kind);
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

export function useWords(kind: Kind = "cases"): Words {
  const source = useSource();
  const forms = useResource(source.forms(), CONFIGURATION_AGE_S);
  const lookups = useResource(source.lookups(), CONFIGURATION_AGE_S);
  const settings = useResource(source.settings(), CONFIGURATION_AGE_S);
  const locale = useLocale();
  return useMemo(
    () => makeWords(forms.value ?? [], lookups.value ?? [], settings.value, kind),
    [forms.value, lookups.value, settings.value, locale, kind],
  );
}

function toOption(one: Shape<"Option">): Option {
  return { value: one.id, label: localized(one.display_text) || one.id, disabled: one.disabled === true };
}

function offered(list: readonly Shape<"Option">[]): Option[] {
  return list.map(toOption).filter((option) => !option.disabled);
}

function fieldOptions(name: string, forms: readonly Shape<"Form">[], lookups: readonly Shape<"Lookup">[], one: string): Option[] {
  for (const form of forms) {
    if (form.parent_form !== one || form.is_nested) continue;
    const field = form.fields.find((one) => one.name === name);
    if (!field) continue;
    if (field.option_strings_text && field.option_strings_text.length > 0) return offered(field.option_strings_text);
    const source = (field.option_strings_source ?? "").replace(/^lookup /, "");
    const lookup = lookups.find((one) => one.unique_id === source);
    if (lookup) return offered(lookup.values);
  }
  const usualNames = [`lookup-${one}-${name.replace("_", "-")}`, `lookup-${name.replace("_", "-")}`];
  return offered(lookups.find((one) => usualNames.includes(one.unique_id))?.values ?? []);
}

function workflowOptions(settings: Settings | null): Option[] {
  const found: Option[] = [];
  for (const module of settings?.modules ?? []) {
    for (const step of module.workflows?.["case"] ?? []) {
      const option = toOption(step);
      const key = `case.workflow.${option.value}`;
      if (option.label === option.value && hasMessage(key)) option.label = t(key);
      if (option.value !== "" && !found.some((one) => one.value === option.value)) found.push(option);
    }
  }
  return found;
}

function ageOptions(settings: Settings | null): Option[] {
  return (settings?.age_ranges?.[settings.primary_age_range ?? "primero"] ?? []).map(ageOption);
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

function usual(field: string, kind: Kind): Option[] {
  if (kind !== "cases") return field === "status" ? ["open", "closed"].map((value) => ({ value, label: t(`case.status.${value}`) })) : [];
  if (field === "age") return ["0 - 5", "6 - 11", "12 - 17", "18+"].map(ageOption);
  return (USUAL[field] ?? []).map((value) => ({ value, label: t(`case.${field}.${value}`) }));
}
