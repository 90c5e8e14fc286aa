import type { JSX } from "preact";
import { useState } from "preact/compat";
import type { Shape } from "~/api";
import { fold } from "~/lib/fold";
import { localized, t } from "~/lib/i18n";
import { navigate, type Params } from "~/lib/router";
import { mayDo, useResource, useSource } from "~/store";
import { Badge, Card, Checkbox, LinkButton, Muted, Notice, Page, Row, say, Select, Stack } from "~/ui";
import css from "./admin.module.css";
import { AdminForm, type Answer, type Answers, type Ask } from "./AdminForm";
import { Back, forReaders, Loaded } from "./parts";
import { allowedBy, foundRights, isAllowed, MANAGE, turned, type Allowed, type Role } from "./rights";
import { actionWords, resourceWords, scopeWords } from "./words";

const SCOPES = ["self", "group", "agency", "all", "admin_only", "identified"] as const;
const TICKS = ["is_manager", "referral", "transfer", "referral_authorization", "disabled"] as const;
const RIGHTS = "permissions";
const FORMS = "form_section_read_write";
type Grants = Readonly<Record<string, "r" | "rw">>;

/** A role: whose records it opens, what it allows with each kind of thing, which forms it shows. */
function RolePage({ params }: { params: Params }): JSX.Element {
  const source = useSource();
  const id = params["id"] ?? "";
  return (
    <Page title={id === "new" ? t("admin.roles.new") : t("admin.role.title")} before={<Back to="/admin/roles" label={t("admin.roles.title")} />}>
      {id === "new" ? <RoleForm role={null} /> : <Loaded from={source.admin.one("roles", id)}>{(role) => <RoleForm key={role.id} role={role} />}</Loaded>}
    </Page>
  );
}

function RoleForm({ role }: { role: Role | null }): JSX.Element {
  const source = useSource();
  const me = useResource(source.me(), 300).value;
  const modules = useResource(source.settings(), 3600).value?.modules ?? [];
  const mayHold = mayDo(me, "roles", role === null ? "create" : "write");
  // Nobody changes the role that she holds herself, unless hers are all records.
  const isMine = role !== null && role.unique_id === me?.role_unique_id && me.role_group_permission !== "all";
  const asks: Ask[] = [
    { name: "name", kind: "text", label: t("admin.name"), required: true },
    { name: "description", kind: "area", label: t("admin.description") },
    { name: "group_permission", kind: "one", label: t("admin.scope"), hint: t("admin.scope.hint"), required: true, options: SCOPES.map((scope) => ({ value: scope, label: scopeWords(scope) })) },
    { name: "module_unique_ids", kind: "ticks", label: t("admin.modules"), options: modules.map((module) => ({ value: module.unique_id, label: localized(module.name) || module.unique_id })) },
    ...TICKS.map((name): Ask => ({ name, kind: "tick", label: t(`admin.role.${name}`) })),
  ];
  const before: Answers = {
    name: role?.name ?? "",
    description: role?.description ?? "",
    group_permission: role?.group_permission ?? "self",
    module_unique_ids: role?.module_unique_ids ?? modules.map((module) => module.unique_id),
    ...Object.fromEntries(TICKS.map((name) => [name, role?.[name] ?? false])),
    [RIGHTS]: packed(role === null ? {} : allowedBy(role)),
    [FORMS]: packed(role?.form_section_read_write ?? {}),
  };
  const save = async (changed: Answers, all: Answers): Promise<void> => {
    const data = written(role === null ? all : changed, role);
    if (role === null) {
      const made = await source.admin.create("roles", data);
      say(t("admin.role.made"), { icon: "check" });
      navigate(`/admin/roles/${String(made.id)}`, { replace: true, force: true });
      return;
    }
    if (Object.keys(data).length > 0) await source.admin.change("roles", role.id, data);
    say(t("admin.saved"), { icon: "check" });
  };
  return (
    <Stack>
      {role === null ? null : (
        <Row between>
          <h2>
            <bdi>{role.name}</bdi>
          </h2>
          <LinkButton href={`/admin/roles/compare/${String(role.id)}`}>{t("admin.compare.with")}</LinkButton>
        </Row>
      )}
      {isMine ? <Notice>{t("admin.role.mine")}</Notice> : null}
      <AdminForm
        asks={asks}
        before={before}
        closed={!mayHold || isMine}
        saveLabel={t(role === null ? "admin.create" : "admin.save")}
        onSave={save}
        moreNames={{ [RIGHTS]: t("admin.rights"), [FORMS]: t("admin.forms") }}
        more={({ answers, set, error }) => (
          <>
            <Rights
              allowed={unpacked<Allowed>(answers[RIGHTS])}
              closed={!mayHold || isMine}
              error={error(RIGHTS)}
              onChange={(allowed) => {
                set(RIGHTS, packed(allowed));
              }}
            />
            <Forms
              grants={unpacked<Grants>(answers[FORMS])}
              closed={!mayHold || isMine}
              error={error(FORMS)}
              onChange={(grants) => {
                set(FORMS, packed(grants));
              }}
            />
          </>
        )}
      />
    </Stack>
  );
}

/** Rights and forms are one answer each: kept as text, in one order, so that a change taken back is none. */
function packed(value: Allowed | Grants): string {
  const entries = Object.entries(value as Record<string, string | readonly string[]>).map(([key, one]) => [key, typeof one === "string" ? one : [...one].sort()] as const);
  return JSON.stringify(Object.fromEntries(entries.filter(([, one]) => one.length > 0).sort(([a], [b]) => (a < b ? -1 : 1))));
}
function unpacked<T extends Allowed | Grants>(answer: Answer | undefined): T {
  return JSON.parse(typeof answer === "string" && answer !== "" ? answer : "{}") as T;
}

/** As the server takes it: rights replace the whole set, and what limits the role stays. */
function written(answers: Answers, role: Role | null): Shape<"RoleWrite"> {
  const data: Record<string, unknown> = { ...answers };
  if (RIGHTS in data) data[RIGHTS] = { ...unpacked<Allowed>(answers[RIGHTS]), ...(role?.permissions["objects"] ? { objects: role.permissions["objects"] } : {}) };
  if (FORMS in data) data[FORMS] = unpacked<Grants>(answers[FORMS]);
  return data;
}

interface RightsProps {
  allowed: Allowed;
  closed: boolean;
  error: string | null;
  onChange: (allowed: Allowed) => void;
}

/** Kinds of things and what may be done with each; found by typing. */
function Rights({ allowed, closed, error, onChange }: RightsProps): JSX.Element {
  const source = useSource();
  const [text, setText] = useState("");
  return (
    <Card label={t("admin.rights")}>
      <Stack gap={3}>
        <h2>{t("admin.rights")}</h2>
        {error ? (
          <Notice tone="danger">
            {error}
          </Notice>
        ) : null}
        <Finder label={t("admin.rights.search")} value={text} onValue={setText} />
        <Loaded from={source.admin.permissions()} maxAge={3600}>
          {(all) => {
            const found = Object.entries(foundRights(all, text));
            return found.length === 0 ? (
              <Muted>{t("admin.rights.none")}</Muted>
            ) : (
              <div>
                {found.map(([resource, actions]) => {
                  const every = all[resource] ?? [];
                  const held = every.filter((action) => isAllowed(allowed, resource, action)).length;
                  return (
                    <details key={`${resource}-${text === "" ? "all" : "found"}`} class={css.resource} open={text !== ""}>
                      <summary>
                        <h3>{resourceWords(resource)}</h3>
                        <Badge tone={held > 0 ? "accent" : "plain"}>{t("admin.rights.held", { held, all: every.length })}</Badge>
                      </summary>
                      <div class={css.matrix} role="group" aria-label={resourceWords(resource)}>
                        {actions.map((action) => (
                          <Checkbox
                            key={action}
                            label={actionWords(action)}
                            checked={isAllowed(allowed, resource, action)}
                            disabled={closed || (action !== MANAGE && (allowed[resource] ?? []).includes(MANAGE))}
                            onChecked={(on) => {
                              onChange(turned(allowed, resource, action, on));
                            }}
                          />
                        ))}
                      </div>
                    </details>
                  );
                })}
              </div>
            );
          }}
        </Loaded>
      </Stack>
    </Card>
  );
}

/** Typing here is no answer: Enter sends nothing. */
function Finder({ label, value, onValue }: { label: string; value: string; onValue: (value: string) => void }): JSX.Element {
  return (
    <div
      onKeyDown={(event) => {
        if (event.key === "Enter") event.preventDefault();
      }}
    >
      <input type="search" class={css.finder} aria-label={label} placeholder={label} autocomplete="off" value={value} onInput={(event) => { onValue(event.currentTarget.value); }} />
    </div>
  );
}

interface FormsProps {
  grants: Grants;
  closed: boolean;
  error: string | null;
  onChange: (grants: Grants) => void;
}

/** Which forms the role shows, and which of them it lets fill in. */
function Forms({ grants, closed, error, onChange }: FormsProps): JSX.Element {
  const source = useSource();
  const [text, setText] = useState("");
  const options = ["r", "rw"].map((access) => ({ value: access, label: t(`admin.forms.${access}`) }));
  return (
    <Card label={t("admin.forms")}>
      <Stack gap={3}>
        <h2>{t("admin.forms")}</h2>
        {error ? (
          <Notice tone="danger">
            {error}
          </Notice>
        ) : null}
        <Finder label={t("admin.forms.search")} value={text} onValue={setText} />
        <Loaded from={source.forms()} maxAge={300}>
          {(forms) => {
            const own = forms.filter((form) => !form.is_nested);
            const known = new Set(own.map((form) => form.unique_id));
            const rows = [
              ...own.map((form) => ({ id: form.unique_id, name: localized(form.name) || form.unique_id, of: resourceWords(form.parent_form) })),
              ...Object.keys(grants).filter((id) => !known.has(id)).map((id) => ({ id, name: id, of: "" })),
            ].filter((row) => fold(`${row.name} ${row.of}`).includes(fold(text).trim()));
            return rows.length === 0 ? (
              <Muted>{t("admin.rights.none")}</Muted>
            ) : (
              <div class={css.forms}>
                {rows.map((row) => (
                  <label key={row.id} class={css.formRow}>
                    <span>
                      <bdi>{row.name}</bdi>{" "}
                      <Muted small>{row.of}</Muted>
                    </span>
                    <Select
                      value={grants[row.id] ?? ""}
                      empty={t("admin.forms.no")}
                      options={options}
                      disabled={closed}
                      onValue={(access) => {
                        const rest = Object.fromEntries(Object.entries(grants).filter(([id]) => id !== row.id));
                        onChange(access === "" ? rest : { ...rest, [row.id]: access as "r" | "rw" });
                      }}
                    />
                  </label>
                ))}
              </div>
            );
          }}
        </Loaded>
      </Stack>
    </Card>
  );
}

export default forReaders(["roles"], RolePage);
