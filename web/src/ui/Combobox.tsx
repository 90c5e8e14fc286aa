import type { JSX } from "preact";
import { useMemo, useRef, useState } from "preact/compat";
import { cx } from "~/lib/classes";
import { fold } from "~/lib/fold";
import { t } from "~/lib/i18n";
import { IconButton } from "./Button";
import { Icon } from "./icons";
import { RemovableChip } from "./labels";
import type { ControlAttributes, Option } from "./form";
import css from "./Combobox.module.css";
import form from "./form.module.css";

const SHOWN = 80;

interface Shared extends Partial<ControlAttributes> {
  options: readonly Option[];
  disabled?: boolean;
  placeholder?: string;
  onBlur?: () => void;
}
export interface ComboboxProps extends Shared {
  value: string;
  onValue: (value: string) => void;
}
export interface MultiComboboxProps extends Shared {
  values: readonly string[];
  onValues: (values: string[]) => void;
}

/** The options whose words hold every word typed, those that begin with it first. */
export function matchOptions(options: readonly Option[], typed: string): Option[] {
  const words = fold(typed).split(" ").filter(Boolean);
  if (words.length === 0) return [...options];
  const found: { option: Option; rank: number }[] = [];
  for (const option of options) {
    const text = fold(`${option.label} ${option.hint ?? ""}`);
    if (!words.every((word) => text.includes(word))) continue;
    found.push({ option, rank: text.startsWith(words[0] ?? "") ? 0 : text.includes(` ${words[0] ?? ""}`) ? 1 : 2 });
  }
  return found.sort((a, b) => a.rank - b.rank).map(({ option }) => option);
}

/** One of many: type to find. */
export function Combobox({ value, onValue, ...rest }: ComboboxProps): JSX.Element {
  return (
    <Finder
      {...rest}
      values={value === "" ? [] : [value]}
      onPick={(picked) => {
        onValue(picked);
      }}
      onClear={() => {
        onValue("");
      }}
    />
  );
}

/** Several of many: type to find, chosen ones stand above as chips. */
export function MultiCombobox({ values, onValues, options, ...rest }: MultiComboboxProps): JSX.Element {
  const labels = useMemo(() => new Map(options.map((option) => [option.value, option.label])), [options]);
  return (
    <div>
      {values.length > 0 ? (
        <div class={css.chosen}>
          {values.map((value) =>
            rest.disabled ? (
              <span key={value}>{labels.get(value) ?? value}</span>
            ) : (
              <RemovableChip
                key={value}
                label={labels.get(value) ?? value}
                onRemove={() => {
                  onValues(values.filter((other) => other !== value));
                }}
              />
            ),
          )}
        </div>
      ) : null}
      <Finder
        {...rest}
        multi
        options={options}
        values={values}
        onPick={(picked) => {
          onValues(values.includes(picked) ? values.filter((other) => other !== picked) : [...values, picked]);
        }}
      />
    </div>
  );
}

interface FinderProps extends Shared {
  values: readonly string[];
  multi?: boolean;
  onPick: (value: string) => void;
  onClear?: () => void;
}

function Finder({ options, values, multi, onPick, onClear, disabled, placeholder, onBlur, id, ...aria }: FinderProps): JSX.Element {
  const [typed, setTyped] = useState<string | null>(null);
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(0);
  const list = useRef<HTMLUListElement>(null);
  const listId = `${id ?? "combobox"}-list`;
  const chosen = multi ? null : values[0];
  const label = chosen === null || chosen === undefined ? "" : (options.find((option) => option.value === chosen)?.label ?? chosen);
  const found = useMemo(() => (open ? matchOptions(options, typed ?? "") : []), [open, options, typed]);
  const shown = found.slice(0, SHOWN);
  const close = (): void => {
    setOpen(false);
    setTyped(null);
    setAt(0);
  };
  const pick = (option: Option | undefined): void => {
    if (!option || option.disabled) return;
    onPick(option.value);
    if (multi) setTyped(null);
    else close();
  };
  const move = (to: number): void => {
    const next = Math.max(0, Math.min(shown.length - 1, to));
    setAt(next);
    list.current?.children[next]?.scrollIntoView({ block: "nearest" });
  };
  const keys = (event: KeyboardEvent): void => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!open) setOpen(true);
      else move(at + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter" && open) {
      event.preventDefault();
      pick(shown[at]);
    } else if (event.key === "Escape" && open) {
      event.preventDefault();
      event.stopPropagation();
      close();
    } else if (event.key === "Backspace" && multi && (typed ?? "") === "" && values.length > 0) {
      onPick(values[values.length - 1] ?? "");
    }
  };
  return (
    <div class={css.box}>
      <span class={css.input}>
        <input
          {...aria}
          id={id}
          class={form.control}
          type="text"
          role="combobox"
          autocomplete="off"
          dir={(typed ?? label) === "" ? undefined : "auto"}
          disabled={disabled}
          placeholder={placeholder ?? t("ui.combobox.type")}
          aria-expanded={open ? "true" : "false"}
          aria-controls={listId}
          aria-autocomplete="list"
          aria-activedescendant={open && shown[at] ? `${listId}-${String(at)}` : undefined}
          value={typed ?? label}
          onInput={(event) => {
            setTyped(event.currentTarget.value);
            setAt(0);
            setOpen(true);
          }}
          onClick={() => {
            setOpen(true);
          }}
          onKeyDown={keys}
          onBlur={() => {
            close();
            onBlur?.();
          }}
        />
        {chosen && onClear && !disabled ? (
          <IconButton
            icon="close"
            label={t("ui.clear")}
            onClick={() => {
              onClear();
              close();
            }}
          />
        ) : (
          <Icon name="down" />
        )}
      </span>
      <ul ref={list} id={listId} role="listbox" aria-multiselectable={multi ? "true" : undefined} class={css.list} hidden={!open}>
        {shown.map((option, index) => (
          <li
            key={option.value}
            id={`${listId}-${String(index)}`}
            role="option"
            class={css.option}
            data-at={index === at ? "true" : undefined}
            aria-selected={values.includes(option.value) ? "true" : "false"}
            aria-disabled={option.disabled ? "true" : undefined}
            onMouseDown={(event) => {
              event.preventDefault();
              pick(option);
            }}
          >
            <span>
              {option.label}
              {option.hint ? <small>{option.hint}</small> : null}
            </span>
            {values.includes(option.value) ? <Icon name="check" size={18} /> : null}
          </li>
        ))}
        {open && shown.length === 0 ? (
          <li class={cx(css.more)} role="presentation">
            {t("ui.combobox.none")}
          </li>
        ) : null}
        {found.length > SHOWN ? (
          <li class={css.more} role="presentation">
            {t("ui.combobox.more", { count: found.length - SHOWN })}
          </li>
        ) : null}
      </ul>
    </div>
  );
}
