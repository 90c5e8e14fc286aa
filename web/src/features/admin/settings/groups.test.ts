import { describe, expect, it } from "vitest";
import type { Decided } from "~/store/tables";
import { answerOf, GROUPS, patchOf, settingsOf } from "./groups";

const decided = {
  age_ranges: { primero: ["0 - 5", "6+"] },
  primary_age_range: "primero",
  locales: ["en", "ar"],
  reporting_location_config: { field_key: "owned_by_location", admin_level: 2, admin_level_map: { "1": ["province"], "2": ["district"] } },
  approvals_labels: { closure: { en: "Closure" } },
  system_options: { maximum_users: 50, show_alerts: true, attachment_megabytes: { image: 5 }, timelines: { high: { days_to_plan: 7 }, low: { days_to_plan: 30 } } },
} as unknown as Decided;

describe("settings by groups", () => {
  it("stand in one group each", () => {
    const paths = GROUPS.flatMap((group) => settingsOf(group, decided).map((one) => one.path));
    expect(new Set(paths).size).toBe(paths.length);
  });
  it("are asked as they stand", () => {
    const of = (group: "ages" | "limits", path: string): unknown => answerOf(settingsOf(group, decided).find((one) => one.path === path) ?? { path, as: "text" }, decided);
    expect(of("ages", "age_ranges.primero")).toBe("0 - 5, 6+");
    expect(of("limits", "system_options.maximum_users")).toBe("50");
    expect(of("limits", "system_options.maximum_users_warning")).toBe("");
  });
  it("go out alone, a system option whole, a number as a number", () => {
    const settings = settingsOf("limits", decided);
    expect(patchOf(settings, { "system_options.maximum_users": "60", "system_options.attachment_megabytes.audio": "9" }, decided)).toEqual({
      system_options: { maximum_users: 60, attachment_megabytes: { image: 5, audio: 9 } },
    });
    expect(patchOf(settings, { "system_options.maximum_users": "many" }, decided)).toEqual({ system_options: { maximum_users: "many" } });
    expect(patchOf(settings, { "system_options.maximum_users": "" }, decided)).toEqual({ system_options: { maximum_users: null } });
  });
  it("keep what lies beside them", () => {
    expect(patchOf(settingsOf("places", decided), { "reporting_location_config.admin_level_map.1": "", "reporting_location_config.admin_level_map.3": "ward, camp" }, decided)).toEqual({
      reporting_location_config: { field_key: "owned_by_location", admin_level: 2, admin_level_map: { "2": ["district"], "3": ["ward", "camp"] } },
    });
    expect(patchOf(settingsOf("times", decided), { "system_options.timelines.high.days_to_plan": "5" }, decided)).toEqual({
      system_options: { timelines: { high: { days_to_plan: 5 }, low: { days_to_plan: 30 } } },
    });
    expect(patchOf(settingsOf("approvals", decided), { "approvals_labels.closure.fr": "Clôture" }, decided)).toEqual({ approvals_labels: { closure: { en: "Closure", fr: "Clôture" } } });
  });
  it("send an empty set of ages, for the server to refuse", () => {
    expect(patchOf(settingsOf("ages", decided), { "age_ranges.primero": "" }, decided)).toEqual({ age_ranges: { primero: [] } });
  });
});
