import type { JSX } from "preact";
import { useState } from "preact/compat";
import { fold } from "~/lib/fold";
import { t } from "~/lib/i18n";
import { mayDo, useResource, useSource } from "~/store";
import { LinkButton, Muted, Page, Records, SearchBox, Stack } from "~/ui";
import { Back, forReaders, InUse, Loaded } from "./parts";
import { scopeWords } from "./words";

/** The roles in her care. */
function RolesPage(): JSX.Element {
  const source = useSource();
  const me = useResource(source.me(), 300).value;
  const [text, setText] = useState("");
  return (
    <Page
      title={t("admin.roles.title")}
      before={<Back to="/admin" label={t("admin.title")} />}
      actions={
        <>
          <LinkButton href="/admin/roles/compare">{t("admin.compare.title")}</LinkButton>
          {mayDo(me, "roles", "create") ? (
            <LinkButton look="primary" icon="plus" href="/admin/roles/new">
              {t("admin.roles.new")}
            </LinkButton>
          ) : null}
        </>
      }
    >
      <SearchBox full label={t("admin.roles.search")} value={text} onValue={setText} onSubmit={() => undefined} />
      <Loaded from={source.admin.roles()}>
        {(roles) => {
          const found = roles.filter((role) => fold(`${role.name} ${role.description ?? ""}`).includes(fold(text).trim()));
          return (
            <Stack gap={3}>
              <span role="status">
                <Muted>{t("admin.roles.count", { count: found.length })}</Muted>
              </span>
              <Records
                label={t("admin.roles.title")}
                rows={found}
                keyOf={(role) => role.unique_id}
                hrefOf={(role) => `/admin/roles/${String(role.id)}`}
                title={(role) => <bdi>{role.name}</bdi>}
                titleLabel={t("admin.name")}
                marks={(role) => <InUse disabled={role.disabled} />}
                marksLabel={t("admin.state")}
                columns={[
                  { id: "scope", label: t("admin.scope"), wraps: true, cell: (role) => scopeWords(role.group_permission) },
                  { id: "about", label: t("admin.description"), wraps: true, cell: (role) => <bdi>{role.description ?? ""}</bdi> },
                ]}
              />
            </Stack>
          );
        }}
      </Loaded>
    </Page>
  );
}

export default forReaders(["roles"], RolesPage);
