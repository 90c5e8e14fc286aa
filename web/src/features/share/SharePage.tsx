import type { JSX } from "preact";
import { useEffect, useState } from "preact/compat";
import { textOf, textOfProblem } from "~/api";
import type { JsonObject } from "~/lib/json";
import { formatAgo, t, type Values } from "~/lib/i18n";
import { navigate, type Params } from "~/lib/router";
import { BackToRecord } from "~/renderer/Whose";
import { holding, isAway, mayDo, maySharePurpose, statementsNow, useRecord, useResource, useSource, type ConsentView, type Loaded, type PreviewView, type Recipient, type RecordNow, type ShareKind, type TransitionView } from "~/store";
import { Badge, Button, Card, Checkbox, Combobox, ErrorState, Field, Link, LinkButton, Muted, Notice, Page, RadioGroup, Row, say, Select, Skeleton, Stack, TextArea } from "~/ui";
import { ForService, servedBy } from "./ForService";
import { KIND_WORDS, sectionsSeen, STATUS_WORDS, WAYS } from "./words";

const CONSENT = "transition.consent";
const NOT_OPEN = "transition.case_not_open";

/** Handing a case on: how, to whom, what she will see, and what was shared before. */
export default function SharePage({ params }: { params: Params }): JSX.Element {
  const id = params["id"] ?? "";
  const record = useRecord("cases", id);
  return (
    <Page
      narrow
      title={t("share.title")}
      before={<BackToRecord id={id} />}
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
  const [role, setRole] = useState("");
  const [service, setService] = useState("");
  const [notes, setNotes] = useState("");
  const [overridden, setOverridden] = useState(false);
  const [preview, setPreview] = useState<PreviewView | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const [away, setAway] = useState(false);
  const [busy, setBusy] = useState(false);
  const way = ways.find((one) => one.kind === picked) ?? ways[0];
  const kind = way?.kind ?? null;
  const module = String(data["module_id"] ?? "");
  const people = useResource(source.sharing.recipients(kind ?? "Referral", module), 60);
  const said = useResource(source.sharing.consents(id), 60).value ?? [];
  useEffect(() => {
    if (kind === null || to === "") return undefined;
    let here = true;
    source.sharing.preview(id, kind, { transitioned_to: to, ...lent(role), ...servedBy(data, service) }).then(
      (found) => {
        if (here) setPreview(found);
      },
      (error: unknown) => {
        if (!here) return;
        if (isAway(error)) setAway(true);
        else setFailed(textOf(error));
      },
    );
    return () => {
      here = false;
    };
  }, [source, id, kind, to, role, service, record.value?.revision]);
  if (way === undefined) return null;
  const choose = (apply: () => void): void => {
    setPreview(null);
    setFailed(null);
    setAway(false);
    setOverridden(false);
    apply();
  };
  const agency = (people.value ?? []).find((one) => one.user_name === to)?.agency ?? "";
  const alone = away && preview === null;
  const consent = isConsentMissing({ kind: way.kind, agency, data, record, said, preview, alone });
  const others = alone ? (data["status"] === "open" && data["record_state"] !== false ? [] : way.kind === "Assign" ? [] : [{ pointer: "/status", code: NOT_OPEN }]) : (preview?.hindrances ?? []).filter((one) => one.code !== CONSENT);
  const mayOverride = consent && mayDo(me, "cases", "consent_override");
  const ready = to !== "" && (preview !== null || alone) && others.length === 0 && (!consent || (overridden && notes.trim() !== ""));
  const send = async (): Promise<void> => {
    setBusy(true);
    setFailed(null);
    const sent = { transitioned_to: to, ...lent(role), ...servedBy(data, service), ...(notes.trim() === "" ? {} : { notes: notes.trim() }), ...(overridden ? { consent_overridden: true } : {}) };
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
      <Row>
        <LinkButton look="quiet" icon="shield" href={`/cases/${encodeURIComponent(id)}/share/consent`}>
          {t("consent.open")}
        </LinkButton>
      </Row>
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
                setRole("");
                setService("");
              });
            }}
          />
        )}
      </Field>
      <Muted>{t(way.hint)}</Muted>
      <Recipients
        key={way.kind}
        people={people}
        onRetry={() => void source.sharing.recipients(way.kind, module).refresh()}
        value={to}
        onValue={(value) => {
          choose(() => {
            setTo(value);
          });
        }}
      />
      {way.kind === "Referral" ? (
        <>
          <ForService
            data={data}
            value={service}
            onValue={(value) => {
              choose(() => {
                setService(value);
              });
            }}
          />
          <Lent
            module={module}
            value={role}
            onValue={(value) => {
              choose(() => {
                setRole(value);
              });
            }}
          />
        </>
      ) : null}
      {to !== "" && preview === null && failed === null && !alone ? <Skeleton rows={3} /> : null}
      {preview === null ? null : <Seen preview={preview} />}
      {alone ? <Notice>{t("share.alone")}</Notice> : null}
      {consent ? (
        <Notice tone="warn">
          {t(CONSENT)} <Link href={`/cases/${encodeURIComponent(id)}/share/consent`}>{t("consent.open")}</Link>
        </Notice>
      ) : null}
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

interface Judged {
  kind: ShareKind;
  agency: string;
  data: JsonObject;
  record: RecordNow;
  said: readonly ConsentView[];
  preview: PreviewView | null;
  alone: boolean;
}

/** The server says whether consent is missing; away from it, and while she took it back herself a moment ago, the same rule says it here. */
function isConsentMissing({ kind, agency, data, record, said, preview, alone }: Judged): boolean {
  if (kind === "Assign") return false;
  if (preview?.hindrances.some((one) => one.code === CONSENT)) return true;
  const unsent = record.items.some((item) => item.action === "withdraw_consent");
  if (!alone && !unsent) return false;
  return agency !== "" && !maySharePurpose(kind === "Referral" ? "services" : "transfer", agency, data, holding(statementsNow(said, record.items)));
}

function lent(role: string): JsonObject {
  return role === "" ? {} : { authorized_role_unique_id: role };
}

/** With whose forms the recipient sees the case: her own role's, or those of a role that is lent to her for it. */
function Lent({ module, value, onValue }: { module: string; value: string; onValue: (value: string) => void }): JSX.Element | null {
  const roles = useResource(useSource().sharing.lendable(), 300).value ?? [];
  const options = roles.filter((one) => one.module_unique_ids.includes(module)).map((one) => ({ value: one.unique_id, label: one.name }));
  if (options.length === 0) return null;
  return (
    <Field label={t("share.lent")} hint={t("share.lent.hint")}>
      {(attributes) => <Select {...attributes} options={options} value={value} onValue={onValue} empty={t("share.lent.own")} />}
    </Field>
  );
}

function Recipients({ people: { value: people, error, at }, onRetry, value, onValue }: { people: Loaded<Recipient[]>; onRetry: () => void; value: string; onValue: (value: string) => void }): JSX.Element {
  if (people === null && error) return isAway(error) ? <Notice>{t("share.people_unknown")}</Notice> : <ErrorState onRetry={onRetry}>{textOf(error)}</ErrorState>;
  const options = (people ?? []).map((one) => ({ value: one.user_name, label: one.user_name, hint: [one.position, one.agency].filter(Boolean).join(", ") }));
  const hint = people?.length === 0 ? t("share.nobody") : isAway(error) && at !== null ? t("share.people_of", { when: formatAgo(new Date(at)) }) : undefined;
  return (
    <Field label={t("share.to")} required hint={hint}>
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
