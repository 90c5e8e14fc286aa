import type { JSX } from "preact";
import { t } from "~/lib/i18n";
import { Button, CheckboxGroup, Field, MultiCombobox, Sheet, Stack } from "~/ui";
import { FILTERS, withFilter, type ListState } from "./state";
import type { Words } from "./words";

const MANY = 12;

/** All filters, each with the words of the configuration; what is chosen acts at once. */
export function FilterSheet({ open, state, words, onChange, onClose }: { open: boolean; state: ListState; words: Words; onChange: (state: ListState) => void; onClose: () => void }): JSX.Element {
  return (
    <Sheet
      open={open}
      title={t("cases.filters.title")}
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
            {t("cases.filters.done")}
          </Button>
        </>
      }
    >
      <Stack gap={6}>
        {FILTERS.map((name) => {
          const options = words.options(name);
          if (options.length === 0) return null;
          const values = state.filters[name] ?? [];
          const change = (next: string[]): void => {
            onChange(withFilter(state, name, next));
          };
          return options.length > MANY ? (
            <Field key={name} label={t(`cases.filter.${name}`)}>
              {(attributes) => <MultiCombobox {...attributes} options={options} values={values} onValues={change} />}
            </Field>
          ) : (
            <Field key={name} group label={t(`cases.filter.${name}`)}>
              {() => <CheckboxGroup options={options} values={values} onValues={change} />}
            </Field>
          );
        })}
      </Stack>
    </Sheet>
  );
}
