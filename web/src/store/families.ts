import type { Answer, Refusal, Request, Shape } from "~/api";
import type { JsonObject } from "~/lib/json";
import { mergeAnswers } from "./outbox/merging";
import { listOf } from "./reading";
import { resource, type Resource } from "./resource";
import type { FamilyAct, OutboxItem, Save } from "./types";

export type RelationshipView = Shape<"Relationship">;

/** How cases may be related where the instance does not decide itself: from one side, and from the other. */
const USUAL: Readonly<Record<string, string>> = { sibling_of: "sibling_of", parent_of: "child_of", same_household: "same_household", farmer_on: "farm_for" };

/** What of somebody is shown in lists while their new case is still on this device. */
type Shown = JsonObject;

function act(id: string, name: FamilyAct, data: JsonObject): Save {
  return { kind: "cases", id, create: false, act: name, data };
}

/** The case belongs to that family from now on: as a new member, or as one who is there. `from`: the case on whose page she does it. */
export function linkFamily(id: string, family: string, member: string | null = null, from: string | null = null): Save {
  return act(id, "link_family", { family_id: family, ...(member === null ? {} : { family_member_id: member }), ...(from === null ? {} : { from }) });
}

export function unlinkFamily(id: string): Save {
  return act(id, "unlink_family", {});
}

/** The child and its people become a family; `family` is the id that this device gives it. */
export function familyOfCase(id: string, family: string, name: string): Save {
  return act(id, "create_family_of_case", { family_id: family, ...(name === "" ? {} : { family_name: name }) });
}

/** A case for one of the people on a case; a family is made of both where there is none. */
export function caseOfDetail(origin: string, detail: string, id: string): Save {
  return act(origin, "create_case_from_detail", { family_detail_id: detail, id });
}

/** A case for a member of a family; it is on this device until it has gone out. `from`: the case on whose page she does it. */
export function caseOfMember(family: string, member: string, id: string, shown: Shown, from: string | null = null): Save {
  return { ...act(id, "create_case_from_member", { family_id: family, family_member_id: member, shown, ...(from === null ? {} : { from }) }), create: true };
}

/** The case belongs with that registry record, or with none. */
export function linkRegistry(id: string, registry: string | null): Save {
  return { kind: "cases", id, create: false, data: { registry_record_id: registry }, replaces: [] };
}

export function relateCases(id: string, other: string, type: string): Save {
  return act(id, "relate_cases", { id: crypto.randomUUID(), case_id: other, relationship_type: type });
}

/** Which of several comes first, and whether it holds. */
export function amendRelationship(id: string, relationship: string, change: { primary?: boolean; disabled?: boolean }): Save {
  return act(id, "amend_relationship", { id: relationship, ...change });
}

/** The case counts as one of that family at once; who else belongs to it, the server says. */
export function layFamily(record: JsonObject, item: OutboxItem): JsonObject {
  return item.state === "refused" ? record : { ...record, family_id: item.data["family_id"] ?? null };
}

/** Until the server has made it, the new case shows what was known of the member. */
export function layMember(record: JsonObject, item: OutboxItem): JsonObject {
  const shown = item.data["shown"];
  return mergeAnswers(record, { ...(typeof shown === "object" && shown !== null && !Array.isArray(shown) ? shown : {}), family_id: item.data["family_id"] ?? null });
}

/** The arguments of an act without what is for this device alone. */
export function argsOf(item: OutboxItem): JsonObject {
  const { shown: _shown, from: _from, ...values } = item.data;
  return { case_id: item.record, values };
}

/** What she did about somebody of a family and is on this device still. */
export function itemsAbout(items: readonly OutboxItem[], member: string): OutboxItem[] {
  return items.filter((item) => item.state !== "confirmed" && (item.data["family_member_id"] === member || item.data["family_detail_id"] === member));
}

/** The records besides its own that an act changes: what is known of them is asked for again. */
export function alsoChanged(item: OutboxItem): string[] {
  const names = item.action === "relate_cases" ? ["case_id"] : item.action.includes("family") || item.action.startsWith("create_case_from") ? ["family_id", "id", "from"] : item.kind === "incidents" ? ["incident_case_id"] : [];
  return names.flatMap((name) => (typeof item.data[name] === "string" ? [item.data[name]] : []));
}

/** How cases may be related, each way of it; as the instance decided, else as usual. */
export function relationshipTypes(decided: unknown): string[] {
  const pairs = typeof decided === "object" && decided !== null && Object.keys(decided).length > 0 ? (decided as Record<string, unknown>) : USUAL;
  return [...new Set(Object.entries(pairs).flatMap(([one, other]) => (typeof other === "string" && one !== "" && other !== "" ? [one, other] : [])))];
}

/** How a case is related to others, as far as those are in her sight. */
export class Families {
  private readonly known = new Map<string, Resource<RelationshipView[]>>();

  constructor(
    private readonly ask: (path: string, request?: Request) => Promise<Answer>,
    private readonly onRefusal: (refusal: Refusal) => void,
  ) {}

  relationships(id: string): Resource<RelationshipView[]> {
    const path = `/v2/cases/${encodeURIComponent(id)}/case_relationships`;
    const known = this.known.get(id);
    if (known) return known;
    const made = resource<RelationshipView[]>({ fetch: async () => listOf<RelationshipView>((await this.ask(path)).body), onRefusal: this.onRefusal });
    this.known.set(id, made);
    return made;
  }

  /** Something about this case has arrived: who it is related to is asked for again, where that was known. */
  changed(id: string): void {
    void this.known.get(id)?.refresh();
  }

  forget(): void {
    this.known.clear();
  }
}
