import type { Field, Json, Localized, Lookup, Option, Place } from "./types";
import { idsOf } from "./values";

/** One thing to choose. `retired`: still there because it is stored, no longer offered to others. */
export interface Choice {
  id: string;
  label: string;
  /** Where it is, what it belongs to: a second line, searched as well. */
  hint?: string;
  retired?: boolean;
  tags?: readonly string[];
}

export interface Named {
  id: string;
  label: string;
  disabled?: boolean;
  services?: readonly string[];
}

/** Everything options are drawn from, in the worker's language. */
export interface Sources {
  locale: string;
  fallback: string;
  lookups: ReadonlyMap<string, Lookup>;
  places: readonly Place[];
  /** The level of places that reports are made for. */
  reportingLevel: number | null;
  agencies: readonly Named[];
  users: readonly Named[];
}

/** The text in her language, else in the instance's, else in any. */
export function pick(text: Localized | string | null | undefined, locale: string, fallback = "en"): string {
  if (text === undefined || text === null) return "";
  if (typeof text === "string") return text;
  const short = locale.split("-")[0] ?? locale;
  return text[locale] || text[short] || text[fallback] || Object.values(text).find((one) => one !== "") || "";
}

export function lookupId(source: string | undefined): string | null {
  const words = (source ?? "").trim().split(/\s+/);
  return words[0] === "lookup" ? (words.at(-1) ?? null) : null;
}

/** Options in the order of the list; those of the field's source, whether offered or not. */
export function choicesOf(field: Field, sources: Sources): Choice[] {
  const { locale, fallback } = sources;
  const source = (field.option_strings_source ?? "").trim();
  if (source === "Location") return sources.places.filter((place) => !place.disabled).map((place) => placeChoice(place, sources));
  if (source === "ReportingLocation")
    return sources.places
      .filter((place) => !place.disabled && (sources.reportingLevel === null || place.admin_level === sources.reportingLevel))
      .map((place) => placeChoice(place, sources));
  if (source === "Agency") return sources.agencies.filter((one) => !one.disabled).map(({ id, label }) => ({ id, label }));
  if (source === "User") return sources.users.filter((one) => !one.disabled).map(({ id, label }) => ({ id, label }));
  const lookup = lookupId(source);
  const options: readonly Option[] = lookup !== null ? (sources.lookups.get(lookup)?.values ?? []) : (field.option_strings_text ?? []);
  return options.map((option) => ({
    id: option.id,
    label: pick(option.display_text, locale, fallback) || option.id,
    ...(option.disabled ? { retired: true } : {}),
    ...(option.tags ? { tags: option.tags } : {}),
  }));
}

/** What a worker may choose now: the offered ones, and whatever is stored already. */
export function offer(field: Field, value: Json | undefined, sources: Sources, offered: ReadonlySet<string> | null): Choice[] {
  const stored = new Set(idsOf(value));
  const all = choicesOf(field, sources);
  const kept = all.filter((choice) => stored.has(choice.id) || (!choice.retired && (offered === null || offered.has(choice.id))));
  const known = new Set(all.map((choice) => choice.id));
  for (const id of stored) if (!known.has(id)) kept.push({ id, label: labelOf(field, id, sources), retired: true });
  return kept;
}

export function labelOf(field: Field, id: string, sources: Sources): string {
  const source = (field.option_strings_source ?? "").trim();
  if (source === "Location" || source === "ReportingLocation") {
    const place = sources.places.find((one) => one.code === id);
    return place ? placeName(place, sources) : id;
  }
  if (source === "Agency") return sources.agencies.find((one) => one.id === id)?.label ?? id;
  if (source === "User") return sources.users.find((one) => one.id === id)?.label ?? id;
  const lookup = lookupId(source);
  const options = lookup !== null ? (sources.lookups.get(lookup)?.values ?? []) : (field.option_strings_text ?? []);
  const option = options.find((one) => one.id === id);
  return option ? pick(option.display_text, sources.locale, sources.fallback) || id : id;
}

/** The place's own name; its parents are the hint. */
function placeName(place: Place, { locale, fallback }: Sources): string {
  return pick(place.placename, locale, fallback) || pick(place.name, locale, fallback).split("::").at(-1)?.trim() || place.code;
}

export function placePath(place: Place, { locale, fallback }: Sources): string[] {
  return pick(place.name, locale, fallback)
    .split("::")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

function placeChoice(place: Place, sources: Sources): Choice {
  const parents = placePath(place, sources).slice(0, -1);
  return { id: place.code, label: placeName(place, sources), ...(parents.length > 0 ? { hint: parents.join(" › ") } : {}) };
}

/** Small lists are shown whole, long ones are searched. */
export function isLong(field: Field, choices: readonly Choice[]): boolean {
  return choices.length > 12 || ["Location", "ReportingLocation", "User", "Agency"].includes(field.option_strings_source ?? "");
}
