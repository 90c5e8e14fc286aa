import type { JSX } from "preact";
import { useEffect } from "preact/compat";
import { formatDay, t } from "~/lib/i18n";
import { useWatched } from "~/lib/watched";
import { Notice } from "~/ui/layout";
import type { Data } from "~/renderer/types";
import { APPROVALS, isAway, stateOfApproval, useApprovalKinds, useDecided, useSource } from "~/store";
import type { JsonObject } from "~/lib/json";
import { RecordLink, casePath } from "../record/RecordLink";
import type { Setup } from "../record/setup";
import { detailOf, dueIn, undatedIn } from "./due";
import css from "./steps.module.css";

const OPEN = new Set(["in_progress", "accepted"]);

/** What is still open in a case that is about to be closed: named, so that nobody and nothing is forgotten. */
export function BeforeClosing({ id, data, setup, today }: { id: string; data: Data; setup: Setup; today: string }): JSX.Element | null {
  const source = useSource();
  const decided = useDecided(source);
  const shared = source.sharing.ofCase(id);
  const { value, error } = useWatched(shared);
  const { kinds } = useApprovalKinds(source, setup.module);
  useEffect(() => {
    void shared.refresh();
  }, [shared]);
  const tasks = dueIn(data, decided, today);
  const undated = undatedIn(data, tasks);
  const transitions = (value ?? []).filter((one) => OPEN.has(one.status) && !(one.type === "Assign") && !(one.type === "Transfer" && one.status === "accepted"));
  const approvals = APPROVALS.filter((kind) => stateOfApproval(data as JsonObject, kind) === "pending");
  const flags = typeof data["flag_count"] === "number" ? data["flag_count"] : 0;
  const unknown = value === null && isAway(error);
  if (tasks.length + undated.length + transitions.length + approvals.length + flags === 0 && !unknown) return null;
  const base = `/cases/${encodeURIComponent(id)}`;
  return (
    <Notice tone="warn" title={t("story.open.title")}>
      <p>{t("story.open.explain")}</p>
      <ul class={css.open}>
        {tasks.map((task) => (
          <li key={`${task.type} ${task.row ?? ""} ${task.due_on}`}>
            <RecordLink to={casePath(id)}>{t("story.open.task", { what: detailOf(task, setup) || t(`task.type.${task.type}`), day: formatDay(task.due_on) })}</RecordLink>
          </li>
        ))}
        {undated.map((one) => (
          <li key={`${one.type} ${one.row}`}>
            <RecordLink to={casePath(id)}>{detailOf(one, setup) || t(`task.type.${one.type}`)}</RecordLink>
          </li>
        ))}
        {transitions.map((one) => (
          <li key={one.id}>
            <RecordLink to={`${base}/share`}>{t(`story.open.${one.type}`, { name: one.transitioned_to ?? one.transitioned_to_remote ?? one.transitioned_by })}</RecordLink>
          </li>
        ))}
        {approvals.map((kind) => (
          <li key={kind}>
            <RecordLink to={`${base}/approvals`}>{t("story.open.approval", { what: kinds.find((one) => one.kind === kind)?.label ?? kind })}</RecordLink>
          </li>
        ))}
        {flags > 0 ? (
          <li>
            <RecordLink to={`${base}/flags`}>{t("casefile.flags", { count: flags })}</RecordLink>
          </li>
        ) : null}
        {unknown ? <li>{t("story.open.unknown")}</li> : null}
      </ul>
    </Notice>
  );
}
