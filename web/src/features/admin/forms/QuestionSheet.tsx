import type { JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/compat";
import { hasMessage, localized, t } from "~/lib/i18n";
import type { Json, JsonObject } from "~/lib/json";
import type { Expression, Field as FieldOf, Lookup } from "~/renderer/types";
import type { FormView } from "~/store/forming";
import { Button, Checkbox, Code, Field, focusControl, Notice, Row, Select, Sheet, Stack, TextInput } from "~/ui";
import { CalculationBuilder } from "../build/CalculationBuilder";
import { ConditionBuilder } from "../build/ConditionBuilder";
import { Answers, OwnOptions } from "./Answers";
import { isSame, listOf, nameFrom, now, textOf, textsOf, type Laid, type QuestionDraft } from "./draft";
import css from "./forms.module.css";
import { Texts } from "./Texts";
import { labelOf, typeWords, type Reach } from "./words";

export interface QuestionSheetProps {
  question: QuestionDraft;
  /** The form it stands on. */
  form: JsonObject;
  forms: readonly FormView[];
  lookups: readonly Lookup[];
  languages: readonly string[];
  /** Every other question that a condition may ask: of the record, and of the same row. */
  ofRecord: readonly FieldOf[];
  ofRow: readonly FieldOf[];
  /** Keys that are in use on this form, also of what was put away. */
  taken: ReadonlySet<string>;
  /** Where else such a key is asked, and whether for answers of the same kind. */
  elsewhere: (name: string) => { form: string; same: boolean } | null;
  privacy: string | null;
  reach: Reach;
  /** What is wrong with it, by its part. */
  problems: Readonly<Record<string, string>>;
  onChange: (change: Laid) => void;
  onUndo: (() => void) | null;
  onPutAway: (() => void) | null;
  /** The control that takes the focus when the sheet opens; null: its heading. */
  wanted: string | null;
  onClose: () => void;
}

const WITHOUT_ANSWER = new Set(["separator"]);
const FILES = new Set(["photo_upload_box", "audio_upload_box", "document_upload_box", "signature"]);
const MATCHED = new Set(["text_field", "textarea", "select_box", "radio_button", "date_field", "numeric_field"]);

/** Everything about one question. What is changed is at once in the draft and in the preview; it is saved with the form. */
export function QuestionSheet(props: QuestionSheetProps): JSX.Element {
  const { question, form, forms, lookups, languages, taken, reach, problems, onChange } = props;
  useEffect(() => {
    // After the sheet, which takes the focus to its heading.
    if (props.wanted !== null) focusControl(props.wanted);
  }, []);
  const said = now(question);
  const type = textOf(said["type"]);
  const isNew = question.origin === "new";
  const nested = form["is_nested"] === true;
  const structure = reach.all && said["editable"] !== false;
  const closed = !reach.words;
  const id = `question-${question.key}`;
  const storedOptions = useMemo(() => new Set(["option_strings_text", "tally"].flatMap((part) => listOf(question.stands[part]).map((one) => textOf(one["id"])))), [question.stands]);
  const [unfinished, setUnfinished] = useState<Readonly<Record<string, number>>>({});
  const [asked, setAsked] = useState(false);
  const name = isNew ? textOf(said["name"]) : question.key;
  const tick = (part: string, label: string, hint?: string, inverse = false): JSX.Element => (
    <div key={part}>
      <Checkbox id={`${id}-${part}`} checked={(said[part] === true) !== inverse} disabled={!structure} label={t(label)} aria-describedby={hint ? `${id}-${part}-hint` : undefined} onChecked={(on) => { onChange({ [part]: on !== inverse }); }} />
      {hint ? (
        <div class={css.hint} id={`${id}-${part}-hint`}>
          {t(hint)}
        </div>
      ) : null}
    </div>
  );
  const texts = (part: string, label: string, more: { hint?: string; area?: boolean; required?: boolean } = {}): JSX.Element => (
    <Texts
      id={`${id}-${part}`}
      label={t(label)}
      value={textsOf(said[part])}
      languages={languages}
      closed={closed}
      error={problems[part] ?? null}
      {...more}
      {...(more.hint === undefined ? {} : { hint: t(more.hint) })}
      onValue={(value) => {
        const follows = part === "display_name" && isNew && (name === "" || name === nameFrom(textsOf(said["display_name"])["en"] ?? "", taken));
        onChange({ [part]: { ...value }, ...(follows ? { name: nameFrom(value["en"] ?? "", taken) } : {}) });
      }}
    />
  );
  const heed = (part: string, count: number): void => {
    setUnfinished((now) => (now[part] === count ? now : { ...now, [part]: count }));
    setAsked(false);
  };
  // What is unfinished is not stored: she is told once, and may leave it out then.
  const close = (): void => {
    if (!asked && Object.values(unfinished).some((count) => count > 0)) setAsked(true);
    else props.onClose();
  };
  const hasHelp = ["help_text", "guiding_questions"].some((part) => Object.values(textsOf(question.stands[part])).some((text) => text !== ""));
  const asksElsewhere = isNew && name !== "" ? props.elsewhere(name) : null;
  return (
    <Sheet
      open
      title={
        <>
          <bdi>{labelOf(said)}</bdi> <span class={css.kind}>{typeWords(said)}</span>
        </>
      }
      onClose={close}
      actions={
        <Row between>
          <Button look="primary" onClick={close}>
            {t("admin.forms.done")}
          </Button>
          <Row>
            {props.onUndo ? (
              <Button look="quiet" icon="undo" onClick={props.onUndo}>
                {t("admin.forms.undo")}
              </Button>
            ) : null}
            {props.onPutAway ? (
              <Button look="quiet" icon="lock" onClick={props.onPutAway}>
                {t(isNew ? "admin.forms.question.drop" : "admin.forms.question.away")}
              </Button>
            ) : null}
          </Row>
        </Row>
      }
    >
      <Stack>
        {asked ? (
          <Notice tone="warn" alert>
            {t("admin.forms.unfinished")}
          </Notice>
        ) : null}
        {problems[""] ? <div class={css.wrong}>{problems[""]}</div> : null}
        {texts("display_name", type === "separator" ? "admin.forms.question.heading" : "admin.forms.question.label", { required: true })}
        {isNew && structure ? (
          <Field
            id={`${id}-name`}
            label={t("admin.forms.question.name")}
            hint={t("admin.forms.question.name.hint")}
            required
            error={problems["name"] ?? problems["type"] ?? null}
            notice={asksElsewhere === null ? undefined : t(asksElsewhere.same ? "admin.forms.question.name.same" : "admin.forms.question.name.other", { form: asksElsewhere.form })}
          >
            {(attributes) => <TextInput {...attributes} dir="ltr" value={name} spellcheck={false} autocapitalize="off" onValue={(text) => { onChange({ name: text }); }} />}
          </Field>
        ) : (
          <div class={css.hint} id={`${id}-name`}>
            {t("admin.forms.question.name")} <strong><Code>{name}</Code></strong>
          </div>
        )}
        {type === "select_box" || type === "radio_button" ? (
          <Answers id={id} question={said} stored={storedOptions} lookups={lookups as never} languages={languages} structure={structure} closed={closed} problems={problems} onChange={onChange} />
        ) : null}
        {type === "tally_field" ? (
          <>
            <OwnOptions id={`${id}-tally`} part="tally" value={said["tally"]} stored={storedOptions} languages={languages} structure={structure} closed={closed} problems={problems} onChange={onChange} />
            {tick("autosum_total", "admin.forms.question.total")}
          </>
        ) : null}
        {type === "tick_box" ? texts("tick_box_label", "admin.forms.question.tick", { hint: "admin.forms.question.tick.hint" }) : null}
        {type === "signature" ? texts("signature_provided_by_label", "admin.forms.question.signed_by") : null}
        {type === "subform" ? <Rows id={id} said={said} form={form} forms={forms} structure={structure} isNew={isNew} problems={problems} onChange={onChange} /> : null}
        {type === "date_field" ? (
          <Field id={`${id}-date_validation`} label={t("admin.forms.question.dates")} error={problems["date_validation"] ?? null}>
            {(attributes) => (
              <Select
                {...attributes}
                value={textOf(said["date_validation"]) || "default_date_validation"}
                empty={null}
                disabled={!structure}
                options={["default_date_validation", "not_future_date"].map((value) => ({ value, label: t(`admin.forms.question.dates.${value}`) }))}
                onValue={(value) => {
                  onChange({ date_validation: value });
                }}
              />
            )}
          </Field>
        ) : null}
        {type === "calculated" ? (
          <Part title={t("admin.forms.question.calculation")} id={`${id}-calculation`} wrong={problems["calculation"]}>
            <CalculationBuilder value={said["calculation"] as Record<string, unknown> | null | undefined} fields={nested ? props.ofRow : props.ofRecord} lookups={lookups} owner={name} closed={!structure} onChange={(value, count) => { heed("calculation", count); onChange({ calculation: value as Json }); }} />
          </Part>
        ) : null}
        <details class={css.part} open={hasHelp}>
          <summary>{t("admin.forms.question.help")}</summary>
          <Stack>
            {texts("help_text", "admin.forms.question.help_text", { hint: "admin.forms.question.help_text.hint" })}
            {texts("guiding_questions", "admin.forms.question.guiding", { hint: "admin.forms.question.guiding.hint", area: true })}
          </Stack>
        </details>
        <Part title={t("admin.forms.question.rules")}>
          {WITHOUT_ANSWER.has(type) ? null : tick("required", "admin.forms.question.required", "admin.forms.question.required.hint")}
          {tick("visible", "admin.forms.question.visible", "admin.forms.question.visible.hint")}
          {tick("mobile_visible", "admin.forms.question.mobile")}
          {WITHOUT_ANSWER.has(type) ? null : tick("disabled", "admin.forms.question.fillable", undefined, true)}
          {WITHOUT_ANSWER.has(type) || nested ? null : tick("show_on_minify_form", "admin.forms.question.short")}
          {tick("hide_on_view_page", "admin.forms.question.on_view", undefined, true)}
          {MATCHED.has(type) && !nested ? tick("matchable", "admin.forms.question.matchable", "admin.forms.question.matchable.hint") : null}
          {props.privacy && !FILES.has(type) && hasMessage(`admin.forms.privacy.${props.privacy}`) ? (
            <div class={css.hint}>{t("admin.forms.privacy", { what: t(`admin.forms.privacy.${props.privacy}`) })}</div>
          ) : null}
        </Part>
        <Part title={t(nested ? "admin.forms.question.when_record" : "admin.forms.question.when")} id={`${id}-display_conditions_record`} wrong={problems["display_conditions_record"]}>
          <ConditionBuilder about="question" value={said["display_conditions_record"] as Expression | null | undefined} fields={props.ofRecord} elsewhere={nested ? props.ofRow : []} lookups={lookups} owner={nested ? "" : name} closed={!structure} onChange={(value, count) => { heed("display_conditions_record", count); onChange({ display_conditions_record: value as Json }); }} />
        </Part>
        {nested ? (
          <Part title={t("admin.forms.question.when_row")} id={`${id}-display_conditions_subform`} wrong={problems["display_conditions_subform"]}>
            <ConditionBuilder about="question" value={said["display_conditions_subform"] as Expression | null | undefined} fields={props.ofRow} elsewhere={props.ofRecord} lookups={lookups} owner={name} closed={!structure} onChange={(value, count) => { heed("display_conditions_subform", count); onChange({ display_conditions_subform: value as Json }); }} />
          </Part>
        ) : null}
      </Stack>
    </Sheet>
  );
}

function Part({ title, id, wrong, children }: { title: string; id?: string; wrong?: string | undefined; children: JSX.Element | (JSX.Element | null)[] }): JSX.Element {
  return (
    <fieldset class={css.group} id={id} tabIndex={-1}>
      <legend>{title}</legend>
      {wrong ? <div class={css.wrong}>{wrong}</div> : null}
      <Stack gap={2}>{children}</Stack>
    </fieldset>
  );
}

interface RowsProps {
  id: string;
  said: JsonObject;
  form: JsonObject;
  forms: readonly FormView[];
  structure: boolean;
  isNew: boolean;
  problems: Readonly<Record<string, string>>;
  onChange: (change: Laid) => void;
}

/** Which form the rows of a table have, and how they follow each other. */
function Rows({ id, said, form, forms, structure, isNew, problems, onChange }: RowsProps): JSX.Element {
  const number = typeof said["subform_section_id"] === "number" ? said["subform_section_id"] : null;
  const target = forms.find((one) => one.id === number);
  const shown = (said["subform_section_configuration"] ?? {}) as JsonObject;
  const offered = forms.filter((one) => one.is_nested && one.parent_form === form["parent_form"] && one.unique_id !== form["unique_id"]);
  return (
    <Stack gap={3}>
      <Field id={`${id}-subform_section_id`} label={t("admin.forms.rows.form")} error={problems["subform_section_id"] ?? null} hint={t(number === null ? "admin.forms.rows.new.hint" : "admin.forms.rows.form.hint")}>
        {(attributes) => (
          <Select
            {...attributes}
            value={number === null ? "" : String(number)}
            empty={isNew ? t("admin.forms.rows.new") : null}
            options={offered.map((one) => ({ value: String(one.id), label: localized(one.name) || one.unique_id }))}
            disabled={!structure}
            onValue={(value) => {
              onChange({ subform_section_id: value === "" ? null : Number(value) });
            }}
          />
        )}
      </Field>
      {target ? (
        <Field id={`${id}-sort`} label={t("admin.forms.rows.sort")}>
          {(attributes) => (
            <Select
              {...attributes}
              value={textOf(shown["subform_sort_by"])}
              empty={t("admin.forms.rows.sort.none")}
              options={target.fields.filter((one) => ["date_field", "numeric_field", "text_field"].includes(one.type)).map((one) => ({ value: one.name, label: localized(one.display_name) || one.name }))}
              disabled={!structure}
              onValue={(value) => {
                const next: JsonObject = { ...shown, subform_sort_by: value === "" ? null : value };
                onChange({ subform_section_configuration: isSame(next, {}) ? null : next });
              }}
            />
          )}
        </Field>
      ) : null}
    </Stack>
  );
}
