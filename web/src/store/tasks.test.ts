import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Answer, Request } from "~/api";
import type { OutboxItem, Save } from "./types";
import { Tasks, type TasksAsked } from "./tasks";

const ASKED: TasksAsked = { everybody: false, workers: [], types: [], due: ["overdue"], page: 1, per: 20 };
let asked: { path: string; body: unknown }[];
let saved: Save[];
let items: OutboxItem[];
let kept: { data: Record<string, never>; revision: number } | null;
const fetchRecord = vi.fn();

function open(): Tasks {
  return new Tasks({
    ask: (path: string, request: Request = {}): Promise<Answer> => {
      asked.push({ path, body: request.body });
      const task = { record_type: "case", id: "a", record_id_display: "A-1", module_id: "m", owned_by: "amina", name: null, priority: "high", type: "follow_up", detail: null, due_on: "2026-03-02", overdue: true, upcoming_soon: false, section: "s", row: "f1", completion_field: "c", due_field: "d" };
      return Promise.resolve({ status: 200, etag: null, body: { data: [task], metadata: { total: 10_000, per: 20, page: 1, total_exact: false } } });
    },
    onRefusal: () => undefined,
    kept: () => Promise.resolve(kept),
    fetch: fetchRecord,
    items: () => items,
    save: (save) => {
      saved.push(save);
      return Promise.resolve({ state: "waiting", item: "i" });
    },
  });
}

beforeEach(() => {
  asked = [];
  saved = [];
  items = [];
  kept = null;
  fetchRecord.mockReset();
});

describe("tasks", () => {
  it("are asked for as the server knows the question", async () => {
    const tasks = open();
    await tasks.search(ASKED).refresh();
    await tasks.search({ ...ASKED, everybody: true }).refresh();
    await tasks.search({ ...ASKED, everybody: true, workers: ["bilal"], types: ["service"] }).refresh();
    const own = { types: [], due: ["overdue"], page: 1, per: 20 };
    expect(asked.map((one) => one.body)).toEqual([own, { ...own, everybody: true }, { ...own, workers: ["bilal"], types: ["service"] }]);
    expect(tasks.search(ASKED).get().value).toEqual({ rows: [{ id: "a", code: "A-1", module: "m", ownedBy: "amina", name: "", risk: "high", type: "follow_up", due_on: "2026-03-02", row: "f1", state: null }], total: 10_000, totalExact: false });
  });

  it("are changed against what she saw on this device, without a question to the server, and take up nothing that was refused", async () => {
    kept = { data: { followup_subform_section: [{ unique_id: "f1" }] } as never, revision: 4 };
    const change = { followup_subform_section: [{ unique_id: "f1", followup_date: "2026-03-03" }] };
    expect(await open().change({ id: "a" }, change)).toEqual({ state: "waiting", item: "i" });
    expect(saved).toEqual([{ kind: "cases", id: "a", create: false, data: change, base: { revision: 4, values: { followup_subform_section: [{ unique_id: "f1" }] } }, replaces: [] }]);
    expect(fetchRecord).not.toHaveBeenCalled();
  });

  it("of a case that is not kept are changed against the server's; what cannot be had is not changed blindly", async () => {
    fetchRecord.mockResolvedValueOnce({ data: {}, revision: 7 });
    await open().change({ id: "a" }, { assessment_requested_on: "2026-03-03" });
    expect(saved[0]?.base).toEqual({ revision: 7, values: { assessment_requested_on: null } });
    fetchRecord.mockRejectedValueOnce(new Error("unreachable"));
    await expect(open().change({ id: "a" }, { assessment_requested_on: "2026-03-03" })).rejects.toThrow("unreachable");
    expect(saved.length).toBe(1);
  });

  it("are asked for again once the server took something, and what else was known is forgotten", async () => {
    const tasks = open();
    await tasks.search({ ...ASKED, page: 2 }).refresh();
    await tasks.search(ASKED).refresh();
    tasks.confirmed(["a"]);
    await vi.waitFor(() => {
      expect(asked.length).toBe(3);
    });
    expect(asked[2]?.body).toMatchObject({ page: 1 });
    expect([...tasks.settled.get().keys()]).toEqual(["a"]);
    expect(tasks.search({ ...ASKED, page: 2 }).get().value).toBeNull();
  });
});
