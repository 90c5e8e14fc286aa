import type { JSX } from "preact";
import { memo, useCallback, useMemo } from "preact/compat";
import { calendarInUse } from "~/lib/calendars/chosen";
import { cx } from "~/lib/classes";
import { localized, t } from "~/lib/i18n";
import { Field as Question } from "~/ui/form";
import { Icon } from "~/ui/icons";
import { Badge } from "~/ui/labels";
import { sameList, useAnswer, useSelected } from "./answers";
import { manner } from "./fields/select_box/manner";
import { isAsked, kindOf } from "./kinds";
import { fieldShown, optionsOffered } from "./logic";
import { inputId } from "./problems";
import css from "./renderer.module.css";
import { useScope } from "./scope";
import { offer, type Choice } from "./sources";
import type { Field, Json, Problem } from "./types";
import { isBlank, pointerOf } from "./values";
import { labelOfField, textOfProblem } from "./words";

const NONE: readonly Problem[] = [];

/** Whether its conditions hold now, on the whole record and on its row. */
function useShown(field: Field): boolean {
  const { record, book } = useScope();
  return useSelected(record, (all) => fieldShown(field, all, book === record ? undefined : book.all()));
}

/** One question of a form: asked or read, shown or not. It draws itself again when its own answer changes, never the form. */
export const FieldRow = memo(function FieldRow({ field }: { field: Field }): JSX.Element | null {
  const { desk, mode, prefix, book, record } = useScope();
  const isShown = useShown(field);
  if (!isShown || field.visible === false) return null;
  const pointer = `${prefix}${pointerOf(field.name)}`;
  if (mode === "view") return field.hide_on_view_page ? null : <Read field={field} pointer={pointer} />;
  if (field.type === "separator") {
    const { Input } = kindOf(field);
    return <Input field={field} value={null} set={() => undefined} attributes={NO_ATTRIBUTES} pointer={pointer} choices={[]} />;
  }
  const takesFiles = kindOf(field).isFiles === true && !field.disabled && Boolean(desk.files) && book === record;
  return isAsked(field) || takesFiles ? <Ask field={field} pointer={pointer} /> : <Fixed field={field} pointer={pointer} />;
});

const NO_ATTRIBUTES = { id: "", "aria-describedby": undefined, "aria-invalid": undefined, "aria-required": undefined } as const;

function useChoices(field: Field, value: Json | undefined): readonly Choice[] {
  const { desk, record, book } = useScope();
  const { sources } = desk;
  const offered = useSelected<ReturnType<typeof record.all>, readonly string[] | null>(
    record,
    (all) => (field.option_strings_condition ? optionsOffered(field, all, book === record ? undefined : book.all(), sources.lookups) : null),
    (a, b) => a === b || (a !== null && b !== null && sameList(a, b)),
  );
  return useMemo(
    () => (field.type === "select_box" || field.type === "radio_button" ? offer(field, value, sources, offered === null ? null : new Set(offered)) : []),
    [field, value, sources, offered],
  );
}

/** What is wrong with this answer, or with one part of it: a count of a tally, one of several choices. */
function problemsHere(all: ReadonlyMap<string, readonly Problem[]>, pointer: string, field: Field): readonly Problem[] {
  if (field.type === "subform" || all.size === 0) return all.get(pointer) ?? NONE;
  const parts = [...all.keys()].filter((one) => one === pointer || one.startsWith(`${pointer}/`));
  return parts.length === 0 ? NONE : parts.flatMap((one) => all.get(one) ?? NONE);
}

/** A question whose answer is short: on a desk two of them stand beside each other, if nothing is to be explained. */
function isShort(field: Field, choices: readonly Choice[]): boolean {
  if (field.type === "text_field") return !field.phone_number;
  if (field.type === "select_box") return !field.multi_select && ["list", "search"].includes(manner(field, choices));
  return field.type === "numeric_field" || (field.type === "date_field" && calendarInUse().book === null);
}

function Ask({ field, pointer }: { field: Field; pointer: string }): JSX.Element {
  const { desk, book } = useScope();
  const value = useAnswer(book, field.name);
  const problems = useSelected(desk.filling.problems, (all) => problemsHere(all, pointer, field), sameList);
  const choices = useChoices(field, value);
  const set = useCallback(
    (next: Json) => {
      book.set(field.name, next);
    },
    [book, field],
  );
  const kind = kindOf(field);
  const id = inputId(pointer);
  const standing = problems.find((one) => one.kind !== "notice");
  const notice = problems.find((one) => one.kind === "notice");
  const error = standing ? textOfProblem(standing, field) : null;
  const help = localized(field.help_text);
  const guidance = localized(field.guiding_questions);
  if (kind.standsAlone)
    return (
      <section class={css.alone} id={id} tabIndex={-1} aria-labelledby={`${id}-title`}>
        <h3 id={`${id}-title`}>
          {labelOfField(field)}
          {field.required ? <span class={css.mark}> *</span> : null}
        </h3>
        {help ? <p class={css.quiet}>{help}</p> : null}
        {guidance ? (
          <details class={css.guidance}>
            <summary>
              <Icon name="info" size={16} />
              {t("ui.guidance")}
            </summary>
            <div>{guidance}</div>
          </details>
        ) : null}
        {error ? (
          <p class={css.error}>
            <Icon name="alert" size={18} />
            {error}
          </p>
        ) : null}
        <kind.Input field={field} value={value} set={set} attributes={{ ...NO_ATTRIBUTES, id }} pointer={pointer} choices={choices} />
      </section>
    );
  return (
    <div
      class={cx(css.question, isShort(field, choices) && !help && !guidance && css.half)}
      onFocusOut={(event) => {
        if (event.relatedTarget instanceof Node && event.currentTarget.contains(event.relatedTarget)) return;
        desk.filling.problems.touch(pointer, desk.filling.check());
      }}
    >
      <Question
        id={id}
        label={labelOfField(field)}
        hint={help || undefined}
        guidance={guidance || undefined}
        required={field.required === true}
        error={error}
        notice={notice ? textOfProblem(notice, field) : undefined}
        group={kind.isGroup?.(field, choices) ?? false}
      >
        {(attributes) => <kind.Input field={field} value={value} set={set} attributes={attributes} pointer={pointer} choices={choices} />}
      </Question>
    </div>
  );
}

/** In a form being filled in, what she cannot change: computed, kept by the system, or not hers to write. */
function Fixed({ field, pointer }: { field: Field; pointer: string }): JSX.Element | null {
  const { book } = useScope();
  const value = useAnswer(book, field.name);
  const kind = kindOf(field);
  if (field.hide_on_view_page && isBlank(value)) return null;
  return (
    <div class={css.fixed} id={inputId(pointer)} tabIndex={-1}>
      <span class={css.fixedLabel}>
        <Icon name="lock" size={16} label={t("renderer.fixed")} />
        {labelOfField(field)}
      </span>
      <div>{isBlank(value) && !kind.readOnly ? <NoAnswer /> : <kind.Output field={field} value={value} pointer={pointer} />}</div>
    </div>
  );
}

function NoAnswer(): JSX.Element {
  return (
    <span class={css.none}>
      <span aria-hidden="true">—</span>
      <span class="visually-hidden">{t("renderer.no_answer")}</span>
    </span>
  );
}

function Read({ field, pointer }: { field: Field; pointer: string }): JSX.Element {
  const { book } = useScope();
  const value = useAnswer(book, field.name);
  const kind = kindOf(field);
  const id = inputId(pointer);
  if (field.type === "separator") return <kind.Output field={field} value={value} pointer={pointer} />;
  if (kind.standsAlone)
    return (
      <section class={css.alone} id={id} tabIndex={-1} aria-labelledby={`${id}-title`}>
        <h3 id={`${id}-title`}>{labelOfField(field)}</h3>
        <kind.Output field={field} value={value} pointer={pointer} />
      </section>
    );
  return (
    <div class={css.answer} id={id} tabIndex={-1}>
      <dt>{labelOfField(field)}</dt>
      <dd>
        {!isBlank(value) && (field.type !== "tick_box" || value === true || value === "true") ? (
          <kind.Output field={field} value={value} pointer={pointer} />
        ) : kind.isFiles ? (
          <kind.Output field={field} value={value} pointer={pointer} />
        ) : field.required && !field.disabled ? (
          <Badge tone="warn" icon="alert">
            {t("renderer.missing")}
          </Badge>
        ) : (
          <NoAnswer />
        )}
      </dd>
    </div>
  );
}
