import type { JSX } from "preact";
import { useEffect } from "preact/compat";
import { hasMessage, t } from "~/lib/i18n";
import { fold } from "~/lib/fold";
import { Unreachable } from "~/api";
import { Badge, Code } from "~/ui/labels";
import { Card, LinkRow, List, Notice, PlainRow, Skeleton } from "~/ui/layout";
import { labelOf, type Sources } from "~/renderer/sources";
import type { Data, Field } from "~/renderer/types";
import { textOf } from "~/renderer/values";
import { useWatched } from "~/lib/watched";
import { useList, useResource, useSource, type Likelihood, type LikelyView, type ReasonView, type Search } from "~/store";
import { RecordName } from "./Heading";
import { askedFor, isNumber, rankLikely, withJudged, type Likely, type Reason, type Typed } from "./likely";
import css from "./record.module.css";
import type { Setup } from "./setup";
import { codeOf } from "~/renderer/kindWords";

/** What is needed to say who a child is. */
interface Words {
  fields: ReadonlyMap<string, Field>;
  sources: Sources;
}

interface LikelyCasesProps {
  typed: Typed;
  setup: Setup;
  /** The case itself, when it has been registered already. */
  except?: string;
  onFound?: (count: number) => void;
}

/** Cases that may be this very child, with why; searched again as the worker types. What she typed goes in the body, never in an address. */
export function LikelyCases({ typed, setup, except, onFound }: LikelyCasesProps): JSX.Element {
  const hasName = fold(typed.name).length >= 2;
  const byName: Search = { query: hasName ? typed.name.trim() : typed.number.trim(), ...(hasName ? { phonetic: true } : { any: true }), fields: "short", page: 1, per: 12 };
  // Without a number these two are the first question once more, and nothing is asked twice.
  const numbered = isNumber(typed.number);
  const list = useList("cases", byName, true);
  const phones = useList("cases", numbered ? { query: typed.number.trim(), phone_number: true, fields: "short", page: 1, per: 12 } : byName, false);
  const ids = useList("cases", numbered ? { query: typed.number.trim(), id_search: true, fields: "short", page: 1, per: 12 } : byName, false);
  const source = useSource();
  const kept = useWatched(source.kept.state);
  const judged = useResource(source.tracing.likely(except === undefined ? { data: askedFor(typed) } : { case_id: except }));
  const words = fold(typed.name).split(" ").filter(Boolean);
  const known = new Set((list.value?.rows ?? []).map((row) => row["id"]));
  const named = list.derived.map((row) => row.data).filter((row) => known.has(row["id"]) || words.some((word) => fold(textOf(row["name"]) || `${textOf(row["name_first"])} ${textOf(row["name_last"])}`).includes(word)));
  const byNumber = new Map<string, "same_phone" | "same_id">();
  const rows = new Map((hasName ? named : []).map((row) => [textOf(row["id"]), row]));
  if (numbered)
    for (const [found, reason] of [[ids, "same_id"], [phones, "same_phone"]] as const)
      for (const { data } of found.derived) {
        byNumber.set(textOf(data["id"]), reason);
        rows.set(textOf(data["id"]), data);
      }
  if (except !== undefined) rows.delete(except);
  const isHere = list.value?.here === true;
  const ranked = rankLikely([...rows.values()], typed, byNumber);
  const likely = isHere || judged.value === null ? ranked : withJudged(ranked, judged.value, except);
  const isDone = list.value !== null && !list.loading && !judged.loading && !isHere;
  useEffect(() => {
    if (isDone) onFound?.(likely.length);
  }, [isDone, likely.length]);
  return (
    <div aria-live="polite">
      {isHere && !list.loading ? <Notice>{t("kept.likely.here", { count: kept.counts.cases ?? 0 })}</Notice> : null}
      {list.value === null && list.loading ? (
        <Skeleton rows={2} />
      ) : list.error && list.value === null ? (
        <Notice tone="warn" title={t("casefile.likely.not_searched")}>
          {t(list.error instanceof Unreachable ? "casefile.likely.offline" : "casefile.likely.failed")}
        </Notice>
      ) : likely.length === 0 ? (
        isHere ? null : <Notice tone="ok">{t("casefile.likely.none")}</Notice>
      ) : (
        <section aria-labelledby="likely-title" class={css.likely}>
          <h2 id="likely-title">{t("casefile.likely.title", { count: likely.length })}</h2>
          <p class={css.quiet}>{t("casefile.likely.explain")}</p>
          <Card flush>
            <List>
              {likely.map((one) => (
                <LikelyLine key={textOf(one.row["id"])} likely={one} setup={setup} />
              ))}
            </List>
          </Card>
        </section>
      )}
    </div>
  );
}

const REASONS: Partial<Record<Reason, string>> = { same_phone: "kept.likely.same_phone", same_id: "kept.likely.same_id" };

/** A case that may be this child: a way to it, where it is hers to open. */
export function LikelyLine({ likely, setup }: { likely: Likely; setup: Words }): JSX.Element {
  const { row } = likely;
  return row["record_in_scope"] === false ? (
    <PlainRow icon="lock">
      <LikelyRow likely={likely} setup={setup} />
    </PlainRow>
  ) : (
    <LinkRow href={`/cases/${encodeURIComponent(textOf(row["id"]))}`}>
      <LikelyRow likely={likely} setup={setup} />
    </LinkRow>
  );
}

const LIKELIHOODS: Record<Likelihood, { tone: "warn" | "accent" | "plain"; icon: "riskHigh" | "search" | "close" }> = {
  likely: { tone: "warn", icon: "riskHigh" },
  possible: { tone: "accent", icon: "search" },
  unlikely: { tone: "plain", icon: "close" },
};
/** So many reasons on each side; the weightiest come first. */
const REASONS_SHOWN = 4;

/** How likely it is, and why: what speaks for it and what against, each in words. */
function Judged({ judged }: { judged: LikelyView }): JSX.Element {
  const { tone, icon } = LIKELIHOODS[judged.likelihood];
  const sides = [
    ["matching.for", judged.reasons.filter((one) => one.weight > 0)],
    ["matching.against", judged.reasons.filter((one) => one.weight < 0)],
  ] as const;
  return (
    <>
      <Badge tone={tone} icon={icon}>
        {t(`matching.likelihood.${judged.likelihood}`)}
      </Badge>
      {sides.map(([side, reasons]) =>
        reasons.length === 0 ? null : (
          <span key={side} class={css.why}>
            <span class={css.quiet}>{t(side)}</span> {reasons.slice(0, REASONS_SHOWN).map(textOfReason).join(" · ")}
          </span>
        ),
      )}
    </>
  );
}

function textOfReason({ code, weight, params }: ReasonView): string {
  const key = `matching.reason.${code}`;
  if (!hasMessage(key)) return t(weight < 0 ? "tracing.reason.against" : "tracing.reason.for");
  return t(key, Object.fromEntries(Object.entries(params).flatMap(([name, value]) => (typeof value === "number" || typeof value === "string" ? [[name, value]] : []))));
}

function LikelyRow({ likely: { row, reasons, judged }, setup }: { likely: Likely; setup: Words }): JSX.Element {
  return (
    <span class={css.likelyRow}>
      <strong>
        <RecordName kind="cases" data={row} />
      </strong>
      <span class={css.quiet}>{about(row, setup).join(" · ")}</span>
      <span class={css.quiet}>
        <Code>{codeOf(row)}</Code>
      </span>
      {judged === undefined ? null : <Judged judged={judged} />}
      {reasons.map((reason) => (
        <Badge key={reason} tone="accent">
          {t(REASONS[reason] ?? `casefile.likely.${reason}`)}
        </Badge>
      ))}
      {row["record_in_scope"] === false ? <span class={css.quiet}>{t("casefile.likely.out_of_sight", { owner: textOf(row["owned_by"]) })}</span> : null}
    </span>
  );
}

function about(row: Data, setup: Words): string[] {
  const sex = setup.fields.get("sex");
  const lines: string[] = [];
  if (typeof row["age"] === "number") lines.push(t("casefile.age", { age: row["age"] }));
  if (sex && row["sex"]) lines.push(labelOf(sex, textOf(row["sex"]), setup.sources));
  return lines;
}
