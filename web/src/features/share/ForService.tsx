import type { JSX } from "preact";
import { useMemo } from "preact/compat";
import { formatDay, t, useLocale } from "~/lib/i18n";
import type { JsonObject } from "~/lib/json";
import { nestForms } from "~/renderer/forms";
import { labelOf, type Sources } from "~/renderer/sources";
import type { Data, Form, Lookup } from "~/renderer/types";
import { isBlank, rowId, rowsOf, textOf } from "~/renderer/values";
import { useResource, useSource } from "~/store";
import { Field, Select } from "~/ui";

const SERVICES = "services_section";

/** The services of a case that were not given yet. */
function openServices(data: JsonObject): Data[] {
  return rowsOf(data[SERVICES]).filter((row) => rowId(row) !== "" && isBlank(row["service_implemented_day_time"]));
}

/** What a referral says of the service that it is for. */
export function servedBy(data: JsonObject, row: string): JsonObject {
  const chosen = openServices(data).find((one) => rowId(one) === row);
  return chosen === undefined ? {} : { service_record_id: row, ...(isBlank(chosen["service_type"]) ? {} : { service: textOf(chosen["service_type"]) }) };
}

/** For which service of the case somebody is asked: when she is done, it is noted as given. */
export function ForService({ data, value, onValue }: { data: JsonObject; value: string; onValue: (value: string) => void }): JSX.Element | null {
  const source = useSource();
  const locale = useLocale();
  const forms = useResource(source.forms(), 300).value;
  const lookups = useResource(source.lookups(), 300).value;
  const open = openServices(data);
  const type = useMemo(
    () =>
      nestForms((forms ?? []) as Form[])
        .flatMap((form) => form.fields)
        .find((field) => field.name === SERVICES)
        ?.subform?.fields.find((field) => field.name === "service_type"),
    [forms],
  );
  if (open.length === 0) return null;
  const sources: Sources = { locale, fallback: "en", lookups: new Map(((lookups ?? []) as Lookup[]).map((one) => [one.unique_id, one])), places: [], reportingLevel: null, agencies: [], users: [] };
  const labelFor = (row: Data): string => {
    const id = textOf(row["service_type"]);
    const day = textOf(row["service_appointment_date"]).slice(0, 10);
    return [id !== "" && type ? labelOf(type, id, sources) : t("task.type.service"), day === "" ? "" : formatDay(day)].filter(Boolean).join(", ");
  };
  return (
    <Field label={t("share.service")} hint={t("share.service.hint")}>
      {(attributes) => <Select {...attributes} options={open.map((row) => ({ value: rowId(row), label: labelFor(row) }))} value={value} onValue={onValue} empty={t("share.service.none")} />}
    </Field>
  );
}
