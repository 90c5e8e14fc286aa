import type { JSX } from "preact";
import { formatDay, t } from "~/lib/i18n";
import { Badge, type Tone } from "~/ui/labels";
import type { IconName } from "~/ui/icons";
import type { Data } from "~/renderer/types";
import { offersOf, standingOf, useApprovalKinds, useSource, type ApprovalState, type Standing } from "~/store";
import { RecordLink, RecordLinkButton } from "./RecordLink";
import css from "./record.module.css";
import own from "./approval.module.css";

const LOOKS: Readonly<Record<ApprovalState, { tone: Tone; icon: IconName }>> = {
  none: { tone: "plain", icon: "file" },
  pending: { tone: "warn", icon: "clock" },
  approved: { tone: "ok", icon: "check" },
  rejected: { tone: "danger", icon: "undo" },
};

export function approvalsPath(id: string, kind = ""): string {
  return `/cases/${encodeURIComponent(id)}/approvals${kind === "" ? "" : `/${kind}`}`;
}

function Said({ standing }: { standing: Standing }): JSX.Element | null {
  if (standing.on === "") return null;
  return (
    <span class={css.quiet}>
      {standing.by === "" ? t("approvals.by_you") : <bdi>{standing.by}</bdi>} · {formatDay(standing.on)}
    </span>
  );
}

/** Where the approvals of a case stand: what was asked and answered in sight, the rest behind a press. */
export function ApprovalStates({ id, data, module }: { id: string; data: Data; module: string }): JSX.Element | null {
  const { kinds } = useApprovalKinds(useSource(), module);
  if (kinds.length === 0) return null;
  const all = kinds.map((one) => ({ ...one, standing: standingOf(data, one.kind) }));
  const begun = all.filter(({ standing }) => standing.state !== "none");
  return (
    <details class={own.approvals}>
      <summary>
        <span>{t("approvals.case.title")}</span>
        {begun.length === 0 ? <span class={css.quiet}>{t("approvals.state.none")}</span> : null}
        {begun.map(({ kind, label, standing }) => (
          <Badge key={kind} {...LOOKS[standing.state]}>
            {label}: {t(`approvals.state.${standing.state}`)}
          </Badge>
        ))}
      </summary>
      <ul role="list" class={own.states}>
        {all.map(({ kind, label, standing }) => (
          <li key={kind}>
            <RecordLink to={approvalsPath(id, kind)}>{label}</RecordLink>
            <Badge {...LOOKS[standing.state]}>{t(`approvals.state.${standing.state}`)}</Badge>
            <Said standing={standing} />
          </li>
        ))}
      </ul>
    </details>
  );
}

/** Beside the title of a section that is to be approved: where that stands, and the way to ask or to answer. */
export function SectionApproval({ id, form, data, module }: { id: string; form: string; data: Data; module: string }): JSX.Element | null {
  const { asker, kinds } = useApprovalKinds(useSource(), module);
  const found = kinds.find((one) => one.forms.includes(form));
  if (found === undefined || asker === null) return null;
  const standing = standingOf(data, found.kind);
  const offers = offersOf(data, found.kind, asker);
  return (
    <div class={own.section}>
      <Badge {...LOOKS[standing.state]}>{t("approvals.of", { what: t(`approvals.state.${standing.state}`) })}</Badge>
      <Said standing={standing} />
      <RecordLinkButton to={approvalsPath(id, found.kind)} icon="check">
        {t(offers.answer ? "approvals.do.answer" : offers.ask ? "approvals.ask" : "approvals.do.look")}
      </RecordLinkButton>
    </div>
  );
}
