import { describe, expect, it } from "vitest";
import { completing, redating, tasksOf } from "~/engine/due";
import type { JsonObject } from "~/lib/json";
import type { OutboxItem } from "../types";
import { dueAnswers, isAskedFor, seenBy, tasksHere, withHers, type Here, type TaskNow } from "./due";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const path = fileURLToPath(new URL("../../../../contracts/vectors/due.json", import.meta.url));
const vectors = JSON.parse(readFileSync(path, "utf8")) as { decided: JsonObject; cases: { id: string; kind: string; answers: JsonObject; decided: JsonObject }[] };
const decided = { timelines: { high: { days_to_assess: 3, days_between_follow_ups: 7 } }, due_date_from_appointment_date: true, time_zone: "UTC" };
const TODAY = "2026-03-10";

function item(record: string, data: JsonObject, change: Partial<OutboxItem> = {}): OutboxItem {
  return { schema: 2, id: `i-${record}`, owner: "o", action: "amend_case", kind: "cases", record, data, base: null, recordAction: null, at: "2026-03-10T08:00:00Z", offset: 0, dependsOn: [], state: "waiting", reason: null, refusal: null, attempts: 0, ...change };
}
function kept(values: Record<string, JsonObject>): Here["summaries"] {
  return new Map(Object.entries(values).map(([id, one]) => [id, { kind: "cases", row: { id, status: "open", owned_by: "amina", risk_level: "high", name: `Child ${id}`, short_id: id, module_id: "m", ...one }, due: dueAnswers(one), revision: 4 }]));
}
function here(values: Record<string, JsonObject>, items: OutboxItem[] = []): Here {
  return { summaries: kept(values), items, decided, asked: ["assessment_due_date", "followup_subform_section"], userName: "amina" };
}
const days = (tasks: readonly TaskNow[]): string[] => tasks.map((task) => `${task.id} ${task.type} ${task.due_on}`);

const visit = { followup_subform_section: [{ unique_id: "f1", followup_needed_by_date: "2026-03-08", followup_type: "in_care" }] };
const service = { services_section: [{ unique_id: "s1", service_type: "health", service_appointment_date: "2026-03-12" }] };

describe("what a device holds of a case to know what is due", () => {
  it.each(vectors.cases.filter((one) => one.kind === "tasks").map((one) => [one.id, one] as const))("comes to the same tasks: %s", (_, { answers, decided: more }) => {
    const all = { ...vectors.decided, ...more };
    expect(tasksOf(dueAnswers(answers), all)).toEqual(tasksOf(answers, all));
  });

  it("holds of rows that are done only the last, and no words of a worker", () => {
    const rows = [..."abcd"].map((letter, at) => ({ unique_id: letter, followup_date: `2026-02-0${String(at + 1)}`, followup_comments: "she is well" }));
    const picked = dueAnswers({ name: "Noor", followup_subform_section: rows, notes_section: [{ note_text: "x" }] });
    expect(picked).toEqual({ followup_subform_section: [{ unique_id: "d", followup_date: "2026-02-04" }] });
  });
});

describe("tasks worked out on the device", () => {
  it("are those of open cases, the earliest first", () => {
    const found = tasksHere(here({ a: service, b: visit, c: { ...visit, status: "closed" }, d: { ...visit, record_state: false } }));
    expect(days(found)).toEqual(["b follow_up 2026-03-08", "a service 2026-03-12"]);
    expect(found[0]).toMatchObject({ name: "Child b", code: "b", risk: "high", ownedBy: "amina", row: "f1", detail: "in_care", state: null });
  });

  it("have her unsent work in them: what is done goes, what follows comes", () => {
    const task = tasksHere(here({ b: visit }))[0] as TaskNow;
    const done = item("b", completing(task, "2026-03-09", () => "new") as JsonObject);
    expect(tasksHere(here({ b: visit }, [done]))).toMatchObject([{ id: "b", type: "follow_up", due_on: "2026-03-16", state: "waiting" }]);
    const moved = item("a", redating(tasksHere(here({ a: service }))[0] as TaskNow, "2026-03-20", decided, () => "new") as JsonObject, { state: "sending" });
    expect(days(tasksHere(here({ a: service }, [moved])))).toEqual(["a service 2026-03-20"]);
  });

  it("have what the server took a moment ago in them, until the case on the device is newer than that", () => {
    const done = { followup_subform_section: [{ unique_id: "f1", followup_date: "2026-03-09" }] };
    const taken = (revision: number): OutboxItem => item("b", done, { state: "confirmed", base: { revision, values: {} } });
    expect(tasksHere(here({ b: visit }, [taken(4)]))).toMatchObject([{ due_on: "2026-03-16", state: null }]);
    expect(tasksHere(here({ b: visit }, [taken(3)]))).toMatchObject([{ due_on: "2026-03-08", state: null }]);
  });

  it("stand as before when what she did was refused, and say so", () => {
    const done = item("b", { followup_subform_section: [{ unique_id: "f1", followup_date: "2026-03-09" }] }, { state: "refused" });
    expect(tasksHere(here({ b: visit }, [done]))).toMatchObject([{ due_on: "2026-03-08", state: "refused" }]);
  });

  it("hold a child registered here, whose assessment is due by the time limit", () => {
    const fresh = item("n", { risk_level: "high", name_first: "Noor" }, { action: "register_case" });
    expect(tasksHere(here({}, [fresh]))).toMatchObject([{ id: "n", name: "Noor", type: "assessment", due_on: "2026-03-13", ownedBy: "amina", state: "waiting" }]);
  });

  it("are narrowed as the server narrows", () => {
    const all = tasksHere(here({ a: service, b: visit, e: { ...visit, owned_by: "bilal" } }));
    const asked = { everybody: false, workers: [], types: [], due: [] };
    const ids = (change: object): string[] => all.filter((task) => isAskedFor(task, { ...asked, ...change }, "amina", TODAY)).map((task) => task.id);
    expect(ids({})).toEqual(["b", "a"]);
    expect(ids({ everybody: true })).toEqual(["b", "e", "a"]);
    expect(ids({ workers: ["bilal"] })).toEqual(["e"]);
    expect(ids({ due: ["overdue"] })).toEqual(["b"]);
    expect(ids({ due: ["soon"], types: ["service", "review"] })).toEqual(["a"]);
    expect(ids({ due: ["later"] })).toEqual([]);
  });
});

describe("the server's page with her work in it", () => {
  const told: TaskNow[] = [
    { id: "x", type: "follow_up", due_on: "2026-03-08", row: "f1", code: "x", name: "X", risk: null, ownedBy: "bilal", module: "m", state: null },
    { id: "y", type: "assessment", due_on: "2026-03-09", code: "y", name: "Y", risk: null, ownedBy: "bilal", module: "m", state: null },
  ];
  const fits = (): boolean => true;

  it("loses what she completed and moves what she re-dated, in cases that are not kept", () => {
    const done = item("x", { followup_subform_section: [{ unique_id: "f1", followup_date: "2026-03-09" }] });
    expect(days(withHers(told, [done], new Map(), fits, true))).toEqual(["y assessment 2026-03-09"]);
    const moved = item("y", { assessment_due_date: "2026-03-01" });
    expect(withHers(told, [moved], new Map(), fits, true)).toMatchObject([{ id: "y", due_on: "2026-03-01", state: "waiting" }, { id: "x", state: null }]);
    const other = item("x", { followup_subform_section: [{ unique_id: "f2", followup_date: "2026-03-09" }], age: 9 });
    expect(days(withHers(told, [other], new Map(), fits, true))).toEqual(days(told));
    expect(withHers(told, [{ ...done, state: "refused" }], new Map(), fits, true)[0]).toMatchObject({ id: "x", state: "refused" });
  });

  it("takes a kept case from the device, with what follows only where the page is whole", () => {
    const next: TaskNow = { ...told[0]!, row: undefined as never, due_on: "2026-03-16" };
    const again = new Map([["x", [next]]]);
    expect(days(withHers(told, [], again, fits, true))).toEqual(["y assessment 2026-03-09", "x follow_up 2026-03-16"]);
    expect(days(withHers(told, [], again, fits, false))).toEqual(["y assessment 2026-03-09"]);
    expect(days(withHers(told, [], again, (task) => task.due_on < TODAY, true))).toEqual(["y assessment 2026-03-09"]);
  });
});

it("a later change is based on what she saw: her earlier one in it, a refused one not", () => {
  const stored = { services_section: [{ unique_id: "s1", service_appointment_date: "2026-03-12" }], age: 9 };
  const earlier = item("a", { services_section: [{ unique_id: "s1", service_appointment_date: "2026-03-14" }] });
  expect(seenBy(stored, 4, [earlier], "a")["services_section"]).toEqual([{ unique_id: "s1", service_appointment_date: "2026-03-14" }]);
  expect(seenBy(stored, 4, [{ ...earlier, state: "refused" }], "a")).toEqual(stored);
  expect(seenBy(stored, 4, [earlier], "b")).toEqual(stored);
});
