import type { Shape } from "~/api";
import { hasMessage, localized, t } from "~/lib/i18n";
import type { Option } from "~/ui";
import { FILTERS } from "./state";
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
  forms: readonly Form[];
  locations: readonly Shape<"Location">[];
  users: readonly Shape<"User">[];
  groups: readonly Shape<"GroupOfUser">[];
  manager: boolean;
  words: Words;
}

const DAYS = ["registration_date", "created_at", "last_updated_at"];
const SORTS: Readonly<Record<string, FilterSort>> = { radio_button: "choice", select_box: "choice", tick_box: "tick", numeric_field: "number", date_field: "days" };

/** Everything by which she may narrow her list: the usual, and every question of hers that has an answer to choose. */
export function offerFilters({ forms, locations, users, groups, manager, words }: Around): Offered[] {
  const places = locations.filter((place) => !place.disabled).map((place) => ({ value: place.code, label: localized(place.name) || place.code }));
  const usual: Offered[] = FILTERS.map((name) => ({ name, sort: "choice", label: labelOf(name), options: words.options(name), usual: true }));
  if (places.length > 0) usual.push({ name: "loc:location_current", sort: "place", label: labelOf("location_current"), options: places, usual: true });
  if (manager && users.length > 0) usual.push({ name: "owned_by", sort: "choice", label: labelOf("owned_by"), options: users.map((user) => ({ value: user.user_name, label: user.full_name || user.user_name })), usual: true });
  if (manager && groups.length > 1) usual.push({ name: "owned_by_groups", sort: "choice", label: labelOf("owned_by_groups"), options: groups.map((group) => ({ value: group.unique_id, label: group.name })), usual: true });
  for (const name of DAYS) usual.push({ name, sort: "days", label: labelOf(name), options: [], usual: true });
  const known = new Set([...usual.map((one) => one.name.replace(/^loc:/, "")), "owned_by", "record_state"]);
  const further: Offered[] = [];
  for (const form of forms) {
    if (form.parent_form !== "case" || form.is_nested) continue;
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

function ticks(): Option[] {
  return [
    { value: "true", label: t("renderer.yes") },
    { value: "false", label: t("renderer.no") },
  ];
}

export function labelOf(name: string): string {
  const key = `cases.filter.${name.replace(/^loc:/, "")}`;
  return hasMessage(key) ? t(key) : name;
}

/** A span as it stands in a filter: `from..to`, either end open. */
export function spanOf(text: string | undefined): [string, string] {
  const [from = "", to = ""] = (text ?? "").split("..");
  return [from, to];
}
export function spanText(from: string, to: string): string[] {
  return from === "" && to === "" ? [] : [`${from}..${to}`];
}
