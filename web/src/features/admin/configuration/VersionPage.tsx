import type { JSX } from "preact";
import { t } from "~/lib/i18n";
import { navigate, type Params } from "~/lib/router";
import { useResource } from "~/store";
import { useConfiguration, type VersionView } from "~/store/configuration";
import { Badge, Card, Code, EmptyState, Facts, LinkButton, Notice, Page, Row, say, Stack } from "~/ui";
import { Back, Loaded } from "../parts";
import { Changes } from "./Changes";
import { Impact } from "./Checks";
import { Act, byWhom, causeWords, forStewards, offer, ReasonForm, sideOf } from "./parts";

const before = <Back to="/admin/configuration" label={t("admin.configuration.title")} />;

/** One version: what it was, what it changed, and the way back to it. */
function OneVersionPage({ params }: { params: Params }): JSX.Element {
  const configuration = useConfiguration();
  const number = sideOf(params["number"]);
  if (typeof number !== "number") return <NoVersion />;
  return (
    <Page title={t("admin.configuration.version", { number })} before={before}>
      <Loaded from={configuration.version(number)} maxAge={60}>
        {(version) => <Version version={version} />}
      </Loaded>
    </Page>
  );
}

function NoVersion(): JSX.Element {
  return (
    <Page title={t("admin.configuration.title")} before={before}>
      <EmptyState icon="history" title={t("configuration.version_not_found")} />
    </Page>
  );
}

function Version({ version }: { version: VersionView }): JSX.Element {
  const configuration = useConfiguration();
  const standing = useResource(configuration.current(), 10).value;
  const pair = useResource(configuration.pair(), 30).value;
  const holds = standing !== null && standing.hash === version.hash;
  const number = version.number;
  return (
    <Stack>
      <Card>
        <Stack>
          <Facts
            items={[
              [t("admin.configuration.since"), byWhom(version)],
              [t("admin.configuration.cause"), <Badge key="cause">{causeWords(version.cause)}</Badge>],
              ...(version.name === "" ? [] : ([[t("admin.name"), <bdi key="name">{version.name}</bdi>]] as const)),
              ...(version.reason === "" ? [] : ([[t("admin.configuration.reason"), <bdi key="reason">{version.reason}</bdi>]] as const)),
              [t("admin.configuration.hash"), <Code key="hash">{version.hash}</Code>],
            ]}
          />
          {holds ? <Notice tone="ok">{t("admin.configuration.holds")}</Notice> : null}
          <Row>
            {standing === null || holds || pair?.self.closed === true ? null : (
              <LinkButton icon="undo" href={`/admin/configuration/versions/${String(number)}/rollback`}>
                {t("admin.configuration.rollback")}
              </LinkButton>
            )}
            {holds ? null : <LinkButton href={`/admin/configuration/compare/${String(number)}/now`}>{t("admin.configuration.compare.with_now")}</LinkButton>}
          </Row>
          <Act
            label={t("admin.configuration.document")}
            icon="download"
            look="quiet"
            onAct={async () => {
              offer(await configuration.documentOf(number), `configuration-${String(number)}.json`);
            }}
          />
        </Stack>
      </Card>
      {number === 1 ? (
        <Notice>{t("admin.configuration.first")}</Notice>
      ) : (
        <Stack gap={3}>
          <h2>{t("admin.configuration.brought")}</h2>
          <Loaded from={configuration.difference(number - 1, number)} maxAge={3600}>
            {({ changes, total }) => <Changes changes={changes} total={total} none={t("admin.configuration.compare.same")} />}
          </Loaded>
        </Stack>
      )}
    </Stack>
  );
}

/** Back to a version: what would be otherwise, whom it touches, and why. */
function BackToVersionPage({ params }: { params: Params }): JSX.Element {
  const configuration = useConfiguration();
  const number = sideOf(params["number"]);
  if (typeof number !== "number") return <NoVersion />;
  return (
    <Page title={t("admin.configuration.rollback.title", { number })} before={<Back to={`/admin/configuration/versions/${String(number)}`} label={t("admin.configuration.version", { number })} />}>
      <p>{t("admin.configuration.rollback.lead")}</p>
      <Impact before="now" after={number} />
      <Card label={t("admin.configuration.rollback")}>
        <ReasonForm
          label={t("admin.configuration.rollback.reason")}
          go={t("admin.configuration.rollback.go", { number })}
          icon="undo"
          look="danger"
          onSend={async (reason) => {
            await configuration.rollBack(number, reason);
            say(t("admin.configuration.rollback.done", { number }), { icon: "check" });
            navigate("/admin/configuration", { force: true });
          }}
        />
      </Card>
      <h2>{t("admin.configuration.rollback.changes")}</h2>
      <Loaded from={configuration.difference("now", number)} maxAge={10}>
        {({ changes, total }) => <Changes changes={changes} total={total} none={t("admin.configuration.compare.same")} />}
      </Loaded>
    </Page>
  );
}

export default forStewards(OneVersionPage);
export const RollBackPage = forStewards(BackToVersionPage);
