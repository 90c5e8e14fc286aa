import type { JSX } from "preact";
import { LOCALE_NAMES, LOCALES, t, hasMessage } from "~/lib/i18n";
import type { Params } from "~/lib/router";
import { useResource, useSource } from "~/store";
import type { Decided } from "~/store/tables";
import { LinkRow, List, Muted, Notice, Page, say, Stack, type IconName, type Option } from "~/ui";
import { AdminForm, type Answers, type Ask } from "../AdminForm";
import { forDoers } from "../lookups/guard";
import { Back, Loaded } from "../parts";
import { useTables } from "../tables";
import { answerOf, GROUPS, patchOf, settingsOf, type Group, type Setting } from "./groups";

const ICONS: Readonly<Record<Group, IconName>> = { general: "language", ages: "people", places: "mapPin", work: "cases", times: "clock", approvals: "check", limits: "file", acceptance: "shield", others: "phone" };

/** What an instance decides once, by groups. */
function SettingsPage(): JSX.Element {
  return (
    <Page title={t("admin.settings.title")} narrow before={<Back to="/admin" label={t("admin.title")} />}>
      <List label={t("admin.settings.title")}>
        {GROUPS.map((group) => (
          <LinkRow key={group} href={`/admin/settings/${group}`} icon={ICONS[group]}>
            <strong>{t(`admin.settings.group.${group}`)}</strong>
            <div>
              <Muted small>{t(`admin.settings.group.${group}.about`)}</Muted>
            </div>
          </LinkRow>
        ))}
      </List>
    </Page>
  );
}

/** One group of settings. */
function OneGroupPage({ params }: { params: Params }): JSX.Element {
  const tables = useTables();
  const group = GROUPS.find((one) => one === params["group"]) ?? "general";
  return (
    <Page title={t(`admin.settings.group.${group}`)} narrow before={<Back to="/admin/settings" label={t("admin.settings.title")} />}>
      <Loaded from={tables.settings()} maxAge={5}>{(decided) => <GroupForm key={group} group={group} decided={decided} />}</Loaded>
    </Page>
  );
}

function GroupForm({ group, decided }: { group: Group; decided: Decided }): JSX.Element {
  const source = useSource();
  const tables = useTables();
  const settings = settingsOf(group, decided);
  // The device shows the names and limits of its own copy: it is asked anew once something changed.
  const copy = source.settings();
  useResource(copy, 3600);
  const save = async (changed: Answers): Promise<void> => {
    if (Object.keys(changed).length > 0) {
      await tables.changeSettings(patchOf(settings, changed, decided));
      void copy.refresh();
    }
    say(t("admin.saved"), { icon: "check" });
  };
  return (
    <Stack>
      <Notice tone="info">{t(`admin.settings.group.${group}.about`)}</Notice>
      <AdminForm
        asks={settings.map((setting) => askOf(setting, decided))}
        before={Object.fromEntries(settings.map((setting) => [setting.path, answerOf(setting, decided)]))}
        saveLabel={t("admin.save")}
        onSave={save}
      />
    </Stack>
  );
}

function askOf(setting: Setting, decided: Decided): Ask {
  const key = `admin.settings.${setting.label ?? setting.path}`;
  const language = LOCALES.find((locale) => locale === setting.locale);
  const label = t(key, { of: ofWords(setting), language: language ? LOCALE_NAMES[language] : "" });
  const hint = hasMessage(`${key}.hint`) && (setting.locale === undefined || setting.locale === "en") ? { hint: t(`${key}.hint`) } : {};
  const asked = { name: setting.path, label, ...hint };
  switch (setting.as) {
    case "tick":
      return { ...asked, kind: "tick" };
    case "locales":
      return { ...asked, kind: "ticks", options: languages([...new Set([...LOCALES, ...(decided.locales ?? [])])]) };
    case "locale":
      return { ...asked, kind: "one", options: languages(decided.locales ?? []) };
    case "zone":
      return { ...asked, kind: "find", options: zones(decided.time_zone), ltr: true };
    case "range":
      return { ...asked, kind: "one", options: Object.keys(decided.age_ranges ?? {}).map((name) => ({ value: name, label: name })) };
    case "level":
      return { ...asked, kind: "one", options: levels(decided) };
    case "number":
      return { ...asked, kind: "text", ltr: true };
    case "list":
    case "text":
      return { ...asked, kind: "text" };
  }
}

function ofWords(setting: Setting): string {
  if (setting.of === undefined) return "";
  const key = `admin.settings.of.${setting.of}`;
  return hasMessage(key) ? t(key) : setting.of;
}

function languages(codes: readonly string[]): Option[] {
  return codes.map((code) => ({ value: code, label: LOCALES.find((one) => one === code) ? LOCALE_NAMES[code as (typeof LOCALES)[number]] : code }));
}

function levels(decided: Decided): Option[] {
  const map = decided.reporting_location_config?.["admin_level_map"] as Record<string, unknown> | undefined;
  return Object.entries(map ?? {}).map(([level, names]) => ({ value: level, label: `${level} · ${Array.isArray(names) ? names.join(", ") : ""}` }));
}

function zones(stands: string | null): Option[] {
  const all = new Set(["UTC", ...Intl.supportedValuesOf("timeZone"), ...(stands ? [stands] : [])]);
  return [...all].sort().map((zone) => ({ value: zone, label: zone }));
}

export default forDoers("systems", ["manage"], SettingsPage);
export const SettingsGroupPage = forDoers("systems", ["manage"], OneGroupPage);
