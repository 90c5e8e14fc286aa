import type { JSX } from "preact";
import { useRef, useState } from "preact/compat";
import { textOf, type Shape } from "~/api";
import { hasMessage, localized, t } from "~/lib/i18n";
import { usePlace } from "~/lib/router";
import { useResource, useSource, type Simulation } from "~/store";
import { Badge, Button, Card, Checkbox, Combobox, Facts, Field, focusFirstWrong, Icon, Muted, Notice, Page, Row, Select, Stack, TextInput } from "~/ui";
import css from "./admin.module.css";
import { Back, forReaders } from "./parts";
import { actionWords, resourceWords, scopeWords } from "./words";

type Told = Shape<"Told">;
const KINDS = ["case", "incident", "tracing_request", "family", "registry_record"] as const;
const ID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i;

/** “Why can she see this case?” Who, which kind of record or which record; the answer with its reasons. Nothing of it stands in the address. */
function AccessPage(): JSX.Element {
  const source = useSource();
  const { state } = usePlace();
  const people = useResource(source.users(), 60).value ?? [];
  const [who, setWho] = useState(typeof state["who"] === "string" ? state["who"] : "");
  const [kind, setKind] = useState<string>("case");
  const [record, setRecord] = useState("");
  const [busy, setBusy] = useState(false);
  const [tried, setTried] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const [found, setFound] = useState<Simulation | null>(null);
  const head = useRef<HTMLHeadingElement>(null);
  const id = ID.exec(record)?.[0] ?? null;
  const wrong = record.trim() !== "" && id === null;
  const ask = async (): Promise<void> => {
    setTried(true);
    if (who === "" || wrong) return;
    setBusy(true);
    setError(null);
    setFound(null);
    try {
      setFound(await source.admin.simulate({ user_name: who, record_type: kind, ...(id === null ? {} : { record_id: id }) }));
      requestAnimationFrame(() => head.current?.focus());
    } catch (reason) {
      setError(textOf(reason));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Page title={t("admin.access.title")} before={<Back to="/admin" label={t("admin.title")} />}>
      <Card>
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            void ask();
            focusFirstWrong(event.currentTarget);
          }}
        >
          <Stack>
            <Field label={t("admin.access.who")} required error={tried && who === "" ? t("simulator.user_name.required") : null}>
              {(attributes) => <Combobox {...attributes} value={who} options={people.map((user) => ({ value: user.user_name, label: user.full_name, hint: user.user_name }))} onValue={setWho} />}
            </Field>
            <Field label={t("admin.access.kind")}>{(attributes) => <Select {...attributes} value={kind} empty={null} options={KINDS.map((one) => ({ value: one, label: resourceWords(one) }))} onValue={setKind} />}</Field>
            <Field label={t("admin.access.record")} hint={t("admin.access.record.hint")} error={tried && wrong ? t("admin.access.record.wrong") : null}>
              {(attributes) => <TextInput {...attributes} dir="ltr" value={record} onValue={setRecord} />}
            </Field>
            {error ? (
              <Notice tone="danger" alert>
                {error}
              </Notice>
            ) : null}
            <Row>
              <Button type="submit" look="primary" icon="eye" busy={busy}>
                {t("admin.access.go")}
              </Button>
            </Row>
          </Stack>
        </form>
      </Card>
      {found ? (
        <Stack>
          <h2 ref={head} tabIndex={-1}>
            {t("admin.access.answer", { name: found.told.user.full_name })}
          </h2>
          <Answered found={found} />
        </Stack>
      ) : null}
    </Page>
  );
}

function Answered({ found: { told, why } }: { found: Simulation }): JSX.Element {
  const source = useSource();
  const roles = useResource(source.admin.roleNames(), 300).value;
  const agencies = useResource(source.admin.agencies(), 300).value ?? [];
  const groups = useResource(source.admin.groups(), 300).value ?? [];
  const { user, scope, record } = told;
  const role = roles?.get(user.role_unique_id) ?? user.role_unique_id;
  const agency = agencies.find((one) => one.unique_id === user.agency_unique_id);
  const groupName = (id: string): string => groups.find((one) => one.unique_id === id)?.name ?? id;
  const facts: [string, string][] = [
    [t("admin.role"), role],
    [t("admin.agency"), agency ? localized(agency.name) : user.agency_unique_id],
    [t("admin.groups"), user.user_group_unique_ids.map(groupName).join(" · ")],
    [t("admin.scope"), scopeWords(scope.group_permission)],
  ];
  return (
    <Stack>
      {user.may_sign_in && !user.role_disabled ? null : <Notice tone="warn">{t("admin.access.cannot_sign_in")}</Notice>}
      {why === null ? null : <Notice tone="warn">{t("admin.access.why.not_yours")}</Notice>}
      {record ? (
        <Notice tone={record.in_sight ? "info" : "warn"} title={t(record.in_sight ? "admin.access.sees" : "admin.access.sees_not")}>
          <ul class={css.plain}>
            {(record.in_sight ? record.because : record.missing).map((one) => (
              <li key={one.code}>{reason(record.in_sight ? "because" : "missing", one, groupName)}</li>
            ))}
          </ul>
        </Notice>
      ) : (
        <Notice title={t("admin.access.scope")}>
          {reason("scope", scope, groupName)}
          {scope.searches_beyond ? <div>{t("admin.access.beyond")}</div> : null}
        </Notice>
      )}
      <Card>
        <Facts items={facts.filter(([, value]) => value !== "")} />
      </Card>
      <Actions told={told} />
      <Forms told={told} />
    </Stack>
  );
}

/** A reason in words; the groups that it rests on by their names. */
function reason(part: "scope" | "because" | "missing", { code, params }: Told, groupName: (id: string) => string): string {
  const key = `admin.access.${part}.${code}`;
  const listed = params["groups"];
  const groups = Array.isArray(listed) ? listed.map((id) => groupName(String(id))).join(" · ") : "";
  return hasMessage(key) ? t(key, { groups }) : code;
}

function Actions({ told }: { told: Shape<"Simulated"> }): JSX.Element {
  const [all, setAll] = useState(false);
  const shown = told.actions.filter((one) => all || one.granted);
  return (
    <Card label={t("admin.access.actions")}>
      <Stack gap={3}>
        <h2>{t("admin.access.actions")}</h2>
        <Checkbox label={t("admin.access.all")} checked={all} onChecked={setAll} />
        {shown.length === 0 ? <Muted>{t("admin.access.actions.none")}</Muted> : null}
        <ul class={css.fields}>
          {shown.map((one) => (
            <li key={one.action}>
              <span class={css.mark}>
                <Icon name={one.granted ? "check" : "close"} size={16} />
                <span class="visually-hidden">{t(one.granted ? "admin.yes" : "admin.no")}</span>
                {actionWords(one.action)}
              </span>
              <Muted small>{t(`admin.access.act.${one.code}`, { by: one.by === null ? "" : actionWords(one.by) })}</Muted>
            </li>
          ))}
        </ul>
      </Stack>
    </Card>
  );
}

function Forms({ told }: { told: Shape<"Simulated"> }): JSX.Element {
  const source = useSource();
  const forms = useResource(source.forms(), 300).value ?? [];
  const words = new Map(forms.map((form) => [form.unique_id, form]));
  const all = told.forms.filter((form) => form.access !== null || form.fields.some((field) => field.readable));
  return (
    <Card label={t("admin.forms")}>
      <Stack gap={3}>
        <h2>{t("admin.forms")}</h2>
        {all.length === 0 ? <Muted>{t("admin.access.forms.none")}</Muted> : null}
        <div>
          {all.map((form) => {
            const known = words.get(form.unique_id);
            const labels = new Map((known?.fields ?? []).map((field) => [field.name, localized(field.display_name)]));
            return (
              <details key={form.unique_id} class={css.resource}>
                <summary>
                  <h3>
                    <bdi>{localized(known?.name) || form.unique_id}</bdi>
                  </h3>
                  <Badge tone={form.access === null ? "plain" : "accent"}>{t(`admin.forms.${form.access ?? "no"}`)}</Badge>
                  <Muted small>{t("admin.access.forms.count", { read: form.fields.filter((field) => field.readable).length, all: form.fields.length })}</Muted>
                </summary>
                <ul class={css.fields}>
                  {form.fields.map((field) => (
                    <li key={field.name}>
                      <bdi>{labels.get(field.name) || field.name}</bdi>
                      <span>
                        <span class={css.mark}>
                          <Icon name={field.readable ? "check" : "close"} size={16} />
                          {t(field.readable ? (field.masked ? "admin.access.masked" : "admin.access.reads") : "admin.access.reads_not")}
                        </span>{" "}
                        <Muted small>{ground(field.read.code)}</Muted>
                      </span>
                      <span>
                        <span class={css.mark}>
                          <Icon name={field.writable ? "check" : "close"} size={16} />
                          {t(field.writable ? "admin.access.writes" : "admin.access.writes_not")}
                        </span>{" "}
                        <Muted small>{ground(field.write.code)}</Muted>
                      </span>
                    </li>
                  ))}
                </ul>
              </details>
            );
          })}
        </div>
      </Stack>
    </Card>
  );
}

function ground(code: string): string {
  const key = `admin.access.ground.${code}`;
  return hasMessage(key) ? t(key) : code;
}

export default forReaders(["users", "roles"], AccessPage);
