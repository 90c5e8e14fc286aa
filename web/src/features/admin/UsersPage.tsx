import type { JSX } from "preact";
import { useState } from "preact/compat";
import type { Shape } from "~/api";
import { localized, t } from "~/lib/i18n";
import { navigate, usePlace } from "~/lib/router";
import { mayDo, PEOPLE_PER_PAGE, useResource, useSource, type PeopleAsked } from "~/store";
import { Button, Card, Code, EmptyState, LinkButton, Muted, Page, Pager, Records, SearchBox, Select, Stack } from "~/ui";
import css from "./admin.module.css";
import { ManyUsers, MOST_AT_ONCE } from "./ManyUsers";
import { NotComeIn } from "./Invitation";
import { Back, forReaders, InUse, Loaded } from "./parts";

const STATES = ["enabled", "disabled", "any"] as const;
type Kept = Omit<PeopleAsked, "page">;
const ANYBODY: Kept = { text: "", role: null, agency: null, group: null, state: "enabled" };

/** Who works here: found by name, role, agency, group. What is looked for is in this page's memory, not in its address. */
function UsersPage(): JSX.Element {
  const source = useSource();
  const me = useResource(source.me(), 300).value;
  const { query, state } = usePlace();
  const kept: Kept = { ...ANYBODY, ...(state["people"] as Partial<Kept> | undefined) };
  const [text, setText] = useState(kept.text);
  const roles = useResource(source.admin.roles(), 300).value ?? [];
  const agencies = useResource(source.admin.agencies(), 300).value ?? [];
  const groups = useResource(source.admin.groups(), 300).value ?? [];
  const [chosen, choose] = useState<ReadonlyMap<number, Shape<"User">>>(new Map());
  const [, setTurn] = useState(0);
  const toggle = (user: Shape<"User">): void => {
    const next = new Map(chosen);
    if (!next.delete(user.id) && next.size < MOST_AT_ONCE) next.set(user.id, user);
    choose(next);
  };
  const page = Math.max(1, Number(query.get("page")) || 1);
  const narrow = (change: Partial<Kept>): void => {
    navigate("/admin/users", { replace: true, keepScroll: true, state: { people: { ...kept, ...change } } });
  };
  const roleNames = useResource(source.admin.roleNames(), 300).value;
  const agencyNames = new Map(agencies.map((agency) => [agency.id, localized(agency.name)]));
  const number = (value: string): number | null => (value === "" ? null : Number(value));
  return (
    <Page
      title={t("admin.users.title")}
      before={<Back to="/admin" label={t("admin.title")} />}
      actions={
        mayDo(me, "users", "create") ? (
          <LinkButton look="primary" icon="plus" href="/admin/users/new">
            {t("admin.users.new")}
          </LinkButton>
        ) : undefined
      }
    >
      {mayDo(me, "users", "write") ? <NotComeIn /> : null}
      <Card label={t("admin.find")}>
        <Stack gap={3}>
          <SearchBox full label={t("admin.users.search")} value={text} onValue={setText} onSubmit={() => { narrow({ text: text.trim() }); }} />
          <div class={css.filters}>
            <label>
              {t("admin.role")}
              <Select value={String(kept.role ?? "")} empty={t("admin.any")} options={roles.map((role) => ({ value: String(role.id), label: role.name }))} onValue={(value) => { narrow({ role: number(value) }); }} />
            </label>
            <label>
              {t("admin.agency")}
              <Select value={String(kept.agency ?? "")} empty={t("admin.any")} options={agencies.map((agency) => ({ value: String(agency.id), label: localized(agency.name) }))} onValue={(value) => { narrow({ agency: number(value) }); }} />
            </label>
            <label>
              {t("admin.group")}
              <Select value={kept.group ?? ""} empty={t("admin.any")} options={groups.map((group) => ({ value: group.unique_id, label: group.name }))} onValue={(value) => { narrow({ group: value === "" ? null : value }); }} />
            </label>
            <label>
              {t("admin.state")}
              <Select value={kept.state} empty={null} options={STATES.map((one) => ({ value: one, label: t(`admin.users.state.${one}`) }))} onValue={(value) => { narrow({ state: value as Kept["state"] }); }} />
            </label>
          </div>
        </Stack>
      </Card>
      <ManyUsers
        chosen={[...chosen.values()]}
        onClear={() => {
          choose(new Map());
        }}
        onDone={() => {
          setTurn((n) => n + 1);
        }}
      />
      <Loaded from={source.admin.people({ ...kept, page })} maxAge={5}>
        {({ items, total }) =>
          items.length === 0 ? (
            <EmptyState
              icon="user"
              title={t("admin.users.none")}
              action={
                <Button
                  onClick={() => {
                    setText("");
                    narrow(ANYBODY);
                  }}
                >
                  {t("admin.clear")}
                </Button>
              }
            />
          ) : (
            <Stack gap={3}>
              <span role="status">
                <Muted>{t("admin.users.count", { count: total })}</Muted>
              </span>
              <Records
                label={t("admin.users.title")}
                rows={items}
                keyOf={(user) => String(user.id)}
                hrefOf={(user) => `/admin/users/${String(user.id)}`}
                {...(mayDo(me, "users", "write")
                  ? {
                      select: {
                        label: (user: Shape<"User">) => t("admin.users.choose", { name: user.full_name }),
                        isChosen: (user: Shape<"User">) => chosen.has(user.id),
                        onToggle: toggle,
                      },
                    }
                  : {})}
                title={(user) => <bdi>{user.full_name}</bdi>}
                titleLabel={t("admin.full_name")}
                marks={(user) => <InUse disabled={user.disabled} />}
                marksLabel={t("admin.state")}
                columns={[
                  { id: "user_name", label: t("admin.user_name"), cell: (user) => <Code>{user.user_name}</Code> },
                  { id: "role", label: t("admin.role"), wraps: true, cell: (user) => <bdi>{roleNames?.get(user.role_unique_id) ?? user.role_unique_id}</bdi> },
                  { id: "agency", label: t("admin.agency"), wraps: true, cell: (user) => <bdi>{agencyNames.get(user.agency_id) ?? ""}</bdi> },
                  { id: "groups", label: t("admin.groups"), wraps: true, cell: (user) => user.user_groups.map((group) => group.name).join(" · ") },
                ]}
              />
              <Pager page={page} pages={Math.ceil(total / PEOPLE_PER_PAGE)} state={{ people: kept }} hrefOf={(one) => `/admin/users?page=${String(one)}`} />
            </Stack>
          )
        }
      </Loaded>
    </Page>
  );
}

export default forReaders(["users"], UsersPage);
