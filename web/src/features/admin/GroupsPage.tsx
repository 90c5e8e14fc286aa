import type { JSX } from "preact";
import { localized, t } from "~/lib/i18n";
import { navigate, type Params } from "~/lib/router";
import { mayDo, useResource, useSource } from "~/store";
import type { Shape } from "~/api";
import { LinkButton, Muted, Page, Records, say, Stack } from "~/ui";
import { AdminForm, type Answers, type Ask } from "./AdminForm";
import { Back, forReaders, InUse, Loaded } from "./parts";

type Group = Shape<"UserGroup">;

/** Who sees each other’s cases: the user groups. */
function GroupsPage(): JSX.Element {
  const source = useSource();
  const me = useResource(source.me(), 300).value;
  const names = useAgencyNames();
  return (
    <Page
      title={t("admin.groups.title")}
      before={<Back to="/admin" label={t("admin.title")} />}
      actions={
        mayDo(me, "user_groups", "create") ? (
          <LinkButton look="primary" icon="plus" href="/admin/groups/new">
            {t("admin.groups.new")}
          </LinkButton>
        ) : undefined
      }
    >
      <Loaded from={source.admin.groups()}>
        {(groups) => (
          <Stack gap={3}>
            <Muted>{t("admin.groups.count", { count: groups.length })}</Muted>
            <Records
              label={t("admin.groups.title")}
              rows={groups}
              keyOf={(group) => group.unique_id}
              hrefOf={(group) => `/admin/groups/${String(group.id)}`}
              title={(group) => <bdi>{group.name}</bdi>}
              titleLabel={t("admin.name")}
              marks={(group) => <InUse disabled={group.disabled} />}
              marksLabel={t("admin.state")}
              columns={[
                { id: "about", label: t("admin.description"), wraps: true, cell: (group) => <bdi>{group.description ?? ""}</bdi> },
                { id: "agencies", label: t("admin.agencies"), wraps: true, cell: (group) => group.agency_unique_ids.map((id) => names.get(id) ?? id).join(" · ") },
              ]}
            />
          </Stack>
        )}
      </Loaded>
    </Page>
  );
}

/** One user group. */
function OneGroupPage({ params }: { params: Params }): JSX.Element {
  const source = useSource();
  const id = params["id"] ?? "";
  const isNew = id === "new";
  return (
    <Page title={t(isNew ? "admin.groups.new" : "admin.group")} narrow before={<Back to="/admin/groups" label={t("admin.groups.title")} />}>
      {isNew ? <GroupForm group={null} /> : <Loaded from={source.admin.one("user_groups", id)}>{(group) => <GroupForm key={group.id} group={group} />}</Loaded>}
    </Page>
  );
}

function GroupForm({ group }: { group: Group | null }): JSX.Element {
  const source = useSource();
  const me = useResource(source.me(), 300).value;
  const names = useAgencyNames();
  const asks: Ask[] = [
    { name: "name", kind: "text", label: t("admin.name"), required: true },
    { name: "description", kind: "area", label: t("admin.description") },
    { name: "agency_unique_ids", kind: "several", label: t("admin.agencies"), options: [...names].map(([value, label]) => ({ value, label })) },
    ...(group === null ? [] : [{ name: "disabled", kind: "tick", label: t("admin.group.off"), hint: t("admin.group.off.hint") } satisfies Ask]),
  ];
  const before: Answers = { name: group?.name ?? "", description: group?.description ?? "", agency_unique_ids: group?.agency_unique_ids ?? [], ...(group === null ? {} : { disabled: group.disabled }) };
  const save = async (changed: Answers, all: Answers): Promise<void> => {
    if (group === null) {
      const made = await source.admin.create("user_groups", all);
      say(t("admin.made"), { icon: "check" });
      navigate(`/admin/groups/${String(made.id)}`, { replace: true, force: true });
      return;
    }
    if (Object.keys(changed).length > 0) await source.admin.change("user_groups", group.id, changed);
    say(t("admin.saved"), { icon: "check" });
  };
  return <AdminForm asks={asks} before={before} closed={!mayDo(me, "user_groups", group === null ? "create" : "write")} saveLabel={t(group === null ? "admin.create" : "admin.save")} onSave={save} />;
}

/** Agencies by their id in records, those that she may see. */
function useAgencyNames(): ReadonlyMap<string, string> {
  const source = useSource();
  const agencies = useResource(source.admin.agencies(), 300).value ?? [];
  return new Map(agencies.map((agency) => [agency.unique_id, localized(agency.name)]));
}

export default forReaders(["user_groups"], GroupsPage);
export const GroupPage = forReaders(["user_groups"], OneGroupPage);
