import type { Answer, Request, Shape } from "~/api";
import { dataOf, listOf, standingOf } from "../reading";
import type { Road } from "./pull";

/** How the kept caseload reaches the server, asked as the one whose vault is open. */
export function pullRoad(ask: (path: string, request: Request) => Promise<Answer>, kinds: () => Promise<readonly string[]>, configuration: () => Promise<void>): Road {
  return {
    kinds,
    changes: async (body, signal) => {
      const { body: told } = await ask("/cpims/v1/sync/changes", { method: "POST", body, signal });
      const data = dataOf<Partial<Shape<"Changes">>>(told);
      return { data: { records: data.records ?? [], gone: data.gone ?? [] }, place: standingOf<Shape<"Place">>(told) };
    },
    manifest: async (body, signal) => {
      const { body: told } = await ask("/cpims/v1/sync/manifest", { method: "POST", body, signal });
      return { entries: listOf<Shape<"ManifestEntry">>(told), standing: standingOf<Shape<"Standing">>(told) };
    },
    configuration,
  };
}
