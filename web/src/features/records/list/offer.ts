import type { Shape } from "~/api";
import { hasMessage, localized, t } from "~/lib/i18n";
import { isObject } from "~/lib/json";
import type { Option } from "~/ui";
import type { ApprovalKind } from "~/store";
import { KINDS } from "~/store/kinds";
import type { Kind } from "~/store/types";
import { LISTS } from "./kinds";
import type { Words } from "./words";

export type FilterSort = "choice" | "tick" | "number" | "days" | "place";

/** Something that a list can be narrowed by, and how that is chosen. */
export interface Offered {
  name: string;
  sort: FilterSort;
  label: string;
  options: Option[];
  /** Always on the sheet; others are added by the worker. */
  usual: boolean;
}

type Form = Shape<"Form">;
export interface Around {
  kind?: Kind;
  forms: readonly Form[];
  locations: readonly Shape<"Location">[];
  users: readonly Shape<"User">[];
  groups: readonly Shape<"GroupOfUser">[];
  manager: boolean;
  words: Words;
  /** The approvals in which she takes part. */
  approvals: readonly Pick<ApprovalKind, "kind" | "label">[];
  /** Forms and questions on which the instance raises alerts. */
  alerts: readonly string[];
}

const ALERTS = "current_alert_types";
const SORTS: Readonly<Record<string, FilterSort>> = { radio_button: "choice", select_box: "choice", tick_box: "tick", numeric_field: "number", date_field: "days" };

/** Everything by which she may narrow her list: the usual, and every question of hers that has an answer to choose. */
export function offerFilters({ kind = "cases", forms, locations, users, groups, manager, words, approvals, alerts }: Around): Offered[] {
  const places = locations.filter((place) => !place.disabled).map((place) => ({ value: place.code, label: localized(place.name) || place.code }));
  const list = LISTS[kind];
  const { one } = KINDS[kind];
  const label = (name: string): string => labelOf(name, kind, forms);
  const usual: Offered[] = list.filters.map((name) => ({ name, sort: "choice", label: label(name), options: words.options(name), usual: true }));
  if (places.length > 0) usual.push({ name: `loc:${list.place}`, sort: "place", label: label(list.place), options: places, usual: true });
  if (manager && users.length > 0) usual.push({ name: "owned_by", sort: "choice", label: label("owned_by"), options: users.map((user) => ({ value: user.user_name, label: user.full_name || user.user_name })), usual: true });
  if (manager && groups.length > 1) usual.push({ name: "owned_by_groups", sort: "choice", label: label("owned_by_groups"), options: groups.map((group) => ({ value: group.unique_id, label: group.name })), usual: true });
  if (kind === "cases") for (const approval of approvals) usual.push({ name: `approval_status_${approval.kind}`, sort: "choice", label: t("approvals.of", { what: approval.label }), options: words.options(`approval_status_${approval.kind}`), usual: true });
  if (kind === "cases") usual.push({ name: ALERTS, sort: "choice", label: t("alerts.filter"), options: alertOptions(forms, approvals, alerts), usual: true });
  for (const name of list.days) usual.push({ name, sort: "days", label: label(name), options: [], usual: true });
  const known = new Set([...usual.map((one) => one.name.replace(/^loc:/, "")), "owned_by", "record_state"]);
  const further: Offered[] = [];
  for (const form of forms) {
    if (form.parent_form !== one || form.is_nested) continue;
    for (const field of form.fields) {
      let sort = SORTS[field.type];
      if (sort === undefined || known.has(field.name) || field.disabled === true) continue;
      known.add(field.name);
      const fromPlaces = (field.option_strings_source ?? "").endsWith("Location");
      if (fromPlaces) sort = "place";
      const options = fromPlaces ? places : sort === "choice" ? words.options(field.name) : [];
      if ((sort === "choice" || sort === "place") && options.length === 0) continue;
      further.push({ name: fromPlaces ? `loc:${field.name}` : field.name, sort, label: localized(field.display_name) || field.name, options: sort === "tick" ? ticks() : options, usual: false });
    }
  }
  return [...usual.filter((one) => one.sort === "days" || one.options.length > 0), ...further];
}

/** The forms and questions about which the instance raises alerts. */
export function alertTypes(settings: Pick<Shape<"SystemSettings">, "changes_field_to_form" | "system_options"> | null): string[] {
  const named = Object.values(settings?.changes_field_to_form ?? {}).map((form) => (isObject(form) ? form["form_section_unique_id"] : form));
  const doubles = settings?.system_options["duplicate_field_to_form"];
  const fields = isObject(doubles) && isObject(doubles["case"]) ? Object.keys(doubles["case"]) : [];
  return [...named.filter((one) => typeof one === "string"), ...fields];
}

/** What an alert can be about, in the words of the forms. */
function alertOptions(forms: readonly Form[], approvals: Around["approvals"], alerts: readonly string[]): Option[] {
  const named = (id: string): string => {
    const form = forms.find((one) => one.unique_id === id);
    const field = form ? undefined : forms.flatMap((one) => one.fields).find((one) => one.name === id);
    return form ? t("alerts.changed", { where: localized(form.name) }) : field ? t("alerts.duplicate", { question: localized(field.display_name) || id }) : "";
  };
  const told = approvals.map(({ kind, label }) => ({ value: kind, label: t("alerts.approval", { what: label }) }));
  const shared = ["referral", "transfer"].map((value) => ({ value, label: t(`alerts.${value}`) }));
  return [...told, ...shared, ...[...new Set(alerts)].map((value) => ({ value, label: named(value) })).filter((one) => one.label !== "")];
}

function ticks(): Option[] {
  return [
    { value: "true", label: t("renderer.yes") },
    { value: "false", label: t("renderer.no") },
  ];
}

/** What a question is called on a list: in our words, else in those of its form. */
export function labelOf(name: string, kind: Kind = "cases", forms: readonly Form[] = []): string {
  const plain = name.replace(/^loc:/, "");
  const key = `cases.filter.${plain}`;
  const own = kind === "cases" ? key : [`kinds.${kind}.${key}`, `kinds.record.${key}`].find(hasMessage);
  if (own !== undefined && hasMessage(own)) return t(own);
  const field = forms.filter((form) => form.parent_form === KINDS[kind].one && !form.is_nested).flatMap((form) => form.fields).find((one) => one.name === plain);
  return (field ? localized(field.display_name) : "") || (hasMessage(key) ? t(key) : plain);
}

/** A span as it stands in a filter: `from..to`, either end open. */
export function spanOf(text: string | undefined): [string, string] {
  const [from = "", to = ""] = (text ?? "").split("..");
  return [from, to];
}
export function spanText(from: string, to: string): string[] {
  return from === "" && to === "" ? [] : [`${from}..${to}`];
}
