import { describe, expect, it } from "vitest";
import type { Shape } from "~/api";
import type { TaskNow } from "~/store";
import { answerOn } from "~/renderer/DaySheet";
import { daysBetween, makeSetup } from "./setup";
import { besideOf, readState, writeState } from "./state";

const field = (name: string, more: object = {}): object => ({ name, type: "date_field", visible: true, ...more });
const form = (id: number, unique_id: string, fields: object[], more: object = {}): object => ({ id, unique_id, name: { en: unique_id }, parent_form: "case", visible: true, is_nested: false, module_ids: ["m"], fields, ...more });
const FORMS = [
  form(1, "followup", [field("followup_subform_section", { type: "subform", subform_section_id: 2 })]),
  form(2, "followup_rows", [field("followup_type", { type: "select_box", option_strings_source: "lookup lookup-f" }), field("followup_needed_by_date"), field("followup_date", { date_validation: "not_future_date" })], { is_nested: true }),
  form(3, "services", [field("services_section", { type: "subform", subform_section_id: 4 })]),
  form(4, "service_rows", [field("service_appointment_date"), field("service_implemented_day_time", { date_include_time: true })], { is_nested: true }),
  form(5, "concerns", [field("assessment_due_date", { disabled: true })]),
  form(6, "assessment", [field("assessment_requested_on")]),
] as unknown as Shape<"Form">[];
const LOOKUPS = [{ unique_id: "lookup-f", values: [{ id: "in_care", display_text: { en: "In care", ar: "في الرعاية" } }] }];
const me = (forms: Record<string, string>, actions: string[] = ["read", "write"]) => ({ module_unique_ids: ["m"], permitted_form: forms, permissions: { list: [{ resource: "cases", actions }] } }) as never;
const ALL = { followup: "rw", services: "rw", concerns: "rw", assessment: "r" };
const task = (type: TaskNow["type"], more: Partial<TaskNow> = {}): TaskNow => ({ type, due_on: "2026-03-02", id: "c 1", code: "c", name: "Noor", risk: null, ownedBy: "amina", module: "m", state: null, ...more });

describe("what she may do about a task", () => {
  const by = (decided = {}, account = me(ALL)) => makeSetup(FORMS, LOOKUPS as never, account, decided, "en");

  it("is what she may write on the form that asks for it", () => {
    const setup = by();
    expect(setup.completion(task("follow_up"))).toEqual({ withTime: false, isPast: true });
    expect(setup.due(task("follow_up"))).toEqual({ withTime: false, isPast: false });
    expect(setup.completion(task("service"))).toEqual({ withTime: true, isPast: false });
    expect([setup.completion(task("assessment")), setup.due(task("assessment")), setup.completion(task("review"))]).toEqual([null, null, null]);
  });

  it("is nothing for who only reads, or who may not write cases", () => {
    expect(by({}, me({ ...ALL, followup: "r" })).completion(task("follow_up"))).toBeNull();
    expect(by({}, me(ALL, ["read"])).completion(task("follow_up"))).toBeNull();
    expect(makeSetup(FORMS, [], null, {}, "en").completion(task("follow_up"))).toBeNull();
  });

  it("does not move a service that is due by its time frame", () => {
    expect(by().due(task("service"))).toBeNull();
    expect(by({ due_date_from_appointment_date: true }).due(task("service"))).not.toBeNull();
  });

  it("leads to the section that asks, and names what it is about", () => {
    expect(by().href(task("follow_up"))).toBe("/cases/c%201/followup");
    expect(by().href(task("review"))).toBe("/cases/c%201");
    expect(by().about(task("follow_up", { detail: "in_care" }))).toBe("In care");
    expect(by().about(task("follow_up", { detail: "gone" }))).toBe("gone");
    expect(by().about(task("assessment"))).toBe("");
  });
});

it("a moment is now for today and noon for an earlier day; a day stays a day", () => {
  const now = new Date("2026-03-02T09:30:15.250Z");
  expect(answerOn("2026-03-02", "2026-03-02", true, now)).toBe("2026-03-02T09:30:15Z");
  expect(answerOn("2026-03-01", "2026-03-02", true, now)).toBe(new Date("2026-03-01T12:00").toISOString().replace(".000Z", "Z"));
  expect(answerOn("2026-03-01", "2026-03-02", false, now)).toBe("2026-03-01");
});

it("days are counted over the change of the clock and the end of a year", () => {
  expect([daysBetween("2026-03-28", "2026-03-30"), daysBetween("2026-12-31", "2027-01-01"), daysBetween("2026-03-02", "2026-02-28")]).toEqual([2, 1, -2]);
});

it("the address holds what is looked for, and no people", () => {
  const asked = readState(new URLSearchParams("kind=service,nonsense&due=overdue,soon&all=1&page=3"), { workers: ["bilal", 7] });
  expect(asked).toEqual({ everybody: true, workers: ["bilal"], types: ["service"], due: ["overdue", "soon"], page: 3, per: 20 });
  expect(writeState(asked)).toBe("/tasks?kind=service&due=overdue%2Csoon&all=1&page=3");
  expect(besideOf(asked)).toEqual({ workers: ["bilal"] });
  expect(writeState(readState(new URLSearchParams("page=-1"), {}))).toBe("/tasks");
});
