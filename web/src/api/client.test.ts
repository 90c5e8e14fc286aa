import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { useCatalogue } from "~/lib/i18n";
import { call } from "./client";
import { readProblems, Refusal, textOf, Unreachable } from "./refusals";

type Fetch = (path: string, request: RequestInit) => Promise<Response>;
const asked: { path: string; headers: Record<string, string>; method: string }[] = [];
let server: Fetch;
const json = (status: number, body: unknown, headers: Record<string, string> = {}): Promise<Response> => Promise.resolve(new Response(JSON.stringify(body), { status, headers }));
const page = { cookie: "" };

beforeEach(() => {
  asked.length = 0;
  page.cookie = "CSRF-TOKEN=a%2Bb; other=1";
  server = () => json(200, { data: {} });
  vi.stubGlobal("document", page);
  vi.stubGlobal("fetch", ((path, request) => {
    asked.push({ path, headers: request.headers as Record<string, string>, method: String(request.method) });
    return server(path, request);
  }) as Fetch);
});
afterEach(() => {
  vi.unstubAllGlobals();
});

describe("asking the server", () => {
  it("carries the decoded token, the key of the request and how to handle it", async () => {
    await call("/v2/cases", { method: "POST", body: { data: {} }, idempotencyKey: "k1", prefer: "handling=strict" });
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({ path: "/api/v2/cases", method: "POST", headers: { "X-CSRF-Token": "a+b", "Idempotency-Key": "k1", Prefer: "handling=strict" } });
  });

  it("fetches a token before the first write", async () => {
    page.cookie = "";
    server = (path) => {
      if (path === "/api/v2/primero") page.cookie = "CSRF-TOKEN=fresh";
      return json(200, {});
    };
    await call("/v2/tokens", { method: "POST", body: {} });
    expect(asked.map((one) => [one.path, one.headers["X-CSRF-Token"]])).toEqual([["/api/v2/primero", undefined], ["/api/v2/tokens", "fresh"]]);
  });

  it("renews a stale token once, and does not take another 403 for one", async () => {
    server = (path) => json(path === "/api/v2/cases" ? 403 : 200, { errors: [{ status: 403, message: "Forbidden", code: "csrf.invalid" }] });
    await expect(call("/v2/cases", { method: "POST", body: {} })).rejects.toBeInstanceOf(Refusal);
    expect(asked.map((one) => one.path)).toEqual(["/api/v2/cases", "/api/v2/primero", "/api/v2/cases"]);
    asked.length = 0;
    server = () => json(403, { errors: [{ status: 403, message: "Forbidden", code: "not_permitted" }] });
    await expect(call("/v2/cases", { method: "POST", body: {} })).rejects.toMatchObject({ status: 403, code: "not_permitted" });
    expect(asked).toHaveLength(1);
  });

  it("reads an answer without a body, and an unchanged thing", async () => {
    server = () => Promise.resolve(new Response(null, { status: 204 }));
    expect((await call("/v2/cases")).body).toBeNull();
    server = () => Promise.resolve(new Response(null, { status: 304, headers: { ETag: '"7"' } }));
    expect(await call("/v2/cases/x", { etag: '"7"' })).toEqual({ status: 304, body: null, etag: '"7"' });
    expect(asked[1]?.headers["If-None-Match"]).toBe('"7"');
  });

  it("does not take a captive portal or a failing proxy for the server", async () => {
    server = () => Promise.resolve(new Response("<html>Sign in to the wifi</html>", { status: 200 }));
    await expect(call("/v2/cases")).rejects.toBeInstanceOf(Unreachable);
    server = () => json(502, {});
    await expect(call("/v2/cases")).rejects.toBeInstanceOf(Unreachable);
    server = () => Promise.reject(new TypeError("Failed to fetch"));
    await expect(call("/v2/cases")).rejects.toBeInstanceOf(Unreachable);
  });

  it("gives every problem with its place, values and conflicts", async () => {
    const conflict = { pointer: "/age", kind: "value", base: 9, mine: 10, theirs: 11, author: "bilal", at: "2026-02-01T10:00:00Z" };
    server = () => json(409, { errors: [{ status: 409, message: ["a", "b"], detail: "age", code: "record.conflict", params: { n: 1 }, conflicts: [conflict] }] }, { "Retry-After": "12" });
    const refusal = await call("/v2/cases/x", { method: "PATCH", body: {} }).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ status: 409, retryAfter: 12, problems: [{ code: "record.conflict", message: "a b", detail: ["age"], params: { n: 1 }, conflicts: [conflict] }] });
  });
});

describe("what is said of it", () => {
  beforeEach(() => {
    vi.stubGlobal("document", { cookie: "", documentElement: {} });
    useCatalogue("en", { "too_few": ["Say at least ", [0, "least"], "."], "error.status.403": "Not allowed.", "error.status.422": "Not right.", "error.status.500": "Our fault.", "error.unreachable": "Away.", "error.unexpected": "Odd." });
  });

  it("is in the worker's words, never a server's inner ones", () => {
    const problem = { message: "", detail: [], conflicts: [], params: {} };
    expect(textOf(new Refusal(422, [{ ...problem, code: "too_few", params: { least: 3 } }]))).toBe("Say at least 3.");
    expect(textOf(new Refusal(403, [{ ...problem, code: "unknown.code", message: "Forbidden" }]))).toBe("Not allowed.");
    expect(textOf(new Refusal(422, [{ ...problem, code: "unknown.code", message: "Age is not a number" }]))).toBe("Not right.");
    expect(textOf(new Refusal(422, readProblems({ errors: [{ code: "record.invalid", message: "Invalid Record JSON", problems: [{ pointer: "/age", code: "too_few", params: { least: 4 } }] }] })))).toBe("Say at least 4.");
    expect(textOf(new Refusal(500, [{ ...problem, code: null, message: "NoMethodError at line 3" }]))).toBe("Our fault.");
    expect(textOf(new Unreachable())).toBe("Away.");
    expect(textOf(new Error("boom at x.js:3"))).toBe("Odd.");
  });
});
