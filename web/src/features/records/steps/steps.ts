import type { Data, Option } from "~/renderer/types";
import { isBlank, rowsOf, textOf } from "~/renderer/values";

export type StepState = "done" | "current" | "skipped" | "todo";

export interface Step {
  id: string;
  label: Option["display_text"];
  state: StepState;
}

/** The parts of the way of a case; what the list of service responses adds lies between plan and services given. */
export type Part = "start" | "assessment" | "case_plan" | "services" | "services_implemented" | "closed";
const WAY: readonly Part[] = ["start", "assessment", "case_plan", "services", "services_implemented", "closed"];

/** The question (or rows) whose answer leads to a part. */
export const LEADS: Readonly<Record<Exclude<Part, "start">, string>> = {
  assessment: "assessment_requested_on",
  case_plan: "date_case_plan",
  services: "services_section",
  services_implemented: "services_section",
  closed: "closure_reason",
};

function partOf(id: string): Part {
  if (id === "new" || id === "reopened") return "start";
  return (WAY as readonly string[]).includes(id) ? (id as Part) : "services";
}

/** Was what a step stands for done in this case, whatever step it is at now? */
function isDone(id: string, data: Data): boolean {
  const services = rowsOf(data["services_section"]);
  switch (id) {
    case "new":
    case "reopened":
      return true;
    case "assessment":
    case "case_plan":
      return !isBlank(data[LEADS[id]]);
    case "services_implemented":
      return services.length > 0 && services.every((row) => row["service_implemented"] === "implemented");
    case "closed":
      return data["status"] === "closed";
    default:
      return services.some((row) => row["service_response_type"] === id);
  }
}

/** The steps of a case as its module names them, and where it stands; none for modules without steps. */
export function stepsOf(workflow: readonly Option[], data: Data): Step[] {
  const now = textOf(data["workflow"]);
  const reopened = now === "reopened" || data["case_status_reopened"] === true;
  const shown = workflow.filter((step) => step.id !== (reopened ? "new" : "reopened"));
  const at = shown.findIndex((step) => step.id === now);
  if (at < 0) return [];
  return shown.map((step, index) => ({
    id: step.id,
    label: step.display_text,
    state: index === at ? "current" : isDone(step.id, data) ? "done" : index < at ? "skipped" : "todo",
  }));
}

/** What comes next on the way, and the step it is called by; nothing for a case that has ended. */
export function nextOf(steps: readonly Step[]): { part: Exclude<Part, "start">; step: Step } | null {
  const now = steps.find((step) => step.state === "current");
  if (now === undefined) return null;
  const from = WAY.indexOf(partOf(now.id));
  for (const part of WAY.slice(from + 1)) {
    const step = steps.find((one) => partOf(one.id) === part);
    if (step !== undefined && part !== "start") return { part, step };
  }
  return null;
}
