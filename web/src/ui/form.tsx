import type { ComponentChildren, JSX, Ref } from "preact";
import { useId, useState } from "preact/compat";
import { cx } from "~/lib/classes";
import { t } from "~/lib/i18n";
import { Button, IconButton } from "./Button";
import { Icon } from "./icons";
import css from "./form.module.css";

/** What a control needs to belong to its label, hint and error; `Field` hands it to its child. */
export interface ControlAttributes {
  id: string;
  "aria-describedby": string | undefined;
  "aria-invalid": "true" | undefined;
  "aria-required": "true" | undefined;
}

export interface FieldProps {
  label: ComponentChildren;
  hint?: ComponentChildren;
  /** What is wrong with the answer: shown in red with a sign, read out, tied to the control. */
  error?: string | null;
  /** Something to know that does not stand in the way. */
  notice?: ComponentChildren;
  /** Longer help, opened beside the question. */
  guidance?: ComponentChildren;
  required?: boolean;
  id?: string;
  /** A question with several controls (radio buttons, ticks): a fieldset with a legend. */
  group?: boolean;
  children: (attributes: ControlAttributes) => ComponentChildren;
}

/** One question: its label, help, guidance, the control, and what is wrong with the answer. */
export function Field({ label, hint, error, notice, guidance, required, id, group, children }: FieldProps): JSX.Element {
  const made = useId();
  const own = id ?? made;
  const described = [hint ? `${own}-hint` : "", notice ? `${own}-notice` : "", error ? `${own}-error` : ""].filter(Boolean).join(" ");
  const attributes: ControlAttributes = {
    id: own,
    "aria-describedby": described === "" ? undefined : described,
    "aria-invalid": error ? "true" : undefined,
    "aria-required": required && !group ? "true" : undefined,
  };
  const mark = required ? (
    <span class={css.required}>
      {" "}
      <span aria-hidden="true">*</span>
      <span class="visually-hidden">{t("ui.required")}</span>
    </span>
  ) : null;
  const rest = (
    <>
      {hint ? (
        <div class={css.hint} id={`${own}-hint`}>
          {hint}
        </div>
      ) : null}
      {guidance ? (
        <details class={css.guidance}>
          <summary>
            <Icon name="info" size={16} />
            {t("ui.guidance")}
          </summary>
          <div>{guidance}</div>
        </details>
      ) : null}
      {children(attributes)}
      {notice ? (
        <div class={css.notice} id={`${own}-notice`}>
          {notice}
        </div>
      ) : null}
      {error ? (
        <div class={css.error} id={`${own}-error`}>
          <Icon name="alert" size={18} />
          <span>{error}</span>
        </div>
      ) : null}
    </>
  );
  if (group) {
    return (
      <fieldset class={css.field} id={own} tabIndex={-1} aria-describedby={attributes["aria-describedby"]}>
        <legend class={css.label}>
          {label}
          {mark}
        </legend>
        {rest}
      </fieldset>
    );
  }
  return (
    <div class={css.field}>
      <label class={css.label} htmlFor={own}>
        {label}
        {mark}
      </label>
      {rest}
    </div>
  );
}

type InputProps = Omit<JSX.IntrinsicElements["input"], "value" | "onInput" | "onChange" | "ref">;

export interface TextInputProps extends InputProps {
  value: string;
  onValue: (value: string) => void;
  ref?: Ref<HTMLInputElement>;
}

export function TextInput({ value, onValue, class: _c, className, ...rest }: TextInputProps): JSX.Element {
  return (
    <input
      type="text"
      autocomplete="off"
      dir={value === "" ? undefined : "auto"}
      {...(rest as object)}
      class={cx(css.control, className as string)}
      value={value}
      onInput={(event) => {
        onValue(event.currentTarget.value);
      }}
    />
  );
}

/** A secret, with a button to look at what one typed. */
export function PasswordInput({ value, onValue, ...rest }: TextInputProps): JSX.Element {
  const [shown, setShown] = useState(false);
  return (
    <div class={css.password}>
      <TextInput {...rest} dir="ltr" value={value} onValue={onValue} type={shown ? "text" : "password"} autocapitalize="off" spellcheck={false} />
      <IconButton
        icon={shown ? "eyeOff" : "eye"}
        label={shown ? t("ui.password.hide") : t("ui.password.show")}
        onClick={() => {
          setShown(!shown);
        }}
      />
    </div>
  );
}

export interface NumberInputProps extends InputProps {
  /** As typed: the caller turns it into a number and says what is wrong with it. */
  value: string;
  onValue: (value: string) => void;
  ref?: Ref<HTMLInputElement>;
}

/** Digits by a numeric keyboard; no spinner, no silent change by the wheel. Arabic-Indic digits are taken as digits. */
export function NumberInput({ onValue, ...rest }: NumberInputProps): JSX.Element {
  return (
    <TextInput
      {...rest}
      inputMode="numeric"
      dir="ltr"
      onValue={(text) => {
        onValue(text.replace(/[٠-٩۰-۹]/g, (digit) => String((digit.codePointAt(0) ?? 0) & 15)));
      }}
    />
  );
}

export interface TextAreaProps extends Omit<JSX.IntrinsicElements["textarea"], "value" | "onInput" | "onChange" | "ref"> {
  value: string;
  onValue: (value: string) => void;
  ref?: Ref<HTMLTextAreaElement>;
}

export function TextArea({ value, onValue, class: _c, className, ...rest }: TextAreaProps): JSX.Element {
  return (
    <textarea
      rows={3}
      autocomplete="off"
      dir={value === "" ? undefined : "auto"}
      {...(rest as object)}
      class={cx(css.control, className as string)}
      value={value}
      onInput={(event) => {
        onValue(event.currentTarget.value);
      }}
    />
  );
}

export interface DateInputProps extends InputProps {
  /** ISO day, or `YYYY-MM-DDTHH:MM` with `withTime`; empty when none. */
  value: string;
  onValue: (value: string) => void;
  withTime?: boolean;
  ref?: Ref<HTMLInputElement>;
}

export function DateInput({ value, onValue, withTime, class: _c, className, ...rest }: DateInputProps): JSX.Element {
  return (
    <input
      autocomplete="off"
      {...(rest as object)}
      type={withTime ? "datetime-local" : "date"}
      class={cx(css.control, className as string)}
      value={value}
      onInput={(event) => {
        onValue(event.currentTarget.value);
      }}
    />
  );
}

export interface Option {
  value: string;
  label: string;
  disabled?: boolean;
  /** A second line in long lists, such as the district of a village. */
  hint?: string;
}

export interface SelectProps extends Omit<JSX.IntrinsicElements["select"], "value" | "onChange" | "onInput" | "ref"> {
  value: string;
  onValue: (value: string) => void;
  options: readonly Option[];
  /** Words for "nothing chosen"; null leaves the empty choice out. */
  empty?: string | null;
  ref?: Ref<HTMLSelectElement>;
}

export function Select({ value, onValue, options, empty, class: _c, className, ...rest }: SelectProps): JSX.Element {
  const known = value === "" || options.some((option) => option.value === value);
  return (
    <select
      autocomplete="off"
      {...(rest as object)}
      class={cx(css.control, className as string)}
      value={value}
      onChange={(event) => {
        onValue(event.currentTarget.value);
      }}
    >
      {empty === null ? null : <option value="">{empty ?? t("ui.choose")}</option>}
      {known ? null : <option value={value}>{value}</option>}
      {options.map((option) => (
        <option key={option.value} value={option.value} disabled={option.disabled}>
          {option.label}
        </option>
      ))}
    </select>
  );
}

export interface CheckboxProps extends Omit<InputProps, "checked" | "label"> {
  checked: boolean;
  onChecked: (checked: boolean) => void;
  label: ComponentChildren;
}

export function Checkbox({ checked, onChecked, label, ...rest }: CheckboxProps): JSX.Element {
  return (
    <label class={css.tick}>
      <input
        autocomplete="off"
        {...(rest as object)}
        type="checkbox"
        checked={checked}
        onChange={(event) => {
          onChecked(event.currentTarget.checked);
        }}
      />
      <span>{label}</span>
    </label>
  );
}

interface GroupProps {
  options: readonly Option[];
  disabled?: boolean;
  /** One under another; else they flow. */
  stacked?: boolean;
  name?: string;
}

export interface RadioGroupProps extends GroupProps {
  value: string;
  onValue: (value: string) => void;
  /** Offers to take the answer back, which radio buttons cannot do by themselves. */
  clearable?: boolean;
}

/** Inside a `Field group`. */
export function RadioGroup({ value, onValue, options, disabled, stacked, name, clearable }: RadioGroupProps): JSX.Element {
  const made = useId();
  return (
    <div class={cx(css.options, stacked && css.stack)}>
      {options.map((option) => (
        <label key={option.value} class={css.option}>
          <input
            type="radio"
            autocomplete="off"
            name={name ?? made}
            value={option.value}
            checked={option.value === value}
            disabled={(disabled ?? false) || option.disabled}
            onChange={() => {
              onValue(option.value);
            }}
          />
          <span>{option.label}</span>
        </label>
      ))}
      {clearable && value !== "" && !disabled ? (
        <Button
          look="quiet"
          className={css.clear}
          onClick={() => {
            onValue("");
          }}
        >
          {t("ui.clear")}
        </Button>
      ) : null}
    </div>
  );
}

export interface CheckboxGroupProps extends GroupProps {
  values: readonly string[];
  onValues: (values: string[]) => void;
}

/** Several of a few; inside a `Field group`. */
export function CheckboxGroup({ values, onValues, options, disabled, stacked, name }: CheckboxGroupProps): JSX.Element {
  return (
    <div class={cx(css.options, stacked && css.stack)}>
      {options.map((option) => (
        <label key={option.value} class={css.option}>
          <input
            type="checkbox"
            autocomplete="off"
            name={name}
            value={option.value}
            checked={values.includes(option.value)}
            disabled={(disabled ?? false) || option.disabled}
            onChange={(event) => {
              onValues(event.currentTarget.checked ? [...values, option.value] : values.filter((value) => value !== option.value));
            }}
          />
          <span>{option.label}</span>
        </label>
      ))}
    </div>
  );
}
