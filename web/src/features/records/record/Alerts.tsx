import type { JSX } from "preact";
import { useEffect, useState } from "preact/compat";
import { textOf as textOfError } from "~/api";
import { formatDay, localized, t } from "~/lib/i18n";
import { Button } from "~/ui/Button";
import { Notice } from "~/ui/layout";
import { say } from "~/ui/toast";
import type { Data } from "~/renderer/types";
import { idsOf } from "~/renderer/values";
import { labelOfField } from "~/renderer/words";
import { isApproval, useApprovalKinds, useSource, type AlertView } from "~/store";
import { useWatched } from "~/lib/watched";
import { approvalsPath } from "./Approval";
import { RecordLink, recordPath } from "./RecordLink";
import type { Setup } from "./setup";
import css from "./record.module.css";
import own from "./approval.module.css";

/** What somebody should look at on this record. Who may, puts an alert aside; without a network it is still said what they are about. */
export function Alerts({ id, data, setup, version }: { id: string; data: Data; setup: Setup; version: unknown }): JSX.Element | null {
  const source = useSource();
  const { kind } = setup;
  const [busy, setBusy] = useState("");
  const count = typeof data["alert_count"] === "number" ? data["alert_count"] : 0;
  const list = source.flags.alerts(kind, id);
  const { value } = useWatched(list);
  const { kinds } = useApprovalKinds(source, setup.module);
  useEffect(() => {
    if (count > 0) void list.refresh();
  }, [list, count, version]);
  if (count === 0) return null;
  const told: readonly (Pick<AlertView, "type" | "form_unique_id"> & Partial<AlertView>)[] = value ?? idsOf(data["current_alert_types"]).map((type) => ({ type, form_unique_id: null }));
  const drop = async (alert: string): Promise<void> => {
    setBusy(alert);
    try {
      await source.flags.dropAlert(kind, id, alert);
      say(t("alerts.put_aside.done"), { icon: "check" });
    } catch (error) {
      say(textOfError(error), { icon: "alert" });
    }
    await Promise.all([list.refresh(), source.record(kind, id).refresh()]);
    setBusy("");
  };
  const form = (name: string | null): string => {
    const section = setup.sections.find((one) => one.form.unique_id === name);
    return section ? localized(section.form.name) : "";
  };
  const words = ({ type, form_unique_id: stands, alert_for: why }: (typeof told)[number]): string => {
    if (isApproval(type)) return t("alerts.approval", { what: kinds.find((one) => one.kind === type)?.label ?? "" });
    if (why === "referral" || type === "referral") return t("alerts.referral");
    if (why === "transfer" || type === "transfer") return t("alerts.transfer");
    const field = setup.fields.get(type);
    if (why === "duplicate_field" || (why === undefined && field !== undefined)) return t("alerts.duplicate", { question: field ? labelOfField(field) : "" });
    const where = form(stands) || form(type);
    return where === "" ? t("alerts.other") : t("alerts.changed", { where });
  };
  const wayTo = ({ type, form_unique_id: stands }: (typeof told)[number]): string | null => {
    if (isApproval(type)) return kinds.some((one) => one.kind === type) ? approvalsPath(id, type) : null;
    return form(stands) === "" ? null : recordPath({ kind, id }, stands ?? "");
  };
  return (
    <Notice tone="warn" title={t("alerts.title", { count })}>
      <ul role="list" class={own.alerts}>
        {told.map((alert) => {
          const to = wayTo(alert);
          return (
            <li key={alert.unique_id ?? alert.type}>
              <span>
                {to === null ? words(alert) : <RecordLink to={to}>{words(alert)}</RecordLink>} {alert.date ? <span class={css.quiet}>{formatDay(alert.date)}</span> : null}
              </span>
              {alert.unique_id !== undefined && setup.may("remove_alert") ? (
                <Button look="quiet" busy={busy === alert.unique_id} onClick={() => void drop(alert.unique_id ?? "")}>
                  {t("alerts.put_aside")}
                  <span class="visually-hidden">: {words(alert)}</span>
                </Button>
              ) : null}
            </li>
          );
        })}
      </ul>
    </Notice>
  );
}
