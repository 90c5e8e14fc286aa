import { useMemo } from "preact/compat";
import type { Shape } from "~/api";
import { localized, useLocale } from "~/lib/i18n";
import { compareRows, type FieldChange, type RowChange } from "~/renderer/changes";
import { nestForms, type Section, sectionsOf } from "~/renderer/forms";
import type { Named, Sources } from "~/renderer/sources";
import type { Field, Form, Json, Lookup } from "~/renderer/types";
import { rowsOf, sameValue } from "~/renderer/values";
import { useResource, type DataSource } from "~/store";

const CONFIGURATION_AGE_S = 300;

/** The words for answers: her forms, and where their options come from. */
export interface Wording {
  sections: readonly Section[];
  sources: Sources;
}

export function useWording(source: DataSource, module: string): Wording | null {
  const locale = useLocale();
  const forms = useResource(source.forms(), CONFIGURATION_AGE_S).value;
  const lookups = useResource(source.lookups(), CONFIGURATION_AGE_S).value;
  const me = useResource(source.me(), CONFIGURATION_AGE_S).value;
  const places = useResource(source.locations(), CONFIGURATION_AGE_S).value;
  const agencies = useResource(source.agencies(), CONFIGURATION_AGE_S).value;
  const users = useResource(source.users(), CONFIGURATION_AGE_S).value;
  return useMemo(() => {
    if (forms === null || lookups === null || me === null) return null;
    const named = (list: readonly { id: string; label: string }[]): Named[] => [...list];
    return {
      sections: sectionsOf(nestForms(forms as Form[]), module, me.permitted_form ?? {}),
      sources: {
        locale,
        fallback: "en",
        lookups: new Map((lookups as Lookup[]).map((one) => [one.unique_id, one])),
        places: places ?? [],
        reportingLevel: me.reporting_location_config?.admin_level ?? null,
        agencies: named((agencies ?? []).map((one) => ({ id: one.unique_id, label: localized(one.name) }))),
        users: named((users ?? []).map((one) => ({ id: one.user_name, label: one.full_name || one.user_name }))),
      },
    };
  }, [locale, forms, lookups, me, places, agencies, users, module]);
}

/** What changed in one form: its answers, and its rows. */
export interface FormChanges {
  id: string;
  name: string;
  /** The approval is about this form. */
  asked: boolean;
  answers: FieldChange[];
  rows: { field: Field; rows: RowChange[] }[];
  count: number;
}

/** What the server compared, form by form in the order of the forms; those that the approval is about come first. */
export function changesByForm(changes: readonly Shape<"Compared">[], sections: readonly Section[], about: readonly string[]): FormChanges[] {
  const left = new Map(changes.map((one) => [one.name, { from: (one.from ?? null) as Json, to: (one.to ?? null) as Json }]));
  const found: FormChanges[] = [];
  const first = (section: Section): number => (about.includes(section.form.unique_id) ? 0 : 1);
  for (const { form } of [...sections].sort((a, b) => first(a) - first(b))) {
    const one: FormChanges = { id: form.unique_id, name: localized(form.name), asked: about.includes(form.unique_id), answers: [], rows: [], count: 0 };
    for (const field of form.fields) {
      const change = left.get(field.name);
      if (change === undefined || field.visible === false) continue;
      left.delete(field.name);
      put(one, field, field.name, change);
    }
    if (one.count > 0) found.push(one);
  }
  return found;
}

function put(form: FormChanges, field: Field, name: string, { from, to }: { from: Json; to: Json }): void {
  if (field.type === "subform") {
    const rows = compareRows(field, rowsOf(from), rowsOf(to));
    if (rows.length > 0) form.rows.push({ field, rows });
    form.count += rows.length;
  } else if (!sameValue(from, to)) {
    form.answers.push({ field, name, from, to });
    form.count += 1;
  }
}
