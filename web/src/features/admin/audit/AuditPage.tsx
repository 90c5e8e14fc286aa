import type { JSX } from "preact";
import { useState } from "preact/compat";
import { textOf } from "~/api";
import { formatMoment, hasMessage, t } from "~/lib/i18n";
import { navigate, usePlace } from "~/lib/router";
import { mayDo, useResource, useSource } from "~/store";
import { AUDIT_PER_PAGE, AUDIT_SHEET_ROWS, AUDIT_SORTS, useAudit, type AuditAsked, type AuditEntry } from "~/store/audit";
import { Badge, Button, Card, Code, Combobox, DateInput, EmptyState, Field, Muted, Notice, Page, Pager, Records, Row, Select, Stack, TextInput, type Option } from "~/ui";
import css from "../admin.module.css";
import { offer } from "../configuration/parts";
import { Back, forReaders, Loaded } from "../parts";
import { actWords, EVENTS, TYPES, typeWords } from "./words";

const ANYTHING: AuditAsked = { user: "", record: "", type: "", what: "", from: "", to: "" };
const ID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i;

/** Who did and saw what: both books, searched. What is looked for is in this page’s memory, not in its address. */
function AuditPage(): JSX.Element {
  const source = useSource();
  const { query, state } = usePlace();
  const kept: AuditAsked = { ...ANYTHING, ...(state["audit"] as Partial<AuditAsked> | undefined) };
  const page = Math.max(1, Number(query.get("page")) || 1);
  const me = useResource(source.me(), 300).value;
  const people = useResource(source.users(), 60).value ?? [];
  const [record, setRecord] = useState(kept.record);
  const [user, setUser] = useState(kept.user);
  const narrow = (change: Partial<AuditAsked>): void => {
    navigate("/admin/audit", { replace: true, keepScroll: true, state: { audit: { ...kept, ...change } } });
  };
  const wrong = record.trim() !== "" && !ID.test(record);
  const backwards = kept.from !== "" && kept.to !== "" && kept.to < kept.from;
  const names = new Map(people.map((user) => [user.user_name, user.full_name]));
  return (
    <Page title={t("admin.audit.title")} before={<Back to="/admin" label={t("admin.title")} />}>
      <p>{t("admin.audit.lead")}</p>
      <Card label={t("admin.find")}>
        <form
          noValidate
          autocomplete="off"
          onSubmit={(event) => {
            event.preventDefault();
            if (!wrong) narrow({ record: ID.exec(record)?.[0].toLowerCase() ?? "", user: user.trim() });
          }}
        >
          <Stack gap={3}>
            <div class={css.filters}>
              <Field label={t("admin.audit.who")}>
                {(attributes) =>
                  mayDo(me, "users", "read") ? (
                    <Combobox {...attributes} value={user} options={people.map((one) => ({ value: one.user_name, label: one.full_name, hint: one.user_name }))} onValue={(name) => { setUser(name); narrow({ user: name }); }} />
                  ) : (
                    <TextInput {...attributes} dir="ltr" value={user} onValue={setUser} />
                  )
                }
              </Field>
              <Field label={t("admin.audit.what")}>{(attributes) => <Combobox {...attributes} value={kept.what} options={acts()} onValue={(what) => { narrow({ what }); }} />}</Field>
              <Field label={t("admin.audit.type")}>{(attributes) => <Select {...attributes} value={kept.type} empty={t("admin.any")} options={TYPES.map((one) => ({ value: one, label: typeWords(one) }))} onValue={(type) => { narrow({ type }); }} />}</Field>
              <Field label={t("admin.audit.from")}>{(attributes) => <DateInput {...attributes} value={kept.from} onValue={(from) => { narrow({ from }); }} />}</Field>
              <Field label={t("admin.audit.to")} error={backwards ? t("admin.audit.backwards") : null}>
                {(attributes) => <DateInput {...attributes} value={kept.to} onValue={(to) => { narrow({ to }); }} />}
              </Field>
            </div>
            <Field label={t("admin.audit.record")} hint={t("admin.audit.record.hint")} error={wrong ? t("admin.access.record.wrong") : null}>
              {(attributes) => <TextInput {...attributes} dir="ltr" value={record} onValue={setRecord} />}
            </Field>
            <Row>
              <Button type="submit" look="primary" icon="search">
                {t("admin.audit.go")}
              </Button>
              <Button
                onClick={() => {
                  setRecord("");
                  setUser("");
                  narrow(ANYTHING);
                }}
              >
                {t("admin.audit.everything")}
              </Button>
            </Row>
          </Stack>
        </form>
      </Card>
      {backwards ? null : <Found asked={kept} page={page} names={names} />}
    </Page>
  );
}

/** Sorts of entries first, then every single event. */
function acts(): Option[] {
  return [...AUDIT_SORTS.map((one) => ({ value: one, label: t(`admin.audit.sort.${one}`) })), ...EVENTS.map((name) => ({ value: `event:${name}`, label: actWords(name) }))];
}

function Found({ asked, page, names }: { asked: AuditAsked; page: number; names: ReadonlyMap<string, string> }): JSX.Element {
  const audit = useAudit();
  return (
    <Loaded key={JSON.stringify([asked, page])} from={audit.page(asked, page)} maxAge={0}>
      {({ items, total, exact }) =>
        items.length === 0 ? (
          <EmptyState icon="search" title={t("admin.audit.none")}>
            {t("admin.audit.none.text")}
          </EmptyState>
        ) : (
          <Stack gap={3}>
            <Row between>
              <span role="status">
                <Muted>{t(exact ? "admin.audit.count" : "admin.audit.count_more", { count: total })}</Muted>
              </span>
              <Sheet asked={asked} />
            </Row>
            <Records
              label={t("admin.audit.title")}
              rows={items}
              keyOf={(entry) => entry.id}
              hrefOf={() => null}
              title={(entry) => <time dateTime={entry.at}>{formatMoment(entry.at)}</time>}
              titleLabel={t("admin.audit.column.at")}
              marks={(entry) => <Outcome entry={entry} />}
              marksLabel={t("admin.audit.column.outcome")}
              columns={[
                { id: "who", label: t("admin.audit.column.user_name"), wraps: true, cell: (entry) => <bdi>{names.get(entry.user_name) ?? entry.user_name}</bdi> },
                { id: "what", label: t("admin.audit.column.action"), wraps: true, cell: (entry) => actWords(entry.action) },
                { id: "type", label: t("admin.audit.column.record_type"), cell: (entry) => typeWords(entry.record_type) },
                { id: "record", label: t("admin.audit.column.records"), wraps: true, cell: (entry) => <About entry={entry} /> },
                { id: "happened", label: t("admin.audit.column.happened_at"), cell: (entry) => (isLate(entry) ? formatMoment(entry.happened_at) : null) },
              ]}
            />
            <Pager page={page} pages={Math.ceil(total / AUDIT_PER_PAGE)} state={{ audit: asked }} hrefOf={(one) => `/admin/audit?page=${String(one)}`} />
          </Stack>
        )
      }
    </Loaded>
  );
}

/** Whether something happened well before it was written down, as work without a network does. */
function isLate(entry: AuditEntry): boolean {
  return entry.happened_at !== null && Date.parse(entry.at) - Date.parse(entry.happened_at) > 60_000;
}

function Outcome({ entry }: { entry: AuditEntry }): JSX.Element {
  const key = `admin.audit.outcome.${entry.outcome}`;
  const words = hasMessage(key) ? t(key) : entry.outcome;
  return entry.outcome === "refused" ? (
    <Badge icon="lock" tone="warn">
      {words}
    </Badge>
  ) : (
    <Badge icon={entry.book === "changes" ? "edit" : "eye"}>{words}</Badge>
  );
}

/** What an entry is about: the end of the record’s id, never a name. */
function About({ entry }: { entry: AuditEntry }): JSX.Element | null {
  const [one] = entry.record_ids;
  if (entry.records > 1) return <>{t("admin.audit.records", { count: entry.records })}</>;
  if (one !== undefined) return <Code>{one.slice(-7)}</Code>;
  return entry.subject === "" ? null : <Code>{entry.subject.slice(entry.subject.indexOf(":") + 1)}</Code>;
}

function Sheet({ asked }: { asked: AuditAsked }): JSX.Element {
  const audit = useAudit();
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  const take = async (): Promise<void> => {
    setBusy(true);
    setFailed(null);
    try {
      offer(await audit.sheet(asked), "audit_log.xlsx");
    } catch (error) {
      setFailed(textOf(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Stack gap={1}>
      <Button icon="download" busy={busy} onClick={() => void take()}>
        {t("admin.audit.sheet")}
      </Button>
      <Muted small>{t("admin.audit.sheet.about", { most: AUDIT_SHEET_ROWS })}</Muted>
      {failed === null ? null : (
        <Notice tone="danger" alert>
          {failed}
        </Notice>
      )}
    </Stack>
  );
}

export default forReaders(["audit_logs"], AuditPage);
