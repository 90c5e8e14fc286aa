import type { SectionsOf } from "~/features/records/special";
import { isSeparated } from "~/features/tracing/offer";

/**
 * What hangs in the pages of records beside their forms, by kind: each comes when it is first opened, at `/<kind>/:id/<id>`.
 * `label` is a message key; `when` says for which records it is offered; `card` is shown on the summary as well.
 */
export const SECTIONS_OF: SectionsOf = {
  cases: [
    {
      id: "journey",
      label: "tracing.journey.title",
      icon: "mapPin",
      when: ({ data }) => isSeparated(data),
      load: async () => (await import("~/features/tracing/CaseJourney")).default,
      card: async () => (await import("~/features/tracing/CaseJourney")).NextStepsCard,
    },
    {
      id: "matches",
      label: "tracing.matches.of_case",
      icon: "search",
      when: ({ data, may }) => isSeparated(data) && may("find_tracing_match"),
      load: async () => (await import("~/features/tracing/CaseMatches")).default,
    },
    {
      id: "family",
      label: "families.title",
      icon: "family",
      when: ({ fields, may }) => fields.has("family_details_section") || may("link_family_record"),
      load: async () => (await import("~/features/families/CaseFamily")).default,
      card: async () => (await import("~/features/families/CaseFamily")).SiblingsCard,
    },
    {
      id: "incidents",
      label: "incidents.title",
      icon: "alert",
      when: ({ may }) => ["view_incident_from_case", "incident_from_case"].some(may),
      load: async () => (await import("~/features/incidents/CaseIncidents")).default,
    },
    {
      id: "related",
      label: "relations.title",
      icon: "people",
      when: ({ may }) => ["view_case_relationships", "update_case_relationships", "add_registry_record", "view_registry_record"].some(may),
      load: async () => (await import("~/features/relationships/RelatedCases")).default,
    },
    {
      id: "others",
      label: "matching.others",
      icon: "search",
      load: async () => (await import("~/features/records/record/OtherRecords")).default,
    },
  ],
  tracing_requests: [
    {
      id: "matches",
      label: "tracing.matches.title",
      icon: "search",
      load: async () => (await import("~/features/tracing/RequestMatches")).default,
      card: async () => (await import("~/features/tracing/RequestMatches")).ChildrenCard,
    },
  ],
  families: [{ id: "tree", label: "families.tree", icon: "family", load: async () => (await import("~/features/families/FamilyMembers")).default }],
  incidents: [
    {
      id: "case",
      label: "incidents.case",
      icon: "cases",
      when: ({ data }) => typeof data["incident_case_id"] === "string",
      load: async () => (await import("~/features/incidents/CaseIncidents")).CaseOfIncident,
      card: async () => (await import("~/features/incidents/CaseIncidents")).CaseOfIncident,
    },
  ],
  registry_records: [],
};
