import { Refusal, type Answer, type Request, type Shape } from "~/api";
import { mayDo, type Rights } from "./permissions";
import { dataOf } from "./reading";

export type ImportPlan = Shape<"ImportPlan">;
export type ImportKind = ImportPlan["kind"];

/** The columns of an empty table, by the names under which the catalogue has their headings. */
export const IMPORT_COLUMNS: Readonly<Record<ImportKind, readonly string[]>> = {
  users: ["user_name", "full_name", "email", "role", "agency", "groups", "phone", "position", "locale", "location", "disabled"],
  locations: ["place_code", "parent_code", "place_type", "placename", "disabled"],
};
/** How far a table has come: which phase, and of how many rows. */
export type ImportProgress = Pick<Shape<"ImportProgress">, "phase" | "done" | "total">;

/** Somebody who waits for a table: she is told how far it has come, and may call it back. */
export interface Waiting {
  onProgress: (progress: ImportProgress) => void;
  signal: AbortSignal;
}

const EVERY_MS = 700;
export const LARGEST_IMPORT = 10 * 1024 * 1024;

/** What of tables she may bring in. */
export function importKinds(me: Rights | null): ImportKind[] {
  const needs: readonly (readonly [ImportKind, string, string])[] = [
    ["users", "users", "create"],
    ["locations", "metadata", "manage"],
  ];
  return needs.filter(([, resource, action]) => mayDo(me, resource, action)).map(([kind]) => kind);
}

/** Tables of people and places: what one would do, then bringing it in as it was shown. Nothing of them stays here. */
export class Imports {
  /** One wish, one key: sent again after a lost answer it is not done twice. */
  private sent = { hash: "", key: "" };

  constructor(
    private readonly ask: (path: string, request?: Request) => Promise<Answer>,
    private readonly onRefusal: (refusal: Refusal) => void,
    private readonly onDone: (kind: ImportKind) => void,
  ) {}

  /** Raises Refusal or Unreachable. */
  async plan(kind: ImportKind, file: Blob, waiting?: Waiting): Promise<ImportPlan> {
    return this.told("/cpims/v1/imports", { kind, data_base64: await inLetters(file) }, waiting);
  }

  /** Raises Refusal or Unreachable. */
  async apply(plan: ImportPlan, file: Blob, leaveOutBad: boolean, waiting?: Waiting): Promise<ImportPlan> {
    if (this.sent.hash !== plan.hash) this.sent = { hash: plan.hash, key: crypto.randomUUID() };
    const body = { kind: plan.kind, data_base64: await inLetters(file), hash: plan.hash, leave_out_bad: leaveOutBad };
    const done = await this.told("/cpims/v1/imports/apply", body, waiting, `${this.sent.key}${leaveOutBad ? "-rest" : ""}`);
    this.sent = { hash: "", key: "" };
    this.onDone(plan.kind);
    return done;
  }

  private async told(path: string, body: object, waiting?: Waiting, idempotencyKey?: string): Promise<ImportPlan> {
    const run = crypto.randomUUID();
    const over = waiting && this.follow(run, waiting);
    try {
      const sent = { ...body, ...(waiting ? { watch: run } : {}) };
      return dataOf<ImportPlan>((await this.ask(path, { method: "POST", body: sent, ...(idempotencyKey === undefined ? {} : { idempotencyKey }) })).body);
    } catch (error) {
      if (error instanceof Refusal) this.onRefusal(error);
      throw error;
    } finally {
      over?.();
    }
  }

  /** Asks from time to time how far a table has come, until it is over; calling it back is sent until it is heard. */
  private follow(run: string, { onProgress, signal }: Waiting): () => void {
    const path = `/cpims/v1/imports/${run}`;
    let timer = setTimeout(look, EVERY_MS);
    const ask = this.ask;
    function look(): void {
      // It answers "not found" before the first word and after the last.
      ask(path, signal.aborted ? { method: "DELETE" } : {}).then(
        ({ body }) => {
          onProgress(dataOf<ImportProgress>(body));
        },
        () => undefined,
      ).finally(() => {
        if (!isOver) timer = setTimeout(look, EVERY_MS);
      });
    }
    let isOver = false;
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }
}

/** The bytes of a file as JSON can carry them. */
async function inLetters(file: Blob): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length; at += 0x8000) pieces.push(String.fromCharCode(...bytes.subarray(at, at + 0x8000)));
  return btoa(pieces.join(""));
}
