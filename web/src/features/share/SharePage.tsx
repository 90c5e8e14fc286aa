import type { JSX } from "preact";
import { useEffect, useState } from "preact/compat";
import { textOf, textOfProblem } from "~/api";
import type { JsonObject } from "~/lib/json";
import { formatAgo, t, type Values } from "~/lib/i18n";
import { navigate, type Params } from "~/lib/router";
import { mayDo, useRecord, useResource, useSource, type PreviewView, type RecordNow, type TransitionView } from "~/store";
import { Badge, Button, Card, Checkbox, Combobox, ErrorState, Field, LinkButton, Muted, Notice, Page, RadioGroup, Row, say, Skeleton, Stack, TextArea } from "~/ui";
import { KIND_WORDS, sectionsSeen, STATUS_WORDS, WAYS } from "./words";

const CONSENT = "transition.consent";

/** Handing a case on: how, to whom, what she will see, and what was shared before. */
export default function SharePage({ params }: { params: Params }): JSX.Element {
  const id = params["id"] ?? "";
  const record = useRecord("cases", id);
  return (
    <Page
      narrow
      title={t("share.title")}
      before={
        <Row>
          <LinkButton look="quiet" icon="back" href={`/cases/${encodeURIComponent(id)}`}>
            {t("share.back")}
          </LinkButton>
        </Row>
      }
    >
      {record.data === null ? (
        record.error ? (
          <ErrorState>{textOf(record.error)}</ErrorState>
        ) : (
          <Skeleton rows={4} blocks />
        )
      ) : (
        <Stack gap={6}>
          <Send id={id} record={record} data={record.data} />
          <Before id={id} />
        </Stack>
      )}
    </Page>
  );
}

function Send({ id, record, data }: { id: string; record: RecordNow; data: JsonObject }): JSX.Element | null {
  const source = useSource();
  const me = useResource(source.me(), 300).value;
  const ways = WAYS.filter((one) => one.rights.some((right) => mayDo(me, "cases", right)));
  const [picked, setPicked] = useState("");
  const [to, setTo] = useState("");
  const [notes, setNotes] = useState("");
  const [overridden, setOverridden] = useState(false);
  const [preview, setPreview] = useState<PreviewView | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const way = ways.find((one) => one.kind === picked) ?? ways[0];
  const kind = way?.kind ?? null;
  useEffect(() => {
    if (kind === null || to === "") return undefined;
    let here = true;
    source.sharing.preview(id, kind, { transitioned_to: to }).then(
      (found) => {
        if (here) setPreview(found);
      },
      (error: unknown) => {
        if (here) setFailed(textOf(error));
      },
    );
    return () => {
      here = false;
    };
  }, [source, id, kind, to, record.value?.revision]);
  if (way === undefined) return null;
  const choose = (apply: () => void): void => {
    setPreview(null);
    setFailed(null);
    setOverridden(false);
    apply();
  };
  const consent = preview?.hindrances.some((one) => one.code === CONSENT) === true;
  const others = (preview?.hindrances ?? []).filter((one) => one.code !== CONSENT);
  const mayOverride = consent && mayDo(me, "cases", "consent_override");
  const ready = to !== "" && others.length === 0 && (!consent || (overridden && notes.trim() !== ""));
  const send = async (): Promise<void> => {
    setBusy(true);
    setFailed(null);
    const sent = { transitioned_to: to, ...(notes.trim() === "" ? {} : { notes: notes.trim() }), ...(overridden ? { consent_overridden: true } : {}) };
    try {
      const outcome = await source.save({ kind: "cases", id, create: false, act: way.act, data: sent });
      if (outcome.state === "refused") setFailed(outcome.problems.map((one) => textOfProblem(one, outcome.status)).join(" "));
      else {
        say(t(outcome.state === "confirmed" ? "share.sent" : "share.waiting"));
        void source.sharing.refresh();
        navigate(`/cases/${encodeURIComponent(id)}`);
      }
    } catch (error) {
      setFailed(textOf(error));
    }
    setBusy(false);
  };
  return (
    <Stack>
      <Field group label={t("share.how")}>
        {() => (
          <RadioGroup
            stacked
            value={way.kind}
            options={ways.map((one) => ({ value: one.kind, label: t(one.words) }))}
            onValue={(value) => {
              choose(() => {
                setPicked(value);
                setTo("");
              });
            }}
          />
        )}
      </Field>
      <Muted>{t(way.hint)}</Muted>
      <Recipients
        key={way.kind}
        kind={way.kind}
        module={String(data["module_id"] ?? "")}
        value={to}
        onValue={(value) => {
          choose(() => {
            setTo(value);
          });
        }}
      />
      {to !== "" && preview === null && failed === null ? <Skeleton rows={3} /> : null}
      {preview === null ? null : <Seen preview={preview} />}
      {consent ? <Notice tone="warn">{t(CONSENT)}</Notice> : null}
      {others.length > 0 ? <Hindrances found={others} /> : null}
      {mayOverride ? <Checkbox checked={overridden} onChecked={setOverridden} label={t("share.override")} /> : null}
      <Field label={t("share.notes")} hint={t("share.notes.hint")} required={overridden}>
        {(attributes) => <TextArea {...attributes} value={notes} onValue={setNotes} />}
      </Field>
      {failed === null ? null : (
        <Notice tone="danger" alert>
          {failed}
        </Notice>
      )}
      <Row>
        <Button look="primary" disabled={!ready || busy} onClick={() => void send()}>
          {t(way.words)}
        </Button>
      </Row>
    </Stack>
  );
}

function Recipients({ kind, module, value, onValue }: { kind: (typeof WAYS)[number]["kind"]; module: string; value: string; onValue: (value: string) => void }): JSX.Element {
  const source = useSource();
  const list = source.sharing.recipients(kind, module);
  const { value: people, error } = useResource(list, 60);
  if (people === null && error) return <ErrorState onRetry={() => void list.refresh()}>{textOf(error)}</ErrorState>;
  const options = (people ?? []).map((one) => ({ value: one.user_name, label: one.user_name, hint: [one.position, one.agency].filter(Boolean).join(", ") }));
  return (
    <Field label={t("share.to")} required hint={people?.length === 0 ? t("share.nobody") : undefined}>
      {(attributes) => <Combobox {...attributes} options={options} value={value} onValue={onValue} />}
    </Field>
  );
}

/** What the recipient will see: sections, and the questions that have an answer. */
function Seen({ preview }: { preview: PreviewView }): JSX.Element {
  const source = useSource();
  const forms = useResource(source.forms(), 300).value ?? [];
  const sections = sectionsSeen(preview.values as JsonObject, forms);
  return (
    <Card label={t("share.sees")}>
      <Stack gap={2}>
        <h2>{t("share.sees")}</h2>
        {sections.map((section) => (
          <details key={section.name}>
            <summary>
              <bdi>{section.name}</bdi> ({t("share.answers", { count: section.questions.length })})
            </summary>
            <ul>
              {section.questions.map((question) => (
                <li key={question}>{question}</li>
              ))}
            </ul>
          </details>
        ))}
        {preview.withheld > 0 ? <Muted>{t("share.withheld", { count: preview.withheld })}</Muted> : null}
      </Stack>
    </Card>
  );
}

function Hindrances({ found }: { found: PreviewView["hindrances"] }): JSX.Element {
  const words = [...new Set(found.map((one) => textOfProblem({ code: one.code, message: "", params: (one.params ?? {}) as Values })))];
  return (
    <Notice tone="warn" title={t("share.hindered")}>
      <ul>
        {words.map((one) => (
          <li key={one}>{one}</li>
        ))}
      </ul>
    </Notice>
  );
}

/** What was shared before; what is open can be taken back. */
function Before({ id }: { id: string }): JSX.Element {
  const source = useSource();
  const list = source.sharing.ofCase(id);
  const { value, error } = useResource(list, 0);
  return (
    <section aria-labelledby="share-before">
      <Stack>
        <h2 id="share-before">{t("share.before")}</h2>
        {value === null ? error ? <ErrorState onRetry={() => void list.refresh()}>{textOf(error)}</ErrorState> : <Skeleton rows={2} blocks /> : null}
        {value?.length === 0 ? <Muted>{t("share.before.none")}</Muted> : null}
        {(value ?? []).map((one) => (
          <Shared key={one.id} one={one} />
        ))}
      </Stack>
    </section>
  );
}

function Shared({ one }: { one: TransitionView }): JSX.Element {
  const source = useSource();
  const revoke = async (): Promise<void> => {
    const outcome = await source.save({ kind: "cases", id: one.record_id, create: false, act: "revoke_transition", data: { transition: one.id, type: one.type } });
    say(outcome.state === "refused" ? outcome.problems.map((problem) => textOfProblem(problem, outcome.status)).join(" ") : t("share.revoked"));
    await source.sharing.refresh();
  };
  return (
    <Card>
      <Stack gap={2}>
        <Row between>
          <span>
            {t(KIND_WORDS[one.type])} <bdi>{one.transitioned_to ?? one.transitioned_to_remote ?? ""}</bdi>
          </span>
          <Badge>{t(STATUS_WORDS[one.status])}</Badge>
        </Row>
        <Muted small>
          <bdi>{one.transitioned_by}</bdi>, {formatAgo(new Date(one.created_at))}
        </Muted>
        {one.notes ? <p dir="auto">{one.notes}</p> : null}
        {one.user_can_revoke ? (
          <Row>
            <Button icon="undo" onClick={() => void revoke()}>
              {t("share.revoke")}
            </Button>
          </Row>
        ) : null}
      </Stack>
    </Card>
  );
}
