import type { JSX } from "preact";
import { useState } from "preact/compat";
import { formatNumber, t } from "~/lib/i18n";
import { said } from "~/renderer/kindWords";
import { isFilteredHere, type Counts, type Kind } from "~/store";
import { Button, Checkbox, CheckboxGroup, Combobox, DateInput, Field, MultiCombobox, Muted, NumberInput, Pair, Sheet, Stack, type Option } from "~/ui";
import { ageOption } from "./words";
import { spanOf, spanText, type Offered } from "./offer";
import { withFilter, type ListState } from "./state";

const MANY = 12;

export interface FilterSheetProps {
  kind: Kind;
  open: boolean;
  state: ListState;
  offered: readonly Offered[];
  counts: Counts;
  /** The list is made on this device: some filters need the server. */
  here: boolean;
  onChange: (state: ListState) => void;
  onClose: () => void;
}

/** All filters, each with the words of the configuration; what is chosen acts at once. */
export function FilterSheet({ kind, open, state, offered, counts, here, onChange, onClose }: FilterSheetProps): JSX.Element {
  const [added, setAdded] = useState<readonly string[]>([]);
  const isShown = (one: Offered): boolean => one.usual || added.includes(one.name) || (state.filters[one.name]?.length ?? 0) > 0;
  const others = offered.filter((one) => !isShown(one));
  return (
    <Sheet
      open={open}
      title={said(kind, "cases.filters.title")}
      onClose={onClose}
      actions={
        <>
          <Button
            onClick={() => {
              onChange({ ...state, filters: { status: ["open"] }, mine: false, flagged: false, page: 1 });
            }}
          >
            {t("cases.filters.clear")}
          </Button>
          <Button look="primary" onClick={onClose}>
            {said(kind, "cases.filters.done")}
          </Button>
        </>
      }
    >
      <Stack gap={6}>
        {offered.filter(isShown).map((one) =>
          here && !isFilteredHere(one.name) ? (
            <Muted key={one.name} small>
              {t("cases.filters.not_here", { name: one.label })}
            </Muted>
          ) : (
            <OneFilter
              key={one.name}
              filter={one}
              values={state.filters[one.name] ?? []}
              counts={counts[one.name]}
              onValues={(values) => {
                onChange(withFilter(state, one.name, values));
              }}
            />
          ),
        )}
        <Field group label={t("flags.title")}>
          {() => (
            <Checkbox
              label={said(kind, "flags.filter")}
              checked={state.flagged}
              onChecked={(flagged) => {
                onChange({ ...state, flagged, page: 1 });
              }}
            />
          )}
        </Field>
        {others.length > 0 && !here ? (
          <Field label={t("cases.filters.add")}>
            {(attributes) => (
              <Combobox
                {...attributes}
                value=""
                options={others.map((one) => ({ value: one.name, label: one.label }))}
                onValue={(name) => {
                  if (name !== "") setAdded([...added, name]);
                }}
              />
            )}
          </Field>
        ) : null}
      </Stack>
    </Sheet>
  );
}

interface OneFilterProps {
  filter: Offered;
  values: readonly string[];
  counts: Counts[string] | undefined;
  onValues: (values: string[]) => void;
}

function OneFilter({ filter, values, counts, onValues }: OneFilterProps): JSX.Element {
  const { sort, label, name } = filter;
  if (sort === "days" || sort === "number") {
    const [from, to] = spanOf(values[0]);
    const change = (start: string, end: string): void => {
      onValues(spanText(start, end));
    };
    const Input = sort === "days" ? DateInput : NumberInput;
    return (
      <Field group label={label}>
        {() => (
          <Pair>
            <Field label={t("cases.filters.from")}>{(attributes) => <Input {...attributes} value={from} onValue={(value: string) => { change(value, to); }} />}</Field>
            <Field label={t("cases.filters.to")}>{(attributes) => <Input {...attributes} value={to} onValue={(value: string) => { change(from, value); }} />}</Field>
          </Pair>
        )}
      </Field>
    );
  }
  const options = filter.options.map((option) => withCount(option, name, counts));
  return options.length > MANY ? (
    <Field label={label}>{(attributes) => <MultiCombobox {...attributes} options={options} values={values} onValues={onValues} />}</Field>
  ) : (
    <Field group label={label}>
      {() => <CheckboxGroup options={options} values={values} onValues={onValues} />}
    </Field>
  );
}

/** How many cases the list would have with this value. */
export function countOf(name: string, value: string, counts: Counts[string] | undefined): string {
  if (!counts) return "";
  const found = counts.find((one) => (name === "age" ? ageOption(one.value).value : one.value) === value);
  const number = formatNumber(found?.count ?? 0);
  return found?.capped ? t("cases.filters.or_more", { number }) : number;
}

function withCount(option: Option, name: string, counts: Counts[string] | undefined): Option {
  const count = countOf(name, option.value, counts);
  return count === "" ? option : { ...option, label: `${option.label} (${count})` };
}
