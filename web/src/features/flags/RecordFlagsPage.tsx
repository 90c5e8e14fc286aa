import type { ComponentType, JSX } from "preact";
import { useState } from "preact/compat";
import { textOf, textOfProblem } from "~/api";
import { useCalendar } from "~/lib/calendars/chosen";
import { formatDay, t } from "~/lib/i18n";
import type { JsonObject } from "~/lib/json";
import type { Params } from "~/lib/router";
import { said } from "~/renderer/kindWords";
import { BackToRecord, Whose } from "~/renderer/Whose";
import { byKind, flagsNow, isAway, mayDo, useRecord, useResource, useSource, type FlagNow, type Kind, type RecordNow, type SupervisingAct } from "~/store";
import { todayHere } from "~/store/kept/finding";
import { Badge, Button, CalendarDate, Card, EmptyState, ErrorState, Field, LinkButton, Muted, Notice, Page, Row, say, Sheet, Skeleton, Stack, StateBadge, TextArea } from "~/ui";
import css from "./flags.module.css";

/** The flags of one record: what is to be looked at, by when; putting one, changing it, and saying that it was seen to. */
function RecordFlags({ kind, params }: { kind: Kind; params: Params }): JSX.Element {
  const id = params["id"] ?? "";
  const source = useSource();
  const record = useRecord(kind, id);
  const me = useResource(source.me(), 300).value;
  const may = (action: string): boolean => mayDo(me, kind, action);
  return (
    <Page
      narrow
      title={said(kind, "flags.case.title")}
      before={<BackToRecord kind={kind} id={id} />}
    >
      {record.data === null || me === null ? (
        record.error && record.data === null ? <ErrorState onRetry={() => void source.record(kind, id).refresh()}>{textOf(record.error)}</ErrorState> : <Skeleton rows={4} blocks />
      ) : (
        <Stack>
          <p>
            <Whose kind={kind} data={record.data} />
          </p>
          {may("flag") ? (
            <Flags kind={kind} id={id} record={record} owner={String(record.data["owned_by"] ?? "")} me={me.user_name} may={may} />
          ) : (
            <EmptyState icon="lock" title={t("flags.not_permitted")} />
          )}
        </Stack>
      )}
    </Page>
  );
}

/** The flags of one record of each kind. */
export const FLAGS_PAGES = byKind<ComponentType<{ params: Params }>>((kind) => ({ params }) => <RecordFlags kind={kind} params={params} />);

interface FlagsProps {
  kind: Kind;
  id: string;
  record: RecordNow;
  owner: string;
  me: string;
  may: (action: string) => boolean;
}

/** What is being done: a new flag, another text for one, or saying that one was seen to. */
type Doing = { what: "raise" } | { what: "amend" | "resolve"; flag: FlagNow };

function Flags({ kind, id, record, owner, me, may }: FlagsProps): JSX.Element {
  const source = useSource();
  const list = source.flags.of(kind, id);
  const { value, error } = useResource(list, 0);
  const [doing, setDoing] = useState<Doing | null>(null);
  const flags = flagsNow(value ?? [], record.items);
  const mayResolve = (flag: FlagNow): boolean => flag.id !== null && flag.state === null && !flag.removed && (may("resolve_any_flag") || [owner, flag.flaggedBy].includes(me));
  const mayAmend = (flag: FlagNow): boolean => flag.id !== null && flag.state === null && !flag.removed && may("flag_update");
  return (
    <>
      <Row>
        <Button look="primary" icon="flag" onClick={() => { setDoing({ what: "raise" }); }}>
          {t("flags.raise")}
        </Button>
      </Row>
      {value === null && error ? isAway(error) ? <Notice>{t("flags.offline")}</Notice> : <ErrorState onRetry={() => void list.refresh()}>{textOf(error)}</ErrorState> : null}
      {value === null && !error ? <Skeleton rows={2} blocks /> : null}
      {value !== null && flags.length === 0 ? (
        <EmptyState icon="flag" title={said(kind, "flags.case.none")}>
          {said(kind, "flags.case.none.text")}
        </EmptyState>
      ) : null}
      {flags.map((flag) => (
        <Card key={flag.key}>
          <Stack gap={2}>
            <Row between>
              <span>
                {flag.removed ? t("flags.was_due") : t("flags.due")} <strong>{formatDay(flag.date)}</strong>
              </span>
              <Row>
                <StateBadge state={flag.state} />
                {flag.removed ? (
                  <Badge tone="ok" icon="check">
                    {t("flags.resolved")}
                  </Badge>
                ) : flag.date < todayHere() ? (
                  <Badge tone="warn" icon="clock">
                    {t("received.overdue")}
                  </Badge>
                ) : null}
              </Row>
            </Row>
            <p class={css.words} dir="auto">
              {flag.message}
            </p>
            <Muted small>{flag.flaggedBy === "" ? t("approvals.by_you") : <>{t("flags.by")} <bdi>{flag.flaggedBy}</bdi></>}</Muted>
            {flag.removed ? <Resolved flag={flag} /> : null}
            {flag.state === "refused" ? <Refused record={record} flag={flag} /> : null}
            {flag.item !== null && flag.state !== "sending" ? (
              <Row>
                <Button icon="undo" onClick={() => void source.outbox.takeBack(flag.item ?? "")}>
                  {t("approvals.take_back")}
                </Button>
              </Row>
            ) : null}
            {mayResolve(flag) || mayAmend(flag) ? (
              <Row>
                {mayResolve(flag) ? (
                  <Button icon="check" onClick={() => { setDoing({ what: "resolve", flag }); }}>
                    {t("flags.resolve")}
                  </Button>
                ) : null}
                {mayAmend(flag) ? (
                  <Button look="quiet" icon="edit" onClick={() => { setDoing({ what: "amend", flag }); }}>
                    {t("flags.amend")}
                  </Button>
                ) : null}
              </Row>
            ) : null}
          </Stack>
        </Card>
      ))}
      {doing === null ? null : <FlagSheet key={`${doing.what} ${doing.what === "raise" ? "" : doing.flag.key}`} kind={kind} id={id} doing={doing} onClose={() => { setDoing(null); }} />}
    </>
  );
}

function Resolved({ flag }: { flag: FlagNow }): JSX.Element {
  return (
    <div>
      {flag.unflagMessage === "" ? null : (
        <p class={css.words} dir="auto">
          {flag.unflagMessage}
        </p>
      )}
      <Muted small>
        {flag.unflaggedBy === "" ? t("approvals.by_you") : <bdi>{flag.unflaggedBy}</bdi>}
        {flag.unflaggedDate === "" ? null : <> · {formatDay(flag.unflaggedDate)}</>}
      </Muted>
    </div>
  );
}

function Refused({ record, flag }: { record: RecordNow; flag: FlagNow }): JSX.Element {
  const item = record.items.find((one) => one.state === "refused" && (one.id === flag.item || (flag.id !== null && one.data["flag"] === flag.id)));
  return (
    <Notice tone="danger" actions={<LinkButton look="quiet" href="/outbox">{t("nav.outbox")}</LinkButton>}>
      {(item?.refusal?.problems ?? []).map((one) => textOfProblem(one, item?.refusal?.status)).join(" ")}
    </Notice>
  );
}

const ACTS: Record<Doing["what"], SupervisingAct> = { raise: "raise_flag", amend: "amend_flag", resolve: "resolve_flag" };

function FlagSheet({ kind, id, doing, onClose }: { kind: Kind; id: string; doing: Doing; onClose: () => void }): JSX.Element {
  const source = useSource();
  const calendar = useCalendar();
  const before = doing.what === "raise" ? null : doing.flag;
  const [message, setMessage] = useState(doing.what === "amend" ? doing.flag.message : "");
  const [date, setDate] = useState(doing.what === "amend" ? doing.flag.date : todayHere());
  const [lacks, setLacks] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(date);
  const go = async (): Promise<void> => {
    const words = message.trim();
    const isShort = words === "" || (doing.what !== "resolve" && !isDay);
    setLacks(isShort);
    if (isShort) return;
    const said: JsonObject = doing.what === "resolve" ? { unflag_message: words } : { message: words, date };
    setBusy(true);
    try {
      const outcome = await source.save({ kind, id, create: false, act: ACTS[doing.what], data: before === null ? said : { flag: before.id, ...said } });
      if (outcome.state === "refused") {
        await source.outbox.takeBack(outcome.item);
        setFailed(outcome.problems.map((one) => textOfProblem(one, outcome.status)).join(" "));
        source.flags.changed(id);
      } else {
        say(t(outcome.state === "confirmed" ? `flags.done.${doing.what}` : "share.waiting"), { icon: outcome.state === "confirmed" ? "check" : "clock" });
        onClose();
      }
    } catch (error) {
      setFailed(textOf(error));
    }
    setBusy(false);
  };
  return (
    <Sheet
      open
      title={t(`flags.${doing.what}`)}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{t("casefile.cancel")}</Button>
          <Button look="primary" busy={busy} onClick={() => void go()}>
            {t(`flags.${doing.what}.do`)}
          </Button>
        </>
      }
    >
      <Stack>
        {doing.what === "resolve" ? (
          <p class={css.words} dir="auto">
            {doing.flag.message}
          </p>
        ) : null}
        <Field label={t(doing.what === "resolve" ? "flags.resolve.reason" : "flags.reason")} hint={t("flags.reason.hint")} required error={lacks && message.trim() === "" ? t(doing.what === "resolve" ? "flags.resolve.missing" : "flag.message") : null}>
          {(attributes) => <TextArea {...attributes} value={message} onValue={setMessage} />}
        </Field>
        {doing.what === "resolve" ? null : (
          <Field group={calendar.book !== null} label={t("flags.date")} required error={lacks && !isDay ? t("flags.date.missing") : null}>
            {(attributes) => <CalendarDate {...attributes} value={date} onValue={setDate} />}
          </Field>
        )}
        {failed === null ? null : (
          <Notice tone="danger" alert>
            {failed}
          </Notice>
        )}
      </Stack>
    </Sheet>
  );
}
