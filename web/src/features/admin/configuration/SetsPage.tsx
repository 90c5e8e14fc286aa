import type { JSX } from "preact";
import { formatMoment, t } from "~/lib/i18n";
import { usePlace } from "~/lib/router";
import { useConfiguration, VERSIONS_PER_PAGE, type PairView, type SetView } from "~/store/configuration";
import { Badge, EmptyState, LinkButton, Muted, Notice, Page, Pager, Records, Row, Stack, type IconName, type Tone } from "~/ui";
import { Back, Loaded } from "../parts";
import { forStewards } from "./parts";
import { Received } from "./Received";

export const SET_LOOKS: Record<SetView["state"], { tone: Tone; icon: IconName }> = {
  draft: { tone: "plain", icon: "edit" },
  proposed: { tone: "info", icon: "clock" },
  approved: { tone: "accent", icon: "check" },
  promoted: { tone: "ok", icon: "check" },
  rejected: { tone: "danger", icon: "close" },
  stale: { tone: "warn", icon: "alert" },
};

export function StateOfSet({ state }: { state: SetView["state"] }): JSX.Element {
  return (
    <Badge tone={SET_LOOKS[state].tone} icon={SET_LOOKS[state].icon}>
      {t(`admin.changes.state.${state}`)}
    </Badge>
  );
}

/** In demo: what goes to production, and how far it is. In production: what came. */
function SetsPage(): JSX.Element {
  const configuration = useConfiguration();
  return (
    <Loaded from={configuration.pair()} maxAge={30}>
      {(pair) => (pair.self.kind === "production" ? <Received pair={pair} /> : <Sets pair={pair} />)}
    </Loaded>
  );
}

function Sets({ pair }: { pair: PairView }): JSX.Element {
  const configuration = useConfiguration();
  const page = Math.max(1, Number(usePlace().query.get("page")) || 1);
  const make = (
    <LinkButton look="primary" icon="plus" href="/admin/changes/new">
      {t("admin.changes.new")}
    </LinkButton>
  );
  return (
    <Page title={t("admin.changes.title")} before={<Back to="/admin/configuration" label={t("admin.configuration.title")} />} actions={pair.other ? make : undefined}>
      <p>{t("admin.changes.lead")}</p>
      {pair.other ? null : (
        <Notice
          title={t("admin.configuration.state.unpaired")}
          actions={<LinkButton href="/admin/configuration">{t("admin.configuration.title")}</LinkButton>}
        >
          {t("admin.changes.unpaired")}
        </Notice>
      )}
      <Loaded from={configuration.sets(page)} maxAge={5}>
        {({ items, total }) =>
          items.length === 0 ? (
            <EmptyState icon="sync" title={t("admin.changes.none")} action={pair.other ? make : undefined}>
              {t("admin.changes.none.text")}
            </EmptyState>
          ) : (
            <Stack gap={3}>
              <Muted>{t("admin.changes.count", { count: total })}</Muted>
              <Records
                label={t("admin.changes.title")}
                rows={items}
                keyOf={(set) => set.id}
                hrefOf={(set) => `/admin/changes/${set.id}`}
                title={(set) => <bdi>{set.title}</bdi>}
                titleLabel={t("admin.changes.name")}
                marks={(set) => <StateOfSet state={set.state} />}
                marksLabel={t("admin.state")}
                columns={[
                  { id: "number", label: t("admin.changes.number"), cell: (set) => String(set.number) },
                  { id: "chosen", label: t("admin.changes.chosen"), cell: (set) => t("admin.changes.chosen_of", { chosen: set.chosen, total: set.total }) },
                  { id: "by", label: t("admin.changes.begun"), wraps: true, cell: (set) => t("admin.configuration.by", { at: formatMoment(set.created_at), name: set.created_by }) },
                ]}
              />
              <Row>
                <Pager page={page} pages={Math.ceil(total / VERSIONS_PER_PAGE)} hrefOf={(one) => `/admin/changes?page=${String(one)}`} />
              </Row>
            </Stack>
          )
        }
      </Loaded>
    </Page>
  );
}

export default forStewards(SetsPage);
