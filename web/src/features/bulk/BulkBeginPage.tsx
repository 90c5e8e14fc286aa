import type { JSX } from "preact";
import { useEffect, useState } from "preact/compat";
import { textOf } from "~/api";
import { t } from "~/lib/i18n";
import type { JsonObject } from "~/lib/json";
import { useOnline } from "~/lib/online";
import { navigate, usePlace } from "~/lib/router";
import { useWatched } from "~/lib/watched";
import { bulkActs, useResource, useSource, type BulkChoice, type ShareKind } from "~/store";
import { Button, CalendarDate, Checkbox, Combobox, EmptyState, ErrorState, Field, LinkButton, Muted, Notice, Page, RadioGroup, Row, Stack, TextArea } from "~/ui";
import { ACTS } from "./words";

/** One thing for many cases: what, to whom, and how many there are, before it begins. */
export default function BulkBeginPage(): JSX.Element {
  const source = useSource();
  const choice = useWatched(source.bulk.chosen);
  const worker = choice?.worker ?? null;
  return (
    <Page
      narrow
      title={worker === null ? t("bulk.title") : <>{t("bulk.hand_over.title")} <bdi>{worker.fullName || worker.userName}</bdi></>}
      before={
        <Row>
          <LinkButton look="quiet" icon="back" href={worker === null ? "/cases" : "/team"}>
            {t(worker === null ? "bulk.back.list" : "bulk.back.team")}
          </LinkButton>
        </Row>
      }
    >
      {choice === null ? (
        <EmptyState icon="cases" title={t("bulk.none.title")} action={<LinkButton href="/cases">{t("bulk.back.list")}</LinkButton>}>
          {t("bulk.none.text")}
        </EmptyState>
      ) : (
        <Begin choice={choice} />
      )}
    </Page>
  );
}

function Begin({ choice }: { choice: BulkChoice }): JSX.Element {
  const source = useSource();
  const online = useOnline();
  const me = useResource(source.me(), 300).value;
  const asked = usePlace().query.get("act");
  const open = bulkActs(me).filter((act) => choice.worker === undefined || act === "assign");
  const [picked, setPicked] = useState(asked ?? "");
  const [to, setTo] = useState("");
  const [text, setText] = useState("");
  const [day, setDay] = useState("");
  const [closedToo, setClosedToo] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  const now = useChoice(choice, closedToo);
  const act = open.find((one) => one === picked) ?? open[0];
  if (me === null) return <Muted>{t("ui.loading")}</Muted>;
  if (act === undefined) return <ErrorState>{t("error.status.403")}</ErrorState>;
  const way = ACTS[act];
  const isReady = now.count !== null && now.count > 0 && (way.kind === null ? text.trim() !== "" : to !== "");
  const send = async (): Promise<void> => {
    setBusy(true);
    setFailed(null);
    const said = text.trim();
    const data: JsonObject = way.kind === null ? { message: said, ...(day === "" ? {} : { date: day }) } : { transitioned_to: to, ...(said === "" ? {} : { notes: said }) };
    try {
      const id = await source.bulk.begin(act, now.choice, data);
      navigate(`/bulk/${id}`, { replace: true });
    } catch (error) {
      setFailed(textOf(error));
      setBusy(false);
    }
  };
  return (
    <Stack>
      <p role="status">
        <strong>{now.count === null ? t("ui.loading") : t(choice.about === true ? "bulk.count.about" : "bulk.count", { count: now.count })}</strong>
      </p>
      {now.error === null ? null : <Notice tone="warn">{now.error}</Notice>}
      {choice.worker === undefined ? null : <Checkbox checked={closedToo} onChecked={setClosedToo} label={t("bulk.hand_over.closed")} />}
      {open.length > 1 ? (
        <Field group label={t("bulk.how")}>
          {() => (
            <RadioGroup
              stacked
              value={act}
              options={open.map((one) => ({ value: one, label: t(ACTS[one].words) }))}
              onValue={(value) => {
                setPicked(value);
                setTo("");
              }}
            />
          )}
        </Field>
      ) : null}
      <Muted>{t(way.hint)}</Muted>
      {way.kind === null ? null : <Recipients key={way.kind} kind={way.kind} but={choice.worker?.userName ?? ""} value={to} onValue={setTo} />}
      <Field label={t(way.kind === null ? "bulk.flag.message" : "share.notes")} hint={way.kind === null ? t("bulk.flag.hint") : t("bulk.notes.hint")} required={way.kind === null}>
        {(attributes) => <TextArea {...attributes} value={text} onValue={setText} />}
      </Field>
      {way.kind === null ? <Field label={t("bulk.flag.day")}>{(attributes) => <CalendarDate {...attributes} value={day} onValue={setDay} />}</Field> : null}
      {online ? null : <Notice>{t("bulk.needs_network")}</Notice>}
      {failed === null ? null : (
        <Notice tone="danger" alert>
          {failed}
        </Notice>
      )}
      <Row>
        <Button look="primary" busy={busy} disabled={!isReady || busy || !online} onClick={() => void send()}>
          {t(way.begin, { count: now.count ?? 0 })}
        </Button>
      </Row>
    </Stack>
  );
}

/** What is handed over: the open cases of a worker, or all of hers; counted by the server. */
function useChoice(choice: BulkChoice, closedToo: boolean): { choice: BulkChoice; count: number | null; error: string | null } {
  const source = useSource();
  const [counted, setCounted] = useState<{ of: boolean; count: number } | null>(null);
  const [error, setError] = useState<string | null>(null);
  const isWorker = choice.worker !== undefined;
  const search = "search" in choice.cases ? choice.cases.search : null;
  const { status: _status, ...all } = search ?? {};
  const now = closedToo ? all : search;
  useEffect(() => {
    if (!isWorker || now === null) return undefined;
    let here = true;
    setError(null);
    source.bulk.count(now).then(
      (count) => {
        if (here) setCounted({ of: closedToo, count });
      },
      (failure: unknown) => {
        if (here) setError(textOf(failure));
      },
    );
    return () => {
      here = false;
    };
  }, [source, choice, closedToo]);
  if (!isWorker || now === null) return { choice, count: choice.count, error };
  return { choice: { ...choice, cases: { search: now } }, count: counted?.of === closedToo ? counted.count : null, error };
}

function Recipients({ kind, but, value, onValue }: { kind: ShareKind; but: string; value: string; onValue: (value: string) => void }): JSX.Element {
  const source = useSource();
  const list = source.sharing.recipients(kind, "");
  const { value: people, error } = useResource(list, 60);
  if (people === null && error) return <ErrorState onRetry={() => void list.refresh()}>{textOf(error)}</ErrorState>;
  const options = (people ?? []).filter((one) => one.user_name !== but).map((one) => ({ value: one.user_name, label: one.user_name, hint: [one.position, one.agency].filter(Boolean).join(", ") }));
  return (
    <Field label={t("share.to")} required hint={people !== null && options.length === 0 ? t("share.nobody") : undefined}>
      {(attributes) => <Combobox {...attributes} options={options} value={value} onValue={onValue} />}
    </Field>
  );
}
