import type { JSX } from "preact";
import { t } from "~/lib/i18n";
import { fold } from "~/lib/fold";
import { Unreachable } from "~/api";
import { Badge, Code } from "~/ui/labels";
import { Card, LinkRow, List, Notice, PlainRow, Skeleton } from "~/ui/layout";
import { labelOf } from "~/renderer/sources";
import type { Data } from "~/renderer/types";
import { textOf } from "~/renderer/values";
import { useList } from "~/store";
import { CaseName } from "./Heading";
import { rankLikely, type Likely, type Typed } from "./likely";
import css from "./record.module.css";
import type { Setup } from "./setup";
import { codeOf } from "./summary";

/** Cases that may be this very child, with why; searched again as the worker types. The name goes in the body, never in an address. */
export function LikelyCases({ typed, setup }: { typed: Typed; setup: Setup }): JSX.Element {
  const list = useList("cases", { query: typed.name.trim(), phonetic: true, fields: "short", page: 1, per: 12 }, true);
  const words = fold(typed.name).split(" ");
  const known = new Set((list.value?.rows ?? []).map((row) => row["id"]));
  const rows = list.derived.map((row) => row.data).filter((row) => known.has(row["id"]) || words.some((word) => fold(textOf(row["name"]) || `${textOf(row["name_first"])} ${textOf(row["name_last"])}`).includes(word)));
  const likely = rankLikely(rows, typed);
  return (
    <div aria-live="polite">
      {list.value === null && list.loading ? (
        <Skeleton rows={2} />
      ) : list.error && list.value === null ? (
        <Notice tone="warn" title={t("casefile.likely.not_searched")}>
          {t(list.error instanceof Unreachable ? "casefile.likely.offline" : "casefile.likely.failed")}
        </Notice>
      ) : likely.length === 0 ? (
        <Notice tone="ok">{t("casefile.likely.none")}</Notice>
      ) : (
        <section aria-labelledby="likely-title" class={css.likely}>
          <h2 id="likely-title">{t("casefile.likely.title", { count: likely.length })}</h2>
          <p class={css.quiet}>{t("casefile.likely.explain")}</p>
          <Card flush>
            <List>
              {likely.map((one) =>
                one.row["record_in_scope"] === false ? (
                  <PlainRow key={textOf(one.row["id"])} icon="lock">
                    <LikelyRow likely={one} setup={setup} />
                  </PlainRow>
                ) : (
                  <LinkRow key={textOf(one.row["id"])} href={`/cases/${encodeURIComponent(textOf(one.row["id"]))}`}>
                    <LikelyRow likely={one} setup={setup} />
                  </LinkRow>
                ),
              )}
            </List>
          </Card>
        </section>
      )}
    </div>
  );
}

function LikelyRow({ likely: { row, reasons }, setup }: { likely: Likely; setup: Setup }): JSX.Element {
  return (
    <span class={css.likelyRow}>
      <strong>
        <CaseName data={row} />
      </strong>
      <span class={css.quiet}>{about(row, setup).join(" · ")}</span>
      <span class={css.quiet}>
        <Code>{codeOf(row)}</Code>
      </span>
      {reasons.map((reason) => (
        <Badge key={reason} tone="accent">
          {t(`casefile.likely.${reason}`)}
        </Badge>
      ))}
      {row["record_in_scope"] === false ? <span class={css.quiet}>{t("casefile.likely.out_of_sight", { owner: textOf(row["owned_by"]) })}</span> : null}
    </span>
  );
}

function about(row: Data, setup: Setup): string[] {
  const sex = setup.fields.get("sex");
  const lines: string[] = [];
  if (typeof row["age"] === "number") lines.push(t("casefile.age", { age: row["age"] }));
  if (sex && row["sex"]) lines.push(labelOf(sex, textOf(row["sex"]), setup.sources));
  return lines;
}
