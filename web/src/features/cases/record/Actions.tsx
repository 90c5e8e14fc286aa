import type { JSX } from "preact";
import { useState } from "preact/compat";
import { t } from "~/lib/i18n";
import { navigate } from "~/lib/router";
import { Button } from "~/ui/Button";
import { Field, TextArea } from "~/ui/form";
import { Menu, type MenuItem } from "~/ui/Menu";
import { Sheet } from "~/ui/Sheet";
import type { Data } from "~/renderer/types";
import { textOf } from "~/renderer/values";
import { APPROVALS, useSource, type DataSource, type RecordAction } from "~/store";
import { textOf as textOfError } from "~/api";
import { say } from "~/ui/toast";
import { BeforeClosing } from "../steps/BeforeClosing";
import { approvalsPath } from "./Approval";
import type { CaseDesk } from "./CaseDesk";
import { casePath, goInCase } from "./CaseLink";
import { nameOf } from "./summary";

export const CLOSING_FORM = "closure_form";
/** Rights by which a case is handed on. */
const SHARES = ["assign", "assign_within_agency", "assign_within_user_group", "referral", "transfer"];

export interface Act {
  recordAction: RecordAction | null;
  extra: Data;
  done: string;
}

export interface ActionsProps {
  desk: CaseDesk;
  data: Data;
  onAct: (act: Act) => void;
}

type Question = "close" | "reopen" | "disable" | "enable";

/** What may be done with the whole case, by right: close, reopen, put away, hide the name. */
export function Actions({ desk, data, onAct }: ActionsProps): JSX.Element | null {
  const [question, setQuestion] = useState<Question | null>(null);
  const [reason, setReason] = useState("");
  const { setup } = desk;
  const source = useSource();
  const closed = textOf(data["status"]) === "closed";
  const enabled = data["record_state"] !== false;
  const closing = setup.sections.find((section) => section.form.unique_id === CLOSING_FORM && section.writable);
  const items: MenuItem[] = [];
  if (!closed && enabled && setup.may("close"))
    items.push({
      id: "close",
      icon: "check",
      label: t("casefile.close"),
      onSelect: () => {
        if (closing) goInCase(`${casePath(desk.id, CLOSING_FORM, "edit")}?act=close`);
        else setQuestion("close");
      },
    });
  if (closed && setup.may("reopen")) items.push({ id: "reopen", icon: "undo", label: t("casefile.reopen"), onSelect: () => { setQuestion("reopen"); } });
  if (setup.may("write") && (nameOf(data).text !== "" || nameOf(data).masked))
    items.push({
      id: "name",
      icon: data["hidden_name"] === true ? "eye" : "eyeOff",
      label: t(data["hidden_name"] === true ? "casefile.name.show" : "casefile.name.hide"),
      onSelect: () => {
        const hide = data["hidden_name"] !== true;
        onAct({ recordAction: null, extra: { hidden_name: hide }, done: t(hide ? "casefile.name.hidden_now" : "casefile.name.shown_now") });
      },
    });
  if (SHARES.some((act) => setup.may(act)))
    items.push({
      id: "share",
      icon: "user",
      label: t("share.open"),
      onSelect: () => {
        navigate(`/cases/${encodeURIComponent(desk.id)}/share`);
      },
    });
  items.push({ id: "consent", icon: "shield", label: t("consent.open"), onSelect: () => { navigate(`/cases/${encodeURIComponent(desk.id)}/share/consent`); } });
  if (APPROVALS.some((kind) => setup.may(`request_approval_${kind}`) || setup.may(`approve_${kind}`))) items.push({ id: "approvals", icon: "check", label: t("approvals.open"), onSelect: () => { navigate(approvalsPath(desk.id)); } });
  if (setup.may("flag")) items.push({ id: "flags", icon: "flag", label: t("flags.open"), onSelect: () => { navigate(`/cases/${encodeURIComponent(desk.id)}/flags`); } });
  if (setup.may("enable_disable_record"))
    items.push({ id: "enable", icon: enabled ? "lock" : "key", label: t(enabled ? "casefile.disable" : "casefile.enable"), onSelect: () => { setQuestion(enabled ? "disable" : "enable"); } });
  if (setup.may("export_pdf")) items.push({ id: "print", icon: "download", label: t("casefile.print"), onSelect: () => { void print(source, desk.id, textOf(data["case_id_display"])); } });
  if (items.length === 0) return null;
  const stop = (): void => {
    setQuestion(null);
    setReason("");
  };
  const go = (): void => {
    if (question === null) return;
    onAct(actOf(question, desk.today, reason.trim()));
    stop();
  };
  return (
    <>
      <Menu label={t("casefile.actions")} items={items} />
      <Sheet
        open={question !== null}
        centre
        title={question === null ? "" : t(`casefile.${question}`)}
        onClose={stop}
        actions={
          <>
            <Button onClick={stop}>{t("casefile.cancel")}</Button>
            <Button look={question === "disable" ? "danger" : "primary"} onClick={go} disabled={question === "reopen" && reason.trim() === ""}>
              {question === null ? "" : t(`casefile.${question}.do`)}
            </Button>
          </>
        }
      >
        <p>{question === null ? "" : t(`casefile.${question}.explain`)}</p>
        {question === "close" ? <BeforeClosing id={desk.id} data={data} setup={setup} today={desk.today} /> : null}
        {question === "reopen" ? (
          <Field label={t("casefile.reopen.reason")} hint={t("casefile.reopen.reason_hint")} required>
            {(attributes) => <TextArea {...attributes} value={reason} onValue={setReason} />}
          </Field>
        ) : null}
      </Sheet>
    </>
  );
}

/** The paper is saved as a file named by the case code, never by the child. */
async function print(source: DataSource, id: string, code: string): Promise<void> {
  try {
    const address = URL.createObjectURL(await source.printCase(id));
    const link = document.createElement("a");
    link.href = address;
    link.download = `case-${code}.pdf`;
    link.click();
    URL.revokeObjectURL(address);
    say(t("casefile.printed"));
  } catch (error) {
    say(textOfError(error), { icon: "alert" });
  }
}

function actOf(question: Question, today: string, reason: string): Act {
  switch (question) {
    case "close":
      return { recordAction: "close", extra: { status: "closed", date_closure: today }, done: t("casefile.closed") };
    case "reopen":
      return { recordAction: "reopen", extra: { status: "open", workflow: "reopened", case_status_reopened: true, reopened_reason: reason }, done: t("casefile.reopened") };
    case "disable":
      return { recordAction: "enable_disable_record", extra: { record_state: false }, done: t("casefile.disabled_now") };
    case "enable":
      return { recordAction: "enable_disable_record", extra: { record_state: true }, done: t("casefile.enabled_now") };
  }
}
