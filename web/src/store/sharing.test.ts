import { describe, expect, it } from "vitest";
import { Unreachable, type Answer, type Shape } from "~/api";
import { Sharing } from "./sharing";

const PERSON = { id: 1, user_name: "dawit", code: null, position: null, location: null, agency: "agency-b", disabled: false, services: [] };
const ROLE = { unique_id: "role-health", name: "Health", module_unique_ids: ["primeromodule-cp"], permissions: { case: ["read"] } };

function me(...actions: string[]): Shape<"User"> {
  return { user_name: "amina", module_unique_ids: ["primeromodule-cp"], permissions: { list: [{ resource: "cases", actions }] } } as unknown as Shape<"User">;
}

/** A server that can be reached or not, and what a device keeps. */
function world(): { sharing: () => Sharing; asked: string[]; leave: () => void; kept: Map<string, unknown> } {
  const kept = new Map<string, unknown>();
  const asked: string[] = [];
  let away = false;
  const vault = {
    get: (_sort: string, id: string) => Promise.resolve(kept.get(id) ?? null),
    put: (_sort: string, id: string, value: unknown) => {
      kept.set(id, structuredClone(value));
      return Promise.resolve();
    },
  };
  const ask = (path: string): Promise<Answer> => {
    if (away) return Promise.reject(new Unreachable());
    asked.push(path);
    return Promise.resolve({ status: 200, body: { data: path.includes("/roles") ? [ROLE] : [PERSON] }, etag: null } as unknown as Answer);
  };
  return {
    sharing: () => new Sharing(vault, ask, () => undefined),
    asked,
    leave: () => {
      away = true;
    },
    kept,
  };
}

describe("whom she may choose", () => {
  it("lies on the device before she goes where there is no network", async () => {
    const here = world();
    await here.sharing().keepRecipients(me("read", "referral", "transfer"), 60);
    expect(here.asked.map((path) => path.replace(/\?.*/, ""))).toEqual(["/v2/users/refer-to", "/v2/users/transfer-to", "/v2/roles"]);
    here.leave();
    const later = here.sharing();
    await Promise.all([later.recipients("Referral", "primeromodule-cp").refresh(), later.lendable().refresh()]);
    const people = later.recipients("Referral", "primeromodule-cp").get();
    expect(people.value).toEqual([PERSON]);
    expect(people.error).toBeInstanceOf(Unreachable);
    expect(later.lendable().get().value).toEqual([{ unique_id: "role-health", name: "Health", module_unique_ids: ["primeromodule-cp"] }]);
  });

  it("is asked for by her rights only", async () => {
    const here = world();
    await here.sharing().keepRecipients(me("read", "write"), 60);
    expect(here.asked).toEqual([]);
    await here.sharing().keepRecipients(me("assign_within_agency"), 60);
    expect(here.asked.map((path) => path.replace(/\?.*/, ""))).toEqual(["/v2/users/assign-to"]);
  });

  it("keeps nothing that was said about a case", async () => {
    const here = world();
    const sharing = here.sharing();
    await Promise.all([sharing.consents("c").refresh(), sharing.ofCase("c").refresh()]);
    expect([...here.kept.keys()]).toEqual([]);
  });
});
