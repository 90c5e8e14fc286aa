import type { JSX } from "preact";
import { t } from "~/lib/i18n";
import { navigate } from "~/lib/router";
import { useResource } from "~/store";
import { useConfiguration } from "~/store/configuration";
import { Card, Notice, Page, say } from "~/ui";
import { Back, Loaded } from "../parts";
import { Changes } from "./Changes";
import { Impact, Problems } from "./Checks";
import { forStewards, ReasonForm } from "./parts";

/** What is configured now becomes a version: first what differs, whom it touches and what is wrong, then why. */
function PublishPage(): JSX.Element {
  const configuration = useConfiguration();
  const problems = useResource(configuration.problems(), 5).value;
  const isBlocked = (problems?.errors ?? 0) > 0;
  return (
    <Page title={t("admin.configuration.publish")} before={<Back to="/admin/configuration" label={t("admin.configuration.title")} />}>
      <p>{t("admin.configuration.publish.lead")}</p>
      <Loaded from={configuration.current()} maxAge={0}>
        {({ changed, newest }) =>
          !changed ? (
            <Notice tone="ok">{t("admin.configuration.publish.nothing")}</Notice>
          ) : (
            <>
              <Problems />
              {newest === null ? null : <Impact before={newest.number} after="now" />}
              <Card label={t("admin.configuration.publish")}>
                <ReasonForm
                  label={t("admin.configuration.publish.reason")}
                  hint={t("admin.configuration.publish.reason.hint")}
                  go={t("admin.configuration.publish")}
                  icon="check"
                  blocked={isBlocked}
                  onSend={async (reason) => {
                    const version = await configuration.publish(reason);
                    say(t("admin.configuration.publish.done", { number: version.number }), { icon: "check" });
                    navigate("/admin/configuration", { force: true });
                  }}
                />
              </Card>
              {newest === null ? (
                <Notice>{t("admin.configuration.publish.first")}</Notice>
              ) : (
                <Loaded from={configuration.difference(newest.number, "now")} maxAge={5}>
                  {({ changes, total }) => <Changes changes={changes} total={total} none={t("admin.configuration.compare.same")} />}
                </Loaded>
              )}
            </>
          )
        }
      </Loaded>
    </Page>
  );
}

export default forStewards(PublishPage);
