import type { JSX } from "preact";
import { useState } from "preact/compat";
import { textOf, textOfProblem, type Shape } from "~/api";
import { formatAgo, t } from "~/lib/i18n";
import type { JsonObject } from "~/lib/json";
import type { Params } from "~/lib/router";
import { BackToRecord, Whose } from "~/renderer/Whose";
import { holding, isAway, maySharePurpose, mayDo, PURPOSES, statementsNow, useRecord, useResource, useSource, type Purpose, type RecordNow, type StatementNow, type TransitionView } from "~/store";
import { Badge, Button, Card, EmptyState, ErrorState, Field, LinkButton, Muted, Notice, Page, RadioGroup, Row, say, Select, Skeleton, Stack, StateBadge, TextArea } from "~/ui";
import { agencyName, purposeWords } from "./words";
import css from "./consent.module.css";

type Agencies = readonly Shape<"Agency">[];

/** What the child or the caregiver said about sharing the case: what holds now, saying it, taking it back. */
export default function ConsentPage({ params }: { params: Params }): JSX.Element {
  const id = params["id"] ?? "";
  const source = useSource();
  const record = useRecord("cases", id);
  const me = useResource(source.me(), 300).value;
  return (
    <Page
      narrow
      title={t("consent.title")}
      before={<BackToRecord id={id} />}
    >
      {record.data === null || me === null ? (
        record.error && record.data === null ? <ErrorState onRetry={() => void source.record("cases", id).refresh()}>{textOf(record.error)}</ErrorState> : <Skeleton rows={4} blocks />
      ) : (
        <Said id={id} record={record} data={record.data} mayWrite={mayDo(me, "cases", "write")} />
      )}
    </Page>
  );
}

function Said({ id, record, data, mayWrite }: { id: string; record: RecordNow; data: JsonObject; mayWrite: boolean }): JSX.Element {
  const source = useSource();
  const list = source.sharing.consents(id);
  const { value, error } = useResource(list, 0);
  const agencies = useResource(source.agencies(), 300).value ?? [];
  const statements = statementsNow(value ?? [], record.items);
  return (
    <Stack gap={6}>
      <p>
        <Whose data={data} />
      </p>
      {value === null && error ? isAway(error) ? <Notice>{t("consent.alone")}</Notice> : <ErrorState onRetry={() => void list.refresh()}>{textOf(error)}</ErrorState> : null}
      <Holds id={id} data={data} statements={statements} agencies={agencies} />
      {mayWrite ? <Say id={id} agencies={agencies} onSaid={() => void list.refresh()} /> : null}
      <Shared id={id} statements={statements} />
      <section aria-labelledby="consent-said">
        <Stack>
          <h2 id="consent-said">{t("consent.said")}</h2>
          {value === null && !error ? <Skeleton rows={2} blocks /> : null}
          {value !== null && statements.length === 0 ? <EmptyState icon="shield" title={t("consent.none")}>{t("consent.none.text")}</EmptyState> : null}
          {statements.map((one) => (
            <Statement key={one.key} one={one} record={record} agencies={agencies} />
          ))}
        </Stack>
      </section>
    </Stack>
  );
}

/** For each purpose, and each agency that was spoken of: may the case be shared? */
function Holds({ id, data, statements, agencies }: { id: string; data: JsonObject; statements: readonly StatementNow[]; agencies: Agencies }): JSX.Element {
  const held = holding(statements);
  const named = [...new Set(held.map((one) => one.agency))].filter((agency) => agency !== "").sort();
  const row = (purpose: Purpose, agency: string): JSX.Element => {
    const agreed = maySharePurpose(purpose, agency, data, held);
    return (
      <li key={`${purpose} ${agency}`}>
        <Row between>
          <span>
            {purposeWords(purpose)}
            {agency === "" ? null : (
              <>
                {" · "}
                <bdi>{agencyName(agencies, agency)}</bdi>
              </>
            )}
          </span>
          <Badge tone={agreed ? "ok" : "warn"} icon={agreed ? "check" : "lock"}>
            {t(agreed ? "consent.agreed" : "consent.not_agreed")}
          </Badge>
        </Row>
      </li>
    );
  };
  return (
    <Card label={t("consent.holds")}>
      <Stack gap={2}>
        <h2>{t("consent.holds")}</h2>
        <ul role="list" class={css.holds}>
          {PURPOSES.flatMap((purpose) => [row(purpose, ""), ...named.filter((agency) => maySharePurpose(purpose, agency, data, held) !== maySharePurpose(purpose, "", data, held)).map((agency) => row(purpose, agency))])}
        </ul>
        <Muted small>{t("consent.holds.hint")}</Muted>
        <Row>
          <LinkButton look="quiet" icon="edit" href={`/cases/${encodeURIComponent(id)}/consent`}>
            {t("consent.form")}
          </LinkButton>
        </Row>
      </Stack>
    </Card>
  );
}

function Say({ id, agencies, onSaid }: { id: string; agencies: Agencies; onSaid: () => void }): JSX.Element {
  const source = useSource();
  const [given, setGiven] = useState("");
  const [purpose, setPurpose] = useState("");
  const [agency, setAgency] = useState("");
  const [reason, setReason] = useState("");
  const [failed, setFailed] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const send = async (): Promise<void> => {
    setBusy(true);
    setFailed(null);
    const data: JsonObject = Object.fromEntries(Object.entries({ purpose, agency, reason: reason.trim() }).filter(([, value]) => value !== ""));
    try {
      const outcome = await source.save({ kind: "cases", id, create: false, act: given === "yes" ? "register_consent" : "withdraw_consent", data });
      if (outcome.state === "refused") setFailed(outcome.problems.map((one) => textOfProblem(one, outcome.status)).join(" "));
      else {
        say(t(outcome.state === "waiting" ? "share.waiting" : given === "yes" ? "consent.given.done" : "consent.withdrawn.done"));
        setGiven("");
        setPurpose("");
        setAgency("");
        setReason("");
        onSaid();
        void source.sharing.ofCase(id).refresh();
      }
    } catch (error) {
      setFailed(textOf(error));
    }
    setBusy(false);
  };
  return (
    <Card label={t("consent.say")}>
      <Stack>
        <h2>{t("consent.say")}</h2>
        <Field group label={t("consent.what")} required>
          {() => (
            <RadioGroup
              stacked
              value={given}
              options={[
                { value: "yes", label: t("consent.yes") },
                { value: "no", label: t("consent.no") },
              ]}
              onValue={setGiven}
            />
          )}
        </Field>
        <Field label={t("consent.purpose")}>{(attributes) => <Select {...attributes} value={purpose} onValue={setPurpose} empty={t("consent.purpose.all")} options={PURPOSES.map((one) => ({ value: one, label: purposeWords(one) }))} />}</Field>
        <Field label={t("consent.agency")}>
          {(attributes) => <Select {...attributes} value={agency} onValue={setAgency} empty={t("consent.agency.all")} options={agencies.map((one) => ({ value: one.unique_id, label: agencyName(agencies, one.unique_id) }))} />}
        </Field>
        <Field label={t("consent.reason")} hint={t("consent.reason.hint")}>
          {(attributes) => <TextArea {...attributes} value={reason} onValue={setReason} />}
        </Field>
        {given === "no" ? <Notice>{t("consent.no.explain")}</Notice> : null}
        {failed === null ? null : (
          <Notice tone="danger" alert>
            {failed}
          </Notice>
        )}
        <Row>
          <Button look={given === "no" ? "danger" : "primary"} disabled={given === "" || busy} onClick={() => void send()}>
            {t(given === "no" ? "consent.no.do" : "consent.yes.do")}
          </Button>
        </Row>
      </Stack>
    </Card>
  );
}

/** With whom it is shared now although it was taken back: they are told, and the worker decides with the child. */
function Shared({ id, statements }: { id: string; statements: readonly StatementNow[] }): JSX.Element | null {
  const source = useSource();
  const rows = useResource(source.sharing.ofCase(id), 0).value ?? [];
  const no = holding(statements).filter((one) => !one.given);
  const about = (row: TransitionView): boolean => {
    const purpose = row.type === "Referral" ? "services" : row.type === "Transfer" ? "transfer" : "";
    const open = row.status === "in_progress" || (row.type === "Referral" && row.status === "accepted");
    return purpose !== "" && open && no.some((one) => (one.purpose === "" || one.purpose === purpose) && (one.agency === "" || one.agency === row.transitioned_to_agency) && one.at > row.created_at);
  };
  const still = rows.filter(about);
  if (still.length === 0) return null;
  return (
    <Notice tone="warn" title={t("consent.still")}>
      <ul>
        {still.map((row) => (
          <li key={row.id}>
            <bdi>{row.transitioned_to ?? row.transitioned_to_remote ?? ""}</bdi>
          </li>
        ))}
      </ul>
      <Row>
        <LinkButton href={`/cases/${encodeURIComponent(id)}/share`}>{t("consent.still.look")}</LinkButton>
      </Row>
    </Notice>
  );
}

function Statement({ one, record, agencies }: { one: StatementNow; record: RecordNow; agencies: Agencies }): JSX.Element {
  const source = useSource();
  const refusal = record.items.find((item) => item.id === one.item)?.refusal ?? null;
  return (
    <Card>
      <Stack gap={2}>
        <Row between>
          <strong>{t(one.given ? "consent.given" : "consent.withdrawn")}</strong>
          <StateBadge state={one.state} />
        </Row>
        <span>
          {one.purpose === "" ? t("consent.purpose.all") : purposeWords(one.purpose as Purpose)} · {one.agency === "" ? t("consent.agency.all") : <bdi>{agencyName(agencies, one.agency)}</bdi>}
        </span>
        {one.reason === "" ? null : <p dir="auto">{one.reason}</p>}
        <Muted small>
          {one.by === "" ? t("approvals.by_you") : <bdi>{one.by}</bdi>}, {formatAgo(new Date(one.at))}
        </Muted>
        {refusal === null ? null : (
          <Notice tone="danger">{refusal.problems.map((problem) => textOfProblem(problem, refusal.status)).join(" ")}</Notice>
        )}
        {one.item !== null && one.state !== "sending" ? (
          <Row>
            <Button icon="undo" onClick={() => void source.outbox.takeBack(one.item ?? "")}>
              {t("approvals.take_back")}
            </Button>
          </Row>
        ) : null}
      </Stack>
    </Card>
  );
}
