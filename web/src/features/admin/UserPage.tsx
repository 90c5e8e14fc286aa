import type { JSX } from "preact";
import { useState } from "preact/compat";
import { textOf, type Shape } from "~/api";
import { LOCALES, LOCALE_NAMES, localized, t } from "~/lib/i18n";
import { navigate, type Params } from "~/lib/router";
import { mayDo, useResource, useSource, type Resource } from "~/store";
import { Button, Code, LinkButton, Notice, Page, Row, say, Sheet, Stack } from "~/ui";
import { AdminForm, type Answers, type Ask } from "./AdminForm";
import { InvitationCard } from "./Invitation";
import { Back, forReaders, InUse, Loaded } from "./parts";

type User = Shape<"User">;
const LEADS = "dash_cases_by_social_worker";
const TEXTS = ["full_name", "email", "phone", "position", "code", "agency_office"] as const;

/** One account: who she is, what she may do, with whom she works; switching it off and on. */
function UserPage({ params }: { params: Params }): JSX.Element {
  const source = useSource();
  const id = params["id"] ?? "";
  if (id === "new") return <NewUser />;
  return (
    <Page title={t("admin.user.title")} narrow before={<Back to="/admin/users" label={t("admin.users.title")} />}>
      <Loaded from={source.admin.one("users", id)}>{(user) => <OpenUser key={user.id} user={user} />}</Loaded>
    </Page>
  );
}

function NewUser(): JSX.Element {
  const source = useSource();
  const asks = useAsks(null);
  const create = async (all: Answers): Promise<void> => {
    const made = await source.admin.create("users", written(all));
    say(t("admin.user.made"), { icon: "check" });
    navigate(`/admin/users/${String(made.id)}`, { replace: true, force: true });
  };
  return (
    <Page title={t("admin.users.new")} narrow before={<Back to="/admin/users" label={t("admin.users.title")} />}>
      <AdminForm asks={asks} before={{ way: "link", user_group_unique_ids: [] }} saveLabel={t("admin.create")} onSave={(_changed, all) => create(all)} />
    </Page>
  );
}

/** What is asked of an account; her name and how she comes in only when it is made. */
function useAsks(user: User | null): Ask[] {
  const source = useSource();
  const roles = useResource(source.admin.roles(), 300).value ?? [];
  const roleNames = useResource(source.admin.roleNames(), 300).value;
  const agencies = useResource(source.admin.agencies(), 300).value ?? [];
  const groups = useResource(source.admin.groups(), 300).value ?? [];
  const open = <T extends { disabled: boolean; unique_id: string }>(all: readonly T[], kept: readonly string[]): T[] => all.filter((one) => !one.disabled || kept.includes(one.unique_id));
  const offered = open(roles, user ? [user.role_unique_id] : []).map((role) => ({ value: role.unique_id, label: role.name, hint: role.description ?? "" }));
  // A role that is not hers to hand out keeps its name where it is held.
  const held = user && !offered.some((role) => role.value === user.role_unique_id) ? [{ value: user.role_unique_id, label: roleNames?.get(user.role_unique_id) ?? user.role_unique_id }] : [];
  const byLink = (answers: Answers): boolean => answers["way"] === "link";
  return [
    { name: "full_name", kind: "text", label: t("admin.full_name"), required: true },
    ...(user === null ? [{ name: "user_name", kind: "text", label: t("admin.user_name"), hint: t("admin.user_name.hint"), required: true, ltr: true } satisfies Ask] : []),
    { name: "role_unique_id", kind: "find", label: t("admin.role"), required: true, options: [...held, ...offered] },
    { name: "agency_id", kind: "find", label: t("admin.agency"), required: true, options: agencies.filter((agency) => !agency.disabled || agency.id === user?.agency_id).map((agency) => ({ value: String(agency.id), label: localized(agency.name) })) },
    { name: "user_group_unique_ids", kind: "several", label: t("admin.groups"), hint: t("admin.groups.hint"), options: open(groups, user?.user_group_unique_ids ?? []).map((group) => ({ value: group.unique_id, label: group.name, hint: group.description ?? "" })) },
    { name: "email", kind: "text", label: t("admin.email"), ltr: true },
    { name: "phone", kind: "text", label: t("admin.phone"), ltr: true },
    { name: "position", kind: "text", label: t("admin.position") },
    { name: "code", kind: "text", label: t("admin.code"), ltr: true },
    { name: "agency_office", kind: "text", label: t("admin.office") },
    { name: "locale", kind: "one", label: t("admin.language"), options: LOCALES.map((locale) => ({ value: locale, label: LOCALE_NAMES[locale] })) },
    ...(user === null
      ? ([
          { name: "way", kind: "one", label: t("admin.way"), hint: t("admin.way.hint"), options: ["link", "password"].map((way) => ({ value: way, label: t(`admin.way.${way}`) })) },
          { name: "password", kind: "password", label: t("password.new"), hint: t("password.rule"), required: true, when: (answers) => !byLink(answers) },
          { name: "password_confirmation", kind: "password", label: t("password.again"), required: true, when: (answers) => !byLink(answers) },
        ] satisfies Ask[])
      : []),
  ];
}

/** Answers as the server takes them. */
function written(answers: Answers): Shape<"UserWrite"> {
  return Object.fromEntries(
    Object.entries(answers).filter(([name]) => name !== "way").map(([name, value]) => {
      if (name === "agency_id") return [name, value === "" ? null : Number(value)];
      if (name === "locale" && value === "") return [name, null];
      return [name, value];
    }),
  );
}

function OpenUser({ user }: { user: User }): JSX.Element {
  const source = useSource();
  const me = useResource(source.me(), 300).value;
  const asks = useAsks(user);
  const isMe = me?.id === user.id;
  const may = mayDo(me, "users", "write") && !isMe;
  const before: Answers = {
    ...Object.fromEntries(TEXTS.map((name) => [name, user[name] ?? ""])),
    role_unique_id: user.role_unique_id,
    agency_id: String(user.agency_id),
    user_group_unique_ids: user.user_group_unique_ids,
    locale: user.locale ?? "",
  };
  const save = async (changed: Answers): Promise<void> => {
    if (Object.keys(changed).length > 0) await source.admin.change("users", user.id, written(changed));
    say(t("admin.saved"), { icon: "check" });
  };
  return (
    <Stack>
      <Row between>
        <Row>
          <h2>
            <bdi>{user.full_name}</bdi>
          </h2>
          <Code>{user.user_name}</Code>
          <InUse disabled={user.disabled} />
        </Row>
      </Row>
      {isMe ? <Notice actions={<LinkButton href="/account">{t("nav.account")}</LinkButton>}>{t("admin.user.me")}</Notice> : null}
      <Row>
        {mayDo(me, "roles", "read") ? (
          <LinkButton icon="eye" href="/admin/access" state={{ who: user.user_name }}>
            {t("admin.access.of_user")}
          </LinkButton>
        ) : null}
        {may ? <SendLink user={user} /> : null}
        {may ? <Switch user={user} /> : null}
      </Row>
      {may ? <InvitationCard user={user} /> : null}
      <AdminForm asks={asks} before={before} closed={!may} saveLabel={t("admin.save")} onSave={save} />
    </Stack>
  );
}

function SendLink({ user }: { user: User }): JSX.Element | null {
  const source = useSource();
  const [busy, setBusy] = useState(false);
  if (!user.email || user.disabled) return null;
  const send = async (): Promise<void> => {
    setBusy(true);
    try {
      await source.admin.sendLink(user.id);
      say(t("admin.user.link_sent"), { icon: "check" });
    } catch (error) {
      say(textOf(error), { icon: "alert" });
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button icon="key" busy={busy} onClick={() => void send()}>
      {t("admin.user.send_link")}
    </Button>
  );
}

/** Off at once: her sessions end. What happens to her cases is said before. */
function Switch({ user }: { user: User }): JSX.Element {
  const source = useSource();
  const [asked, setAsked] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const turn = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await source.admin.change("users", user.id, { disabled: !user.disabled });
      say(t(user.disabled ? "admin.user.is_on" : "admin.user.is_off"), { icon: "check" });
      setAsked(false);
    } catch (reason) {
      setError(textOf(reason));
    } finally {
      setBusy(false);
    }
  };
  const label = t(user.disabled ? "admin.user.switch_on" : "admin.user.switch_off");
  const close = (): void => {
    setAsked(false);
    setError(null);
  };
  return (
    <>
      <Button
        icon={user.disabled ? "check" : "lock"}
        onClick={() => {
          setAsked(true);
        }}
      >
        {label}
      </Button>
      <Sheet
        open={asked}
        centre
        title={label}
        onClose={close}
        actions={
          <Row>
            <Button look={user.disabled ? "primary" : "danger"} busy={busy} onClick={() => void turn()}>
              {label}
            </Button>
            <Button onClick={close}>{t("admin.cancel")}</Button>
          </Row>
        }
      >
        <Stack>
          {error ? (
            <Notice tone="danger" alert>
              {error}
            </Notice>
          ) : null}
          <p>{t(user.disabled ? "admin.user.on.text" : "admin.user.off.text")}</p>
          {user.disabled ? null : <CasesOf user={user} />}
        </Stack>
      </Sheet>
    </>
  );
}

/** How many open cases she has, for who may look at caseloads; and where they are handed on. */
function CasesOf({ user }: { user: User }): JSX.Element {
  const source = useSource();
  const me = useResource(source.me(), 300).value;
  return mayDo(me, "dashboards", LEADS) ? <Counted user={user} team={source.tasks.team()} /> : <Notice>{t("admin.user.off.cases_unknown")}</Notice>;
}

function Counted({ user, team }: { user: User; team: Resource<Shape<"Caseload">[]> }): JSX.Element | null {
  const { value } = useResource(team, 30);
  if (value === null) return null;
  const cases = value.find((load) => load.user_name === user.user_name)?.cases ?? 0;
  return (
    <Notice tone={cases > 0 ? "warn" : "info"} actions={cases > 0 ? <LinkButton href="/team">{t("admin.user.off.hand_over")}</LinkButton> : undefined}>
      {t("admin.user.off.cases", { count: cases })}
    </Notice>
  );
}

export default forReaders(["users"], UserPage);
