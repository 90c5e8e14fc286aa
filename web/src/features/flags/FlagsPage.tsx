import type { JSX } from "preact";
import { textOf } from "~/api";
import { formatDay, t } from "~/lib/i18n";
import { setQuery, usePlace } from "~/lib/router";
import { Whose } from "~/renderer/Whose";
import { FLAGS_PER_PAGE, isKind, kindOf, KINDS, mayDo, useResource, useSource, type FlagView, type Kind } from "~/store";
import { todayHere } from "~/store/kept/finding";
import { Badge, Card, Chip, ChipRow, EmptyState, ErrorState, LinkRow, List, Muted, Page, Pager, Row, Skeleton, Stack } from "~/ui";
import css from "./flags.module.css";

/** Flags on all the records in her sight: those that still ask for something, unless she wants to see the others too. */
export default function FlagsPage(): JSX.Element {
  const source = useSource();
  const me = useResource(source.me(), 300).value;
  return (
    <Page narrow title={t("flags.title")}>
      {me === null ? <Skeleton rows={4} blocks /> : mayDo(me, "dashboards", "dash_flags") ? <Flags /> : <EmptyState icon="lock" title={t("flags.not_permitted")} />}
    </Page>
  );
}

/** Flags name the kind of their record in the plural, or in the singular. */
function kindOfFlag({ record_type: type }: FlagView): Kind {
  return isKind(type) ? type : (kindOf(type) ?? "cases");
}

function WhoseFlag({ flag }: { flag: FlagView }): JSX.Element {
  const kind = kindOfFlag(flag);
  return <Whose kind={kind} data={{ [KINDS[kind].names[0] ?? "name"]: flag.name, short_id: flag.short_id }} />;
}

function Flags(): JSX.Element {
  const source = useSource();
  const { query } = usePlace();
  const all = query.get("all") === "1";
  const mine = query.get("mine") === "1";
  const asked = Number(query.get("page"));
  const page = Number.isInteger(asked) && asked > 0 ? asked : 1;
  const list = source.flags.all({ kind: null, open: !all, mine, page });
  const { value, error } = useResource(list, 0);
  const today = todayHere();
  const hrefOf = (next: number): string => {
    const to = new URLSearchParams(query);
    to.set("page", String(next));
    return `/flags?${to.toString()}`;
  };
  return (
    <Stack>
      <ChipRow label={t("cases.filters.quick")}>
        <Chip pressed={mine} icon="user" onClick={() => { setQuery({ mine: mine ? null : "1", page: null }); }}>
          {t("flags.mine")}
        </Chip>
        <Chip pressed={all} icon="check" onClick={() => { setQuery({ all: all ? null : "1", page: null }); }}>
          {t("flags.resolved_too")}
        </Chip>
      </ChipRow>
      {value === null ? error ? <ErrorState onRetry={() => void list.refresh()}>{textOf(error)}</ErrorState> : <Skeleton rows={4} blocks /> : null}
      {value?.items.length === 0 ? <EmptyState icon="flag" title={t("flags.none")} /> : null}
      {value !== null && value.items.length > 0 ? (
        <>
          <span role="status">{t("flags.count", { count: value.total })}</span>
          <Card flush>
            <List label={t("flags.title")}>
              {value.items.map((flag) => (
                <LinkRow key={flag.id} href={`/${kindOfFlag(flag)}/${flag.record_id}/flags`} icon="flag">
                  <Row between>
                    <span>
                      <WhoseFlag flag={flag} />
                    </span>
                    {flag.removed ? (
                      <Badge tone="ok" icon="check">
                        {t("flags.resolved")}
                      </Badge>
                    ) : flag.date < today ? (
                      <Badge tone="warn" icon="clock">
                        {t("received.overdue")}
                      </Badge>
                    ) : null}
                  </Row>
                  <div class={css.words} dir="auto">
                    {flag.message}
                  </div>
                  <Muted small>
                    {t("flags.due")} {formatDay(flag.date)} · {t("flags.by")} <bdi>{flag.flagged_by}</bdi>
                  </Muted>
                </LinkRow>
              ))}
            </List>
          </Card>
          <Pager page={page} pages={Math.ceil(value.total / FLAGS_PER_PAGE)} hrefOf={hrefOf} />
        </>
      ) : null}
    </Stack>
  );
}
