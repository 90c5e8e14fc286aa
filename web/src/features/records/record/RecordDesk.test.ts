import { beforeEach, describe, expect, it, vi } from "vitest";
import { useCatalogue } from "~/lib/i18n";
import type { Outcome, RecordView, Save } from "~/store/types";
import type { Data, Json } from "~/renderer/types";
import { RecordDesk, type DraftOf, type Roads } from "./RecordDesk";
import { losing, putAt } from "./choosing";
import { setUp, type Raw } from "./setup";

const raw: Raw = {
  forms: [
    {
      id: 1,
      unique_id: "identity",
      name: { en: "Identity" },
      parent_form: "case",
      visible: true,
      fields: [
        { name: "name_first", type: "text_field", required: true },
        { name: "name_last", type: "text_field" },
        { name: "age", type: "numeric_field" },
      ],
    },
    { id: 2, unique_id: "family", name: { en: "Family" }, parent_form: "case", visible: true, order: 2, fields: [{ name: "family", type: "subform", subform_section_id: 3 }, { name: "size", type: "numeric_field", required: true }] },
    { id: 3, unique_id: "row", name: { en: "Row" }, is_nested: true, fields: [{ name: "relation", type: "text_field" }] },
  ],
  lookups: [],
  places: [],
  agencies: [],
  users: [],
  me: { user_name: "amina", full_name: "Amina", permissions: { list: [{ resource: "cases", actions: ["read", "write"] }] }, permitted_form: { identity: "rw", family: "rw" }, module_unique_ids: ["primeromodule-cp"] },
  modules: [],
};
const setup = setUp(raw, "en", "");

interface World extends Roads {
  sent: Save[];
  letGone: Data[];
  drafts: Map<string, DraftOf>;
  answers: Outcome[];
  stored: RecordView;
}

function world(): World {
  const made: World = {
    sent: [],
    letGone: [],
    drafts: new Map(),
    answers: [],
    stored: { data: {}, revision: 8, incomplete: [] },
    save: (save) => {
      made.sent.push(save);
      const answer = made.answers.shift() ?? { state: "confirmed", data: save.data, revision: 8, incomplete: [], ignored: [], notices: [] };
      return Promise.resolve(answer);
    },
    putDraft: (key, value) => {
      made.drafts.set(key, structuredClone(value) as unknown as DraftOf);
      return Promise.resolve();
    },
    dropDraft: (key) => {
      made.drafts.delete(key);
      return Promise.resolve();
    },
    fresh: () => Promise.resolve(made.stored),
    refresh: () => undefined,
    letGo: (_id, answers) => {
      made.letGone.push(answers);
      return Promise.resolve();
    },
    takeBack: () => Promise.resolve(),
    markDirty: () => undefined,
  };
  return made;
}

const STORED: Data = { id: "x", name_first: "Noor", age: 9, size: 4, family: [{ unique_id: "r1", relation: "aunt" }] };
const open = (roads: Roads, data: Data = STORED, draft: DraftOf | null = null): RecordDesk => new RecordDesk("x", false, setup, "2026-11-25", roads, data, 7, draft);

beforeEach(() => {
  useCatalogue("en", { "error.status.422": "That is not right." });
  vi.useFakeTimers();
});

describe("saving a case", () => {
  it("sends the changed keys with what the worker saw, and stands on the reply", async () => {
    const roads = world();
    const desk = open(roads);
    desk.filling.answers.set("age", 10);
    expect(await desk.save()).toBe("saved");
    expect(roads.sent).toMatchObject([{ id: "x", create: false, data: { age: 10 }, base: { revision: 7, values: { age: 9 } }, recordAction: null }]);
    expect(desk.filling.isDirty()).toBe(false);
    expect(desk.filling.revision).toBe(8);
  });

  it("sends nothing wrong, shows the list, and keeps the draft", async () => {
    const roads = world();
    const desk = open(roads);
    desk.filling.answers.set("age", "abc");
    expect(await desk.save({ anyway: true })).toBe("problems");
    expect(roads.sent).toEqual([]);
    expect(desk.state.get()).toMatchObject({ asked: "wrong", raised: 1 });
    await desk.keep();
    expect(roads.drafts.get("cases/x")?.mine).toEqual({ age: "abc" });
  });

  it("asks once about gaps in the sections that were touched or are open, then saves as it is", async () => {
    const roads = world();
    const desk = open(roads, { ...STORED, size: null });
    desk.filling.answers.set("age", 10);
    expect(desk.problemsNow([])).toEqual([]);
    desk.filling.answers.set("name_first", "");
    expect(await desk.save({ sections: ["family"] })).toBe("problems");
    expect(desk.filling.problems.list().map((one) => one.pointer)).toEqual(["/name_first", "/size"]);
    expect(roads.sent).toEqual([]);
    expect(await desk.save({ sections: ["family"], anyway: true })).toBe("saved");
    expect(roads.sent[0]?.data).toEqual({ age: 10, name_first: null });
  });

  it("keeps what is typed while the save is under way", async () => {
    const roads = world();
    const desk = open(roads);
    desk.filling.answers.set("age", 10);
    const saving = desk.save();
    desk.filling.answers.set("name_last", "Haddad");
    await saving;
    expect(desk.filling.patch()).toEqual({ name_last: "Haddad" });
  });

  it("puts a refusal beside its answer, and says above what belongs to none", async () => {
    const roads = world();
    const problem = (detail: string[]) => ({ code: null, message: "no", detail, params: {}, conflicts: [] });
    roads.answers.push({ state: "refused", item: "i", status: 422, problems: [problem(["/age"]), problem(["/nowhere"])], conflicts: [] });
    const desk = open(roads);
    desk.filling.answers.set("age", 11);
    expect(await desk.save()).toBe("refused");
    expect(desk.filling.problems.list()).toMatchObject([{ pointer: "/age", kind: "refused", message: "That is not right." }]);
    expect(desk.state.get().refusal.map((one) => one.detail)).toEqual([["/nowhere"]]);
    expect(desk.filling.answers.get("age")).toBe(11);
  });
});

describe("two people, one case", () => {
  it("takes in other answers at once and leaves hers alone", () => {
    const desk = open(world());
    desk.filling.answers.set("age", 10);
    desk.arrived({ data: { ...STORED, name_last: "Karim" }, revision: 8, incomplete: [] });
    expect(desk.filling.answers.all()).toMatchObject({ age: 10, name_last: "Karim" });
    expect(desk.filling.patch()).toEqual({ age: 10 });
    expect(desk.state.get().elsewhere).toEqual(["name_last"]);
  });

  it("lets her choose when the same answer was changed, loses nothing, and sends against what is stored now", async () => {
    const roads = world();
    const conflict = { pointer: "/name_first", kind: "value", base: "Noor", mine: "Nora", theirs: "Nour", author: "bilal", at: null };
    roads.answers.push({ state: "refused", item: "i", status: 409, problems: [], conflicts: [conflict] });
    roads.stored = { data: { ...STORED, name_first: "Nour", size: 5 }, revision: 8, incomplete: [] };
    const desk = open(roads);
    desk.filling.answers.merge({ name_first: "Nora", age: 10 });
    expect(await desk.save()).toBe("conflict");
    expect(desk.filling.answers.get("name_first")).toBe("Nora");
    expect(await desk.resolve(new Map([["/name_first", "mine"]]))).toBe("saved");
    expect(roads.sent[1]).toMatchObject({ data: { name_first: "Nora", age: 10 }, base: { revision: 8, values: { name_first: "Nour", age: 9 } } });
    expect(desk.filling.answers.get("size")).toBe(5);
    expect(roads.letGone).toEqual([]);
  });

  it("asks again when somebody went on while she chose", async () => {
    const roads = world();
    const conflict = { pointer: "/name_first", kind: "value", base: "Noor", mine: "Nora", theirs: "Nour", author: "bilal", at: null };
    roads.answers.push({ state: "refused", item: "i", status: 409, problems: [], conflicts: [conflict] });
    roads.stored = { data: { ...STORED, name_first: "Nour", age: 12 }, revision: 9, incomplete: [] };
    const desk = open(roads);
    desk.filling.answers.merge({ name_first: "Nora", age: 10 });
    await desk.save();
    expect(await desk.resolve(new Map([["/name_first", "mine"]]))).toBe("conflict");
    expect(desk.state.get().conflicts.map((one) => [one.pointer, one.mine, one.theirs])).toEqual([
      ["/name_first", "Nora", "Nour"],
      ["/age", 10, 12],
    ]);
    expect([roads.sent.length, roads.letGone]).toEqual([1, []]);
  });

  it("takes theirs also when the case was opened only after hers had been refused", async () => {
    const roads = world();
    const conflicts = [
      { pointer: "/name_first", kind: "value", base: "Noor", mine: "Nora", theirs: "Nour", author: "bilal", at: null },
      { pointer: "/family/r1/relation", kind: "value", base: "aunt", mine: "uncle", theirs: "mother", author: "bilal", at: null },
    ];
    const theirs: Data = { ...STORED, name_first: "Nour", family: [{ unique_id: "r1", relation: "mother" }] };
    roads.stored = { data: theirs, revision: 8, incomplete: [] };
    const unsent: Data = { name_first: "Nora", age: 10, family: [{ unique_id: "r1", relation: "uncle" }] };
    const desk = new RecordDesk("x", false, setup, "2026-11-25", roads, theirs, 8, null, unsent, ["i"]);
    desk.refused([{ code: "record.conflict", message: "", detail: [], params: {}, conflicts }], unsent);
    expect(await desk.resolve(new Map([["/name_first", "theirs"], ["/family/r1/relation", "theirs"]]))).toBe("saved");
    expect(roads.sent.map((one) => one.data)).toEqual([{ age: 10 }]);
    expect(roads.letGone).toEqual([{ name_first: "Nora", family: [{ unique_id: "r1", relation: "uncle" }] }]);
  });

  it("sends nothing when she takes theirs and changed nothing else", async () => {
    const roads = world();
    roads.answers.push({ state: "refused", item: "i", status: 409, problems: [], conflicts: [{ pointer: "/name_first", kind: "value", base: "Noor", mine: "Nora", theirs: "Nour", author: "bilal", at: null }] });
    roads.stored = { data: { ...STORED, name_first: "Nour" }, revision: 8, incomplete: [] };
    const desk = open(roads);
    desk.filling.answers.set("name_first", "Nora");
    await desk.save();
    expect(await desk.resolve(new Map([["/name_first", "theirs"]]))).toBe("saved");
    expect(roads.sent).toHaveLength(1);
    expect(desk.filling.answers.get("name_first")).toBe("Nour");
    expect(roads.letGone).toEqual([{ name_first: "Nora" }]);
  });
});

describe("something sent earlier comes back refused", () => {
  const problem = { code: "invalid", message: "", detail: ["/age"], params: {}, conflicts: [] };

  it("is laid under what was typed since, and goes along with the next save", async () => {
    const roads = world();
    const desk = open(roads, { ...STORED, age: 11 });
    desk.filling.answers.set("name_last", "Haddad");
    desk.arrived({ data: STORED, revision: 7, incomplete: [] });
    desk.cameBack(["i1"], { age: 11 }, [problem], { data: STORED, revision: 7 });
    expect(desk.filling.answers.all()).toMatchObject({ age: 11, name_last: "Haddad" });
    expect(desk.filling.problems.list()).toMatchObject([{ pointer: "/age", kind: "refused" }]);
    desk.filling.answers.set("age", 12);
    desk.cameBack(["i1"], { age: 11 }, [problem], { data: STORED, revision: 7 });
    expect(await desk.save()).toBe("saved");
    expect(roads.sent[0]?.data).toEqual({ age: 12, name_last: "Haddad" });
  });

  it("leaves alone what this desk sent itself", async () => {
    const roads = world();
    roads.answers.push({ state: "refused", item: "i2", status: 422, problems: [problem], conflicts: [] });
    const desk = open(roads);
    desk.filling.answers.set("age", 11);
    await desk.save();
    desk.filling.answers.set("age", 12);
    desk.cameBack(["i2"], { age: 11 }, [problem], { data: STORED, revision: 7 });
    expect(desk.filling.answers.get("age")).toBe(12);
  });
});

describe("she typed over what is refused", () => {
  const conflicts = [{ pointer: "/name_first", kind: "value", base: "Noor", mine: "Nora", theirs: "Nour", author: "bilal", at: null }];
  const stored: RecordView = { data: { ...STORED, name_first: "Nour" }, revision: 8, incomplete: [] };
  const asked = (desk: RecordDesk): Json[] => desk.state.get().conflicts.flatMap((one) => [one.mine, one.theirs]);

  it("is asked about her last words, and one save takes the place of both", async () => {
    const roads = world();
    roads.stored = stored;
    const desk = open(roads);
    desk.filling.answers.set("age", 10);
    desk.cameBack(["i1", "i2"], { name_first: "Nori" }, [{ code: "record.conflict", message: "", detail: [], params: {}, conflicts }], stored);
    expect(asked(desk)).toEqual(["Nori", "Nour"]);
    expect(await desk.resolve(new Map([["/name_first", "mine"]]))).toBe("saved");
    expect(roads.sent).toMatchObject([{ data: { name_first: "Nori", age: 10 }, base: { revision: 8, values: { name_first: "Nour" } }, replaces: ["i1", "i2"] }]);
  });

  it("writes her last words down where she takes theirs, and nothing of hers is sent later", async () => {
    const roads = world();
    roads.stored = stored;
    const back: string[] = [];
    roads.takeBack = (items) => Promise.resolve(void back.push(...items));
    const desk = new RecordDesk("x", false, setup, "2026-11-25", roads, stored.data, 8, null, { name_first: "Nori" }, ["i1", "i2"]);
    desk.refused([{ code: "record.conflict", message: "", detail: [], params: {}, conflicts }], { name_first: "Nori" });
    expect(asked(desk)).toEqual(["Nori", "Nour"]);
    expect(await desk.resolve(new Map([["/name_first", "theirs"]]))).toBe("saved");
    expect([roads.sent, roads.letGone, back]).toEqual([[], [{ name_first: "Nori" }], ["i2", "i1"]]);
  });

  it("is given what she typed while both stood beside each other", async () => {
    const roads = world();
    roads.stored = stored;
    const desk = open(roads);
    roads.answers.push({ state: "refused", item: "i", status: 409, problems: [], conflicts });
    desk.filling.answers.set("name_first", "Nora");
    await desk.save();
    desk.filling.answers.set("name_first", "Norina");
    expect(await desk.resolve(new Map([["/name_first", "mine"]]))).toBe("saved");
    expect(roads.sent[1]?.data).toEqual({ name_first: "Norina" });
  });
});

describe("drafts", () => {
  it("are kept half a second after the last key, rows included, and come back whole", async () => {
    const roads = world();
    const desk = open(roads);
    desk.filling.answers.set("family", [...(STORED["family"] as Data[]), { unique_id: "r2", relation: "uncle" }]);
    desk.filling.answers.set("age", "1");
    await vi.advanceTimersByTimeAsync(600);
    const draft = roads.drafts.get("cases/x");
    if (!draft) throw new Error("no draft");
    const again = open(roads, STORED, draft);
    expect(again.filling.answers.all()).toMatchObject({ age: "1", family: [{ unique_id: "r1" }, { unique_id: "r2", relation: "uncle" }] });
    expect(again.state.get().restored).toBe(draft.at);
    expect(again.filling.seen(again.filling.patch())).toMatchObject({ revision: 7, values: { age: 9 } });
  });

  it("go when everything is as stored again, and after saving", async () => {
    const roads = world();
    const desk = open(roads);
    desk.filling.answers.set("age", 10);
    await desk.keep();
    expect(roads.drafts.size).toBe(1);
    const back = desk.discard();
    await vi.advanceTimersByTimeAsync(600);
    expect(roads.drafts.size).toBe(0);
    back();
    await desk.save();
    expect(roads.drafts.size).toBe(0);
  });
});

it("names what loses against another's answer, rows whole", () => {
  const conflict = (pointer: string, mine: Json) => ({ pointer, kind: "value", base: null, mine, theirs: null, author: null, at: null });
  const mine: Data = { age: 10, family: [{ unique_id: "r1", relation: "uncle", age: 40 }] };
  expect(losing([conflict("/age", 10), conflict("/family/r1/relation", "uncle"), conflict("/family/r2", null)], mine)).toEqual({
    age: 10,
    family: [{ unique_id: "r1", relation: "uncle", age: 40 }, { unique_id: "r2", _destroy: true }],
  });
});

it("puts one answer in place, rows by id", () => {
  const data: Data = { family: [{ unique_id: "r1", relation: "aunt" }], a: 1 };
  expect(putAt(data, "/family/r1/relation", "uncle")).toEqual({ family: [{ unique_id: "r1", relation: "uncle" }], a: 1 });
  expect(putAt(data, "/family/r1", null)).toEqual({ family: [], a: 1 });
  expect(putAt(data, "/family/r2", { unique_id: "r2" })).toEqual({ family: [{ unique_id: "r1", relation: "aunt" }, { unique_id: "r2" }], a: 1 });
});
