import type { JSX } from "preact";
import { t } from "~/lib/i18n";
import { mayDo, useResource, useSource } from "~/store";
import { LinkRow, List, Muted, Page, type IconName } from "~/ui";
import { NotYours } from "./parts";

interface Entry {
  id: string;
  href: string;
  icon: IconName;
  /** With which rights it is hers: one of these actions on one of these things. */
  needs: readonly (readonly [resource: string, action: string])[];
  all?: boolean;
}

/** What there is to look after; each with a title and a line of what it is for, `admin.<id>.title` and `admin.<id>.about`. */
const ENTRIES: readonly Entry[] = [
  { id: "users", href: "/admin/users", icon: "user", needs: [["users", "read"]] },
  { id: "roles", href: "/admin/roles", icon: "key", needs: [["roles", "read"]] },
  { id: "access", href: "/admin/access", icon: "eye", needs: [["users", "read"], ["roles", "read"]], all: true },
  { id: "groups", href: "/admin/groups", icon: "people", needs: [["user_groups", "read"]] },
  { id: "agencies", href: "/admin/agencies", icon: "home", needs: [["agencies", "read"]] },
  { id: "configuration", href: "/admin/configuration", icon: "history", needs: [["primero_configurations", "manage"]] },
  { id: "changes", href: "/admin/changes", icon: "sync", needs: [["primero_configurations", "manage"]] },
  { id: "audit", href: "/admin/audit", icon: "eye", needs: [["audit_logs", "read"]] },
  { id: "forms", href: "/admin/forms", icon: "cases", needs: [["metadata", "manage"], ["metadata", "manage_restricted"]] },
  { id: "lookups", href: "/admin/lookups", icon: "filter", needs: [["metadata", "manage"], ["metadata", "manage_restricted"]] },
  { id: "places", href: "/admin/places", icon: "mapPin", needs: [["metadata", "manage"]] },
  { id: "modules", href: "/admin/modules", icon: "cases", needs: [["metadata", "manage"]] },
  { id: "settings", href: "/admin/settings", icon: "admin", needs: [["systems", "manage"]] },
  { id: "contact", href: "/admin/contact", icon: "phone", needs: [["systems", "manage"]] },
  { id: "conduct", href: "/admin/conduct", icon: "shield", needs: [["codes_of_conduct", "manage"]] },
  { id: "rollout", href: "/admin/rollout", icon: "rollout", needs: [["primero_configurations", "manage"], ["systems", "manage"]] },
  { id: "imports", href: "/imports", icon: "file", needs: [["users", "create"], ["metadata", "manage"]] },
];

/** Where somebody who looks after people and rights begins: what is hers to look after. */
export default function AdminPage(): JSX.Element {
  const source = useSource();
  const me = useResource(source.me(), 300).value;
  const mine = ENTRIES.filter(({ needs, all }) => needs[all ? "every" : "some"](([resource, action]) => mayDo(me, resource, action)));
  return (
    <Page title={t("admin.title")} narrow>
      {me !== null && mine.length === 0 ? <NotYours /> : null}
      <List label={t("admin.title")}>
        {mine.map((entry) => (
          <LinkRow key={entry.id} href={entry.href} icon={entry.icon}>
            <strong>{t(`admin.${entry.id}.title`)}</strong>
            <div>
              <Muted small>{t(`admin.${entry.id}.about`)}</Muted>
            </div>
          </LinkRow>
        ))}
      </List>
    </Page>
  );
}
