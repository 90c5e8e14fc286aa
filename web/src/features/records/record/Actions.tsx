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
import { APPROVALS, KINDS, useSource, type DataSource, type Kind, type RecordAction } from "~/store";
import { textOf as textOfError } from "~/api";
import { say } from "~/ui/toast";
import { BeforeClosing } from "../steps/BeforeClosing";
import { approvalsPath } from "./Approval";
import type { RecordDesk } from "./RecordDesk";
import { goInRecord, recordPath, type At } from "./RecordLink";
import { codeOf, nameOf, said } from "~/renderer/kindWords";

/** The form that is filled in when a record is closed. */
export const CLOSING_FORM: Readonly<Partial<Record<Kind, string>>> = { cases: "closure_form", families: "family_closure_form" };
/** Kinds whose closing is a right of its own; of the others it is a change like any. */
const CLOSED_BY_RIGHT: ReadonlySet<Kind> = new Set(["cases", "families"]);
/** Kinds whose names may be hidden. */
const NAMED: ReadonlySet<Kind> = new Set(["cases", "registry_records"]);
/** Rights by which a case is handed on. */
const SHARES = ["assign", "assign_within_agency", "assign_within_user_group", "referral", "transfer"];

export interface Act {
  recordAction: RecordAction | null;
  extra: Data;
  done: string;
}

export interface ActionsProps {
  desk: RecordDesk;
  data: Data;
  onAct: (act: Act) => void;
}

type Question = "close" | "reopen" | "disable" | "enable";

/** What may be done with the whole record, by right: close, reopen, put away, hide the name. */
export function Actions({ desk, data, onAct }: ActionsProps): JSX.Element | null {
  const [question, setQuestion] = useState<Question | null>(null);
  const [reason, setReason] = useState("");
  const { kind, setup } = desk;
  const source = useSource();
  const closed = textOf(data["status"]) === "closed";
  const enabled = data["record_state"] !== false;
  const closing = setup.sections.find((section) => section.form.unique_id === CLOSING_FORM[kind] && section.writable);
  const may = (act: "close" | "reopen"): boolean => setup.may(CLOSED_BY_RIGHT.has(kind) ? act : "write");
  const items: MenuItem[] = [];
  if (!closed && enabled && may("close"))
    items.push({
      id: "close",
      icon: "check",
      label: said(kind, "casefile.close"),
      onSelect: () => {
        if (closing) goInRecord(`${recordPath(desk, closing.form.unique_id, "edit")}?act=close`);
        else setQuestion("close");
      },
    });
  if (closed && enabled && may("reopen")) items.push({ id: "reopen", icon: "undo", label: said(kind, "casefile.reopen"), onSelect: () => { setQuestion("reopen"); } });
  const name = nameOf(data, kind);
  if (NAMED.has(kind) && setup.may("write") && (name.text !== "" || name.masked))
    items.push({
      id: "name",
      icon: data["hidden_name"] === true ? "eye" : "eyeOff",
      label: said(kind, data["hidden_name"] === true ? "casefile.name.show" : "casefile.name.hide"),
      onSelect: () => {
        const hide = data["hidden_name"] !== true;
        onAct({ recordAction: null, extra: { hidden_name: hide }, done: t(hide ? "casefile.name.hidden_now" : "casefile.name.shown_now") });
      },
    });
  if (kind === "cases" && SHARES.some((act) => setup.may(act)))
    items.push({
      id: "share",
      icon: "user",
      label: t("share.open"),
      onSelect: () => {
        navigate(`/cases/${encodeURIComponent(desk.id)}/share`);
      },
    });
  if (kind === "cases") items.push({ id: "consent", icon: "shield", label: t("consent.open"), onSelect: () => { navigate(`/cases/${encodeURIComponent(desk.id)}/share/consent`); } });
  if (kind === "cases" && APPROVALS.some((kind) => setup.may(`request_approval_${kind}`) || setup.may(`approve_${kind}`))) items.push({ id: "approvals", icon: "check", label: t("approvals.open"), onSelect: () => { navigate(approvalsPath(desk.id)); } });
  if (setup.may("flag")) items.push({ id: "flags", icon: "flag", label: t("flags.open"), onSelect: () => { navigate(`/${kind}/${encodeURIComponent(desk.id)}/flags`); } });
  if (setup.may("enable_disable_record"))
    items.push({ id: "enable", icon: enabled ? "lock" : "key", label: said(kind, enabled ? "casefile.disable" : "casefile.enable"), onSelect: () => { setQuestion(enabled ? "disable" : "enable"); } });
  if (kind !== "registry_records" && setup.may("export_pdf")) items.push({ id: "print", icon: "download", label: t("casefile.print"), onSelect: () => { void print(source, desk, codeOf(data, kind)); } });
  if (items.length === 0) return null;
  const asksWhy = question === "reopen" && kind === "cases";
  const stop = (): void => {
    setQuestion(null);
    setReason("");
  };
  const go = (): void => {
    if (question === null) return;
    onAct(actOf(question, kind, desk.today, reason.trim()));
    stop();
  };
  return (
    <>
      <Menu label={said(kind, "casefile.actions")} items={items} />
      <Sheet
        open={question !== null}
        centre
        title={question === null ? "" : said(kind, `casefile.${question}`)}
        onClose={stop}
        actions={
          <>
            <Button onClick={stop}>{t("casefile.cancel")}</Button>
            <Button look={question === "disable" ? "danger" : "primary"} onClick={go} disabled={asksWhy && reason.trim() === ""}>
              {question === null ? "" : said(kind, `casefile.${question}.do`)}
            </Button>
          </>
        }
      >
        <p>{question === null ? "" : said(kind, `casefile.${question}.explain`)}</p>
        {question === "close" && kind === "cases" ? <BeforeClosing id={desk.id} data={data} setup={setup} today={desk.today} /> : null}
        {asksWhy ? (
          <Field label={t("casefile.reopen.reason")} hint={t("casefile.reopen.reason_hint")} required>
            {(attributes) => <TextArea {...attributes} value={reason} onValue={setReason} />}
          </Field>
        ) : null}
      </Sheet>
    </>
  );
}

/** The paper is saved as a file named by the code, never by the child. */
async function print(source: DataSource, { kind, id }: At, code: string): Promise<void> {
  try {
    const address = URL.createObjectURL(await source.print(kind, id));
    const link = document.createElement("a");
    link.href = address;
    link.download = `${KINDS[kind].one}-${code}.pdf`;
    link.click();
    URL.revokeObjectURL(address);
    say(t("casefile.printed"));
  } catch (error) {
    say(textOfError(error), { icon: "alert" });
  }
}

function actOf(question: Question, kind: Kind, today: string, reason: string): Act {
  const move = (act: "close" | "reopen"): RecordAction | null => (CLOSED_BY_RIGHT.has(kind) ? act : null);
  switch (question) {
    case "close":
      return { recordAction: move("close"), extra: { status: "closed", date_closure: today }, done: said(kind, "casefile.closed") };
    case "reopen":
      return { recordAction: move("reopen"), extra: { status: "open", ...(kind === "cases" ? { workflow: "reopened", case_status_reopened: true, reopened_reason: reason } : {}) }, done: said(kind, "casefile.reopened") };
    case "disable":
      return { recordAction: "enable_disable_record", extra: { record_state: false }, done: said(kind, "casefile.disabled_now") };
    case "enable":
      return { recordAction: "enable_disable_record", extra: { record_state: true }, done: said(kind, "casefile.enabled_now") };
  }
}
