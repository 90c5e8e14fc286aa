import type { JSX } from "preact";
import { t } from "~/lib/i18n";
import { usePlace } from "~/lib/router";
import { useResource } from "~/store";
import { useConfiguration, VERSIONS_PER_PAGE, type Standing } from "~/store/configuration";
import { Badge, Card, Code, EmptyState, Facts, LinkButton, Muted, Notice, Page, Pager, Records, Row, Stack } from "~/ui";
import { Back, Loaded } from "../parts";
import { Problems } from "./Checks";
import { PairCard } from "./PairCard";
import { Act, byWhom, causeWords, forStewards, offer, short } from "./parts";

/** What is told of a configuration in numbers, in this order. */
const COUNTS = ["modules", "forms", "fields", "lookups", "roles", "agencies", "user_groups", "locations"] as const;

/** How this instance is configured: as which version, what is wrong with it, how it stands to the other instance, and what it was before. */
function ConfigurationPage(): JSX.Element {
  const configuration = useConfiguration();
  const pair = useResource(configuration.pair(), 10).value;
  const isClosed = pair?.self.closed === true;
  return (
    <Page
      title={t("admin.configuration.title")}
      before={<Back to="/admin" label={t("admin.title")} />}
      actions={
        <LinkButton icon="sync" href="/admin/changes">
          {t(pair?.self.kind === "production" ? "admin.changes.received.title" : "admin.changes.title")}
        </LinkButton>
      }
    >
      <Loaded from={configuration.current()} maxAge={5}>
        {(standing) => <Now standing={standing} isClosed={isClosed} />}
      </Loaded>
      <PairCard />
      <Problems />
      <Versions />
    </Page>
  );
}

function Now({ standing, isClosed }: { standing: Standing; isClosed: boolean }): JSX.Element {
  const { newest, changed, counts } = standing;
  return (
    <Card label={t("admin.configuration.standing")}>
      <Stack>
        <Row between>
          <h2>{t("admin.configuration.standing")}</h2>
          {changed ? (
            <Badge icon="edit" tone="warn">
              {t("admin.configuration.changed")}
            </Badge>
          ) : (
            <Badge icon="check" tone="ok">
              {t("admin.configuration.unchanged")}
            </Badge>
          )}
        </Row>
        {isClosed ? <Notice>{t("admin.configuration.closed")}</Notice> : null}
        <Facts
          items={[
            [t("admin.configuration.newest"), newest ? t("admin.configuration.version", { number: newest.number }) : t("admin.configuration.none_yet")],
            ...(newest ? ([[t("admin.configuration.since"), byWhom(newest)]] as const) : []),
            ...(newest && newest.reason !== "" ? ([[t("admin.configuration.reason"), <bdi key="reason">{newest.reason}</bdi>]] as const) : []),
            [t("admin.configuration.hash"), <Code key="hash">{short(standing.hash)}</Code>],
            [t("admin.configuration.contains"), COUNTS.filter((one) => counts[one] !== undefined).map((one) => t(`admin.configuration.count.${one}`, { count: counts[one] ?? 0 })).join(" · ")],
          ]}
        />
        {changed ? (
          <Row>
            {isClosed ? null : (
              <LinkButton look="primary" icon="check" href="/admin/configuration/publish">
                {t("admin.configuration.publish")}
              </LinkButton>
            )}
            {newest ? <LinkButton href={`/admin/configuration/compare/${String(newest.number)}/now`}>{t("admin.configuration.see_changes")}</LinkButton> : null}
          </Row>
        ) : null}
        <Bundle />
      </Stack>
    </Card>
  );
}

function Bundle(): JSX.Element {
  const configuration = useConfiguration();
  return (
    <Stack gap={2}>
      <Act
        label={t("admin.configuration.bundle")}
        icon="download"
        look="quiet"
        onAct={async () => {
          offer(await configuration.bundle(), "configuration-primero.json");
        }}
      />
      <Muted small>{t("admin.configuration.bundle.about")}</Muted>
    </Stack>
  );
}

function Versions(): JSX.Element {
  const configuration = useConfiguration();
  const page = Math.max(1, Number(usePlace().query.get("page")) || 1);
  return (
    <Stack gap={3}>
      <Row between>
        <h2>{t("admin.configuration.versions")}</h2>
        <LinkButton href="/admin/configuration/compare">{t("admin.configuration.compare")}</LinkButton>
      </Row>
      <Loaded from={configuration.versions(page)} maxAge={5}>
        {({ items, total }) =>
          items.length === 0 ? (
            <EmptyState icon="history" title={t("admin.configuration.versions.none")}>
              {t("admin.configuration.versions.none.text")}
            </EmptyState>
          ) : (
            <Stack gap={3}>
              <Muted>{t("admin.configuration.versions.count", { count: total })}</Muted>
              <Records
                label={t("admin.configuration.versions")}
                rows={items}
                keyOf={(version) => version.id}
                hrefOf={(version) => `/admin/configuration/versions/${String(version.number)}`}
                title={(version) => t("admin.configuration.version", { number: version.number })}
                titleLabel={t("admin.configuration.version.name")}
                marks={(version) => <Badge>{causeWords(version.cause)}</Badge>}
                marksLabel={t("admin.configuration.cause")}
                columns={[
                  { id: "reason", label: t("admin.configuration.reason"), wraps: true, cell: (version) => <bdi>{version.reason || version.name}</bdi> },
                  { id: "by", label: t("admin.configuration.since"), wraps: true, cell: byWhom },
                  { id: "hash", label: t("admin.configuration.hash"), cell: (version) => <Code>{short(version.hash)}</Code> },
                ]}
              />
              <Pager page={page} pages={Math.ceil(total / VERSIONS_PER_PAGE)} hrefOf={(one) => `/admin/configuration?page=${String(one)}`} />
            </Stack>
          )
        }
      </Loaded>
    </Stack>
  );
}

export default forStewards(ConfigurationPage);
