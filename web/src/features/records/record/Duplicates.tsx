import type { JSX } from "preact";
import { t } from "~/lib/i18n";
import { Notice, Skeleton } from "~/ui/layout";
import { List } from "~/ui/layout";
import type { Data, Field } from "~/renderer/types";
import { idsOf, isBlank, textOf } from "~/renderer/values";
import { labelOfField } from "~/renderer/words";
import { useList } from "~/store";
import { LikelyLine } from "./Likely";
import type { Setup } from "./setup";

/** Another case has the same number: it is said on both, with the other one beside it as far as she may see it. */
export function Duplicates({ id, data, setup }: { id: string; data: Data; setup: Setup }): JSX.Element | null {
  const fields = idsOf(data["current_alert_types"]).flatMap((name) => {
    const field = setup.fields.get(name);
    return field !== undefined && !isBlank(data[name]) ? [field] : [];
  });
  return fields.length === 0 ? null : (
    <>
      {fields.map((field) => (
        <SameNumber key={field.name} id={id} field={field} number={textOf(data[field.name])} setup={setup} />
      ))}
    </>
  );
}

function SameNumber({ id, field, number, setup }: { id: string; field: Field; number: string; setup: Setup }): JSX.Element | null {
  const { value, derived, loading } = useList("cases", { query: number.trim(), id_search: true, fields: "short", page: 1, per: 10 }, false);
  const others = derived.filter((row) => row.data["id"] !== id && (value?.reasons === undefined || value.reasons[textOf(row.data["id"])] === "identifier"));
  return (
    <Notice tone="warn" title={t("story.same_number", { question: labelOfField(field) })}>
      <p>{t(others.length > 0 ? "story.same_number.compare" : loading ? "ui.loading" : "story.same_number.unseen")}</p>
      {loading && value === null ? <Skeleton rows={1} /> : null}
      {others.length > 0 ? (
        <List label={t("story.same_number", { question: labelOfField(field) })}>
          {others.map((row) => (
            <LikelyLine key={textOf(row.data["id"])} likely={{ row: row.data, reasons: ["same_id"], score: 0 }} setup={setup} />
          ))}
        </List>
      ) : null}
    </Notice>
  );
}
