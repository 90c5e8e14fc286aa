import { fill, type Catalogue, type Values } from "./format";
import { dayInUse } from "../calendars/chosen";
import { useWatched, watched } from "../watched";

export type { Catalogue, Values } from "./format";

export const LOCALES = ["en", "fr", "es", "ar"] as const;
export type Locale = (typeof LOCALES)[number];

/** The name of a language, in that language. */
export const LOCALE_NAMES: Record<Locale, string> = { en: "English", fr: "Français", es: "Español", ar: "العربية" };

const RIGHT_TO_LEFT = new Set(["ar", "fa", "ku", "ps", "ur"]);
const KEPT = "cpims.locale";

const catalogues: Record<Locale, () => Promise<{ default: Catalogue }>> = {
  en: () => import("virtual:messages/en"),
  fr: () => import("virtual:messages/fr"),
  es: () => import("virtual:messages/es"),
  ar: () => import("virtual:messages/ar"),
};

/** What the screens of administrators say beside. */
const ofAdministration: Record<Locale, () => Promise<{ default: Catalogue }>> = {
  en: () => import("virtual:administration-messages/en"),
  fr: () => import("virtual:administration-messages/fr"),
  es: () => import("virtual:administration-messages/es"),
  ar: () => import("virtual:administration-messages/ar"),
};
let isAdministering = false;

const current = watched<{ locale: Locale; catalogue: Catalogue }>({ locale: "en", catalogue: {} });

export function isLocale(value: unknown): value is Locale {
  return typeof value === "string" && (LOCALES as readonly string[]).includes(value);
}

/** The language chosen on this device, else the browser's, else English. */
export function preferredLocale(): Locale {
  const kept = localStorage.getItem(KEPT);
  if (isLocale(kept)) return kept;
  for (const wanted of navigator.languages) {
    const short = wanted.split("-")[0];
    if (isLocale(short)) return short;
  }
  return "en";
}

/** Loads one language and turns the whole app to it; the choice outlives reload and sign-out. */
export async function setLocale(locale: Locale): Promise<void> {
  const [{ default: catalogue }, more] = await Promise.all([catalogues[locale](), isAdministering ? ofAdministration[locale]().catch(() => null) : null]);
  useCatalogue(locale, { ...catalogue, ...more?.default });
  localStorage.setItem(KEPT, locale);
}

/** The words of the administration, from now on in every language that is turned to. */
export async function administrationWords(): Promise<void> {
  if (isAdministering) return;
  const { locale } = current.get();
  const { default: more } = await ofAdministration[locale]();
  isAdministering = true;
  if (current.get().locale === locale) current.update((now) => ({ ...now, catalogue: { ...now.catalogue, ...more } }));
  else await setLocale(current.get().locale);
}

/** All words of a language, without turning to it: for a page in another language within this one. */
export async function wordsOf(locale: Locale): Promise<Catalogue> {
  const [{ default: words }, { default: more }] = await Promise.all([catalogues[locale](), ofAdministration[locale]()]);
  return { ...words, ...more };
}

/** Puts a catalogue in place (tests do so directly). */
export function useCatalogue(locale: Locale, catalogue: Catalogue): void {
  if (typeof document !== "undefined") {
    document.documentElement.lang = locale;
    document.documentElement.dir = directionOf(locale);
  }
  current.set({ locale, catalogue });
}

export function directionOf(locale: string): "rtl" | "ltr" {
  return RIGHT_TO_LEFT.has(locale.split("-")[0] ?? locale) ? "rtl" : "ltr";
}

/** The message under this key in the language in use; a missing one shows its key, never nothing. */
export function t(key: string, values: Values = {}): string {
  const { locale, catalogue } = current.get();
  const message = catalogue[key];
  return message === undefined ? key : fill(message, values, locale);
}

export function hasMessage(key: string): boolean {
  return key in current.get().catalogue;
}

export function getLocale(): Locale {
  return current.get().locale;
}

/** Re-renders the caller when the language changes. */
export function useLocale(): Locale {
  return useWatched(current).locale;
}

/** A localized object of the server (`{"en": …, "ar": …}`), in the language in use, else in any it has. */
export function localized(value: Record<string, string> | string | null | undefined): string {
  if (typeof value === "string") return value;
  if (!value) return "";
  const { locale } = current.get();
  return value[locale] || value["en"] || Object.values(value).find((text) => text !== "") || "";
}

const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;

/** `2026-02-03` (or a moment) as a day in the worker's language and calendar; ISO days are read as days, never shifted by a zone. */
export function formatDay(value: string | null | undefined): string {
  if (!value) return "";
  return dayInUse(DAY.test(value) ? value : localDay(new Date(value)), current.get().locale) ?? formatGregorian(value);
}

/** The same in the Gregorian calendar, whatever the worker's own is. */
export function formatGregorian(value: string): string {
  const day = DAY.exec(value);
  const moment = day ? new Date(Date.UTC(Number(day[1]), Number(day[2]) - 1, Number(day[3]))) : new Date(value);
  if (Number.isNaN(moment.getTime())) return value;
  return new Intl.DateTimeFormat(current.get().locale, { calendar: "gregory", dateStyle: "medium", ...(day ? { timeZone: "UTC" } : {}) }).format(moment);
}

export function formatMoment(value: string | Date | null | undefined): string {
  if (!value) return "";
  const moment = value instanceof Date ? value : new Date(value);
  if (Number.isNaN(moment.getTime())) return String(value);
  const { locale } = current.get();
  const day = dayInUse(localDay(moment), locale);
  if (day === null) return new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" }).format(moment);
  return `${day}${directionOf(locale) === "rtl" ? "،" : ","} ${new Intl.DateTimeFormat(locale, { timeStyle: "short" }).format(moment)}`;
}

/** The ISO day of a moment on the clock on the wall; empty for no moment. */
function localDay(moment: Date): string {
  if (Number.isNaN(moment.getTime())) return "";
  const two = (part: number): string => String(part).padStart(2, "0");
  return `${String(moment.getFullYear()).padStart(4, "0")}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
}

export function formatNumber(value: number): string {
  return new Intl.NumberFormat(current.get().locale).format(value);
}

/** "3 days ago", "in 2 hours": for moments near now. */
export function formatAgo(value: string | Date, now: number = Date.now()): string {
  const seconds = (new Date(value).getTime() - now) / 1000;
  const format = new Intl.RelativeTimeFormat(current.get().locale, { numeric: "auto" });
  const size = Math.abs(seconds);
  if (size < 60) return format.format(0, "minute");
  if (size < 3600) return format.format(Math.round(seconds / 60), "minute");
  if (size < 86400) return format.format(Math.round(seconds / 3600), "hour");
  if (size < 30 * 86400) return format.format(Math.round(seconds / 86400), "day");
  return formatDay(new Date(value).toISOString());
}
