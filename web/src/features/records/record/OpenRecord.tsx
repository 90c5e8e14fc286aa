import type { JSX } from "preact";
import { useCallback, useEffect, useMemo, useRef, useState } from "preact/compat";
import { textOfProblem as wordsOfServer } from "~/api";
import { formatMoment, t } from "~/lib/i18n";
import { useWide } from "~/lib/media";
import { getPlace, useLeaveQuestion } from "~/lib/router";
import { useWatched } from "~/lib/watched";
import { Button } from "~/ui/Button";
import { EmptyState, Notice, Page } from "~/ui/layout";
import { Sheet } from "~/ui/Sheet";
import { say } from "~/ui/toast";
import { useSelected, useSettled } from "~/renderer/answers";
import { inReadingOrder } from "~/renderer/problems";
import { RowSheet } from "~/renderer/RowSheet";
import type { Data, Problem } from "~/renderer/types";
import { said } from "~/renderer/kindWords";
import { labelOfField } from "~/renderer/words";
import type { RecordNow } from "~/store";
import { History } from "../history/History";
import { Seen } from "../history/Seen";
import { Timeline } from "../history/Timeline";
import { useSpecial, type SpecialProps } from "../special";
import { BeforeClosing } from "../steps/BeforeClosing";
import { Steps } from "../steps/Steps";
import { Actions, CLOSING_FORM, type Act } from "./Actions";
import { Alerts } from "./Alerts";
import { ApprovalStates } from "./Approval";
import type { RecordDesk, SaveResult } from "./RecordDesk";
import { RecordLink, goInRecord, recordPath } from "./RecordLink";
import { Conflicts } from "./Conflicts";
import { BackToList } from "./BackToList";
import { useAccessLog, useHistory } from "./data";
import { Duplicates } from "./Duplicates";
import { RecordName, Facts } from "./Heading";
import { OnDevice, PinChip } from "./OnDevice";
import { jumpTo, Problems } from "./Problems";
import { alsoMissing, offeredSections, progressOf } from "./progress";
import css from "./record.module.css";
import { SaveBar } from "./SaveBar";
import { SectionPage } from "./SectionPage";
import { Sections } from "./Sections";
import { SpecialCard, SpecialPage } from "./SpecialPage";
import { Summary } from "./Summary";
import { PlainSummary } from "./PlainSummary";
import { WAITING, WaitingNotice, WaitingPage } from "./Waiting";

export interface OpenRecordProps {
  desk: RecordDesk;
  record: RecordNow;
  section: string;
  editing: boolean;
  /** The closing form was opened to close the record. */
  closing: boolean;
}

/** The screen of one record: whose it is, where one is in it, and what is being changed. */
export function OpenRecord({ desk, record, section, editing: asked, closing }: OpenRecordProps): JSX.Element {
  const { setup } = desk;
  const wide = useWide();
  const [leaving, setLeaving] = useState<(() => void) | null>(null);
  const [sheet, setSheet] = useState(false);
  const data = useSettled(desk.filling.answers);
  const dirty = useSelected(desk.filling.answers, () => desk.filling.isDirty());
  const mayWrite = setup.may("write") && data["record_state"] !== false;
  const found = setup.sections.find((one) => one.form.unique_id === section);
  const editing = asked && mayWrite && found?.writable === true;
  const closingNow = closing && editing && section === CLOSING_FORM[desk.kind] && data["status"] !== "closed";
  const sections = useMemo(() => offeredSections(setup.sections, data), [setup, data]);
  const missing = useMissing(desk, data, record);
  const progress = useMemo(() => new Map(sections.map((one) => [one, progressOf(one, data, missing, setup.sections)])), [sections, data, missing, setup]);
  const isCase = desk.kind === "cases";
  const about: SpecialProps = { kind: desk.kind, id: desk.id, data: record.data ?? data, record, fields: setup.fields, sources: setup.sources, mayWrite, may: setup.may };
  const special = useSpecial(desk.kind).filter((one) => one.when?.(about) ?? true);
  const opened = special.find((one) => one.id === section);
  const mayReadHistory = setup.may("change_log");
  const maySeeReaders = setup.may("access_log");

  // Where she wanted to go while it was being saved, or before: once it is saved she goes there.
  const wanted = useRef<(() => void) | null>(null);
  const ask = useCallback((proceed: () => void) => {
    wanted.current = proceed;
    setLeaving(() => proceed);
  }, []);
  useLeaveQuestion(dirty, ask, recordPath(desk));
  useEffect(() => {
    setLeaving(null);
  }, [section, dirty]);
  const saved = (result: SaveResult, done: string): void => {
    if (result === "saved" || result === "nothing") say(done, { icon: "check" });
    if (result === "waiting") say(t("casefile.saved_here"), { icon: "clock" });
    const go = wanted.current;
    wanted.current = null;
    if (result !== "saved" && result !== "waiting" && result !== "nothing") return;
    if (go !== null) go();
    else if (editing && getPlace().path.startsWith(`${recordPath(desk)}/`)) goInRecord(recordPath(desk, section));
  };
  const save = (anyway: boolean): void => {
    const closure = closingNow;
    const extra: Data = closure ? { status: "closed", date_closure: data["date_closure"] ?? desk.today } : {};
    void desk
      .save({ sections: editing ? [section] : [], anyway, extra, recordAction: closure ? "close" : null })
      .then((result) => {
        saved(result, said(desk.kind, closure ? "casefile.closed" : desk.filling.check().some((one) => one.kind === "incomplete") ? "casefile.saved_incomplete" : "casefile.saved"));
      });
  };
  const act = ({ extra, recordAction, done }: Act): void => {
    void desk.save({ anyway: true, extra, recordAction }).then((result) => {
      saved(result, done);
    });
  };
  const jump = (pointer: string): void => {
    desk.filling.problems.show(missing);
    jumpTo(desk, pointer, undefined);
  };
  const timeline = <Timeline at={desk} data={record.data ?? data} items={record.items} setup={setup} mayRead={mayReadHistory} version={record.value?.revision} />;
  const cards = special.map((one) => (one.card ? <SpecialCard key={one.id} special={one} {...about} /> : null));
  const nav = (
    <Sections
      at={desk}
      special={special}
      sections={sections}
      progress={progress}
      current={section}
      groupName={setup.groupName}
      mayReadHistory={mayReadHistory}
      maySeeReaders={maySeeReaders}
      onGo={() => {
        setSheet(false);
      }}
    />
  );
  return (
    <Page title={<RecordName data={data} kind={desk.kind} />} before={<BackToList kind={desk.kind} />} actions={<Actions desk={desk} data={data} onAct={act} />}>
      <div class={css.about}>
        <Facts data={data} setup={setup} state={record.state} ageRecordedOn={record.state === null && !dirty ? (record.value?.ageRecordedOn ?? null) : null} brief={!wide && section !== "summary"} />
        {isCase && (wide || section === "summary") ? <Steps id={desk.id} data={record.data ?? data} setup={setup} mayWrite={mayWrite} /> : null}
        {isCase && (wide || section === "summary") ? <ApprovalStates id={desk.id} data={record.data ?? data} module={setup.module} /> : null}
        {wide || section === "summary" ? <PinChip id={desk.id} record={record} /> : null}
      </div>
      {section === "summary" ? <Alerts id={desk.id} data={record.data ?? data} setup={setup} version={record.value?.revision} /> : null}
      {isCase && section === "summary" ? <Duplicates id={desk.id} data={record.data ?? data} setup={setup} /> : null}
      <OnDevice desk={desk} record={record} />
      {section === WAITING ? null : <WaitingNotice at={desk} count={record.value?.quarantined ?? 0} />}
      <Messages desk={desk} />
      <Conflicts
        desk={desk}
        onResolve={(taken) => {
          void desk.resolve(taken).then((result) => {
            saved(result, t("casefile.saved"));
          });
        }}
      />
      <Problems
        desk={desk}
        section={section}
        onAnyway={
          closingNow
            ? null
            : () => {
                save(true);
              }
        }
      />
      <div class={css.columns}>
        {wide ? (
          <aside class={css.aside}>{nav}</aside>
        ) : section === "summary" ? null : (
          <div class={css.switcher}>
            <Button
              icon="menu"
              onClick={() => {
                setSheet(true);
              }}
            >
              {t("casefile.sections")}
            </Button>
            <RecordLink to={recordPath(desk)}>{t("casefile.summary")}</RecordLink>
          </div>
        )}
        <div class={css.content}>
          {closingNow ? (
            <>
              <Notice title={said(desk.kind, "casefile.close")}>{said(desk.kind, "casefile.close.explain_form")}</Notice>
              {isCase ? <BeforeClosing id={desk.id} data={record.data ?? data} setup={setup} today={desk.today} /> : null}
            </>
          ) : null}
          {section === "summary" ? (
            <>
              {isCase ? (
                <Summary id={desk.id} data={data} record={record.data ?? data} seen={record} setup={setup} sections={sections} missing={missing} today={desk.today} mayWrite={mayWrite} timeline={timeline} cards={cards} onJump={jump} />
              ) : (
                <PlainSummary at={desk} data={data} setup={setup} sections={sections} missing={missing} mayWrite={mayWrite} timeline={timeline} cards={cards} onJump={jump} />
              )}
              {wide ? null : nav}
            </>
          ) : section === "history" ? (
            <HistoryPage desk={desk} may={mayReadHistory} version={record.value?.revision} />
          ) : section === "seen" ? (
            <SeenPage desk={desk} may={maySeeReaders} />
          ) : section === WAITING ? (
            <WaitingPage desk={desk} />
          ) : opened ? (
            <SpecialPage special={opened} {...about} />
          ) : found ? (
            <SectionPage desk={desk} section={found} sections={sections} editing={editing} mayWrite={mayWrite} data={record.data ?? data} />
          ) : (
            <EmptyState icon="search" title={said(desk.kind, "casefile.no_section")} action={<RecordLink to={recordPath(desk)}>{t("casefile.summary")}</RecordLink>} />
          )}
        </div>
      </div>
      <RowSheet desk={desk.desk} />
      <Sheet
        open={sheet}
        title={t("casefile.sections")}
        onClose={() => {
          setSheet(false);
        }}
      >
        {nav}
      </Sheet>
      <SaveBar
        desk={desk}
        editing={editing}
        leaving={leaving}
        onStay={() => {
          wanted.current = null;
          setLeaving(null);
        }}
        onSave={() => {
          save(false);
        }}
        onDone={() => {
          if (editing) goInRecord(recordPath(desk, section));
        }}
        {...(closingNow ? { saveLabel: t("casefile.close.do"), ready: true } : {})}
      />
    </Page>
  );
}

const NONE: readonly Problem[] = [];

/** Required answers that are missing in this case: what the form logic finds, and what else the server knows of. */
function useMissing(desk: RecordDesk, data: Data, record: RecordNow): readonly Problem[] {
  return useMemo(() => {
    const found = desk.filling.check().filter((one) => one.kind === "incomplete");
    const all = record.value === null ? found : [...found, ...alsoMissing(record.value, data, found)];
    return all.length === 0 ? NONE : inReadingOrder(all, desk.setup.sections);
  }, [desk, data, record.value]);
}

/** What came from before, from elsewhere, and what the server said that belongs to no answer. */
function Messages({ desk }: { desk: RecordDesk }): JSX.Element {
  const { restored, elsewhere, refusal } = useWatched(desk.state);
  const dismiss = (
    <Button
      look="quiet"
      onClick={() => {
        desk.dismiss();
      }}
    >
      {t("casefile.understood")}
    </Button>
  );
  const refused = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (refusal.length === 0) return;
    refused.current?.scrollIntoView({ block: "start" });
    refused.current?.focus({ preventScroll: true });
  }, [refusal]);
  const names = elsewhere.map((name) => desk.setup.fields.get(name)).flatMap((field) => (field ? [labelOfField(field)] : []));
  return (
    <>
      {restored !== null ? (
        <Notice
          title={t("casefile.restored.title")}
          actions={
            <>
              {dismiss}
              <Button
                look="quiet"
                icon="undo"
                onClick={() => {
                  const back = desk.discard();
                  say(t("casefile.discarded"), { icon: "undo", action: { label: t("renderer.undo"), run: back } });
                }}
              >
                {t("casefile.discard")}
              </Button>
            </>
          }
        >
          {t("casefile.restored.explain", { at: formatMoment(restored) })}
        </Notice>
      ) : null}
      {names.length > 0 ? (
        <Notice title={said(desk.kind, "casefile.elsewhere.title")} actions={dismiss}>
          {t("casefile.elsewhere.explain", { names: names.join(", ") })}
        </Notice>
      ) : null}
      {refusal.length > 0 ? (
        <div ref={refused} tabIndex={-1} class={css.box}>
        <Notice tone="danger" alert title={t("casefile.refused.title")} actions={dismiss}>
          {refusal.map((one) => (
            <p key={`${one.code ?? ""}${one.message}`}>{wordsOfServer(one)}</p>
          ))}
          <p>{t("casefile.refused.safe")}</p>
        </Notice>
        </div>
      ) : null}
    </>
  );
}

function usePageHeading(): { current: HTMLHeadingElement | null } {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
  }, []);
  return heading;
}

function HistoryPage({ desk, may, version }: { desk: RecordDesk; may: boolean; version: unknown }): JSX.Element {
  const heading = usePageHeading();
  const paged = useHistory(desk, may, version);
  return (
    <section class={css.section} aria-labelledby="section-title">
      <h2 id="section-title" ref={heading} tabIndex={-1}>
        {t("casefile.history.title")}
      </h2>
      {may ? <History paged={paged} fields={desk.setup.fields} sources={desk.setup.sources} /> : <EmptyState icon="lock" title={t("casefile.history.not_permitted")} />}
    </section>
  );
}

function SeenPage({ desk, may }: { desk: RecordDesk; may: boolean }): JSX.Element {
  const heading = usePageHeading();
  const paged = useAccessLog(desk, may);
  return (
    <section class={css.section} aria-labelledby="section-title">
      <h2 id="section-title" ref={heading} tabIndex={-1}>
        {t("casefile.seen.title")}
      </h2>
      {may ? <Seen paged={paged} /> : <EmptyState icon="lock" title={t("casefile.seen.not_permitted")} />}
    </section>
  );
}

