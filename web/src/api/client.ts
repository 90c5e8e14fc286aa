import { readProblems, Refusal, Unreachable } from "./refusals";

export interface Request {
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  body?: unknown;
  /** Sent as they are, in place of a body. */
  bytes?: Uint8Array<ArrayBuffer>;
  /** How the request is to be handled, such as `handling=strict`. */
  prefer?: string;
  /** Replays the first answer when the same request is sent again. */
  idempotencyKey?: string;
  /** Asked with `If-None-Match`; an unchanged thing answers 304. */
  etag?: string | null;
  /** Asked with `If-Match`: nothing is done when the thing is another by now (412). */
  seen?: string;
  signal?: AbortSignal;
}

export interface Answer {
  status: number;
  body: unknown;
  etag: string | null;
}

const PATIENCE_MS = 60_000;

function csrfToken(): string | null {
  for (const part of document.cookie.split("; ")) {
    if (part.startsWith("CSRF-TOKEN=")) return decodeURIComponent(part.slice("CSRF-TOKEN=".length));
  }
  return null;
}

async function send(path: string, request: Request): Promise<Response> {
  const method = request.method ?? "GET";
  const headers: Record<string, string> = { Accept: "application/json" };
  if (request.prefer !== undefined) headers["Prefer"] = request.prefer;
  if (request.body !== undefined) headers["Content-Type"] = "application/json";
  if (request.bytes !== undefined) headers["Content-Type"] = "application/octet-stream";
  if (request.idempotencyKey !== undefined) headers["Idempotency-Key"] = request.idempotencyKey;
  if (request.etag) headers["If-None-Match"] = request.etag;
  if (request.seen !== undefined) headers["If-Match"] = `"${request.seen}"`;
  const token = csrfToken();
  if (token !== null) headers["X-CSRF-Token"] = token;
  const patience = AbortSignal.timeout(PATIENCE_MS);
  try {
    return await fetch(`/api${path}`, {
      method,
      headers,
      credentials: "same-origin",
      cache: "no-store",
      redirect: "error",
      signal: request.signal ? AbortSignal.any([request.signal, patience]) : patience,
      ...(request.bytes !== undefined ? { body: request.bytes } : request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
    });
  } catch (error) {
    if (request.signal?.aborted) throw error;
    throw new Unreachable();
  }
}

/** The first visit has no token yet: any GET sets one. */
async function ensureToken(): Promise<void> {
  if (csrfToken() === null) await send("/v2/primero", {});
}

/**
 * Asks the server under `/api`. Raises `Refusal` when it says no and `Unreachable` when nothing (sensible) came back.
 * The token is read afresh each time, as the server changes it at sign-in; a stale one is renewed and tried once more.
 */
export async function call(path: string, request: Request = {}): Promise<Answer> {
  const writes = request.method !== undefined && request.method !== "GET";
  if (writes) await ensureToken();
  let response = await send(path, request);
  if (writes && response.status === 403 && (await isTokenTrouble(response.clone()))) {
    await send("/v2/primero", {});
    response = await send(path, request);
  }
  return read(response);
}

/** Asks for a file; refusals as with `call`. */
export async function callForFile(path: string, request: Request = {}): Promise<Blob> {
  await ensureToken();
  const response = await send(path, request);
  if (response.ok) return response.blob();
  await read(response);
  throw new Unreachable();
}

async function isTokenTrouble(response: Response): Promise<boolean> {
  try {
    return readProblems(await response.json()).some((problem) => /csrf/i.test(`${problem.code ?? ""} ${problem.message}`));
  } catch {
    return false;
  }
}

async function read(response: Response): Promise<Answer> {
  const etag = response.headers.get("ETag");
  if (response.status === 204 || response.status === 304) return { status: response.status, body: null, etag };
  const text = await response.text();
  let body: unknown = null;
  try {
    body = JSON.parse(text);
  } catch {
    // A page of a proxy or a captive portal, not our server.
    if (response.ok || response.status >= 500) throw new Unreachable();
  }
  if (response.ok) return { status: response.status, body, etag };
  if (response.status === 502 || response.status === 504) throw new Unreachable();
  const wait = Number(response.headers.get("Retry-After"));
  throw new Refusal(response.status, readProblems(body), Number.isFinite(wait) && wait > 0 ? wait : null);
}
