import type { JSX } from "preact";
import { LOCALE_NAMES, LOCALES, localized, t } from "~/lib/i18n";
import { navigate, type Params } from "~/lib/router";
import { mayDo, useResource, useSource } from "~/store";
import type { Shape } from "~/api";
import { Code, LinkButton, Muted, Page, Records, say, Stack } from "~/ui";
import { AdminForm, type Answers, type Ask } from "./AdminForm";
import { Terms } from "./conduct/Terms";
import { Back, forReaders, InUse, Loaded } from "./parts";

type Agency = Shape<"Agency">;
const SERVICES = "lookup-service-type";

/** Who works together here: the agencies. */
function AgenciesPage(): JSX.Element {
  const source = useSource();
  const me = useResource(source.me(), 300).value;
  return (
    <Page
      title={t("admin.agencies.title")}
      before={<Back to="/admin" label={t("admin.title")} />}
      actions={
        mayDo(me, "agencies", "manage") ? (
          <LinkButton look="primary" icon="plus" href="/admin/agencies/new">
            {t("admin.agencies.new")}
          </LinkButton>
        ) : undefined
      }
    >
      <Loaded from={source.admin.agencies()}>
        {(agencies) => (
          <Stack gap={3}>
            <Muted>{t("admin.agencies.count", { count: agencies.length })}</Muted>
            <Records
              label={t("admin.agencies.title")}
              rows={agencies}
              keyOf={(agency) => agency.unique_id}
              hrefOf={(agency) => `/admin/agencies/${String(agency.id)}`}
              title={(agency) => <bdi>{localized(agency.name)}</bdi>}
              titleLabel={t("admin.name")}
              marks={(agency) => <InUse disabled={agency.disabled} />}
              marksLabel={t("admin.state")}
              columns={[
                { id: "code", label: t("admin.agency_code"), cell: (agency) => <Code>{agency.agency_code}</Code> },
                { id: "about", label: t("admin.description"), wraps: true, cell: (agency) => <bdi>{localized(agency.description)}</bdi> },
              ]}
            />
          </Stack>
        )}
      </Loaded>
    </Page>
  );
}

/** One agency. */
function OneAgencyPage({ params }: { params: Params }): JSX.Element {
  const source = useSource();
  const me = useResource(source.me(), 300).value;
  const id = params["id"] ?? "";
  const isNew = id === "new";
  return (
    <Page title={t(isNew ? "admin.agencies.new" : "admin.agency")} narrow before={<Back to="/admin/agencies" label={t("admin.agencies.title")} />}>
      {isNew ? <AgencyForm agency={null} /> : <Loaded from={source.admin.one("agencies", id)}>{(agency) => (
            <Stack>
              <AgencyForm key={agency.id} agency={agency} />
              <Terms agency={agency} closed={!mayDo(me, "agencies", "write")} />
            </Stack>
          )}</Loaded>}
    </Page>
  );
}

const TEXTS = ["agency_code", "telephone", "contact_name", "contact_email", "contact_phone", "notes"] as const;
const TICKS = ["exclude_agency_from_lookups", "disabled"] as const;

function AgencyForm({ agency }: { agency: Agency | null }): JSX.Element {
  const source = useSource();
  const me = useResource(source.me(), 300).value;
  const services = useResource(source.lookups(), 3600).value?.find((lookup) => lookup.unique_id === SERVICES)?.values ?? [];
  const asks: Ask[] = [
    ...LOCALES.map((locale): Ask => ({ name: `name.${locale}`, kind: "text", label: t("admin.agency.name", { language: LOCALE_NAMES[locale] }), required: locale === "en" })),
    { name: "agency_code", kind: "text", label: t("admin.agency_code"), hint: t("admin.agency_code.hint"), required: true, ltr: true },
    ...LOCALES.map((locale): Ask => ({ name: `description.${locale}`, kind: "text", label: t("admin.agency.about", { language: LOCALE_NAMES[locale] }) })),
    { name: "services", kind: "several", label: t("admin.services"), options: services.map((one) => ({ value: one.id, label: localized(one.display_text) })) },
    { name: "telephone", kind: "text", label: t("admin.phone"), ltr: true },
    { name: "contact_name", kind: "text", label: t("admin.contact_name") },
    { name: "contact_email", kind: "text", label: t("admin.contact_email"), ltr: true },
    { name: "contact_phone", kind: "text", label: t("admin.contact_phone"), ltr: true },
    { name: "notes", kind: "area", label: t("admin.notes") },
    { name: "exclude_agency_from_lookups", kind: "tick", label: t("admin.agency.hidden") },
    ...(agency === null ? [] : [{ name: "disabled", kind: "tick", label: t("admin.agency.off"), hint: t("admin.agency.off.hint") } satisfies Ask]),
  ];
  const before: Answers = {
    ...Object.fromEntries(LOCALES.flatMap((locale) => (["name", "description"] as const).map((key) => [`${key}.${locale}`, agency?.[key][locale] ?? ""]))),
    ...Object.fromEntries(TEXTS.map((key) => [key, agency?.[key] ?? ""])),
    ...Object.fromEntries(TICKS.filter((key) => agency !== null || key !== "disabled").map((key) => [key, agency?.[key] ?? false])),
    services: agency?.services ?? [],
  };
  const save = async (changed: Answers, all: Answers): Promise<void> => {
    if (agency === null) {
      const made = await source.admin.create("agencies", written(all));
      say(t("admin.made"), { icon: "check" });
      navigate(`/admin/agencies/${String(made.id)}`, { replace: true, force: true });
      return;
    }
    if (Object.keys(changed).length > 0) await source.admin.change("agencies", agency.id, written(changed));
    say(t("admin.saved"), { icon: "check" });
  };
  return <AdminForm asks={asks} before={before} closed={!mayDo(me, "agencies", agency === null ? "manage" : "write")} saveLabel={t(agency === null ? "admin.create" : "admin.save")} onSave={save} />;
}

/** Names and descriptions go by language. */
function written(answers: Answers): Shape<"AgencyWrite"> {
  const data: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(answers)) {
    const [name, locale] = key.split(".");
    if (name === undefined) continue;
    data[name] = locale === undefined ? value : { ...(data[name] as Record<string, unknown> | undefined), [locale]: value };
  }
  return data;
}

export default forReaders(["agencies"], AgenciesPage);
export const AgencyPage = forReaders(["agencies"], OneAgencyPage);
