import type { JSX } from "preact";
import { useState } from "preact/compat";
import { textOf, textOfProblem } from "~/api";
import { localized, t } from "~/lib/i18n";
import type { JsonObject } from "~/lib/json";
import { labelOfField } from "~/renderer/words";
import { ACTS, logOf, missingFor, offersOf, standingOf, useResource, useSource, type ApprovalKind, type Asker, type OutboxItem, type RecordNow, type SupervisingAct } from "~/store";
import { Badge, Button, Card, Field, Icon, Link, Notice, RadioGroup, Row, say, Stack, StateBadge, TextArea } from "~/ui";
import { Comparison } from "./Comparison";
import { SaidOf } from "./CaseApprovalsPage";
import { useWording } from "./forms";
import { LOG, STATES } from "./words";
import css from "./approvals.module.css";

export interface ApproveProps {
  id: string;
  record: RecordNow;
  data: JsonObject;
  kind: ApprovalKind;
  asker: Asker;
}

type Send = (act: SupervisingAct, values: JsonObject, done: string) => Promise<boolean>;

/** One approval of one case, on one screen: where it stands, what changed, and what she may do about it. */
export function Approve({ id, record, data, kind, asker }: ApproveProps): JSX.Element {
  const source = useSource();
  const [failed, setFailed] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const offers = offersOf(data, kind.kind, asker);
  const standing = standingOf(data, kind.kind);
  const unsent = record.items.filter((item) => item.data["approval"] === kind.kind);
  const send: Send = async (act, values, done) => {
    setBusy(true);
    setFailed(null);
    try {
      const outcome = await source.save({ kind: "cases", id, create: false, act, data: { approval: kind.kind, ...values } });
      if (outcome.state === "refused") {
        // She reads the reason here and has her words still: nothing is to wait in the outbox for her.
        await source.outbox.takeBack(outcome.item);
        setFailed([...new Set(outcome.problems.map((one) => textOfProblem(one, outcome.status)))].join(" "));
        void source.record("cases", id).refresh();
        return false;
      }
      say(t(outcome.state === "confirmed" ? done : "share.waiting"), { icon: outcome.state === "confirmed" ? "check" : "clock" });
      return true;
    } catch (error) {
      setFailed(textOf(error));
      return false;
    } finally {
      setBusy(false);
    }
  };
  return (
    <Stack gap={6}>
      <Card label={t("approvals.standing")}>
        <Stack gap={2}>
          <Row>
            <Badge tone={STATES[standing.state].tone} icon={STATES[standing.state].icon}>
              {t(STATES[standing.state].words)}
            </Badge>
            <span class={css.quiet}>
              <SaidOf standing={standing} />
            </span>
            <StateBadge state={unsent.at(-1)?.state ?? null} />
          </Row>
          {standing.comments === "" ? null : (
            <p class={css.words} dir="auto">
              {standing.comments}
            </p>
          )}
          {kind.forms.length > 0 ? <FormLinks id={id} forms={kind.forms} /> : null}
        </Stack>
      </Card>
      <Unsent items={unsent} />
      {failed === null ? null : (
        <Notice tone="danger" alert>
          {failed}
        </Notice>
      )}
      {offers.ask ? <Ask id={id} kind={kind} record={record} busy={busy} send={send} again={standing.state !== "none"} /> : null}
      {offers.takeBack && unsent.length === 0 ? (
        <Row>
          <Button icon="undo" busy={busy} onClick={() => void send("withdraw_approval", {}, "approvals.taken_back")}>
            {t("approvals.take_back")}
          </Button>
        </Row>
      ) : null}
      {standing.state === "pending" ? <Comparison id={id} kind={kind.kind} module={String(data["module_id"] ?? "")} about={kind.forms} /> : null}
      {offers.answer ? <Answer busy={busy} send={send} /> : null}
      {offers.own ? <Notice>{t("approval.own")}</Notice> : null}
      <Log data={data} kind={kind} />
    </Stack>
  );
}

function FormLinks({ id, forms }: { id: string; forms: readonly string[] }): JSX.Element {
  const source = useSource();
  const all = useResource(source.forms(), 300).value ?? [];
  const me = useResource(source.me(), 300).value;
  const readable = all.filter((form) => forms.includes(form.unique_id) && form.unique_id in (me?.permitted_form ?? {}));
  return (
    <div class={css.links}>
      {readable.map((form) => (
        <Link key={form.unique_id} href={`/cases/${encodeURIComponent(id)}/${form.unique_id}`}>
          <Icon name="file" size={18} />
          {t("approvals.form", { form: localized(form.name) })}
        </Link>
      ))}
    </div>
  );
}

/** What she did and is still on this device: it can be taken back before it goes; what was refused says why. */
function Unsent({ items }: { items: readonly OutboxItem[] }): JSX.Element | null {
  const source = useSource();
  if (items.length === 0) return null;
  return (
    <Stack gap={2}>
      {items.map((item) => (
        <Notice
          key={item.id}
          tone={item.state === "refused" ? "danger" : "info"}
          title={t(ACTS[item.action].words)}
          actions={
            item.state === "sending" ? null : (
              <Button icon="undo" onClick={() => void source.outbox.takeBack(item.id)}>
                {t("approvals.take_back")}
              </Button>
            )
          }
        >
          {item.state === "refused" ? (item.refusal?.problems ?? []).map((one) => textOfProblem(one, item.refusal?.status)).join(" ") : t("share.waiting")}
        </Notice>
      ))}
    </Stack>
  );
}

function Ask({ id, kind, record, busy, send, again }: { id: string; kind: ApprovalKind; record: RecordNow; busy: boolean; send: Send; again: boolean }): JSX.Element {
  const source = useSource();
  const [notes, setNotes] = useState("");
  const [type, setType] = useState("");
  // What she filled in since is not known to the server yet: then the server judges.
  const isFilling = record.items.some((item) => ACTS[item.action].answers);
  const missing = isFilling ? [] : missingFor(kind.kind, kind.forms, record.value?.incomplete ?? []);
  const lookups = useResource(source.lookups(), 300).value ?? [];
  const types = kind.choosesType ? (lookups.find((one) => one.unique_id === "lookup-approval-type")?.values ?? []).filter((one) => one.disabled !== true) : [];
  const go = async (): Promise<void> => {
    const words = notes.trim();
    if (await send("request_approval", { ...(words === "" ? {} : { notes: words }), ...(type === "" ? {} : { approval_type: type }) }, "approvals.asked")) setNotes("");
  };
  return (
    <section aria-labelledby="ask">
      <Stack>
        <h2 id="ask">{t(again ? "approvals.ask.again" : "approvals.ask.title")}</h2>
        {missing.length > 0 ? <Missing id={id} module={String(record.data?.["module_id"] ?? "")} missing={missing} /> : null}
        {types.length > 0 ? (
          <Field group label={t("approvals.ask.type")}>
            {() => <RadioGroup stacked value={type} options={types.map((one) => ({ value: one.id, label: localized(one.display_text) || one.id }))} onValue={setType} />}
          </Field>
        ) : null}
        <Field label={t("approvals.ask.notes")} hint={t("approvals.ask.notes.hint")}>
          {(attributes) => <TextArea {...attributes} value={notes} onValue={setNotes} />}
        </Field>
        <Row>
          <Button look="primary" icon="check" busy={busy} disabled={missing.length > 0} onClick={() => void go()}>
            {t("approvals.ask")}
          </Button>
        </Row>
      </Stack>
    </section>
  );
}

function Missing({ id, module, missing }: { id: string; module: string; missing: ReturnType<typeof missingFor> }): JSX.Element {
  const wording = useWording(useSource(), module);
  return (
    <Notice tone="warn" title={t("approvals.missing", { count: missing.length })}>
      <ul>
        {missing.map((one) => {
          const section = wording?.sections.find(({ form }) => form.unique_id === one.form);
          const field = section?.form.fields.find((asked) => one.pointer.split("/")[1] === asked.name);
          const label = field ? labelOfField(field) : t("casefile.missing.unseen");
          return <li key={one.pointer}>{section ? <Link href={`/cases/${encodeURIComponent(id)}/${section.form.unique_id}${section.writable ? "/edit" : ""}`}>{label}</Link> : label}</li>;
        })}
      </ul>
    </Notice>
  );
}

function Answer({ busy, send }: { busy: boolean; send: Send }): JSX.Element {
  const [notes, setNotes] = useState("");
  const [lacks, setLacks] = useState(false);
  const answer = (status: "approved" | "rejected"): void => {
    const words = notes.trim();
    // Who has to do it again must know what.
    const isMute = status === "rejected" && words === "";
    setLacks(isMute);
    if (isMute) return;
    void send("answer_approval", { approval_status: status, ...(words === "" ? {} : { notes: words }) }, status === "approved" ? "approvals.approved" : "approvals.rejected").then((went) => {
      if (went) setNotes("");
    });
  };
  return (
    <section aria-labelledby="answer">
      <Stack>
        <h2 id="answer">{t("approvals.answer.title")}</h2>
        <Field label={t("approvals.answer.notes")} hint={t("approvals.answer.notes.hint")} error={lacks ? t("approvals.answer.notes.missing") : null}>
          {(attributes) => (
            <TextArea
              {...attributes}
              value={notes}
              onValue={(value: string) => {
                setNotes(value);
                if (value.trim() !== "") setLacks(false);
              }}
            />
          )}
        </Field>
        <Row>
          <Button look="primary" icon="check" busy={busy} onClick={() => { answer("approved"); }}>
            {t("approvals.approve")}
          </Button>
          <Button icon="undo" busy={busy} onClick={() => { answer("rejected"); }}>
            {t("approvals.reject")}
          </Button>
        </Row>
      </Stack>
    </section>
  );
}

function Log({ data, kind }: Pick<ApproveProps, "data" | "kind">): JSX.Element | null {
  const log = logOf(data, kind.kind);
  if (log.length < 2) return null;
  return (
    <section aria-labelledby="approval-log">
      <Stack gap={3}>
        <h2 id="approval-log">{t("approvals.log")}</h2>
        <ol role="list" class={css.log}>
          {log.toReversed().map((one, at) => (
            <li key={at}>
              <Icon name={LOG[one.what].icon} />
              <div>
                <strong>{t(LOG[one.what].words)}</strong>{" "}
                <span class={css.quiet}>
                  <SaidOf standing={one} />
                </span>
                {one.comments === "" ? null : (
                  <p class={css.words} dir="auto">
                    {one.comments}
                  </p>
                )}
              </div>
            </li>
          ))}
        </ol>
      </Stack>
    </section>
  );
}
