import type { JSX } from "preact";
import { isMap, part } from "~/engine/values";
import { t } from "~/lib/i18n";
import { Button, Field as Question, Row, Select, Stack } from "~/ui";
import { labelOf } from "../conditions/asking";
import { useLookable } from "../conditions/words";
import type { Field, SummaryBuilderProps } from "../types";

/** Copies one answer of the first or last row of a subform into a question of the record. */
export function SummaryBuilder({ value, onChange, closed = false, ...given }: SummaryBuilderProps): JSX.Element {
  const known = useLookable(given);
  const summary = value ?? null;
  const end = summary !== null && isMap(part(summary, "last")) ? "last" : "first";
  const wanted = summary === null ? {} : ((part(summary, end) ?? {}) as Readonly<Record<string, unknown>>);
  const text = (found: unknown): string => (typeof found === "string" ? found : "");
  const from = summary === null ? "" : text(part(summary, "subform_field_name"));
  const subforms = [...known.fields.values()].filter((field) => field.type === "subform" && (field.visible !== false || field.name === from));
  const rows: readonly Field[] = known.fields.get(from)?.subform?.fields ?? [];
  const write = (next: { from?: string; end?: "first" | "last"; wanted?: Readonly<Record<string, unknown>> }): void => {
    const kept = { ...wanted, ...next.wanted };
    const made = { subform_field_name: next.from ?? from, [next.end ?? end]: Object.fromEntries(Object.entries(kept).filter(([, one]) => one !== "")) };
    onChange(made, made.subform_field_name === "" || text(kept["field_name"]) === "" ? 1 : 0);
  };
  const options = (fields: readonly Field[]): { value: string; label: string }[] => fields.filter((field) => field.type !== "separator" && field.type !== "subform").map((field) => ({ value: field.name, label: labelOf(field, known.sources) }));
  if (summary === null) {
    return closed ? (
      <p>{t("admin.build.summary.none")}</p>
    ) : (
      <Row>
        <Button
          icon="plus"
          onClick={() => {
            write({});
          }}
        >
          {t("admin.build.summary.add")}
        </Button>
      </Row>
    );
  }
  const problem = (is: boolean): string | null => (is ? t("admin.build.problem.no_question") : null);
  return (
    <Stack gap={3}>
      <Question label={t("admin.build.summary.rows")} error={from !== "" && !known.fields.has(from) ? t("admin.build.problem.unknown", { question: from }) : problem(from === "")}>
        {(attributes) => <Select {...attributes} value={from} disabled={closed} options={subforms.map((field) => ({ value: field.name, label: labelOf(field, known.sources) }))} onValue={(name) => { write({ from: name, wanted: { field_name: "", order_by: "" } }); }} />}
      </Question>
      <Question label={t("admin.build.summary.which")}>
        {(attributes) => <Select {...attributes} value={end} empty={null} disabled={closed} options={(["first", "last"] as const).map((one) => ({ value: one, label: t(`admin.build.summary.${one}`) }))} onValue={(one) => { write({ end: one === "last" ? "last" : "first" }); }} />}
      </Question>
      <Question label={t("admin.build.summary.answer")} error={problem(from !== "" && text(wanted["field_name"]) === "")}>
        {(attributes) => <Select {...attributes} value={text(wanted["field_name"])} disabled={closed} options={options(rows)} onValue={(name) => { write({ wanted: { field_name: name } }); }} />}
      </Question>
      <Question label={t("admin.build.summary.order")}>
        {(attributes) => <Select {...attributes} value={text(wanted["order_by"])} empty={t("admin.build.summary.as_stored")} disabled={closed} options={options(rows)} onValue={(name) => { write({ wanted: { order_by: name } }); }} />}
      </Question>
      {text(wanted["order_by"]) === "" ? null : (
        <Question label={t("admin.build.summary.direction")}>
          {(attributes) => <Select {...attributes} value={wanted["order"] === "desc" ? "desc" : "asc"} empty={null} disabled={closed} options={(["asc", "desc"] as const).map((one) => ({ value: one, label: t(`admin.build.summary.${one}`) }))} onValue={(order) => { write({ wanted: { order } }); }} />}
        </Question>
      )}
      {closed ? null : (
        <Row>
          <Button
            icon="trash"
            onClick={() => {
              onChange(null, 0);
            }}
          >
            {t("admin.build.summary.remove")}
          </Button>
        </Row>
      )}
    </Stack>
  );
}
