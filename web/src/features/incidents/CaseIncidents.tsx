import type { JSX } from "preact";
import { useState } from "preact/compat";
import { textOf as textOfError } from "~/api";
import { formatDay, t } from "~/lib/i18n";
import { navigate } from "~/lib/router";
import { useWatched } from "~/lib/watched";
import { DoSheet } from "~/renderer/DoSheet";
import { RecordPicker } from "~/renderer/RecordPicker";
import { labelOf, type Sources } from "~/renderer/sources";
import type { Data, Field } from "~/renderer/types";
import { textOf } from "~/renderer/values";
import { Whose } from "~/renderer/Whose";
import { CASE_LINK, incidentsHere, isAway, linkIncident, mayDo, unsentOf, useResource, useSource } from "~/store";
import { Badge, Button, Card, Code, EmptyState, ErrorState, Link, LinkRow, List, Muted, Notice, Row, say, Sheet, Skeleton, Stack, StateBadge } from "~/ui";
import css from "./incidents.module.css";

interface About {
  id: string;
  data: Data;
  sources: Sources;
  mayWrite: boolean;
  may: (action: string) => boolean;
}

/** What an incident is called in a line: the kind of violence, in the words of the instance. */
function useKindWords(sources: Sources): (row: Data) => string {
  const source = useSource();
  const forms = useResource(source.forms(), 600).value;
  const find = (name: string): Field | undefined => (forms ?? []).filter((form) => form.parent_form === "incident").flatMap((form) => form.fields).find((field) => field.name === name);
  const asked = ["cp_incident_violence_type", "violence_type", "gbv_sexual_violence_type"].map((name) => [name, find(name)] as const);
  return (row) => {
    for (const [name, field] of asked) if (field && typeof row[name] === "string" && row[name] !== "") return labelOf(field, row[name], sources);
    return "";
  };
}

/** What was done to a child, as far as she who looks may read it: every incident that was recorded on this case, and a new one. */
export default function CaseIncidents({ id, data, sources, mayWrite, may }: About): JSX.Element {
  const source = useSource();
  const me = useResource(source.me(), 600).value;
  const reads = mayDo(me, "incidents", "read");
  const listed = reads || may("view_incident_from_case");
  const mayAdd = mayWrite && data["record_state"] !== false && (may("incident_from_case") || ["create", "link_incident_to_case"].every((action) => mayDo(me, "incidents", action)));
  const mayLink = mayWrite && data["record_state"] !== false && reads && mayDo(me, "incidents", "link_incident_to_case");
  return (
    <Stack>
      {mayAdd || mayLink ? (
        <Row>
          {mayAdd ? <New id={id} data={data} /> : null}
          {mayLink ? <LinkOne id={id} /> : null}
        </Row>
      ) : null}
      {!listed ? <EmptyState icon="lock" title={t("incidents.not_permitted")} /> : me === null ? <Skeleton rows={2} blocks /> : reads ? <Read id={id} sources={sources} mayAdd={mayAdd} /> : <Told id={id} data={data} sources={sources} mayAdd={mayAdd} />}
    </Stack>
  );
}

function New({ id, data }: { id: string; data: Data }): JSX.Element {
  const source = useSource();
  const [busy, setBusy] = useState(false);
  const begin = async (): Promise<void> => {
    setBusy(true);
    try {
      const begun = await source.incidents.begun(id);
      // Neither the child's answers nor the case's number stand in an address.
      navigate("/incidents/new", { state: { module: textOf(begun["module_id"]) || textOf(data["module_id"]), links: { [CASE_LINK]: id }, answers: begun } });
    } catch (error) {
      say(textOfError(error), { icon: "alert" });
      setBusy(false);
    }
  };
  return (
    <Button look="primary" icon="plus" busy={busy} onClick={() => void begin()}>
      {t("incidents.new")}
    </Button>
  );
}

/** An incident that was recorded by itself is tied to the case. */
function LinkOne({ id }: { id: string }): JSX.Element {
  const [doing, setDoing] = useState<"find" | Data | null>(null);
  const close = (): void => {
    setDoing(null);
  };
  return (
    <>
      <Button icon="search" onClick={() => { setDoing("find"); }}>
        {t("incidents.link")}
      </Button>
      {doing === "find" ? (
        <Sheet open title={t("incidents.link")} onClose={close}>
          <RecordPicker kind="incidents" label={t("picker.incidents")} without={(one) => textOf(one[CASE_LINK]) !== ""} onChoose={setDoing} />
        </Sheet>
      ) : null}
      {doing !== null && doing !== "find" ? (
        <DoSheet title={t("incidents.link")} follows={[t("incidents.link.follows.1"), t("incidents.link.follows.2")]} label={t("incidents.link.do")} done={t("incidents.linked")} saves={() => [linkIncident(id, textOf(doing["id"]))]} onClose={close}>
          <p>
            <Whose data={doing} kind="incidents" />
          </p>
        </DoSheet>
      ) : null}
    </>
  );
}

function Read({ id, sources, mayAdd }: Pick<About, "id" | "sources"> & { mayAdd: boolean }): JSX.Element {
  const source = useSource();
  const list = source.incidents.ofCase(id);
  const { value, error } = useResource(list, 0);
  const summaries = useWatched(source.kept.summaries);
  if (value === null && error !== null && !isAway(error)) return <ErrorState onRetry={() => void list.refresh()}>{textOfError(error)}</ErrorState>;
  if (value === null && error === null) return <Skeleton rows={2} blocks />;
  return (
    <>
      {value === null ? <Notice>{t("incidents.offline")}</Notice> : null}
      <Rows id={id} rows={value ?? incidentsHere(summaries, id)} sources={sources} mayAdd={mayAdd} linked />
    </>
  );
}

/** Who reads no incidents by themselves sees what the case tells of them. */
function Told({ id, data, sources, mayAdd }: Pick<About, "id" | "data" | "sources"> & { mayAdd: boolean }): JSX.Element {
  const rows = (Array.isArray(data["incident_details"]) ? (data["incident_details"] as Data[]) : []).map((row) => ({ ...row, id: row["unique_id"] ?? null }));
  return <Rows id={id} rows={rows} sources={sources} mayAdd={mayAdd} linked={false} />;
}

function Rows({ id, rows, sources, mayAdd, linked }: { id: string; rows: readonly Data[]; sources: Sources; mayAdd: boolean; linked: boolean }): JSX.Element {
  const source = useSource();
  const items = useWatched(source.outbox.items);
  const words = useKindWords(sources);
  const there = new Set(rows.map((row) => row["id"]));
  const fresh = unsentOf(items, id).filter((item) => !there.has(item.record));
  if (rows.length + fresh.length === 0)
    return (
      <EmptyState icon="shield" title={t("incidents.none")}>
        {t(mayAdd ? "incidents.none.text" : "incidents.none.plain")}
      </EmptyState>
    );
  const all = [...fresh.map((item) => ({ data: { ...item.data, id: item.record, short_id: item.record.slice(-7) } as Data, state: item.state })), ...[...rows].sort((a, b) => dayOf(b).localeCompare(dayOf(a))).map((data) => ({ data, state: null }))];
  return (
    <List label={t("incidents.title")}>
      {all.map(({ data, state }) => {
        const inside = (
          <>
            <span class={css.line}>
              <strong dir="auto">{words(data) || t("kinds.incidents.casefile.title")}</strong>
              {data["status"] === "closed" ? <Badge>{t("casefile.status.closed")}</Badge> : null}
              <StateBadge state={state} />
            </span>
            <Muted small>
              {dayOf(data) === "" ? t("incidents.no_day") : formatDay(dayOf(data))} · <Code>{textOf(data["incident_id_display"]) || textOf(data["short_id"])}</Code>
            </Muted>
          </>
        );
        return linked ? (
          <LinkRow key={textOf(data["id"])} href={`/incidents/${encodeURIComponent(textOf(data["id"]))}`} icon="alert">
            {inside}
          </LinkRow>
        ) : (
          <li key={textOf(data["id"])} class={css.plain}>
            {inside}
          </li>
        );
      })}
    </List>
  );
}

function dayOf(row: Data): string {
  return (textOf(row["incident_date_derived"]) || textOf(row["incident_date"])).slice(0, 10);
}

/** On an incident: the case on which it was recorded, where she sees it. */
export function CaseOfIncident({ data }: Pick<About, "data">): JSX.Element | null {
  const id = textOf(data[CASE_LINK]);
  if (id === "") return null;
  return (
    <Card label={t("incidents.case")}>
      <Stack gap={2}>
        <h2 class={css.cardTitle}>{t("incidents.case")}</h2>
        <Link href={`/cases/${encodeURIComponent(id)}/incidents`}>{textOf(data["case_id_display"]) === "" ? t("incidents.case.open") : <Code>{textOf(data["case_id_display"])}</Code>}</Link>
      </Stack>
    </Card>
  );
}
