import { describe, expect, it } from "vitest";
import { dueAfter } from "./idle";

const MINUTE = 60_000;
const with_ = { hasPin: true, locked: false, minutes: 5, dropMinutes: 30 };
const without = { ...with_, hasPin: false };

describe("a device that lies idle", () => {
  it.each([
    [4.9, with_, "nothing"],
    [5, with_, "pin"],
    [5, { ...with_, minutes: 15 }, "nothing"],
    [29.9, { ...with_, locked: true }, "nothing"],
    [30, { ...with_, locked: true }, "drop"],
    [30, with_, "drop"],
    [28.9, without, "nothing"],
    [29, without, "warn"],
    [30, without, "drop"],
    [31, { ...without, dropMinutes: 480 }, "nothing"],
    [480, { ...with_, dropMinutes: 480 }, "drop"],
  ] as const)("after %s minutes (%o): %s", (minutes, state, due) => {
    expect(dueAfter(minutes * MINUTE, state)).toBe(due);
  });
});
