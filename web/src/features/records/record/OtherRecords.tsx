import type { JSX } from "preact";
import { textOf as textOfError } from "~/api";
import { t } from "~/lib/i18n";
import { useWatched } from "~/lib/watched";
import { textOf } from "~/renderer/values";
import { ACTS, isAway, useSource } from "~/store";
import { Button, Card, ErrorState, List, Muted, Notice, Skeleton, Stack } from "~/ui";
import type { SpecialProps } from "../special";
import { withJudged } from "./likely";
import { LikelyLine } from "./Likely";

type About = Pick<SpecialProps, "id" | "fields" | "sources"> & { record: Pick<SpecialProps["record"], "items"> };

/** Other cases that may be about this child: looked for when she asks, because every look is written down. */
export default function OtherRecords({ id, fields, sources, record }: About): JSX.Element {
  const list = useSource().tracing.likely({ case_id: id });
  const { value, error, loading } = useWatched(list);
  if (record.items.some((item) => ACTS[item.action].makes)) return <Notice>{t("matching.others.unsent")}</Notice>;
  const found = value === null ? null : withJudged([], value, id);
  const look = (): void => void list.refresh();
  return (
    <Stack>
      <p>{t("matching.others.text")}</p>
      <div>
        <Button look={found === null ? "primary" : "secondary"} icon="search" busy={loading} onClick={look}>
          {t(found === null ? "matching.others.look" : "matching.others.again")}
        </Button>
      </div>
      <div aria-live="polite">
        {loading && found === null ? <Skeleton rows={2} blocks /> : null}
        {!loading && error !== null ? isAway(error) ? <Notice>{t("matching.others.offline")}</Notice> : <ErrorState onRetry={look}>{textOfError(error)}</ErrorState> : null}
        {found === null ? null : found.length === 0 ? (
          <Notice tone="ok">{t("matching.others.none")}</Notice>
        ) : (
          <Stack gap={2}>
            <h3>{t("matching.others.found", { count: found.length })}</h3>
            <Muted>{t("matching.others.found.text")}</Muted>
            <Card flush>
              <List label={t("matching.others.found", { count: found.length })}>
                {found.map((one) => (
                  <LikelyLine key={textOf(one.row["id"])} likely={one} setup={{ fields, sources }} />
                ))}
              </List>
            </Card>
          </Stack>
        )}
      </div>
    </Stack>
  );
}
