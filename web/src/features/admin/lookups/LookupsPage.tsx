import type { JSX } from "preact";
import { useState } from "preact/compat";
import { fold } from "~/lib/fold";
import { formatNumber, localized, t } from "~/lib/i18n";
import { mayDo, useResource, useSource } from "~/store";
import { Badge, Code, LinkButton, Muted, Page, Records, SearchBox, Stack } from "~/ui";
import { Back, Loaded } from "../parts";
import { useTables } from "../tables";
import { forWords } from "./guard";

/** The option lists that questions take their answers from. */
function LookupsPage(): JSX.Element {
  const source = useSource();
  const tables = useTables();
  const me = useResource(source.me(), 300).value;
  const uses = useResource(tables.uses(), 30).value;
  const [text, setText] = useState("");
  const counted = new Map<string, number>();
  for (const use of uses ?? []) counted.set(use.lookup, (counted.get(use.lookup) ?? 0) + 1);
  return (
    <Page
      title={t("admin.lookups.title")}
      before={<Back to="/admin" label={t("admin.title")} />}
      actions={
        mayDo(me, "metadata", "manage") ? (
          <LinkButton look="primary" icon="plus" href="/admin/lookups/new">
            {t("admin.lookups.new")}
          </LinkButton>
        ) : undefined
      }
    >
      <SearchBox full label={t("admin.lookups.search")} value={text} onValue={setText} onSubmit={() => undefined} />
      <Loaded from={tables.lookups()}>
        {(lookups) => {
          const wanted = fold(text).trim();
          const found = lookups
            .filter((one) => fold(`${Object.values(one.name).join(" ")} ${one.unique_id} ${one.values.map((option) => Object.values(option.display_text).join(" ")).join(" ")}`).includes(wanted))
            .sort((a, b) => localized(a.name).localeCompare(localized(b.name)));
          return (
            <Stack gap={3}>
              <span role="status">
                <Muted>{t("admin.lookups.count", { count: found.length })}</Muted>
              </span>
              <Records
                label={t("admin.lookups.title")}
                rows={found}
                keyOf={(one) => one.unique_id}
                hrefOf={(one) => `/admin/lookups/${String(one.id)}`}
                title={(one) => <bdi>{localized(one.name)}</bdi>}
                titleLabel={t("admin.name")}
                marks={(one) =>
                  one.locked ? (
                    <Badge icon="lock" tone="info">
                      {t("admin.lookups.locked")}
                    </Badge>
                  ) : null
                }
                marksLabel={t("admin.state")}
                columns={[
                  { id: "code", label: t("admin.lookups.id"), cell: (one) => <Code>{one.unique_id}</Code> },
                  { id: "options", label: t("admin.lookups.options"), cell: (one) => formatNumber(one.values.filter((option) => !option.disabled).length) },
                  { id: "uses", label: t("admin.lookups.used"), cell: (one) => (uses === null ? "" : formatNumber(counted.get(one.unique_id) ?? 0)) },
                ]}
              />
            </Stack>
          );
        }}
      </Loaded>
    </Page>
  );
}

export default forWords(LookupsPage);
