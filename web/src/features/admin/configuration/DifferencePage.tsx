import type { JSX } from "preact";
import { t } from "~/lib/i18n";
import { navigate, type Params } from "~/lib/router";
import { useConfiguration, VERSIONS_PER_PAGE, type Side } from "~/store/configuration";
import { useResource } from "~/store";
import { Card, EmptyState, Field, Muted, Page, Pair, Select, Stack, type Option } from "~/ui";
import { Back, Loaded } from "../parts";
import { Changes } from "./Changes";
import { forStewards, sideName, sideOf } from "./parts";

/** Two versions, or one and what holds now, side by side in words. */
function DifferencePage({ params }: { params: Params }): JSX.Element {
  const configuration = useConfiguration();
  const before = sideOf(params["before"]);
  const after = sideOf(params["after"]);
  const versions = useResource(configuration.versions(1), 30).value;
  const go = (one: string, other: string): void => {
    navigate(["/admin/configuration/compare", one || (other ? "-" : ""), other].filter(Boolean).join("/"), { replace: true, keepScroll: true });
  };
  const options = optionsOf(versions?.items.map((version) => version.number) ?? [], [before, after]);
  return (
    <Page title={t("admin.configuration.compare.title")} before={<Back to="/admin/configuration" label={t("admin.configuration.title")} />}>
      <Card>
        <Stack gap={2}>
          <Pair>
            <Field label={t("admin.configuration.compare.before")}>{(attributes) => <Select {...attributes} value={String(before ?? "")} options={options} onValue={(value) => { go(value, String(after ?? "")); }} />}</Field>
            <Field label={t("admin.configuration.compare.after")}>{(attributes) => <Select {...attributes} value={String(after ?? "")} options={options} onValue={(value) => { go(String(before ?? ""), value); }} />}</Field>
          </Pair>
          {(versions?.total ?? 0) > VERSIONS_PER_PAGE ? <Muted small>{t("admin.configuration.compare.older", { count: VERSIONS_PER_PAGE })}</Muted> : null}
        </Stack>
      </Card>
      {before === null || after === null ? (
        <EmptyState icon="history" title={t("admin.configuration.compare.choose")} />
      ) : (
        <Loaded key={`${String(before)}/${String(after)}`} from={configuration.difference(before, after)} maxAge={10}>
          {({ changes, total }) => <Changes changes={changes} total={total} none={t("admin.configuration.compare.same")} />}
        </Loaded>
      )}
    </Page>
  );
}

function optionsOf(numbers: readonly number[], chosen: readonly (Side | null)[]): Option[] {
  const wanted = chosen.filter((one): one is number => typeof one === "number");
  const sides: Side[] = ["now", ...[...new Set([...numbers, ...wanted])].sort((one, other) => other - one)];
  return sides.map((side) => ({ value: String(side), label: sideName(side) }));
}

export default forStewards(DifferencePage);
