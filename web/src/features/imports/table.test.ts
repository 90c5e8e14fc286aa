import { expect, test } from "vitest";
import { asCsv, cellOf } from "./table";

test("what a spreadsheet would calculate stays a text", () => {
  expect(["=1+1", "+963 11", "-", "@x", "plain", "نور"].map(cellOf)).toEqual(["'=1+1", "'+963 11", "'-", "'@x", "plain", "نور"]);
});

test("signs that part cells are quoted", () => {
  expect(cellOf('a "b", c')).toBe('"a ""b"", c"');
  expect(cellOf("two\nlines")).toBe('"two\nlines"');
});

test("the file says its encoding by its first sign", async () => {
  const bytes = new Uint8Array(await asCsv([["a", "é"], ["1", ""]]).arrayBuffer());
  expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
  expect(new TextDecoder().decode(bytes)).toBe("a,é\r\n1,\r\n");
});
