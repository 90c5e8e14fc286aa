import type { ComponentType, JSX } from "preact";
import { useEffect, useState } from "preact/compat";
import { administrationWords, t } from "~/lib/i18n";
import type { Params } from "~/lib/router";
import { ALL_KINDS } from "~/store/kinds";
import { EmptyState, ErrorState, LinkButton, Page, Skeleton } from "~/ui";

export type PageComponent = ComponentType<{ params: Params }>;

export interface Route {
  pattern: string;
  /** Which entry of the navigation is lit. */
  nav: string | null;
  load: () => Promise<PageComponent>;
}

/** Screens outside the shell, for somebody who is not signed in. */
export const LONE_ROUTES: readonly Route[] = [
  { pattern: "/forgot", nav: null, load: async () => (await import("~/features/account/Reset")).Forgot },
  { pattern: "/set-password", nav: null, load: async () => (await import("~/features/account/Reset")).Reset },
];

/** A screen of administrators: its words come with it. */
const admin = (load: Route["load"]): Route["load"] => async () => (await Promise.all([load(), administrationWords()]))[0];

/** The screens that every kind of record has. Special ones of a kind hang in its record page (`sections.ts`). */
const OF_RECORDS: readonly Route[] = ALL_KINDS.flatMap((kind): Route[] => [
  { pattern: `/${kind}`, nav: kind, load: async () => (await import("~/features/records/list/ListPage")).LIST_PAGES[kind] },
  { pattern: `/${kind}/new`, nav: kind, load: async () => (await import("~/features/records/record")).NEW_PAGES[kind] },
  { pattern: `/${kind}/:id/flags`, nav: kind, load: async () => (await import("~/features/flags/RecordFlagsPage")).FLAGS_PAGES[kind] },
  { pattern: `/${kind}/:id/:section?/:mode?`, nav: kind, load: async () => (await import("~/features/records/record")).RECORD_PAGES[kind] },
]);

/** Each screen comes when it is first opened; the first that fits wins. */
export const ROUTES: readonly Route[] = [
  { pattern: "/", nav: "home", load: async () => (await import("./Home")).default },
  { pattern: "/tasks", nav: "tasks", load: async () => (await import("~/features/tasks/TasksPage")).default },
  { pattern: "/inbox", nav: "inbox", load: async () => (await import("~/features/inbox/InboxPage")).default },
  { pattern: "/cases/:id/share/consent", nav: "cases", load: async () => (await import("~/features/consent/ConsentPage")).default },
  { pattern: "/cases/:id/share", nav: "cases", load: async () => (await import("~/features/share/SharePage")).default },
  { pattern: "/cases/:id/approvals/:type?", nav: "cases", load: async () => (await import("~/features/approvals/CaseApprovalsPage")).default },
  { pattern: "/approvals", nav: "cases", load: async () => (await import("~/features/approvals/ApprovalsPage")).default },
  { pattern: "/flags", nav: "cases", load: async () => (await import("~/features/flags/FlagsPage")).default },
  { pattern: "/received", nav: "cases", load: async () => (await import("~/features/share/ReceivedPage")).default },
  { pattern: "/cases/:id/matches/:other", nav: "cases", load: async () => (await import("~/features/tracing/ComparePage")).CompareFromCase },
  { pattern: "/tracing_requests/:id/matches/:trace", nav: "tracing_requests", load: async () => (await import("~/features/tracing/TraceMatchesPage")).default },
  { pattern: "/tracing_requests/:id/matches/:trace/:other", nav: "tracing_requests", load: async () => (await import("~/features/tracing/ComparePage")).CompareFromTrace },
  { pattern: "/bulk", nav: "cases", load: async () => (await import("~/features/bulk/BulkListPage")).default },
  { pattern: "/bulk/new", nav: "cases", load: async () => (await import("~/features/bulk/BulkBeginPage")).default },
  { pattern: "/bulk/:id", nav: "cases", load: async () => (await import("~/features/bulk/BulkPage")).default },
  { pattern: "/team", nav: "team", load: async () => (await import("~/features/team/TeamPage")).default },
  { pattern: "/outbox", nav: "outbox", load: async () => (await import("~/features/outbox/OutboxPage")).default },
  { pattern: "/device", nav: "outbox", load: async () => (await import("~/features/kept/StoragePage")).default },
  { pattern: "/devices", nav: "account", load: async () => (await import("~/features/devices/DevicesPage")).default },
  { pattern: "/admin", nav: "admin", load: admin(async () => (await import("~/features/admin/AdminPage")).default) },
  { pattern: "/admin/users", nav: "admin", load: admin(async () => (await import("~/features/admin/UsersPage")).default) },
  { pattern: "/admin/invitations", nav: "admin", load: admin(async () => (await import("~/features/admin/Invitation")).default) },
  { pattern: "/admin/users/:id", nav: "admin", load: admin(async () => (await import("~/features/admin/UserPage")).default) },
  { pattern: "/admin/roles", nav: "admin", load: admin(async () => (await import("~/features/admin/RolesPage")).default) },
  { pattern: "/admin/roles/compare/:one?/:other?", nav: "admin", load: admin(async () => (await import("~/features/admin/ComparePage")).default) },
  { pattern: "/admin/roles/:id", nav: "admin", load: admin(async () => (await import("~/features/admin/RolePage")).default) },
  { pattern: "/admin/access", nav: "admin", load: admin(async () => (await import("~/features/admin/AccessPage")).default) },
  { pattern: "/admin/groups", nav: "admin", load: admin(async () => (await import("~/features/admin/GroupsPage")).default) },
  { pattern: "/admin/groups/:id", nav: "admin", load: admin(async () => (await import("~/features/admin/GroupsPage")).GroupPage) },
  { pattern: "/admin/agencies", nav: "admin", load: admin(async () => (await import("~/features/admin/AgenciesPage")).default) },
  { pattern: "/admin/agencies/:id", nav: "admin", load: admin(async () => (await import("~/features/admin/AgenciesPage")).AgencyPage) },
  { pattern: "/admin/configuration", nav: "admin", load: admin(async () => (await import("~/features/admin/configuration/ConfigurationPage")).default) },
  { pattern: "/admin/configuration/publish", nav: "admin", load: admin(async () => (await import("~/features/admin/configuration/PublishPage")).default) },
  { pattern: "/admin/configuration/compare/:before?/:after?", nav: "admin", load: admin(async () => (await import("~/features/admin/configuration/DifferencePage")).default) },
  { pattern: "/admin/configuration/versions/:number", nav: "admin", load: admin(async () => (await import("~/features/admin/configuration/VersionPage")).default) },
  { pattern: "/admin/configuration/versions/:number/rollback", nav: "admin", load: admin(async () => (await import("~/features/admin/configuration/VersionPage")).RollBackPage) },
  { pattern: "/admin/changes", nav: "admin", load: admin(async () => (await import("~/features/admin/configuration/SetsPage")).default) },
  { pattern: "/admin/changes/new", nav: "admin", load: admin(async () => (await import("~/features/admin/configuration/NewSetPage")).default) },
  { pattern: "/admin/changes/:id", nav: "admin", load: admin(async () => (await import("~/features/admin/configuration/SetPage")).default) },
  { pattern: "/admin/audit", nav: "admin", load: admin(async () => (await import("~/features/admin/audit/AuditPage")).default) },
  { pattern: "/admin/lookups", nav: "admin", load: admin(async () => (await import("~/features/admin/lookups/LookupsPage")).default) },
  { pattern: "/admin/lookups/:id", nav: "admin", load: admin(async () => (await import("~/features/admin/lookups/LookupPage")).default) },
  { pattern: "/admin/places", nav: "admin", load: admin(async () => (await import("~/features/admin/places/PlacesPage")).default) },
  { pattern: "/admin/places/:id", nav: "admin", load: admin(async () => (await import("~/features/admin/places/PlacePage")).default) },
  { pattern: "/admin/settings", nav: "admin", load: admin(async () => (await import("~/features/admin/settings/SettingsPages")).default) },
  { pattern: "/admin/settings/:group", nav: "admin", load: admin(async () => (await import("~/features/admin/settings/SettingsPages")).SettingsGroupPage) },
  { pattern: "/admin/modules", nav: "admin", load: admin(async () => (await import("~/features/admin/settings/ModulesPages")).default) },
  { pattern: "/admin/modules/:id", nav: "admin", load: admin(async () => (await import("~/features/admin/settings/ModulesPages")).ModulePage) },
  { pattern: "/admin/contact", nav: "admin", load: admin(async () => (await import("~/features/admin/settings/ContactPage")).default) },
  { pattern: "/admin/conduct", nav: "admin", load: admin(async () => (await import("~/features/admin/conduct/ConductPage")).default) },
  { pattern: "/admin/forms", nav: "admin", load: admin(async () => (await import("~/features/admin/forms/FormsPage")).default) },
  { pattern: "/admin/forms/new", nav: "admin", load: admin(async () => (await import("~/features/admin/forms/NewFormPage")).default) },
  { pattern: "/admin/forms/:id", nav: "admin", load: admin(async () => (await import("~/features/admin/forms/FormPage")).default) },
  { pattern: "/admin/rollout", nav: "admin", load: admin(async () => (await import("~/features/admin/rollout/RolloutPage")).default) },
  { pattern: "/admin/rollout/requirements", nav: "admin", load: admin(async () => (await import("~/features/admin/rollout/RequirementsPage")).default) },
  { pattern: "/imports", nav: "admin", load: admin(async () => (await import("~/features/imports/ImportPage")).default) },
  { pattern: "/account", nav: "account", load: async () => (await import("~/features/account/AccountPage")).default },
  ...OF_RECORDS,
];

const loaded = new Map<string, PageComponent>();

/** Fetches a screen's code and draws it; a failed fetch (no network, a new version) offers to try again. */
export function Load({ route, params }: { route: Route; params: Params }): JSX.Element {
  const [, turn] = useState(0);
  const [failed, setFailed] = useState(false);
  const Found = loaded.get(route.pattern);
  useEffect(() => {
    if (loaded.has(route.pattern)) return undefined;
    let here = true;
    setFailed(false);
    route.load().then(
      (component) => {
        loaded.set(route.pattern, component);
        if (here) turn((n) => n + 1);
      },
      () => {
        if (here) setFailed(true);
      },
    );
    return () => {
      here = false;
    };
  }, [route]);
  if (Found) return <Found params={params} />;
  if (failed) {
    return (
      <ErrorState
        title={t("shell.load_failed.title")}
        onRetry={() => {
          location.reload();
        }}
      >
        {t("shell.load_failed.text")}
      </ErrorState>
    );
  }
  return (
    <Page title={<span class="visually-hidden">{t("ui.loading")}</span>}>
      <Skeleton rows={5} blocks />
    </Page>
  );
}

/** Entries of the navigation whose screens make a case worker's day. */
const DAILY = new Set(["home", "tasks", "cases", "inbox", "outbox"]);

/** Whether there is such a screen: entries and links to others' screens are shown only then. */
export function hasRoute(pattern: string): boolean {
  return ROUTES.some((route) => route.pattern === pattern);
}

/** When the device has time, the screens of a case worker's day are fetched ahead. */
export function fetchAhead(): void {
  const idle: (work: () => void) => void = "requestIdleCallback" in globalThis ? requestIdleCallback : (work) => setTimeout(work, 2000);
  idle(() => {
    for (const route of ROUTES) {
      if (route.nav === null || !DAILY.has(route.nav)) continue;
      void route.load().then(
        (component) => loaded.set(route.pattern, component),
        () => undefined,
      );
    }
  });
}

export function NotFound(): JSX.Element {
  return (
    <EmptyState icon="search" title={t("shell.not_found.title")} action={<LinkButton href="/">{t("shell.not_found.home")}</LinkButton>}>
      {t("shell.not_found.text")}
    </EmptyState>
  );
}
